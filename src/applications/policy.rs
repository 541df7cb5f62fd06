//! Who may see applications, and do what with them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Actor, Error, Result,
    cx::Member,
    entity::{
        application::{self, Column, State},
        job,
        organization_member::Role,
    },
    error::ErrorCode::{Closed, StateNotAllowed},
    organizations,
};

/// The applications that `actor` may see: their own, and those to jobs of organizations for which they hire.
pub fn visible_to(actor: &Actor) -> Condition {
    let Ok(member) = read(actor) else { return nothing() };
    Condition::any().add(Column::ApplicantId.eq(member.id)).add(hired_for_by(actor))
}

/// The applications to jobs of organizations for which `actor` hires.
pub fn hired_for_by(actor: &Actor) -> Condition {
    let jobs = job::Entity::find().select_only().column(job::Column::Id).filter(jobs_of(actor));
    Condition::all().add(Column::JobId.in_subquery(jobs.into_query()))
}

/// The jobs of organizations for which `actor` hires.
pub fn jobs_of(actor: &Actor) -> Condition {
    let Ok(member) = read(actor) else { return nothing() };
    let theirs = organizations::policy::acted_for_by(member.id, Role::Moderator);
    Condition::all().add(job::Column::OrganizationId.in_subquery(theirs))
}

fn nothing() -> Condition {
    Condition::all().add(Expr::val(1).eq(0))
}

/// Reading applications at all.
pub fn read(actor: &Actor) -> Result<Member> {
    organizations::policy::read(actor)
}

/// Writing about applications at all: by means that may read them, too.
pub fn write(actor: &Actor) -> Result<Member> {
    read(actor)?;
    organizations::policy::write(actor)
}

/// Applying to a job that the actor sees: while it is open, and takes applications here.
pub fn apply(actor: &Actor, job: &job::Model, now: DateTime<Utc>) -> Result<Member> {
    let member = write(actor)?;
    let closed = |message: &str| Err(Error::refused(Closed, ["input", "job"], message));
    if job.state != job::State::Open || job.closes_at.is_some_and(|closes| now >= closes) {
        return closed("this job takes no applications");
    }
    if job.apply_url.is_some() || job.apply_email.is_some() {
        return closed("one does not apply to this job here");
    }
    Ok(member)
}

/// Whether an application is over: it is erased when its time has come, though its job goes on.
pub fn is_over(state: State) -> bool {
    matches!(state, State::Rejected | State::Withdrawn)
}

/// Taking an application back: its applicant, until it is decided.
pub fn withdraw(actor: &Actor, row: &application::Model) -> Result<Member> {
    let member = write(actor)?;
    if member.id != row.applicant_id {
        return Err(Error::not_yours("only its applicant may take an application back"));
    }
    let message = match row.state {
        State::Withdrawn => "this was taken back already",
        State::Hired | State::Rejected => "this is decided",
        _ => return Ok(member),
    };
    Err(Error::refused(StateNotAllowed, ["id"], message))
}

/// Whether `actor` is of the team that decides: whoever hires for the organization, but never over themselves. `hires`
/// is whether they hire for it.
pub fn is_team(actor: &Actor, row: &application::Model, hires: bool) -> bool {
    hires && !actor.is(row.applicant_id)
}

/// Rating, noting, and who looks after it: the team.
pub fn work_on(actor: &Actor, row: &application::Model, hires: bool) -> Result<Member> {
    let member = write(actor)?;
    if is_team(actor, row, hires) {
        Ok(member)
    } else {
        Err(Error::not_yours("this is for those who decide about the application"))
    }
}

/// Moving an application on: the team, unless it was taken back.
pub fn advance(actor: &Actor, row: &application::Model, hires: bool) -> Result<Member> {
    let member = work_on(actor, row, hires)?;
    if row.state == State::Withdrawn {
        return Err(Error::refused(StateNotAllowed, ["id"], "its applicant took it back"));
    }
    Ok(member)
}
