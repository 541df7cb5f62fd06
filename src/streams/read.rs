use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    Error, Result,
    app::App,
    entity::{event, stream},
    sql,
};

/// Events read at once.
const PAGE: u64 = 500;
/// Events deleted at once, so that no writer waits long.
const PRUNED: i64 = 5_000;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number in the stream: dense, from 1.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as its slice calls it.
    pub kind: String,
    /// Who did it.
    pub actor: Option<Uuid>,
    /// What it happened to.
    pub subject: Option<Uuid>,
    /// Whether it may have changed who hears the stream.
    pub access: bool,
    payload: String,
}

impl Event {
    /// What else its slice wrote down.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.payload).map_err(Error::internal)
    }
}

impl From<event::Model> for Event {
    fn from(row: event::Model) -> Self {
        let event::Model { seq, at, kind, actor, subject, access, payload, .. } = row;
        Self { seq, at, kind, actor, subject, access: access != 0, payload }
    }
}

/// What follows a place in a stream.
#[derive(Clone, Debug)]
pub enum Found {
    /// The next events, in order; there may be more. Empty at the stream's end.
    Events(Vec<Event>),
    /// What followed was deleted by now: it can't be told any more.
    TooOld,
    /// The stream has not come that far: the cursor is of a time that was undone.
    Ahead,
}

/// Reads what follows the event `seq`.
pub async fn after(db: &impl ConnectionTrait, stream: Uuid, seq: i64) -> Result<Found> {
    let mut rows = rows_after(db, stream, seq).await?;
    if rows.is_empty() {
        let last = last_seq(db, stream).await?;
        if last <= seq {
            return Ok(if last < seq { Found::Ahead } else { Found::Events(Vec::new()) });
        }
        // It may have been written between the two looks.
        rows = rows_after(db, stream, seq).await?;
    }
    match rows.first() {
        Some(first) if first.seq == seq + 1 => {
            Ok(Found::Events(rows.into_iter().map(Event::from).collect()))
        }
        _ => Ok(Found::TooOld),
    }
}

async fn rows_after(
    db: &impl ConnectionTrait,
    stream: Uuid,
    seq: i64,
) -> Result<Vec<event::Model>> {
    let rows = event::Entity::find()
        .filter(event::Column::StreamId.eq(stream))
        .filter(event::Column::Seq.gt(seq))
        .order_by_asc(event::Column::Seq)
        .limit(PAGE);
    Ok(rows.all(db).await?)
}

/// The number of a stream's latest event; 0 before the first.
pub async fn last_seq(db: &impl ConnectionTrait, stream: Uuid) -> Result<i64> {
    let row = stream::Entity::find_by_id(stream).one(db).await?;
    Ok(row.map_or(0, |row| row.last_seq))
}

/// Whether an event after `seq` may have changed who hears the stream.
pub async fn changes_access_after(
    db: &impl ConnectionTrait,
    stream: Uuid,
    seq: i64,
) -> Result<bool> {
    let found: Option<i64> = event::Entity::find()
        .select_only()
        .column(event::Column::Seq)
        .filter(event::Column::StreamId.eq(stream))
        .filter(event::Column::Seq.gt(seq))
        .filter(event::Column::Access.ne(0))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// How far each of these streams has come; those without an event are left out.
pub async fn reached(db: &impl ConnectionTrait, streams: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let rows = stream::Entity::find()
        .filter(sql::key_in(db.get_database_backend(), stream::Column::Id, streams))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.last_seq)).collect())
}

/// Deletes the events that are older than the replay window; answers how many.
pub async fn prune(app: &App) -> Result<u64> {
    use sea_orm::Statement;
    let window = TimeDelta::from_std(app.config.replay_window).unwrap_or(TimeDelta::MAX);
    let before = app.clock.now() - window;
    let backend = app.db.backend();
    let text = "DELETE FROM event WHERE (stream_id, seq) IN \
                (SELECT stream_id, seq FROM event WHERE at < $1 ORDER BY at LIMIT $2)";
    let mut deleted = 0;
    loop {
        let values = [before.into(), PRUNED.into()];
        let statement = Statement::from_sql_and_values(backend, text, values);
        let gone = app.db.write.execute_raw(statement).await?.rows_affected();
        deleted += gone;
        if gone < PRUNED.unsigned_abs() {
            return Ok(deleted);
        }
    }
}
