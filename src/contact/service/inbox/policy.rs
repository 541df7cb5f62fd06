use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, IntoSimpleExpr, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result,
    contact::policy,
    cx::Member,
    entity::{
        form_member,
        submission::{self, State},
    },
    error::ErrorCode::StateNotAllowed,
};

/// Rows of forms that the actor answers for; `form` is the column that names the form.
pub fn answered_by(actor: &Actor, form: impl IntoSimpleExpr) -> Condition {
    match policy::read(actor) {
        Ok(_) if policy::is_staff(actor) => Condition::all(),
        Ok(me) => Condition::all().add(form.into_simple_expr().in_subquery(forms_of(me.id))),
        Err(_) => nothing(),
    }
}

/// Changing a submission that the actor sees: the team of its form. `is_team` is whether they are in it.
pub fn edit(actor: &Actor, is_team: bool) -> Result<Member> {
    let member = policy::answer(actor)?;
    if is_team { Ok(member) } else { Err(Error::not_yours("this is for the team of the form")) }
}

/// Answering a submission: its team, as long as somebody can be reached and it is not spam.
pub fn reply(actor: &Actor, is_team: bool, row: &submission::Model) -> Result<Member> {
    let member = edit(actor, is_team)?;
    not_spam(row)?;
    if row.sender_email.is_none() && row.sender_id.is_none() {
        let message = "its sender left no address";
        return Err(Error::refused(StateNotAllowed, ["id"], message));
    }
    Ok(member)
}

/// Making a task of a submission: its team, unless it is spam. Whose board it comes to says who else has to agree.
pub fn to_task(actor: &Actor, is_team: bool, row: &submission::Model) -> Result<Member> {
    let member = edit(actor, is_team)?;
    not_spam(row)?;
    Ok(member)
}

fn not_spam(row: &submission::Model) -> Result<()> {
    if row.state != State::Spam {
        return Ok(());
    }
    let message = "this was taken for spam: change its state first";
    Err(Error::refused(StateNotAllowed, ["id"], message))
}

/// The keys of the forms in whose team a member is.
pub fn forms_of(member: Uuid) -> SelectStatement {
    let rows = form_member::Entity::find().select_only().column(form_member::Column::FormId);
    rows.filter(form_member::Column::ProfileId.eq(member)).into_query()
}

fn nothing() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}
