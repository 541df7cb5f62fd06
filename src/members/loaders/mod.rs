mod endorsements;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

pub use self::endorsements::Endorsements;
use super::{policy, service};
use crate::{
    Result,
    entity::{
        follow, profile,
        profile_open_to::{self, OpenTo},
        profile_skill,
    },
    graph::{
        Batch, Batched, Execution, Loader, LoaderSet, alike, answer, ask, fail, loader, many, one,
    },
    page::{Ask, By, Page, Place},
    sql::{self, OfEach},
};

type Row = Option<Arc<profile::Model>>;
type Rows = Arc<Page<Arc<profile::Face>>>;

/// You and a profile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Relation {
    /// You follow them.
    pub following: bool,
    /// They follow you.
    pub followed_by: bool,
    /// You blocked them.
    pub blocked: bool,
    /// They blocked you.
    pub blocked_by: bool,
    /// You muted them: until when, or for good.
    pub muted: Option<Option<DateTime<Utc>>>,
}

/// Which list of profiles around one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Around {
    /// Those who follow it.
    Followers,
    /// Those whom it follows.
    Following,
    /// Those who follow it and whom the actor follows.
    Mutual,
}

/// Profiles by what other types know of them. Scoped to the actor: whom they may not see is absent.
pub struct Loaders {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    // Of its own, so that a page's bios and the faces below it never share a statement by chance.
    bios: Loader<Uuid, Batched<Row>, Batch<ById>>,
    relation: Loader<Uuid, Batched<Relation>, Batch<RelationTo>>,
    open_to: Loader<Uuid, Batched<Arc<Vec<OpenTo>>>, Batch<OpenToOf>>,
    skills: Loader<Uuid, Batched<Arc<Vec<profile_skill::Model>>>, Batch<SkillsOf>>,
    around: Loader<(Uuid, Around, Ask), Batched<Rows>, Batch<AroundOf>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            bios: loader(execution, ById),
            relation: loader(execution, RelationTo),
            open_to: loader(execution, OpenToOf),
            skills: loader(execution, SkillsOf),
            around: loader(execution, AroundOf),
        }
    }
}

impl Loaders {
    /// The profile of this key, whole.
    pub async fn by_id(&self, id: Uuid) -> Result<Row> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The profile of this key, for its bio.
    pub async fn with_bio(&self, id: Uuid) -> Result<Row> {
        Box::pin(ask(&self.bios, id)).await
    }

    /// You and the profile of this key; nothing for guests.
    pub async fn relation(&self, id: Uuid) -> Result<Relation> {
        Box::pin(ask(&self.relation, id)).await
    }

    /// What the member is open to.
    pub async fn open_to(&self, id: Uuid) -> Result<Arc<Vec<OpenTo>>> {
        Box::pin(ask(&self.open_to, id)).await
    }

    /// The member's skills, in their order.
    pub async fn skills(&self, id: Uuid) -> Result<Arc<Vec<profile_skill::Model>>> {
        Box::pin(ask(&self.skills, id)).await
    }

    /// A page of the profiles around one.
    pub async fn around(&self, id: Uuid, around: Around, page: Ask) -> Result<Rows> {
        Box::pin(ask(&self.around, (id, around, page))).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), profile::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |profile| profile.id)
    }
}

struct RelationTo;

impl BatchFn<Uuid, Batched<Relation>> for Batch<RelationTo> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Relation>> {
        match relations(&self.execution, ids).await {
            Err(error) => fail(ids, &error),
            Ok(mut found) => {
                ids.iter().map(|id| (*id, Ok(found.remove(id).unwrap_or_default()))).collect()
            }
        }
    }
}

