//! What becomes of an item after a run. Everything here asks that the worker still holds it: who lost its lease
//! changes nothing.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, Value};
use uuid::Uuid;

use super::Backoff;
use crate::{Result, app::App, entity::work_item, sql};

/// Characters that are kept of why a run failed.
const WORDS: usize = 1_000;

/// These are done, and gone.
pub async fn done(app: &App, worker: Uuid, items: &[Uuid]) -> Result<()> {
    let backend = app.db.backend();
    let among = sql::among(backend, "id", 2);
    let text = format!("DELETE FROM work_item WHERE worker = $1 AND state = 'running' AND {among}");
    let values = [worker.into(), sql::keys(backend, items)];
    app.db.write.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}

/// A run failed: it is tried again after a while, or parked when that was its last try, or `park` says that no other
/// would help. Answers whether it is parked.
pub async fn failed(
    app: &App,
    worker: Uuid,
    item: &work_item::Model,
    why: &str,
    (park, backoff): (bool, Backoff),
) -> Result<bool> {
    let words: String = why.chars().filter(|c| *c != '\0').take(WORDS).collect();
    let now = app.clock.now();
    let last = park || item.attempts >= item.max_attempts;
    let (state, run_at, finished_at) = if last {
        ("failed", now, Some(now))
    } else {
        ("queued", backoff.next(now, item.attempts, rand::random()), None)
    };
    let values: [Value; 4] = [state.into(), run_at.into(), finished_at.into(), words.into()];
    let text = "UPDATE work_item SET state = $1, run_at = $2, finished_at = $3, error = $4, dedupe = NULL, \
        worker = NULL, leased_until = NULL WHERE id = $5 AND worker = $6 AND state = 'running'";
    let values = values.into_iter().chain([item.id.into(), worker.into()]);
    app.db.write.execute_raw(sql::statement(app.db.backend(), text, values)).await?;
    Ok(last)
}

/// It is to be run again at `at`, and this run does not count.
pub async fn give_back(app: &App, worker: Uuid, items: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    let backend = app.db.backend();
    let text = format!(
        "UPDATE work_item SET state = 'queued', run_at = $1, attempts = attempts - 1, dedupe = NULL, \
         worker = NULL, leased_until = NULL WHERE worker = $2 AND state = 'running' AND {}",
        sql::among(backend, "id", 3)
    );
    let values = [at.into(), worker.into(), sql::keys(backend, items)];
    app.db.write.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}
