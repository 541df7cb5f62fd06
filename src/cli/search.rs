//! `guildhall search`

use std::path::Path;

use super::{output, seed, setup};
use crate::{
    infra::{db::Db, migrations},
    search::service,
};

/// What to do.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write what the search box finds anew, from everything that there is. It may run beside servers, and again.
    Rebuild,
}

pub(super) async fn run(file: Option<&Path>, command: Command) -> anyhow::Result<()> {
    let Command::Rebuild = command;
    let config = setup::load(file, setup::Settings::default())?.config;
    let db = Db::connect_beside(&config).await?;
    migrations::check(&db).await?;
    let app = setup::app(config, db)?;
    let bar = seed::bar_of(service::rows(&app).await?)?;
    let on_rows = |count: usize| bar.inc(u64::try_from(count).unwrap_or_default());
    let written = service::rebuild(&app, &on_rows).await?;
    bar.finish_and_clear();
    app.db.clone().close().await;
    let said = format!("{written} documents written: what the search box finds is up to date.");
    Ok(output::print(&said)?)
}
