use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{hung, locked, tagged, told, visible, write::missing};
use crate::{
    Cx, Error, Result,
    entity::{
        portfolio_item::{self, Column},
        profile,
    },
    error::{ErrorCode, Problem},
    index, members,
    notice::{self, Notice},
    portfolio::policy,
    sql, tags, typeid,
};

/// Publishes an item, or takes it back: then it is a draft again, which others do not see. What is published again
/// counts as published then.
pub async fn publish(
    cx: Cx<'_>,
    id: Option<Uuid>,
    published: bool,
) -> Result<portfolio_item::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let item = locked(cx, &tx, id).await?.ok_or_else(missing)?;
    policy::edit(cx.actor, &item)?;
    if item.publication.is_some() == published {
        tx.rollback().await?;
        return Ok(item);
    }
    if published && !hung::shows_something(&tx, item.id, &item.story_html).await? {
        let message = "write its story or add a picture first";
        return Err(Error::refused(ErrorCode::Required, ["id"], message));
    }
    let tags = tagged::of(&tx, item.id).await?;
    let (before, after) = if published { (&[][..], &*tags) } else { (&*tags, &[][..]) };
    tags::service::recount(&tx, before, after).await?;
    let row = portfolio_item::ActiveModel {
        id: Unchanged(item.id),
        publication: Set(published.then(|| cx.key())),
        edited_at: Set(None),
        ..Default::default()
    };
    let item = row.update(&tx).await?;
    index::put_portfolio_item(&tx, &item).await?;
    if published && item.mentions.is_some() {
        notice::tell(cx, &tx, Notice::PortfolioItemPublished(item.id)).await?;
    }
    told::tell(cx, tx, item.id, told::ITEM_CHANGED, !published).await?;
    Ok(item)
}

/// Deletes an item with all that belongs to it, and answers what it was.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<portfolio_item::Model> {
    cx.actor.member()?;
    let tx = cx.begin().await?;
    let owner: Option<Uuid> = visible(cx)
        .select_only()
        .column(Column::OwnerId)
        .filter(Column::Id.eq(id.unwrap_or_default()))
        .into_tuple()
        .one(&tx)
        .await?;
    // Whoever moves several items of a member locks the member first.
    let owner = owner.ok_or_else(missing)?;
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[owner]).await?;
    let item = locked(cx, &tx, id).await?.ok_or_else(missing)?;
    policy::delete(cx.actor, &item)?;
    if item.publication.is_some() {
        let tags = tagged::of(&tx, item.id).await?;
        tags::service::recount(&tx, &tags, &[]).await?;
    }
    portfolio_item::Entity::delete_by_id(item.id).exec(&tx).await?;
    portfolio_item::Entity::update_many()
        .col_expr(Column::Position, Expr::col(Column::Position).sub(1))
        .filter(Column::OwnerId.eq(owner))
        .filter(Column::Position.gt(item.position))
        .exec(&tx)
        .await?;
    told::tell(cx, tx, item.id, told::ITEM_REMOVED, true).await?;
    Ok(item)
}

/// Puts all items of the actor in a new order; answers their profile.
pub async fn reorder(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<profile::Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me]).await?;
    let mine: Vec<Uuid> = portfolio_item::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OwnerId.eq(me))
        .order_by_asc(Column::Position)
        .into_tuple()
        .all(&tx)
        .await?;
    let keys = in_order(ids, &mine)?;
    let backend = cx.backend();
    let text = match backend {
        DbBackend::Postgres => {
            "UPDATE portfolio_item SET position = v.at - 1 \
             FROM unnest($1::uuid[]) WITH ORDINALITY AS v(id, at) WHERE portfolio_item.id = v.id"
        }
        _ => {
            "UPDATE portfolio_item SET position = v.key \
             FROM json_each($1) AS v WHERE portfolio_item.id = unhex(v.value)"
        }
    };
    tx.execute_raw(sql::statement(backend, text, [sql::keys(backend, &keys)])).await?;
    let row = members::service::visible(cx).filter(profile::Column::Id.eq(me)).one(&tx).await?;
    tx.commit().await?;
    row.ok_or_else(|| Error::bug("a member has no profile"))
}

/// The keys, if they name all of `mine` and nothing else.
fn in_order(ids: &[Option<Uuid>], mine: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut keys = Vec::with_capacity(mine.len());
    let mut problems = Vec::new();
    // Far more than there can be need not be told apart.
    for (at, id) in ids.iter().enumerate().take(2 * mine.len() + 10) {
        let (code, message) = match id.filter(|id| mine.contains(id)) {
            None => (ErrorCode::NotFound, "there is no such portfolio item of yours"),
            Some(id) if keys.contains(&id) => (ErrorCode::Duplicate, "this item is named twice"),
            Some(id) => {
                keys.push(id);
                continue;
            }
        };
        problems.push(Problem::at(code, ["ids".to_owned(), at.to_string()], message));
    }
    let left_out = mine.iter().filter(|id| !keys.contains(id));
    let left_out: Vec<_> = left_out.map(|id| typeid::encode("portfolio_item", *id)).collect();
    if !left_out.is_empty() {
        let message = format!("name all your portfolio items: {} missing", left_out.join(", "));
        problems.push(Problem::at(ErrorCode::Invalid, ["ids"], message));
    }
    if problems.is_empty() { Ok(keys) } else { Err(Error::Refused(problems)) }
}
