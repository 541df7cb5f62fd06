//! What notifications are shown with, and what other types ask of watches, in batches.

use std::{
    collections::HashMap,
    mem::{Discriminant, discriminant},
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use uuid::Uuid;

use super::{
    policy,
    service::{self, On, Setting},
};
use crate::{
    Result,
    entity::{
        notification,
        profile::Face,
        watch::{Column, Level},
    },
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, many, one},
};

/// What kind of thing is watched, and where it stands in the answer.
type Lane = (Discriminant<On>, u64);
type Row = Batched<Option<Arc<notification::Model>>>;
type Faces = Batched<Arc<Vec<Arc<Face>>>>;
type Locale = Batched<Option<Arc<(Uuid, String)>>>;
type LevelOf = Loader<Uuid, Batched<Option<Level>>, Batch<Watched>>;

/// The loaders of notifications.
pub struct Loaders {
    execution: Arc<Execution>,
    by_id: Loader<Uuid, Row, Batch<ById>>,
    actors: Loader<Uuid, Faces, Batch<Actors>>,
    locales: Loader<Uuid, Locale, Batch<Locales>>,
    settings: Loader<Uuid, Batched<Arc<Vec<Setting>>>, Batch<Settings>>,
    watched: Mutex<HashMap<Lane, Arc<LevelOf>>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            execution: execution.clone(),
            by_id: loader(execution, ById),
            actors: loader(execution, Actors),
            locales: loader(execution, Locales),
            settings: loader(execution, Settings),
            watched: Mutex::default(),
        }
    }
}

impl Loaders {
    /// The actor's notification of this key.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<notification::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The last three of those who caused a notification and whom the actor may see, latest first.
    pub async fn actors(&self, notification: Uuid) -> Result<Arc<Vec<Arc<Face>>>> {
        Box::pin(ask(&self.actors, notification)).await
    }

    /// The language of a member who was shown what is theirs.
    pub async fn locale(&self, member: Uuid) -> Result<Option<Arc<(Uuid, String)>>> {
        Box::pin(ask(&self.locales, member)).await
    }

    /// All settings of an account that was shown.
    pub async fn settings(&self, account: Uuid) -> Result<Arc<Vec<Setting>>> {
        Box::pin(ask(&self.settings, account)).await
    }

    /// How much the actor wants to hear of something; `None` if they never said. Things that stand in different
    /// places of an answer have a loader each (`lane`; 0 where there is one), so that the number of statements never
    /// hangs on which was read first.
    pub async fn watching(&self, on: On, lane: u64) -> Result<Option<Level>> {
        let loader = {
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(loader(&self.execution, Watched(on.column())));
            watched.entry((discriminant(&on), lane)).or_insert_with(new).clone()
        };
        Box::pin(ask(&loader, on.key())).await
    }
}

struct ById;

impl BatchFn<Uuid, Row> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Row> {
        let cx = self.execution.cx();
        if cx.actor.id().is_none() {
            return one(ids, Ok(Vec::new()), |row| row.id);
        }
        one(ids, service::by_id(cx, ids).await, |row| row.id)
    }
}

struct Actors;

impl BatchFn<Uuid, Faces> for Batch<Actors> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Faces> {
        let rows = service::actors(self.execution.cx(), ids).await;
        many(ids, rows, |(id, face)| (id, Arc::new(face)))
    }
}

struct Locales;

impl BatchFn<Uuid, Locale> for Batch<Locales> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Locale> {
        one(ids, service::locales(self.execution.cx(), ids).await, |(id, _)| *id)
    }
}

struct Settings;

impl BatchFn<Uuid, Batched<Arc<Vec<Setting>>>> for Batch<Settings> {
    async fn load(&mut self, accounts: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<Setting>>>> {
        match service::settings(self.execution.cx(), accounts).await {
            Err(error) => fail(accounts, &error),
            Ok(mut found) => {
                let mut of = |id: &Uuid| Ok(Arc::new(found.remove(id).unwrap_or_default()));
                accounts.iter().map(|id| (*id, of(id))).collect()
            }
        }
    }
}

/// How much news of things of one kind; what names them.
struct Watched(Column);

impl BatchFn<Uuid, Batched<Option<Level>>> for Batch<Watched> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Option<Level>>> {
        let cx = self.execution.cx();
        let rows = async {
            let me = policy::read(cx.actor)?.id;
            service::watched(cx, me, self.what.0, keys).await
        };
        match rows.await {
            Err(error) => fail(keys, &error),
            Ok(rows) => {
                let found: HashMap<Uuid, Level> = rows.into_iter().collect();
                keys.iter().map(|key| (*key, Ok(found.get(key).copied()))).collect()
            }
        }
    }
}
