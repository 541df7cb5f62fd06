use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait as _, Statement,
};
use serde::Serialize;
use uuid::Uuid;

use super::Stream;
use crate::{Error, Result, cx::Cx, entity::event, sql};

/// An event to write.
#[derive(Clone, Debug)]
pub struct NewEvent {
    kind: &'static str,
    subject: Option<Uuid>,
    access: bool,
    pub(super) news: bool,
    payload: String,
}

impl NewEvent {
    /// Something happened to `subject`.
    pub fn new(kind: &'static str, subject: Uuid) -> Self {
        Self { kind, subject: Some(subject), access: false, news: false, payload: "{}".to_owned() }
    }

    /// The same with what else is needed to tell it.
    pub fn with(self, payload: &impl Serialize) -> Result<Self> {
        Ok(Self { payload: serde_json::to_string(payload).map_err(Error::internal)?, ..self })
    }

    /// The same, and it is news: who follows several streams at once hears that there is some.
    #[must_use]
    pub fn is_news(self) -> Self {
        Self { news: true, ..self }
    }

    /// The same, and it may change who hears the stream: everybody who does is asked again before it is told.
    #[must_use]
    pub fn changes_access(self) -> Self {
        Self { access: true, ..self }
    }
}

/// Takes the next number of the stream, whose row is locked from here to the commit: the order of the numbers
/// is the order of the commits.
pub(super) async fn append(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    stream: Stream,
    event: NewEvent,
) -> Result<i64> {
    const NEXT: &str = "INSERT INTO stream (id, kind, last_seq) VALUES ($1, $2, 1) \
        ON CONFLICT (id) DO UPDATE SET last_seq = stream.last_seq + 1 RETURNING last_seq";
    const WRITE: &str =
        "INSERT INTO event (stream_id, seq, at, kind, actor, subject, access, payload)";
    let backend = tx.get_database_backend();
    let (id, kind) = (stream.id.into(), stream.kind.into());
    let rest = [
        cx.now().into(),
        event.kind.into(),
        cx.actor.id().into(),
        event.subject.into(),
        i32::from(event.access).into(),
        event.payload.into(),
    ];
    let failed = || Error::bug("a stream has no next number");
    if backend == DbBackend::Postgres {
        let text = format!(
            "WITH next AS ({NEXT}) {WRITE} \
             SELECT $1, last_seq, $3, $4, $5, $6, $7, $8 FROM next RETURNING seq"
        );
        let values = [id, kind].into_iter().chain(rest);
        let statement = Statement::from_sql_and_values(backend, text, values);
        let row = tx.query_one_raw(statement).await?.ok_or_else(failed)?;
        return Ok(row.try_get_by_index(0)?);
    }
    let next = Statement::from_sql_and_values(backend, NEXT, [id, kind]);
    let row = tx.query_one_raw(next).await?.ok_or_else(failed)?;
    let seq: i64 = row.try_get_by_index(0)?;
    let text = format!("{WRITE} VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    let values = [stream.id.into(), seq.into()].into_iter().chain(rest);
    tx.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(seq)
}

/// Takes as many numbers of the stream as there are events, and writes them, in a few statements whatever their number;
/// answers the number of the last.
pub(super) async fn append_all(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    stream: Stream,
    events: Vec<NewEvent>,
) -> Result<i64> {
    let text = "INSERT INTO stream (id, kind, last_seq) VALUES ($1, $2, $3) \
        ON CONFLICT (id) DO UPDATE SET last_seq = stream.last_seq + $3 RETURNING last_seq";
    let many = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let values = [stream.id.into(), stream.kind.into(), many.into()];
    let statement = sql::statement(tx.get_database_backend(), text, values);
    let failed = || Error::bug("a stream has no next number");
    let row = tx.query_one_raw(statement).await?.ok_or_else(failed)?;
    let last: i64 = row.try_get_by_index(0)?;
    let rows: Vec<_> = (last - many + 1..)
        .zip(events)
        .map(|(seq, event)| event::ActiveModel {
            stream_id: Set(stream.id),
            seq: Set(seq),
            at: Set(cx.now()),
            kind: Set(event.kind.to_owned()),
            actor: Set(cx.actor.id()),
            subject: Set(event.subject),
            access: Set(i32::from(event.access)),
            payload: Set(event.payload),
        })
        .collect();
    for rows in rows.chunks(MOST_AT_ONCE) {
        event::Entity::insert_many(rows.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(last)
}

/// Events that one statement writes.
const MOST_AT_ONCE: usize = 500;

/// Takes the next number of each member's stream, in the order of their keys, and writes an event to it.
pub(super) async fn append_to_viewers(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    kind: &'static str,
    about: &[(Uuid, Uuid)],
) -> Result<Vec<(Uuid, i64)>> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let backend = tx.get_database_backend();
    let from = match backend {
        DbBackend::Postgres => "SELECT k, $2, 1 FROM unnest($1::uuid[]) AS k ORDER BY k",
        _ => "SELECT unhex(value), $2, 1 FROM json_each($1) WHERE TRUE ORDER BY 1",
    };
    let next = format!(
        "INSERT INTO stream (id, kind, last_seq) {from} \
         ON CONFLICT (id) DO UPDATE SET last_seq = stream.last_seq + 1 RETURNING id, last_seq"
    );
    let streams: Vec<Uuid> = about.iter().map(|(member, _)| *member).collect();
    let values = [sql::keys(backend, &streams), Stream::viewer(Uuid::nil()).kind.into()];
    let rows = tx.query_all_raw(sql::statement(backend, next, values)).await?;
    let subjects: HashMap<Uuid, Uuid> = about.iter().copied().collect();
    let mut written = Vec::with_capacity(rows.len());
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let (stream, seq): (Uuid, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        written.push((stream, seq));
        events.push(event::ActiveModel {
            stream_id: Set(stream),
            seq: Set(seq),
            at: Set(cx.now()),
            kind: Set(kind.to_owned()),
            actor: Set(cx.actor.id()),
            subject: Set(subjects.get(&stream).copied()),
            access: Set(0),
            payload: Set("{}".to_owned()),
        });
    }
    event::Entity::insert_many(events).exec_without_returning(tx).await?;
    Ok(written)
}
