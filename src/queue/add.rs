use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::Serialize;
use uuid::Uuid;

use super::Kind;
use crate::{Cx, Error, Result, sql};

/// An item to write.
#[derive(Clone, Debug)]
pub struct NewItem {
    kind: &'static Kind,
    payload: String,
    run_at: Option<DateTime<Utc>>,
    dedupe: Option<String>,
}

impl NewItem {
    /// Work of this kind, to be done as soon as may be; `payload` is what its handler needs to know: keys of rows,
    /// rather than what stands in them.
    pub fn new(kind: &'static Kind, payload: &impl Serialize) -> Result<Self> {
        let payload = serde_json::to_string(payload).map_err(Error::internal)?;
        Ok(Self { kind, payload, run_at: None, dedupe: None })
    }

    /// The same, not before `at`.
    #[must_use]
    pub fn at(self, at: DateTime<Utc>) -> Self {
        Self { run_at: Some(at), ..self }
    }

    /// The same, but nothing is written while an item with this key waits for its turn: that one will do.
    #[must_use]
    pub fn once(self, key: impl Into<String>) -> Self {
        Self { dedupe: Some(key.into()), ..self }
    }
}

/// How often an item is offered while those that bear its `once` key are taken up one after the other.
const OFFERS: usize = 20;

/// Writes an item, in the transaction of the change that wants it done. Who runs it is woken, and looks until the
/// transaction is through. Answers its key; `None` when one with the same `once` waits already: that one does not
/// begin before this transaction is through, so it finds what the transaction did.
pub async fn add(cx: Cx<'_>, tx: &impl ConnectionTrait, new: NewItem) -> Result<Option<Uuid>> {
    let now = cx.now();
    let (queue, run_at) = (new.kind.queue, new.run_at.unwrap_or(now));
    let mut written = insert(cx, tx, &new, run_at).await?;
    if let (None, Some(key)) = (written, &new.dedupe) {
        for _ in 0..OFFERS {
            if holds_waiting(cx, tx, key).await? {
                return Ok(None);
            }
            // It was taken up meanwhile, and may have looked too early.
            written = insert(cx, tx, &new, run_at).await?;
            if written.is_some() {
                break;
            }
        }
    }
    let id = written.ok_or(Error::Unavailable)?;
    if run_at <= now {
        cx.app.bell.ring(queue);
    }
    Ok(Some(id))
}

async fn insert(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    new: &NewItem,
    run_at: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    let NewItem { kind, payload, dedupe, .. } = new;
    let id = cx.key();
    let text = "INSERT INTO work_item (id, queue, kind, payload, dedupe, state, run_at, attempts, max_attempts) \
        VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, $7) \
        ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL AND state = 'queued' DO NOTHING";
    let values = [
        id.into(),
        kind.queue.name().into(),
        kind.name.into(),
        payload.clone().into(),
        dedupe.clone().into(),
        run_at.into(),
        kind.tries.into(),
    ];
    let written = tx.execute_raw(sql::statement(cx.backend(), text, values)).await?;
    Ok((written.rows_affected() > 0).then_some(id))
}

/// Whether an item with this key waits; if so, it goes on waiting until the transaction is through. Those who hold one
/// item do not wait for each other.
async fn holds_waiting(cx: Cx<'_>, tx: &impl ConnectionTrait, key: &str) -> Result<bool> {
    if cx.backend() != DbBackend::Postgres {
        // Whoever writes is alone.
        return Ok(true);
    }
    let text = "SELECT id FROM work_item WHERE dedupe = $1 AND state = 'queued' FOR KEY SHARE";
    let statement = sql::statement(cx.backend(), text, [key.into()]);
    Ok(tx.query_one_raw(statement).await?.is_some())
}

/// [`add`] for many items, in a few statements. One whose `once` waits already is passed over; unlike there, that one
/// may begin before this transaction is through.
pub async fn add_many(cx: Cx<'_>, tx: &impl ConnectionTrait, items: Vec<NewItem>) -> Result<()> {
    let now = cx.now();
    for items in items.chunks(MOST_AT_ONCE) {
        let mut places = Vec::with_capacity(items.len());
        let mut values: Vec<sea_orm::Value> = Vec::with_capacity(items.len() * 7);
        for NewItem { kind, payload, run_at, dedupe } in items {
            let first = values.len();
            let place = |n: usize| format!("${}", first + n);
            places.push(format!(
                "({}, {}, {}, {}, {}, 'queued', {}, 0, {})",
                place(1),
                place(2),
                place(3),
                place(4),
                place(5),
                place(6),
                place(7)
            ));
            values.extend([
                cx.key().into(),
                kind.queue.name().into(),
                kind.name.into(),
                payload.clone().into(),
                dedupe.clone().into(),
                run_at.unwrap_or(now).into(),
                kind.tries.into(),
            ]);
        }
        let text = format!(
            "INSERT INTO work_item (id, queue, kind, payload, dedupe, state, run_at, attempts, max_attempts) \
             VALUES {} ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL AND state = 'queued' DO NOTHING",
            places.join(", ")
        );
        tx.execute_raw(sql::statement(cx.backend(), text, values)).await?;
        for item in items.iter().filter(|item| item.run_at.is_none_or(|at| at <= now)) {
            cx.app.bell.ring(item.kind.queue);
        }
    }
    Ok(())
}

/// Items that one statement writes.
const MOST_AT_ONCE: usize = 500;
