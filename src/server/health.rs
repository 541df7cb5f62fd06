//! Whether the server is well. Strangers hear yes or no, nothing else.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::DbErr;
use serde_json::json;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::routes::Shared;

/// `/healthz`: the process runs.
pub(super) async fn healthz() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// `/readyz`: the database answers and has its tables, and files can be kept. Without its Redis a server is slower
/// to hear what happens on others, and says so, but it can do all its work.
pub(super) async fn readyz(State(shared): State<Shared>) -> Response {
    let (database, store) = tokio::join!(is_ready(&shared), shared.store.is_well(&shared));
    match database {
        Ok(true) if !store => unavailable(),
        Ok(true) if shared.engine.app.bus.is_whole() => healthz().await,
        Ok(true) => Json(json!({ "status": "degraded" })).into_response(),
        Ok(false) => unavailable(),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            unavailable()
        }
    }
}

/// What was last heard of the store of files: it is asked now and then, by one at a time, however many want to
/// know.
#[derive(Debug, Default)]
pub(super) struct StoreHealth(Mutex<Option<(Instant, bool)>>);

impl StoreHealth {
    /// How long an answer is believed.
    const FRESH: Duration = Duration::from_secs(5);
    /// How long an answer is waited for.
    const PATIENCE: Duration = Duration::from_secs(2);

    async fn is_well(&self, shared: &Shared) -> bool {
        let mut known = self.0.lock().await;
        if let Some((at, is_well)) = *known
            && at.elapsed() < Self::FRESH
        {
            return is_well;
        }
        let check = timeout(Self::PATIENCE, shared.engine.app.store.check()).await;
        let is_well = matches!(check, Ok(Ok(())));
        if check.is_err() {
            tracing::warn!("not ready: the store of files does not answer");
        }
        *known = Some((Instant::now(), is_well));
        is_well
    }
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable" }))).into_response()
}

async fn is_ready(shared: &Shared) -> Result<bool, DbErr> {
    let db = &shared.engine.app.db;
    if shared.is_migrated.load(Ordering::Relaxed) {
        db.read.ping().await?;
        return Ok(true);
    }
    let is_migrated = Migrator::get_pending_migrations(&db.write).await?.is_empty();
    shared.is_migrated.store(is_migrated, Ordering::Relaxed);
    Ok(is_migrated)
}
