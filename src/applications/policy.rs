//! Who may see applications, and do what with them.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Actor,
    entity::{application::Column, job, organization_member::Role},
    organizations,
};

/// The applications that `actor` may see: their own, and those to jobs of organizations for which they hire.
pub fn visible_to(actor: &Actor) -> Condition {
    let Ok(member) = organizations::policy::read(actor) else {
        return Condition::all().add(Expr::val(1).eq(0));
    };
    Condition::any().add(Column::ApplicantId.eq(member.id)).add(hired_for_by(actor))
}

/// The applications to jobs of organizations for which `actor` hires.
pub fn hired_for_by(actor: &Actor) -> Condition {
    let Ok(member) = organizations::policy::read(actor) else {
        return Condition::all().add(Expr::val(1).eq(0));
    };
    let theirs = organizations::policy::acted_for_by(member.id, Role::Moderator);
    let jobs = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(job::Column::OrganizationId.in_subquery(theirs));
    Condition::all().add(Column::JobId.in_subquery(jobs.into_query()))
}