async fn relations(execution: &Execution, ids: &[Uuid]) -> Result<HashMap<Uuid, Relation>> {
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(HashMap::new()) };
    let backend = cx.backend();
    let among = sql::among(backend, "p.id", 2);
    let text = format!(
        "SELECT p.id, \
         EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $1 AND f.followed_id = p.id) AS a, \
         EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = p.id AND f.followed_id = $1) AS b, \
         EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = $1 AND b.blocked_id = p.id) AS c, \
         EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = p.id AND b.blocked_id = $1) AS f, \
         m.muter_id IS NOT NULL AS d, m.until AS e \
         FROM profile p LEFT JOIN mute m ON m.muter_id = $1 AND m.muted_id = p.id WHERE {among}"
    );
    let statement = sql::statement(backend, text, [me.into(), sql::keys(backend, ids)]);
    let rows = cx.db.query_all_raw(statement).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let flag = |name| row.try_get::<bool>("", name);
        let until: Option<DateTime<Utc>> = row.try_get("", "e")?;
        let lasting = flag("d")? && until.is_none_or(|until| until > cx.now());
        let relation = Relation {
            following: flag("a")?,
            followed_by: flag("b")?,
            blocked: flag("c")?,
            blocked_by: flag("f")?,
            muted: lasting.then_some(until),
        };
        found.insert(row.try_get("", "id")?, relation);
    }
    Ok(found)
}

struct OpenToOf;

impl BatchFn<Uuid, Batched<Arc<Vec<OpenTo>>>> for Batch<OpenToOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<OpenTo>>>> {
        let cx = self.execution.cx();
        let rows = profile_open_to::Entity::find()
            .filter(sql::key_in(cx.backend(), profile_open_to::Column::ProfileId, ids))
            .order_by_asc(profile_open_to::Column::OpenTo)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.profile_id, row.open_to))
    }
}

struct SkillsOf;

impl BatchFn<Uuid, Batched<Arc<Vec<profile_skill::Model>>>> for Batch<SkillsOf> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Arc<Vec<profile_skill::Model>>>> {
        let cx = self.execution.cx();
        let rows = profile_skill::Entity::find()
            .filter(sql::key_in(cx.backend(), profile_skill::Column::ProfileId, ids))
            .order_by_asc(profile_skill::Column::Position)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.profile_id, row))
    }
}

struct AroundOf;

type AroundKey = (Uuid, Around, Ask);

impl BatchFn<AroundKey, Batched<Rows>> for Batch<AroundOf> {
    async fn load(&mut self, keys: &[AroundKey]) -> HashMap<AroundKey, Batched<Rows>> {
        let flat: Vec<_> = keys.iter().map(|(id, what, ask)| (*id, (*what, ask.clone()))).collect();
        let mut answers = HashMap::with_capacity(keys.len());
        for (alike, ids) in alike(&flat) {
            let found = pages_around(&self.execution, alike.0, &alike.1, &ids).await;
            answer(&mut answers, &alike, &ids, found);
        }
        answers.into_iter().map(|((id, (what, ask)), page)| ((id, what, ask), page)).collect()
    }
}

async fn pages_around(
    execution: &Execution,
    around: Around,
    ask: &Ask,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Rows)>> {
    use follow::Column::{FollowedId, FollowerId, Id};
    let cx = execution.cx();
    let (parent, to) = match around {
        Around::Following => (FollowerId, FollowedId),
        Around::Followers | Around::Mutual => (FollowedId, FollowerId),
    };
    let mut rows = follow::Entity::find().filter(policy::not_blocked(cx.actor, to));
    if around == Around::Mutual {
        let Some(me) = cx.actor.id() else {
            return Ok(ids.iter().map(|id| (*id, Rows::new(Page::empty()))).collect());
        };
        rows = rows.filter(FollowerId.in_subquery(service::followed_by(me)));
    }
    let by = By::newest(Id);
    let rows = OfEach { rows, parent, parents: ids, key: Id, by: &by, ask }
        .with_one::<follow::Model, profile::Face>(cx.db, to, profile::Column::Id)
        .await?;
    let parent_of = |row: &follow::Model| match around {
        Around::Following => row.follower_id,
        Around::Followers | Around::Mutual => row.followed_id,
    };
    let pages =
        Page::of_each(ids, rows, ask, |(row, _)| parent_of(row), |(row, _)| Place::key(row.id));
    let wrap = |page: Page<_>| Rows::new(page.map(|(_, profile)| Arc::new(profile)));
    Ok(pages.into_iter().map(|(id, page)| (id, wrap(page))).collect())
}
