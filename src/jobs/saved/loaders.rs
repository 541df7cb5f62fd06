use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::search;
use crate::{
    Result,
    entity::{job, saved_search},
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, fail, loader, one},
    jobs::find::{self, Filter, Fits},
    organizations::policy,
    page::{Ask, Page},
    sql,
};

type Row = Option<Arc<saved_search::Model>>;
type Found = Arc<Page<Arc<job::Model>>>;
type Which = (Uuid, Filter, Ask);
type Since = (Uuid, Filter, DateTime<Utc>);

/// New postings that are counted at most.
const MOST_NEW: u64 = 100;

/// What is asked of searches that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    jobs: Loader<Which, Batched<Found>, Batch<Jobs>>,
    new_count: Loader<Since, Batched<i32>, Batch<NewCount>>,
}

/// The loaders of searches that are kept; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            jobs: loader(execution, Jobs),
            new_count: loader(execution, NewCount),
        }
    }
}

impl Loaders {
    /// The actor's search of this key.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// A page of what a search finds.
    pub async fn jobs(&self, search: Uuid, filter: Filter, page: Ask, lane: u64) -> Result<Found> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.jobs, (search, filter, page))).await
    }

    /// How many that a search finds were published since then, up to 100.
    pub async fn new_count(
        &self,
        search: Uuid,
        filter: Filter,
        since: DateTime<Utc>,
        lane: u64,
    ) -> Result<i32> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.new_count, (search, filter, since))).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        use saved_search::Column::{Id, ProfileId};
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else {
            return one(ids, Ok(Vec::new()), |row: &saved_search::Model| row.id);
        };
        if let Err(error) = policy::read(cx.actor) {
            return fail(ids, &error);
        }
        let rows = saved_search::Entity::find()
            .filter(ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct Jobs;

impl BatchFn<Which, Batched<Found>> for Batch<Jobs> {
    async fn load(&mut self, keys: &[Which]) -> HashMap<Which, Batched<Found>> {
        let cx = self.execution.cx();
        let fits = |(search, filter, ask): &Which| Fits {
            search: *search,
            filter: filter.clone(),
            and: Condition::all(),
            after: ask.after.clone(),
            limit: ask.limit(),
            actor: *cx.actor,
        };
        let searches: Vec<Fits> = keys.iter().map(fits).collect();
        let rows = match find::fits(cx, cx.db, &searches).await {
            Ok(rows) => rows,
            Err(error) => return fail(keys, &error),
        };
        let mut found: HashMap<Uuid, Vec<Arc<job::Model>>> = HashMap::new();
        for (search, row) in rows {
            found.entry(search).or_default().push(row);
        }
        let mut page = |(search, _, ask): &Which| {
            let rows = found.remove(search).unwrap_or_default();
            Arc::new(Page::new(rows, ask, |row| find::place(row)))
        };
        keys.iter().map(|key| (key.clone(), Ok(page(key)))).collect()
    }
}

struct NewCount;

impl BatchFn<Since, Batched<i32>> for Batch<NewCount> {
    async fn load(&mut self, keys: &[Since]) -> HashMap<Since, Batched<i32>> {
        let cx = self.execution.cx();
        let fits = |(search, filter, since): &Since| Fits {
            search: *search,
            filter: filter.clone(),
            and: search::since(*since),
            after: None,
            limit: MOST_NEW,
            actor: *cx.actor,
        };
        let searches: Vec<Fits> = keys.iter().map(fits).collect();
        match find::count(cx, cx.db, &searches).await {
            Ok(counts) => {
                let count = |(search, ..): &Since| counts.get(search).copied().unwrap_or(0);
                keys.iter().map(|key| (key.clone(), Ok(count(key)))).collect()
            }
            Err(error) => fail(keys, &error),
        }
    }
}
