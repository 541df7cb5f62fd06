//! What pages ask of forms and submissions, in batches.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::service;
use crate::{
    Result,
    entity::{
        form, form_member,
        profile::{self, Face},
        submission_message,
    },
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, fail, loader, many, one},
    members, sql,
};

type FormRow = Option<Arc<form::Model>>;
type Team = Arc<Vec<Arc<Face>>>;
type Messages = Arc<Vec<Arc<submission_message::Model>>>;

/// What is asked of forms and submissions that stand in one place of the answer.
struct At {
    form: Loader<Uuid, Batched<FormRow>, Batch<FormById>>,
    works_on: Loader<Uuid, Batched<bool>, Batch<WorksOn>>,
    team: Loader<Uuid, Batched<Team>, Batch<TeamOf>>,
    messages: Loader<Uuid, Batched<Messages>, Batch<MessagesOf>>,
}

/// The loaders of forms and submissions; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            form: loader(execution, FormById),
            works_on: loader(execution, WorksOn),
            team: loader(execution, TeamOf),
            messages: loader(execution, MessagesOf),
        }
    }
}

impl Loaders {
    /// The form of this key, if the actor may see it.
    pub async fn form(&self, id: Uuid, lane: u64) -> Result<FormRow> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.form, id)).await
    }

    /// Whether the actor may read what comes in through a form.
    pub async fn works_on(&self, form: Uuid, lane: u64) -> Result<bool> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.works_on, form)).await
    }

    /// Who is on the team of a form, of those whom the actor may see, by their handles.
    pub async fn team(&self, form: Uuid, lane: u64) -> Result<Team> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.team, form)).await
    }

    /// The talk about a submission, oldest first, whoever may read it.
    pub async fn messages(&self, submission: Uuid, lane: u64) -> Result<Messages> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.messages, submission)).await
    }
}

struct FormById;

impl BatchFn<Uuid, Batched<FormRow>> for Batch<FormById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<FormRow>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), form::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct WorksOn;

impl BatchFn<Uuid, Batched<bool>> for Batch<WorksOn> {
    async fn load(&mut self, forms: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), form::Column::Id, forms);
        let rows = service::worked_on(cx).filter(these).select_only().column(form::Column::Id);
        match rows.into_tuple::<Uuid>().all(cx.db).await {
            Err(error) => fail(forms, &error.into()),
            Ok(rows) => {
                let found: HashSet<Uuid> = rows.into_iter().collect();
                forms.iter().map(|id| (*id, Ok(found.contains(id)))).collect()
            }
        }
    }
}

struct TeamOf;

impl BatchFn<Uuid, Batched<Team>> for Batch<TeamOf> {
    async fn load(&mut self, forms: &[Uuid]) -> HashMap<Uuid, Batched<Team>> {
        let rows = team(&self.execution, forms).await;
        many(forms, rows, |(member, face)| (member.form_id, Arc::new(face)))
    }
}

async fn team(execution: &Execution, forms: &[Uuid]) -> Result<Vec<(form_member::Model, Face)>> {
    use form_member::Column::{FormId, ProfileId};
    let cx = execution.cx();
    let rows = form_member::Entity::find()
        .filter(sql::key_in(cx.backend(), FormId, forms))
        .filter(members::policy::visible_to(cx.actor))
        .order_by_asc(profile::Column::Handle);
    let rows = sql::with_one::<form_member::Model, Face>(rows, ProfileId, profile::Column::Id);
    sql::pairs(cx.db, &rows).await
}

struct MessagesOf;

impl BatchFn<Uuid, Batched<Messages>> for Batch<MessagesOf> {
    async fn load(&mut self, submissions: &[Uuid]) -> HashMap<Uuid, Batched<Messages>> {
        use submission_message::Column::{Id, SubmissionId};
        let cx = self.execution.cx();
        let rows = submission_message::Entity::find()
            .filter(sql::key_in(cx.backend(), SubmissionId, submissions))
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(submissions, rows.map_err(Into::into), |row| (row.submission_id, Arc::new(row)))
    }
}
