use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::{Applications, Listed, Row, Rows};
use crate::{
    Result,
    applications::{
        policy,
        service::{self, Filter},
    },
    entity::{
        application::{self, Column},
        application_event, application_note,
    },
    graph::{Batch, Batched, Execution, alike, answer, fail, many, one},
    page::{Ask, Page},
    sql::{self, OfEach},
};

pub(super) struct ById;

impl BatchFn<Uuid, Batched<Row<application::Model>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<application::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

pub(super) struct Own;

impl BatchFn<Uuid, Batched<Row<application::Model>>> for Batch<Own> {
    async fn load(&mut self, jobs: &[Uuid]) -> HashMap<Uuid, Batched<Row<application::Model>>> {
        let cx = self.execution.cx();
        let Ok(me) = policy::read(cx.actor) else {
            return one(jobs, Ok(Vec::new()), |row: &application::Model| row.job_id);
        };
        let rows = application::Entity::find()
            .filter(Column::ApplicantId.eq(me.id))
            .filter(sql::key_in(cx.backend(), Column::JobId, jobs))
            .all(cx.db)
            .await;
        one(jobs, rows.map_err(Into::into), |row| row.job_id)
    }
}

pub(super) struct NoteById;

impl BatchFn<Uuid, Batched<Row<application_note::Model>>> for Batch<NoteById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<application_note::Model>>> {
        use application_note::Column::{ApplicationId, Id};
        let cx = self.execution.cx();
        let mut theirs = application::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(policy::hired_for_by(cx.actor));
        if let Some(me) = cx.actor.id() {
            theirs = theirs.filter(Column::ApplicantId.ne(me));
        }
        let rows = application_note::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(ApplicationId.in_subquery(theirs.into_query()))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

pub(super) struct Hired;

impl BatchFn<Uuid, Batched<bool>> for Batch<Hired> {
    async fn load(&mut self, jobs: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        let cx = self.execution.cx();
        match service::hired_for_among(cx, cx.db, jobs).await {
            Err(error) => fail(jobs, &error),
            Ok(hired) => jobs.iter().map(|job| (*job, Ok(hired.contains(job)))).collect(),
        }
    }
}

pub(super) struct NotesOf;

impl BatchFn<Uuid, Batched<Rows<application_note::Model>>> for Batch<NotesOf> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Rows<application_note::Model>>> {
        use application_note::Column::{ApplicationId, Id};
        let cx = self.execution.cx();
        let rows = application_note::Entity::find()
            .filter(sql::key_in(cx.backend(), ApplicationId, ids))
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.application_id, Arc::new(row)))
    }
}

pub(super) struct EventsOf;

impl BatchFn<Uuid, Batched<Rows<application_event::Model>>> for Batch<EventsOf> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Rows<application_event::Model>>> {
        use application_event::Column::{ApplicationId, Id};
        let cx = self.execution.cx();
        let rows = application_event::Entity::find()
            .filter(sql::key_in(cx.backend(), ApplicationId, ids))
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.application_id, Arc::new(row)))
    }
}

pub(super) struct OfJob;

impl BatchFn<Listed, Batched<Applications>> for Batch<OfJob> {
    async fn load(&mut self, keys: &[Listed]) -> HashMap<Listed, Batched<Applications>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (asked, jobs) in alike(keys) {
            let found = of_job(&self.execution, &jobs, &asked.0, &asked.1).await;
            answer(&mut answers, &asked, &jobs, found);
        }
        answers
    }
}

async fn of_job(
    execution: &Execution,
    jobs: &[Uuid],
    filter: &Filter,
    ask: &Ask,
) -> Result<Vec<(Uuid, Applications)>> {
    let cx = execution.cx();
    let Some(fits) = filter.condition(cx.actor)? else {
        return Ok(jobs.iter().map(|job| (*job, Arc::new(Page::empty()))).collect());
    };
    let rows = application::Entity::find().filter(policy::hired_for_by(cx.actor)).filter(fits);
    let (parent, key, by) = (Column::JobId, Column::Id, service::by());
    let rows = OfEach { rows, parent, parents: jobs, key, by: &by, ask };
    let rows = rows.all::<application::Model>(cx.db).await?;
    let pages = Page::of_each(jobs, rows, ask, |row| row.job_id, service::place);
    Ok(pages.into_iter().map(|(job, page)| (job, Arc::new(page.map(Arc::new)))).collect())
}
