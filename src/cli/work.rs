//! `guildhall work`

use std::{path::Path, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    Usage,
    process::{Signals, resume, stop_on_signal},
    setup,
};
use crate::{
    infra::{db::Db, migrations},
    jobs, telemetry, work,
};

/// How long the servers may take to hear the last of this worker.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Flags of `work`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: setup::Settings,
}

pub(super) async fn run(file: Option<&Path>, args: Args) -> anyhow::Result<()> {
    let config = setup::load(file, args.settings)?.config;
    if !config.is_postgres() {
        let message = "on SQLite the server does all background work itself, because only one process may use \
            the file: run `guildhall serve`, or set GUILDHALL_DATABASE_URL to postgres://…";
        return Err(Usage(message.to_owned()).into());
    }
    telemetry::start(&config)?;
    // Without a door nobody reads metrics, and what nobody reads piles up.
    let db = Db::connect(&config, None).await?;
    for name in migrations::up(&db).await? {
        tracing::info!(name, "applied a change of the tables");
    }
    let app = Arc::new(setup::app(config, db)?);
    if app.config.redis_url.is_none() {
        tracing::info!(
            "without GUILDHALL_REDIS_URL this worker does not hear the servers: work begins up to two seconds late"
        );
    }
    app.bus.reached().await;
    jobs::service::look_at_rates(&app).await?;
    let signals = Signals::hear()?;
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(signals, stop.clone()));
    let resumer = tokio::spawn(resume(app.clone()));
    tracing::info!("working: background work of every queue; Ctrl-C stops it");
    work::work(app.clone(), stop).await;
    resumer.abort();
    app.tasks.close();
    app.tasks.wait().await;
    app.bus.flush(LAST_WORDS).await;
    tracing::info!("stopped");
    app.db.clone().close().await;
    Ok(())
}
