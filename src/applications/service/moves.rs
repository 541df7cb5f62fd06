use std::borrow::Cow;

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{Locked, counts, locked, mails, policy};
use crate::{
    Cx, Error, Result,
    check::{Check, each_once, is_blank, limit},
    entity::{
        application::{self, Column, State},
        application_event,
        hiring_stage::{self, Kind},
        job,
    },
    error::{ErrorCode, Problem},
    markdown::Rendered,
    notice::{self, Notice},
    sql,
};

/// Applications that are moved at once.
const MOST: usize = 100;
/// Characters of what the team writes.
const MESSAGE: usize = 5_000;

/// Moves applications to a stage of their job, all or none of them; answers them in the order named, each once. Their
/// applicants hear of it when it means something else to them, or when `message` says something.
pub async fn advance(
    cx: Cx<'_>,
    ids: Vec<Option<Uuid>>,
    stage: Option<Uuid>,
    message: Option<&str>,
) -> Result<Vec<application::Model>> {
    let me = policy::write(cx.actor)?.id;
    let message = checked(&ids, message)?;
    let keys: Vec<Uuid> = each_once(ids.iter().flatten().copied().collect());
    let (tx, now) = (cx.begin().await?, cx.now());
    let mut found = locked(cx, &tx, &keys).await?;
    let mut problems = Vec::new();
    let mut job = None::<job::Model>;
    for (at, id) in ids.iter().enumerate() {
        let path = [Cow::Borrowed("ids"), Cow::Owned(at.to_string())];
        match id.and_then(|id| found.get(&id)) {
            None => {
                let message = "there is no such application";
                problems.push(Problem::at(ErrorCode::NotFound, path, message));
            }
            Some(one) => match policy::advance(cx.actor, &one.row, one.hires) {
                Err(Error::Refused(refused)) => problems.extend(
                    refused.into_iter().map(|problem| Problem { path: path.to_vec(), ..problem }),
                ),
                Err(other) => return Err(other),
                Ok(_) if job.as_ref().is_some_and(|job| job.id != one.job.id) => {
                    let message = "name applications to one job";
                    problems.push(Problem::at(ErrorCode::Invalid, path, message));
                }
                Ok(_) => job = Some(one.job.clone()),
            },
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let job = job.ok_or_else(|| Error::not_found("application"))?;
    let stage = stage_of(&tx, &job, stage).await?;
    let all: Vec<Locked> = keys.iter().filter_map(|key| found.remove(key)).collect();
    let mut step = Step { cx, job, stage, message, me, rows: Vec::new() };
    step.rows = all.into_iter().map(|one| one.row).collect();
    step.write(&tx).await?;
    step.tell(&tx).await?;
    tx.commit().await?;
    let state = means(step.stage.kind);
    let erase_at = step.erase_at();
    let told: Vec<Uuid> = step.told().map(|row| row.id).collect();
    for row in &mut step.rows {
        if told.contains(&row.id) {
            row.version += 1;
            row.updated_at = now;
        }
        if row.state != state {
            row.erase_at = erase_at;
        }
        (row.state, row.stage_id) = (state, Some(step.stage.id));
    }
    Ok(step.rows)
}

/// What a stage means to the applicant.
fn means(kind: Kind) -> State {
    match kind {
        Kind::New => State::Submitted,
        Kind::Review => State::InReview,
        Kind::Interview => State::Interviewing,
        Kind::Offer => State::Offered,
        Kind::Hired => State::Hired,
        Kind::Rejected => State::Rejected,
    }
}

fn checked(ids: &[Option<Uuid>], message: Option<&str>) -> Result<Option<(String, Rendered)>> {
    let mut check = Check::new();
    if ids.is_empty() {
        check.push(Problem::at(ErrorCode::Required, ["ids"], "name at least one application"));
    } else if ids.len() > MOST {
        let message = format!("name at most {MOST} applications");
        let problem = Problem::at(ErrorCode::TooLong, ["ids"], message);
        check.push(problem.with(limit(&(1..=MOST), ids.len())));
    }
    let message = message.filter(|message| !is_blank(message));
    let message = message.map(|message| check.markdown(&["message"], message, MESSAGE));
    check.done().map_err(Error::outside_input)?;
    Ok(message)
}

async fn stage_of(
    tx: &impl ConnectionTrait,
    job: &job::Model,
    stage: Option<Uuid>,
) -> Result<hiring_stage::Model> {
    let none =
        || Error::refused(ErrorCode::NotFound, ["stage"], "the job of these has no such stage");
    let stage = hiring_stage::Entity::find_by_id(stage.ok_or_else(none)?);
    let stage = stage.filter(hiring_stage::Column::JobId.eq(job.id)).one(tx).await?;
    stage.ok_or_else(none)
}

/// Applications that go to a stage.
struct Step<'a> {
    cx: Cx<'a>,
    job: job::Model,
    stage: hiring_stage::Model,
    message: Option<(String, Rendered)>,
    me: Uuid,
    /// As they were.
    rows: Vec<application::Model>,
}

impl Step<'_> {
    /// Those whose applicants hear of it.
    fn told(&self) -> impl Iterator<Item = &application::Model> {
        let state = means(self.stage.kind);
        self.rows.iter().filter(move |row| row.state != state || self.message.is_some())
    }

    /// When they are erased, if that is told already.
    fn erase_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        let days = self.job.retention_days.filter(|_| policy::is_over(means(self.stage.kind)));
        days.map(|days| self.cx.now() + TimeDelta::days(days.into()))
    }

    async fn write(&self, tx: &impl ConnectionTrait) -> Result<()> {
        let backend = self.cx.backend();
        let state = means(self.stage.kind);
        let keys = |rows: &mut dyn Iterator<Item = &application::Model>| -> Vec<Uuid> {
            rows.map(|row| row.id).collect()
        };
        let from = self.rows.iter().map(|row| row.stage_id);
        counts::of_stages(tx, from, self.rows.iter().map(|_| Some(self.stage.id))).await?;
        let other = keys(&mut self.rows.iter().filter(|row| row.state != state));
        if !other.is_empty() {
            application::Entity::update_many()
                .col_expr(Column::EraseAt, Expr::value(self.erase_at()))
                .filter(sql::key_in(backend, Column::Id, &other))
                .exec(tx)
                .await?;
        }
        application::Entity::update_many()
            .col_expr(Column::StageId, Expr::value(self.stage.id))
            .col_expr(Column::State, Expr::value(state))
            .filter(sql::key_in(backend, Column::Id, &keys(&mut self.rows.iter())))
            .exec(tx)
            .await?;
        // What the team does among itself does not show, not even as a number.
        let told =
            keys(&mut self.rows.iter().filter(|row| row.state != state || self.message.is_some()));
        if told.is_empty() {
            return Ok(());
        }
        application::Entity::update_many()
            .col_expr(Column::UpdatedAt, Expr::value(self.cx.now()))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(sql::key_in(backend, Column::Id, &told))
            .exec(tx)
            .await?;
        Ok(())
    }

    async fn tell(&self, tx: &impl ConnectionTrait) -> Result<()> {
        let told: Vec<&application::Model> = self.told().collect();
        if told.is_empty() {
            return Ok(());
        }
        let (cx, state) = (self.cx, means(self.stage.kind));
        let (source, html) = match &self.message {
            Some((source, message)) => (Some(source.clone()), Some(message.html.clone())),
            None => (None, None),
        };
        let event = |row: &&application::Model| application_event::Model {
            id: cx.key(),
            application_id: row.id,
            state,
            message_source: source.clone(),
            message_html: html.clone(),
            by_id: Some(self.me),
        };
        let events: Vec<_> = told.iter().map(event).collect();
        let notices: Vec<_> =
            events.iter().map(|event| Notice::ApplicationUpdated(event.id)).collect();
        let rows = events.into_iter().map(|event| event.into_active_model());
        application_event::Entity::insert_many(rows).exec_without_returning(tx).await?;
        mails::updated(cx, tx, &self.job, &told, state, html.as_deref()).await?;
        notice::tell_all(cx, tx, notices).await
    }
}
