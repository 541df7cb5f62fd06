//! What pages ask of reactions, in batches.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Value,
};
use uuid::Uuid;

use super::{On, service::Kind};
use crate::{
    Result,
    entity::{profile, reaction},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, many},
    members,
    page::{Ask, Page, Place},
    shape::Shape as _,
    sql,
};

type Profiles = Arc<Page<Arc<profile::Face>>>;
type Group = (Uuid, (String, Ask));

/// The loaders of one kind of thing in one place of the answer.
struct Lane {
    mine: Loader<Uuid, Batched<Arc<Vec<String>>>, Batch<Mine>>,
    reactors: Loader<Group, Batched<Profiles>, Batch<Reactors>>,
}

/// The loaders of reactions, a pair for each kind of thing and place in the answer.
pub struct Loaders {
    execution: Arc<Execution>,
    lanes: Mutex<HashMap<(Kind, u64), Arc<Lane>>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { execution: execution.clone(), lanes: Mutex::default() }
    }
}

impl Loaders {
    fn lane(&self, on: On) -> Arc<Lane> {
        let kind = on.subject.kind;
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry((kind, on.place)).or_insert_with(|| {
            let (mine, reactors) = (Mine(kind), Reactors(kind));
            let mine = loader(&self.execution, mine);
            Arc::new(Lane { mine, reactors: loader(&self.execution, reactors) })
        });
        lane.clone()
    }

    /// What the actor reacted with, in the order they did.
    pub async fn mine(&self, on: On) -> Result<Arc<Vec<String>>> {
        let lane = self.lane(on);
        Box::pin(ask(&lane.mine, on.subject.key)).await
    }

    /// A page of those who reacted with an emoji, latest first.
    pub async fn reactors_of(&self, on: On, emoji: &str, page: Ask) -> Result<Profiles> {
        let lane = self.lane(on);
        Box::pin(ask(&lane.reactors, (on.subject.key, (emoji.to_owned(), page)))).await
    }
}

struct Mine(Kind);

impl BatchFn<Uuid, Batched<Arc<Vec<String>>>> for Batch<Mine> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<String>>>> {
        many(keys, mine(&self.execution, self.what.0, keys).await, |found| found)
    }
}

async fn mine(execution: &Execution, kind: Kind, keys: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    use reaction::Column::{Emoji, Id, ProfileId};
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
    let rows = reaction::Entity::find()
        .select_only()
        .columns([kind.column(), Emoji])
        .filter(ProfileId.eq(me))
        .filter(sql::key_in(cx.backend(), kind.column(), keys))
        .order_by_asc(Id)
        .into_tuple();
    Ok(rows.all(cx.db).await?)
}

struct Reactors(Kind);

impl BatchFn<Group, Batched<Profiles>> for Batch<Reactors> {
    async fn load(&mut self, keys: &[Group]) -> HashMap<Group, Batched<Profiles>> {
        let mut pages: HashMap<&Ask, Vec<(Uuid, String)>> = HashMap::new();
        for (key, (emoji, ask)) in keys {
            pages.entry(ask).or_default().push((*key, emoji.clone()));
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, groups) in pages {
            let found = reactors(&self.execution, self.what.0, &groups, ask).await;
            let found = match found {
                Ok(found) => found.into_iter().map(|(group, page)| (group, Ok(page))).collect(),
                Err(error) => {
                    let failed = |group: (Uuid, String)| (group, Err(error.clone()));
                    groups.into_iter().map(failed).collect::<Vec<_>>()
                }
            };
            let group = |(key, emoji): (Uuid, String)| (key, (emoji, ask.clone()));
            answers.extend(found.into_iter().map(|(found, page)| (group(found), page)));
        }
        answers
    }
}

/// The pages of all groups in one statement: a group is a thing and an emoji, so it has two keys.
async fn reactors(
    execution: &Execution,
    kind: Kind,
    keys: &[(Uuid, String)],
    ask: &Ask,
) -> Result<Vec<((Uuid, String), Profiles)>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let on = match kind {
        Kind::Post => "post_id",
        Kind::Comment => "comment_id",
        Kind::Message => "message_id",
        Kind::PortfolioItem => "portfolio_item_id",
        Kind::Task => "task_id",
    };
    let mut values: Vec<Value> =
        vec![ask.before()?.into(), i64::try_from(ask.limit()).unwrap_or(101).into()];
    let unblocked = members::policy::not_blocked_text(cx.actor, "x.profile_id", "$3");
    if !unblocked.is_empty() {
        values.push(cx.actor.id().into());
    }
    let at = values.len() + 1;
    let (list, subject, symbol) = match backend {
        DbBackend::Postgres => {
            let (subjects, emoji): (Vec<Uuid>, Vec<String>) = keys.iter().cloned().unzip();
            values.extend([subjects.into(), emoji.into()]);
            let list = format!("unnest(${at}::uuid[], ${}::text[]) AS k(subject, emoji)", at + 1);
            (list, "k.subject", "k.emoji")
        }
        _ => {
            let pairs = keys.iter().map(|(key, emoji)| (key.simple().to_string(), emoji));
            let pairs = serde_json::to_string(&pairs.collect::<Vec<_>>());
            values.push(pairs.map_err(crate::Error::internal)?.into());
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
    let page = |key: &(Uuid, String)| {
        let page = Page::new(found.remove(key).unwrap_or_default(), ask, |(id, _)| Place::key(*id));
        (key.clone(), Arc::new(page.map(|(_, profile)| Arc::new(profile))))
    };
    Ok(keys.iter().map(page).collect())
}
