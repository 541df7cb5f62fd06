use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{Faces, OwnRow, People, Row};
use crate::{
    Result,
    chat::{service, types::Present},
    entity::{
        conversation::{self, Column},
        conversation_member::{self, Column as In},
        profile::{self, Face},
    },
    graph::{Batch, Batched, Execution, alike, answer, fail, one},
    page::{Ask, By, Page, Place},
    sql::{self, OfEach},
    streams,
};

pub(super) struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

pub(super) struct Own;

impl BatchFn<Uuid, Batched<OwnRow>> for Batch<Own> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<OwnRow>> {
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), in_conversation) };
        let rows = conversation_member::Entity::find()
            .filter(In::ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), In::ConversationId, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), in_conversation)
    }
}

fn in_conversation(row: &conversation_member::Model) -> Uuid {
    row.conversation_id
}

pub(super) struct SomePeople;

/// One more than a title names, so that five others are among them.
const SOME: u16 = 5;

impl BatchFn<Uuid, Batched<Faces>> for Batch<SomePeople> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Faces>> {
        let ask = Ask { first: SOME, after: None };
        match people(&self.execution, ids, &ask).await {
            Err(error) => fail(ids, &error),
            Ok(rows) => {
                let mut found: HashMap<Uuid, Vec<Arc<Face>>> = HashMap::with_capacity(ids.len());
                for (row, face) in rows {
                    found.entry(row.conversation_id).or_default().push(face);
                }
                let mut of = |id: &Uuid| Ok(Arc::new(found.remove(id).unwrap_or_default()));
                ids.iter().map(|id| (*id, of(id))).collect()
            }
        }
    }
}

pub(super) struct MembersOf;

type Key = (Uuid, Ask);

impl BatchFn<Key, Batched<People>> for Batch<MembersOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<People>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, ids) in alike(keys) {
            let found = people(&self.execution, &ids, &ask).await.map(|rows| {
                let pages = Page::of_each(
                    &ids,
                    rows,
                    &ask,
                    |(row, _)| row.conversation_id,
                    |(row, _)| Place::key(row.id),
                );
                pages.into_iter().map(|(id, page)| (id, Arc::new(page))).collect()
            });
            answer(&mut answers, &ask, &ids, found);
        }
        answers
    }
}

/// The rows that [`Ask::limit`] fetches of each conversation. Who is in it is the same for all who may read it,
/// whoever blocks whom.
async fn people(execution: &Execution, ids: &[Uuid], ask: &Ask) -> Result<Vec<Present>> {
    let rows = OfEach {
        rows: conversation_member::Entity::find(),
        parent: In::ConversationId,
        parents: ids,
        key: In::Id,
        by: &By::oldest(In::Id),
        ask,
    };
    let rows = rows
        .with_one::<conversation_member::Model, Face>(
            execution.cx().db,
            In::ProfileId,
            profile::Column::Id,
        )
        .await?;
    Ok(rows.into_iter().map(|(row, face)| (Arc::new(row), Arc::new(face))).collect())
}

pub(super) struct LastSeq;

impl BatchFn<Uuid, Batched<i64>> for Batch<LastSeq> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<i64>> {
        numbers(ids, streams::reached(self.execution.cx().db, ids).await)
    }
}

pub(super) struct Owners;

impl BatchFn<Uuid, Batched<i64>> for Batch<Owners> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<i64>> {
        numbers(ids, owners(&self.execution, ids).await)
    }
}

async fn owners(execution: &Execution, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let among = sql::among(backend, "conversation_id", 1);
    let text = format!(
        "SELECT conversation_id, COUNT(*) FROM conversation_member \
         WHERE {among} AND role = 'owner' GROUP BY conversation_id"
    );
    let statement = sql::statement(backend, text, [sql::keys(backend, ids)]);
    let rows = cx.db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Answers every key with its number; 0 for those without.
fn numbers(ids: &[Uuid], found: Result<Vec<(Uuid, i64)>>) -> HashMap<Uuid, Batched<i64>> {
    match found {
        Err(error) => fail(ids, &error),
        Ok(found) => {
            let found: HashMap<Uuid, i64> = found.into_iter().collect();
            ids.iter().map(|id| (*id, Ok(found.get(id).copied().unwrap_or_default()))).collect()
        }
    }
}

pub(super) struct Blocked;

impl BatchFn<Uuid, Batched<bool>> for Batch<Blocked> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        let cx = self.execution.cx();
        match service::blocked_talks(cx, cx.db, ids).await {
            Ok(blocked) => ids.iter().map(|id| (*id, Ok(blocked.contains(id)))).collect(),
            Err(error) => fail(ids, &error),
        }
    }
}

pub(super) struct DirectWith;

impl BatchFn<Uuid, Batched<Row>> for Batch<DirectWith> {
    async fn load(&mut self, profiles: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        match direct_with(&self.execution, profiles).await {
            Ok(mut found) => profiles.iter().map(|id| (*id, Ok(found.remove(id)))).collect(),
            Err(error) => fail(profiles, &error),
        }
    }
}

async fn direct_with(
    execution: &Execution,
    profiles: &[Uuid],
) -> Result<HashMap<Uuid, Arc<conversation::Model>>> {
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(HashMap::new()) };
    let with: HashMap<String, Uuid> = profiles
        .iter()
        .filter(|them| **them != me)
        .map(|them| (service::people_key(&[me, *them]), *them))
        .collect();
    let keys: Vec<&String> = with.keys().collect();
    let (text, list) = match cx.backend() {
        DbBackend::Postgres => {
            let keys: Vec<String> = keys.into_iter().cloned().collect();
            ("people = ANY($1)", keys.into())
        }
        _ => {
            let keys = serde_json::to_string(&keys).map_err(crate::Error::internal)?;
            ("people IN (SELECT value FROM json_each($1))", keys.into())
        }
    };
    let these = sql::custom(cx.backend(), text, &[list]);
    let rows = service::visible(cx).filter(these).all(cx.db).await?;
    let of = |row: conversation::Model| {
        let them = row.people.as_ref().and_then(|people| with.get(people)).copied()?;
        Some((them, Arc::new(row)))
    };
    Ok(rows.into_iter().filter_map(of).collect())
}
