//! What pages ask of files, in batches.

use std::{
    collections::HashMap,
    mem::{Discriminant, discriminant},
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::{
    reach,
    service::{self, On},
};
use crate::{
    Result,
    entity::{
        file,
        file_use::{self, Column, Place},
        profile::{self, Face},
    },
    graph::{Batch, Batched, Execution, Loader, LoaderSet, alike, answer, ask, loader, many, one},
    members,
    page::{self, Ask, By, Page},
    sql::{self, OfEach},
};

type HungOn = Loader<Uuid, Batched<Files>, Batch<Hung>>;
type Owners = Loader<Uuid, Batched<Option<Arc<Face>>>, Batch<Owner>>;
type Files = Arc<Vec<Arc<file::Model>>>;
type Uses = Arc<Page<file_use::Model>>;
/// What kind of thing files hang on, as what, and where it stands in the answer.
type Lane = (Discriminant<On>, Place, u64);

/// The loaders of files.
pub struct Loaders {
    execution: Arc<Execution>,
    by_id: Loader<Uuid, Batched<Option<Arc<file::Model>>>, Batch<ById>>,
    hung: Mutex<HashMap<Lane, Arc<HungOn>>>,
    owners: Mutex<HashMap<u64, Arc<Owners>>>,
    uses_of: Loader<(Uuid, Ask), Batched<Uses>, Batch<UsesOf>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        let by_id = loader(execution, ById);
        let (hung, owners) = (Mutex::default(), Mutex::default());
        let uses_of = loader(execution, UsesOf);
        Self { execution: execution.clone(), by_id, hung, owners, uses_of }
    }
}

impl Loaders {
    /// The file of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<file::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// Who stored a file, if the actor may see them; `lane` as in [`Loaders::hung_on`].
    pub async fn owner(&self, id: Uuid, lane: u64) -> Result<Option<Arc<Face>>> {
        let loader = {
            let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
            owners.entry(lane).or_insert_with(|| Arc::new(loader(&self.execution, Owner))).clone()
        };
        Box::pin(ask(&loader, id)).await
    }

    /// The files that hang on something, in their order. Who sees the thing sees them, so nothing is asked about
    /// them again. Things that stand in different places of an answer have a loader each (`lane`; 0 where
    /// there is one), so that the number of statements never hangs on which was read first.
    pub async fn hung_on(&self, on: On, place: Place, lane: u64) -> Result<Files> {
        let loader = {
            let mut hung = self.hung.lock().unwrap_or_else(PoisonError::into_inner);
            let lane = (discriminant(&on), place, lane);
            let new = || Arc::new(loader(&self.execution, Hung { on: on.column(), place }));
            hung.entry(lane).or_insert_with(new).clone()
        };
        Box::pin(ask(&loader, on.key())).await
    }

    /// The first places of a page where a file is used, the latest first, whoever sees them.
    pub async fn uses_of(&self, file: Uuid, page: Ask) -> Result<Uses> {
        Box::pin(ask(&self.uses_of, (file, page))).await
    }

    /// The one file in a place that holds one: an avatar, a banner, a cover.
    pub async fn one_on(
        &self,
        on: On,
        place: Place,
        lane: u64,
    ) -> Result<Option<Arc<file::Model>>> {
        Ok(self.hung_on(on, place, lane).await?.first().cloned())
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Option<Arc<file::Model>>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<file::Model>>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), file::Column::Id, ids);
        let rows = sql::shaped(cx.db, reach::visible(cx).filter(these)).await;
        one(ids, rows, |file: &file::Model| file.id)
    }
}

struct Owner;

impl BatchFn<Uuid, Batched<Option<Arc<Face>>>> for Batch<Owner> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Face>>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), profile::Column::Id, ids);
        let rows = sql::shaped::<Face>(cx.db, members::service::visible(cx).filter(these)).await;
        one(ids, rows, |face| face.id)
    }
}

struct Hung {
    on: Column,
    place: Place,
}

impl BatchFn<Uuid, Batched<Files>> for Batch<Hung> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Files>> {
        let rows = hung(&self.execution, &self.what, keys).await;
        let on = self.what.on;
        many(keys, rows, |(hung, file)| (key_of(on, &hung), Arc::new(file)))
    }
}

async fn hung(
    execution: &Execution,
    what: &Hung,
    keys: &[Uuid],
) -> Result<Vec<(file_use::Model, file::Model)>> {
    let cx = execution.cx();
    let rows = service::hung_on(what.place)
        .filter(sql::key_in(cx.backend(), what.on, keys))
        .order_by_asc(Column::Position);
    let rows =
        sql::with_one::<file_use::Model, file::Model>(rows, Column::FileId, file::Column::Id);
    sql::pairs(cx.db, &rows).await
}

struct UsesOf;

impl BatchFn<(Uuid, Ask), Batched<Uses>> for Batch<UsesOf> {
    async fn load(&mut self, keys: &[(Uuid, Ask)]) -> HashMap<(Uuid, Ask), Batched<Uses>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, files) in alike(keys) {
            let found = uses(&self.execution, &files, &ask).await;
            answer(&mut answers, &ask, &files, found);
        }
        answers
    }
}

async fn uses(execution: &Execution, files: &[Uuid], ask: &Ask) -> Result<Vec<(Uuid, Uses)>> {
    let by = By::newest(Column::Id);
    let (rows, parent, key) = (file_use::Entity::find(), Column::FileId, Column::Id);
    let rows = OfEach { rows, parent, parents: files, key, by: &by, ask };
    let rows = rows.all::<file_use::Model>(execution.cx().db).await?;
    let pages = Page::of_each(files, rows, ask, |row| row.file_id, |row| page::Place::key(row.id));
    Ok(pages.into_iter().map(|(file, page)| (file, Arc::new(page))).collect())
}

fn key_of(on: Column, hung: &file_use::Model) -> Uuid {
    let key = match on {
        Column::ProfileId => hung.profile_id,
        Column::PostId => hung.post_id,
        Column::CommentId => hung.comment_id,
        Column::MessageId => hung.message_id,
        Column::EmailId => hung.email_id,
        Column::SubmissionId => hung.submission_id,
        Column::SubmissionMessageId => hung.submission_message_id,
        Column::TaskId => hung.task_id,
        Column::OrganizationId => hung.organization_id,
        Column::ApplicationId => hung.application_id,
        _ => hung.portfolio_item_id,
    };
    key.unwrap_or_default()
}
