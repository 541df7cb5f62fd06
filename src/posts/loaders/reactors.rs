use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait as _, DbBackend, Value};
use uuid::Uuid;

use super::Profiles;
use crate::{
    Result,
    entity::profile,
    graph::{Batch, Batched, Execution},
    members,
    page::{Ask, Page, Place},
    posts::service::Subject,
    shape::Shape as _,
    sql,
};

pub(super) struct ReactorsOf;

type Key = (Subject, String, Ask);

impl BatchFn<Key, Batched<Profiles>> for Batch<ReactorsOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Profiles>> {
        let mut alike: HashMap<(bool, &Ask), Vec<&Key>> = HashMap::new();
        for key in keys {
            alike.entry((matches!(key.0, Subject::Post(_)), &key.2)).or_default().push(key);
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for ((on_posts, ask), keys) in alike {
            match reactors(&self.execution, on_posts, &keys, ask).await {
                Ok(pages) => answers.extend(pages.into_iter().map(|(key, page)| (key, Ok(page)))),
                Err(error) => {
                    answers.extend(keys.iter().map(|key| (Key::clone(key), Err(error.clone()))));
                }
            }
        }
        answers
    }
}

/// The pages of all groups in one statement: a group is a subject and an emoji, so it has two keys.
async fn reactors(
    execution: &Execution,
    on_posts: bool,
    keys: &[&Key],
    ask: &Ask,
) -> Result<Vec<(Key, Profiles)>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let on = if on_posts { "post_id" } else { "comment_id" };
    let subjects: Vec<Uuid> = keys.iter().map(|(subject, ..)| subject.key()).collect();
    let emoji: Vec<String> = keys.iter().map(|(_, emoji, _)| emoji.clone()).collect();
    let mut values: Vec<Value> =
        vec![ask.before()?.into(), i64::try_from(ask.limit()).unwrap_or(101).into()];
    let unblocked = members::policy::not_blocked_text(cx.actor, "x.profile_id", "$3");
    if !unblocked.is_empty() {
        values.push(cx.actor.id().into());
    }
    let at = values.len() + 1;
    let (list, subject, symbol) = match backend {
        DbBackend::Postgres => {
            values.extend([subjects.clone().into(), emoji.clone().into()]);
            let list = format!("unnest(${at}::uuid[], ${}::text[]) AS k(subject, emoji)", at + 1);
            (list, "k.subject", "k.emoji")
        }
        _ => {
            let pairs: Vec<_> =
                subjects.iter().map(|s| s.simple().to_string()).zip(&emoji).collect();
            let pairs = serde_json::to_string(&pairs).map_err(crate::Error::internal)?;
            values.push(pairs.into());
            let list = format!("json_each(${at}) AS k");
            (list, "unhex(json_extract(k.value, '$[0]'))", "json_extract(k.value, '$[1]')")
        }
    };
    let newest = format!(
        "FROM reaction x WHERE x.{on} = {subject} AND x.emoji = {symbol} AND x.id < $1{unblocked} \
         ORDER BY x.id DESC LIMIT $2"
    );
    let join = match backend {
        DbBackend::Postgres => {
            format!("CROSS JOIN LATERAL (SELECT x.id, x.{on}, x.emoji, x.profile_id {newest}) r")
        }
        _ => format!("JOIN reaction r ON r.id IN (SELECT x.id {newest})"),
    };
    let text = format!(
        "SELECT r.id, r.{on}, r.emoji, p.id, p.handle, p.name, p.headline FROM {list} {join} \
         JOIN profile p ON p.id = r.profile_id ORDER BY r.id DESC"
    );
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut found: HashMap<(Uuid, String), Vec<(Uuid, profile::Face)>> = HashMap::new();
    for row in rows {
        let group = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let reactor = (row.try_get_by_index(0)?, profile::Face::read(&row, 3)?);
        found.entry(group).or_default().push(reactor);
    }
    let page = |key: &&Key| {
        let rows = found.remove(&(key.0.key(), key.1.clone())).unwrap_or_default();
        let page = Page::new(rows, ask, |(id, _)| Place::key(*id));
        (Key::clone(key), Arc::new(page.map(|(_, profile)| Arc::new(profile))))
    };
    Ok(keys.iter().map(page).collect())
}
