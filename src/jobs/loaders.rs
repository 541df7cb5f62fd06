//! What pages ask of postings, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::{policy, service};
use crate::{
    Result,
    entity::{hiring_stage, job, job_tag, tag},
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, loader, many, one},
    organizations, sql,
};

type Row = Option<Arc<job::Model>>;
type Skills = Arc<Vec<Arc<tag::Model>>>;
type Stage = Option<Arc<hiring_stage::Model>>;
type Stages = Arc<Vec<Arc<hiring_stage::Model>>>;

/// What is asked of postings that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    skills: Loader<Uuid, Batched<Skills>, Batch<SkillsOf>>,
    stage: Loader<Uuid, Batched<Stage>, Batch<StageById>>,
    stages: Loader<Uuid, Batched<Stages>, Batch<StagesOf>>,
}

/// The loaders of postings; each place of the answer (`lane`) has its own.
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
            skills: loader(execution, SkillsOf),
            stage: loader(execution, StageById),
            stages: loader(execution, StagesOf),
        }
    }
}

impl Loaders {
    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// What a posting asks one to know, in its order.
    pub async fn skills(&self, job: Uuid, lane: u64) -> Result<Skills> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.skills, job)).await
    }

    /// The step of this key, if the actor hires for its posting.
    pub async fn stage(&self, id: Uuid, lane: u64) -> Result<Stage> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.stage, id)).await
    }

    /// The steps of a posting, in order. Ask whether the actor may see them first.
    pub async fn stages(&self, job: Uuid, lane: u64) -> Result<Stages> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.stages, job)).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), job::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct SkillsOf;

impl BatchFn<Uuid, Batched<Skills>> for Batch<SkillsOf> {
    async fn load(&mut self, jobs: &[Uuid]) -> HashMap<Uuid, Batched<Skills>> {
        use job_tag::Column::{JobId, Position, TagId};
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), JobId, jobs);
        let rows = job_tag::Entity::find().filter(these).order_by_asc(Position);
        let rows = sql::with_one::<job_tag::Model, tag::Model>(rows, TagId, tag::Column::Id);
        let rows = sql::pairs::<job_tag::Model, tag::Model>(cx.db, &rows).await;
        many(jobs, rows, |(link, tag)| (link.job_id, Arc::new(tag)))
    }
}

struct StageById;

impl BatchFn<Uuid, Batched<Stage>> for Batch<StageById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Stage>> {
        use hiring_stage::Column::{Id, JobId};
        let cx = self.execution.cx();
        let Ok(me) = organizations::policy::read(cx.actor) else {
            return one(ids, Ok(Vec::new()), |stage: &hiring_stage::Model| stage.id);
        };
        let theirs = job::Entity::find().select_only().column(job::Column::Id);
        let theirs = theirs.filter(policy::hired_for_by(me.id));
        let rows = hiring_stage::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(JobId.in_subquery(theirs.into_query()))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |stage| stage.id)
    }
}

struct StagesOf;

impl BatchFn<Uuid, Batched<Stages>> for Batch<StagesOf> {
    async fn load(&mut self, jobs: &[Uuid]) -> HashMap<Uuid, Batched<Stages>> {
        use hiring_stage::Column::{Id, JobId, Position};
        let cx = self.execution.cx();
        let rows = hiring_stage::Entity::find()
            .filter(sql::key_in(cx.backend(), JobId, jobs))
            .order_by_asc(Position)
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(jobs, rows.map_err(Into::into), |stage| (stage.job_id, Arc::new(stage)))
    }
}
