//! Whether the server is well. Strangers hear yes or no, nothing else.

use std::sync::atomic::Ordering;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::DbErr;
use serde_json::json;

use super::routes::Shared;

/// `/healthz`: the process runs.
pub(super) async fn healthz() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// `/readyz`: the database answers, and has its tables. Without its Redis a server is slower to hear what happens on
/// others, and says so, but it can do all its work.
pub(super) async fn readyz(State(shared): State<Shared>) -> Response {
    match is_ready(&shared).await {
        Ok(true) if shared.engine.app.bus.is_whole() => healthz().await,
        Ok(true) => Json(json!({ "status": "degraded" })).into_response(),
        Ok(false) => unavailable(),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            unavailable()
        }
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
