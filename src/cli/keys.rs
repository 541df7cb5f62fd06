//! `guildhall keys`

use std::path::Path;

use super::{output, setup};
use crate::{
    accounts,
    infra::{db::Db, migrations},
};

/// What to do with the keys.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Sign with a new key from now on. Tokens of the old one are good until they end.
    Rotate,
}

pub(super) async fn run(file: Option<&Path>, command: Command) -> anyhow::Result<()> {
    let Command::Rotate = command;
    let config = setup::load(file, setup::Settings::default())?.config;
    let db = Db::connect_beside(&config).await?;
    migrations::check(&db).await?;
    let app = setup::app(config, db)?;
    accounts::rotate_keys(&app).await?;
    app.db.clone().close().await;
    output::print("A new key signs from now on; running servers take it up within a minute.")?;
    Ok(())
}
