use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, sea_query::Expr,
};
use uuid::Uuid;

use super::{input::Credit, locked, told};
use crate::{
    Cx, Error, Result,
    entity::{
        collaborator::{self, Column, State},
        portfolio_item,
        post::Visibility,
        profile,
    },
    error::{ErrorCode, Problem},
    members,
    notice::{self, Notice},
    portfolio::policy,
    sql,
};

/// What a new list of credits did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Credited {
    /// Whether anything is otherwise than it was.
    pub(super) changed: bool,
    /// Whether somebody is not named any more who was asked, or had agreed.
    pub(super) left: bool,
}

/// Makes `credits` all who are named on an item of the actor's own. Who is new is asked, and so is again who agreed
/// to other words. Who refused stays so whatever the words; to be asked again they are taken from the list first.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    item: Uuid,
    credits: &[Credit],
) -> Result<Credited> {
    let these = named(cx, tx, credits).await?;
    let old = collaborator::Entity::find().filter(Column::PortfolioItemId.eq(item)).all(tx).await?;
    let mut credited = Credited::default();
    let mut anew: Vec<Uuid> = Vec::new();
    let mut fresh = Vec::new();
    for ((profile, credit), position) in these.iter().zip(0..) {
        let known = old.iter().find(|row| row.profile_id == *profile);
        match known {
            Some(row) if row.credit == **credit && row.position == position => {}
            Some(row) if row.credit == **credit || row.state != State::Agreed => {
                collaborator::Entity::update_many()
                    .col_expr(Column::Credit, Expr::value(credit.as_str()))
                    .col_expr(Column::Position, Expr::value(position))
                    .filter(Column::Id.eq(row.id))
                    .exec(tx)
                    .await?;
                credited.changed = true;
            }
            _ => {
                anew.extend(known.map(|row| row.id));
                fresh.push(collaborator::ActiveModel {
                    id: Set(cx.key()),
                    portfolio_item_id: Set(item),
                    profile_id: Set(*profile),
                    credit: Set((*credit).to_owned()),
                    position: Set(position),
                    state: Set(State::Asked),
                });
            }
        }
    }
    let gone = old.iter().filter(|row| these.iter().all(|(named, _)| *named != row.profile_id));
    credited.left = gone.clone().any(|row| row.state != State::Refused);
    anew.extend(gone.map(|row| row.id));
    credited.changed |= !anew.is_empty() || !fresh.is_empty();
    if !anew.is_empty() {
        let rows = collaborator::Entity::delete_many().filter(Column::Id.is_in(anew));
        rows.exec(tx).await?;
    }
    if !fresh.is_empty() {
        let asked: Vec<Uuid> =
            fresh.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        collaborator::Entity::insert_many(fresh).exec_without_returning(tx).await?;
        notice::tell_all(cx, tx, asked.into_iter().map(Notice::CollaboratorAsked)).await?;
    }
    Ok(credited)
}

/// Those who are named: members whom the actor sees, and neither blocked the other.
async fn named<'a>(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    credits: &'a [Credit],
) -> Result<Vec<(Uuid, &'a String)>> {
    let me = cx.actor.member()?.id;
    let keys: Vec<Uuid> = credits.iter().filter_map(|credit| credit.profile).collect();
    if credits.is_empty() {
        return Ok(Vec::new());
    }
    let seen: Vec<Uuid> = members::service::visible(cx)
        .select_only()
        .column(profile::Column::Id)
        .filter(profile::Column::Kind.eq(profile::Kind::Person))
        .filter(sql::key_in(cx.backend(), profile::Column::Id, &keys))
        .into_tuple()
        .all(tx)
        .await?;
    let apart: HashSet<Uuid> = members::service::apart_from(tx, me, &keys).await?;
    let mut found = Vec::with_capacity(credits.len());
    let mut problems = Vec::new();
    for (at, Credit { profile, credit }) in credits.iter().enumerate() {
        let (code, message) = match profile.filter(|key| seen.contains(key)) {
            None => (ErrorCode::NotFound, "there is no such profile"),
            Some(key) if key == me => (ErrorCode::Invalid, "your own part stands in `role`"),
            Some(key) if apart.contains(&key) => {
                (ErrorCode::Blocked, "one of you blocked the other")
            }
            Some(key) => {
                found.push((key, credit));
                continue;
            }
        };
        let path = ["input", "collaborators", &at.to_string(), "profile"].map(str::to_owned);
        problems.push(Problem::at(code, path, message));
    }
    if problems.is_empty() { Ok(found) } else { Err(Error::Refused(problems)) }
}

/// Agrees to a credit, or refuses it; either can be taken back for as long as one sees the item. Who refuses a
/// draft is answered it a last time.
pub async fn answer(cx: Cx<'_>, item: Option<Uuid>, accept: bool) -> Result<portfolio_item::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || {
        let message = "nobody asked to credit you on such a portfolio item";
        Error::refused(ErrorCode::NotFound, ["item"], message)
    };
    let tx = cx.begin().await?;
    let item = locked(cx, &tx, item).await?.ok_or_else(missing)?;
    let asked = collaborator::Entity::find()
        .filter(Column::PortfolioItemId.eq(item.id))
        .filter(Column::ProfileId.eq(me))
        .one(&tx)
        .await?
        .ok_or_else(missing)?;
    let state = if accept { State::Agreed } else { State::Refused };
    if asked.state == state {
        tx.rollback().await?;
        return Ok(item);
    }
    collaborator::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .filter(Column::Id.eq(asked.id))
        .exec(&tx)
        .await?;
    let open = item.publication.is_some() && item.visibility != Visibility::Followers;
    told::tell(cx, tx, item.id, told::ITEM_CHANGED, !accept && !open).await?;
    Ok(item)
}
