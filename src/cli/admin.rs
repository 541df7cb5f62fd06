//! `guildhall admin`

use std::{
    io::{BufRead as _, IsTerminal as _},
    path::Path,
};

use anyhow::{Context as _, bail};
use console::Term;

use super::{Usage, output, setup};
use crate::{
    Error,
    accounts::service::{self, Joiner},
    infra::{db::Db, migrations, secrets},
};

/// What to do about administrators.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make an account that runs the community. The server may run meanwhile.
    Create(Create),
}

/// Who becomes an administrator.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Create {
    /// The e-mail address to sign in with.
    #[arg(long)]
    email: String,
    /// The handle: 2 to 30 of a to z, 0 to 9 and _.
    #[arg(long)]
    handle: String,
    /// What they are called; without it, the handle.
    #[arg(long)]
    name: Option<String>,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(file: Option<&Path>, command: Command) -> anyhow::Result<()> {
    let Command::Create(args) = command;
    let config = setup::load(file, setup::Settings::default())?.config;
    let db = Db::connect_beside(&config).await?;
    migrations::check(&db).await?;
    let app = setup::app(config, db)?;
    let (password, made) = password(args.password_stdin)?;
    let name = args.name.unwrap_or_else(|| args.handle.clone());
    let joiner = Joiner { email: args.email, handle: args.handle, name, password, locale: None };
    let account = match service::create_admin(&app, joiner).await {
        Ok(account) => account,
        Err(Error::Refused(problems)) => {
            let problems: Vec<String> = problems
                .iter()
                .map(|problem| {
                    let path = problem.path.last().map_or("", |name| name);
                    format!("\n  - {path}: {}", problem.message)
                })
                .collect();
            return Err(Usage(format!("nobody was made:{}", problems.concat())).into());
        }
        Err(error) => return Err(error.into()),
    };
    app.db.clone().close().await;
    output::print(&format!("{} runs the community now.", account.email))?;
    if let Some(password) = made {
        output::print(&format!("Password, shown this once: {password}"))?;
    }
    Ok(())
}

/// The password, and again if it was made here.
fn password(from_stdin: bool) -> anyhow::Result<(String, Option<String>)> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("can't read standard input")?;
        let password = line.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return Err(Usage("standard input has no password in its first line".to_owned()).into());
        }
        return Ok((password.to_owned(), None));
    }
    let terminal = Term::stderr();
    if !(terminal.is_term() && std::io::stdin().is_terminal()) {
        let password = secrets::token();
        return Ok((password.clone(), Some(password)));
    }
    terminal.write_str("Password (not shown; empty to have one made): ")?;
    let password = terminal.read_secure_line()?;
    if password.is_empty() {
        let password = secrets::token();
        return Ok((password.clone(), Some(password)));
    }
    terminal.write_str("The same again: ")?;
    if terminal.read_secure_line()? != password {
        bail!("these were two different passwords: nobody was made, try again");
    }
    Ok((password, None))
}
