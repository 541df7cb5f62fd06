//! `guildhall migrate`

use std::path::Path;

use super::{output, setup};
use crate::infra::{
    db::Db,
    migrations::{self, State},
};

/// What to do to the tables.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Apply what is pending.
    Up,
    /// Undo the last changes, with the data in them.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Show what is applied and what is pending.
    Status,
}

pub(super) async fn run(file: Option<&Path>, command: Command) -> anyhow::Result<()> {
    let config = setup::load(file, setup::Settings::default())?.config;
    let db = match command {
        Command::Status => Db::connect_beside(&config).await?,
        Command::Up | Command::Down { .. } => Db::connect(&config, None).await?,
    };
    let lines = match command {
        Command::Up => told("applied", migrations::up(&db).await?),
        Command::Down { steps } => told("undone", migrations::down(&db, steps).await?),
        Command::Status => migrations::status(&db).await?.iter().map(line).collect(),
    };
    db.close().await;
    Ok(output::print(&lines.join("\n"))?)
}

fn told(what: &str, names: Vec<String>) -> Vec<String> {
    if names.is_empty() {
        return vec![format!("nothing to do: no change was {what}")];
    }
    names.into_iter().map(|name| format!("{what}  {name}")).collect()
}

fn line((name, state): &(String, State)) -> String {
    match state {
        State::Applied => format!("applied  {name}"),
        State::Pending => format!("pending  {name}"),
        State::Unknown => format!("unknown  {name} (made by a newer guildhall)"),
    }
}
