//! What becomes of an item after a run. Everything here asks that its claim still holds it: who lost its lease
//! changes nothing.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, Value};

use super::{Backoff, Held};
use crate::{Result, app::App, entity::work_item, sql};

/// Characters that are kept of why a run failed.
const WORDS: usize = 1_000;

/// These are done, and gone.
pub async fn done(app: &App, held: &[Held]) -> Result<()> {
    let backend = app.db.backend();
    let text = format!(
        "DELETE FROM work_item WHERE {} AND {} AND state = 'running'",
        sql::among(backend, "id", 1),
        sql::among(backend, "worker", 2)
    );
    let (ids, claims) = Held::split(held);
    let values = [sql::keys(backend, &ids), sql::keys(backend, &claims)];
    app.db.write.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}

/// What became of an item whose run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It is tried again after a while.
    Again,
    /// It is not tried again.
    Parked,
    /// Its claim holds it no more: whoever does decides.
    Lost,
}

/// A run failed: it is tried again after a while, or parked when that was its last try, or `park` says that no other
/// would help.
pub async fn failed(
    app: &App,
    item: &work_item::Model,
    why: &str,
    (park, backoff): (bool, Backoff),
) -> Result<Failed> {
    // PostgreSQL keeps no NUL.
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
    let values = values.into_iter().chain([item.id.into(), item.worker.into()]);
    let written = app.db.write.execute_raw(sql::statement(app.db.backend(), text, values)).await?;
    Ok(match (written.rows_affected(), last) {
        (0, _) => Failed::Lost,
        (_, true) => Failed::Parked,
        (_, false) => Failed::Again,
    })
}

/// They are to be run again at `at`, and this run does not count. Nothing of them may run any more.
pub async fn give_back(app: &App, held: &[Held], at: DateTime<Utc>) -> Result<()> {
    let backend = app.db.backend();
    let text = format!(
        "UPDATE work_item SET state = 'queued', run_at = $1, attempts = attempts - 1, dedupe = NULL, \
         worker = NULL, leased_until = NULL WHERE {} AND {} AND state = 'running'",
        sql::among(backend, "id", 2),
        sql::among(backend, "worker", 3)
    );
    let (ids, claims) = Held::split(held);
    let values = [at.into(), sql::keys(backend, &ids), sql::keys(backend, &claims)];
    app.db.write.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}
