//! What pages ask of applications, in batches.

mod beside;
mod rows;

use std::sync::Arc;

use uuid::Uuid;

use self::{
    beside::{AssigneesOf, Faces, ItemsOf, JobOf, StageOf},
    rows::{ById, EventsOf, Hired, NoteById, NotesOf, OfJob, Own},
};
use super::service::Filter;
use crate::{
    Result,
    entity::{
        application, application_event, application_note, hiring_stage, job, portfolio_item,
        profile::Face,
    },
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, loader},
    page::{Ask, Page},
};

type Row<M> = Option<Arc<M>>;
type Rows<M> = Arc<Vec<Arc<M>>>;
type Listed = (Uuid, (Filter, Ask));
type Applications = Arc<Page<Arc<application::Model>>>;
type One<M, B> = Loader<Uuid, Batched<Row<M>>, Batch<B>>;
type Many<M, B> = Loader<Uuid, Batched<Rows<M>>, Batch<B>>;

/// What is asked of applications that stand in one place of the answer.
struct At {
    by_id: One<application::Model, ById>,
    own: One<application::Model, Own>,
    note: One<application_note::Model, NoteById>,
    job: One<job::Model, JobOf>,
    stage: One<hiring_stage::Model, StageOf>,
    face: One<Face, Faces>,
    hires: Loader<Uuid, Batched<bool>, Batch<Hired>>,
    items: Many<portfolio_item::Model, ItemsOf>,
    assignees: Many<Face, AssigneesOf>,
    notes: Many<application_note::Model, NotesOf>,
    events: Many<application_event::Model, EventsOf>,
    of_job: Loader<Listed, Batched<Applications>, Batch<OfJob>>,
}

/// The loaders of applications; each place of the answer (`lane`) has its own.
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
            own: loader(execution, Own),
            note: loader(execution, NoteById),
            job: loader(execution, JobOf),
            stage: loader(execution, StageOf),
            face: loader(execution, Faces),
            hires: loader(execution, Hired),
            items: loader(execution, ItemsOf),
            assignees: loader(execution, AssigneesOf),
            notes: loader(execution, NotesOf),
            events: loader(execution, EventsOf),
            of_job: loader(execution, OfJob),
        }
    }
}

impl Loaders {
    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row<application::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// The actor's own application to a job.
    pub async fn own(&self, job: Uuid, lane: u64) -> Result<Row<application::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.own, job)).await
    }

    /// The note of this key, if the actor is of the team that keeps it.
    pub async fn note(&self, id: Uuid) -> Result<Row<application_note::Model>> {
        let at = self.0.at(0);
        Box::pin(ask(&at.note, id)).await
    }

    /// The job that somebody applied to, whoever sees it otherwise.
    pub async fn job(&self, id: Uuid, lane: u64) -> Result<Row<job::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.job, id)).await
    }

    /// A stage, whoever sees it.
    pub async fn stage(&self, id: Uuid, lane: u64) -> Result<Row<hiring_stage::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.stage, id)).await
    }

    /// The head of a member, if the actor may see them.
    pub async fn face(&self, id: Uuid, lane: u64) -> Result<Row<Face>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.face, id)).await
    }

    /// Whether the actor hires for a job.
    pub async fn hires(&self, job: Uuid, lane: u64) -> Result<bool> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.hires, job)).await
    }

    /// The portfolio items that an applicant shows, in their order; those that the actor may see.
    pub async fn items(&self, id: Uuid, lane: u64) -> Result<Rows<portfolio_item::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.items, id)).await
    }

    /// Who looks after an application, by handle; those whom the actor may see.
    pub async fn assignees(&self, id: Uuid, lane: u64) -> Result<Rows<Face>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.assignees, id)).await
    }

    /// The notes on an application, the oldest first, whoever may read them.
    pub async fn notes(&self, id: Uuid, lane: u64) -> Result<Rows<application_note::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.notes, id)).await
    }

    /// The steps of an application, the oldest first.
    pub async fn events(&self, id: Uuid, lane: u64) -> Result<Rows<application_event::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.events, id)).await
    }

    /// A page of the applications to a job that the actor hires for, those that came last first.
    pub async fn of_job(
        &self,
        job: Uuid,
        filter: Filter,
        page: Ask,
        lane: u64,
    ) -> Result<Applications> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.of_job, (job, (filter, page)))).await
    }
}
