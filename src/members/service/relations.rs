use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{own, visible};
use crate::{
    Cx, Error, Result,
    entity::{
        account::Role,
        block, follow, mute,
        profile::{self, Column},
    },
    error::ErrorCode,
    infra::bus::Note,
    members::policy,
    notice::{self, Notice},
    page::{Ask, By, Page, Place},
    sql,
};

/// Whom an act is about: a profile that the actor may see.
async fn other(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    policy::relate_at_all(cx.actor)?;
    let missing = || Error::not_found("profile");
    let id = id.ok_or_else(missing)?;
    policy::relate(cx.actor, id)?;
    visible(cx).filter(Column::Id.eq(id)).one(cx.db).await?.ok_or_else(missing)
}

/// Follows somebody; doing it twice is doing it once.
pub async fn follow(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    if blocks(&tx, me, them).await? {
        let message = "you blocked them: unblock them first";
        return Err(Error::refused(ErrorCode::Blocked, ["id"], message));
    }
    // Staff see who blocked them; others are told what they see.
    if blocks(&tx, them, me).await? {
        return Err(match cx.actor.is_at_least(Role::Moderator) {
            true => Error::refused(ErrorCode::Blocked, ["id"], "they blocked you"),
            false => Error::not_found("profile"),
        });
    }
    let row =
        follow::ActiveModel { follower_id: Set(me), followed_id: Set(them), id: Set(cx.key()) };
    let new = sql::insert_new(&tx, row).await?;
    if new {
        count_follow(&tx, me, them, 1).await?;
        notice::tell(cx, &tx, Notice::Followed { follower: me, followed: them }).await?;
    }
    let row = own(&tx, them).await?;
    tx.commit().await?;
    if new {
        tell(cx, &[me]);
    }
    Ok(row)
}

/// Follows somebody no more.
pub async fn unfollow(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    let ended = end_follow(&tx, me, them).await?;
    let row = own(&tx, them).await?;
    tx.commit().await?;
    if ended {
        tell(cx, &[me]);
    }
    Ok(row)
}

/// Tells that what these may see has changed: to be called once that is so.
fn tell(cx: Cx<'_>, members: &[Uuid]) {
    for member in members {
        cx.app.bus.publish(Note::Rights { member: *member });
    }
}

async fn end_follow(tx: &impl ConnectionTrait, follower: Uuid, followed: Uuid) -> Result<bool> {
    let gone = follow::Entity::delete_many()
        .filter(follow::Column::FollowerId.eq(follower))
        .filter(follow::Column::FollowedId.eq(followed))
        .exec(tx)
        .await?;
    let ended = gone.rows_affected > 0;
    if ended {
        count_follow(tx, follower, followed, -1).await?;
    }
    Ok(ended)
}

async fn count_follow(
    tx: &impl ConnectionTrait,
    follower: Uuid,
    followed: Uuid,
    by: i32,
) -> Result<()> {
    for (id, column) in [(follower, Column::FollowingCount), (followed, Column::FollowerCount)] {
        profile::Entity::update_many()
            .col_expr(column, Expr::col(column).add(by))
            .filter(Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Blocks somebody: neither sees what the other writes, they do not see the actor, and follows end both
/// ways.
pub async fn block(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    let row = block::ActiveModel { blocker_id: Set(me), blocked_id: Set(them), id: Set(cx.key()) };
    let new = sql::insert_new(&tx, row).await?;
    end_follow(&tx, me, them).await?;
    end_follow(&tx, them, me).await?;
    let row = own(&tx, them).await?;
    tx.commit().await?;
    if new {
        tell(cx, &[me, them]);
    }
    Ok(row)
}

fn is_block(me: Uuid, them: Uuid) -> Condition {
    let mine = Condition::all().add(block::Column::BlockerId.eq(me));
    mine.add(block::Column::BlockedId.eq(them))
}

pub(super) async fn blocks(tx: &impl ConnectionTrait, me: Uuid, them: Uuid) -> Result<bool> {
    Ok(block::Entity::find().filter(is_block(me, them)).one(tx).await?.is_some())
}

fn is_mute(me: Uuid, them: Uuid) -> Condition {
    Condition::all().add(mute::Column::MuterId.eq(me)).add(mute::Column::MutedId.eq(them))
}

/// Undoes a block; follows stay ended. It works on those who blocked the actor too, whom they do not
/// see otherwise.
pub async fn unblock(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let me = policy::relate_at_all(cx.actor)?.id;
    if let Some(them) = id {
        let gone =
            block::Entity::delete_many().filter(is_block(me, them)).exec(&cx.app.db.write).await?;
        if gone.rows_affected > 0 {
            tell(cx, &[me, them]);
            return own(&cx.app.db.write, them).await;
        }
    }
    other(cx, id).await
}

/// Hears no more of somebody, until a moment or for good; they do not notice.
pub async fn mute(
    cx: Cx<'_>,
    id: Option<Uuid>,
    until: Option<DateTime<Utc>>,
) -> Result<profile::Model> {
    let them = other(cx, id).await?;
    let me = cx.actor.member()?.id;
    if until.is_some_and(|until| until <= cx.now()) {
        return Err(Error::refused(ErrorCode::OutOfRange, ["until"], "this moment has passed"));
    }
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me]).await?;
    mute::Entity::delete_many().filter(is_mute(me, them.id)).exec(&tx).await?;
    let row = mute::ActiveModel {
        muter_id: Set(me),
        muted_id: Set(them.id),
        id: Set(cx.key()),
        until: Set(until),
    };
    mute::Entity::insert(row).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(them)
}

/// Hears of somebody again.
pub async fn unmute(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?;
    let me = cx.actor.member()?.id;
    let mute = mute::Entity::delete_many().filter(is_mute(me, them.id));
    mute.exec(&cx.app.db.write).await?;
    Ok(them)
}

/// Those whom the actor blocked, latest first.
pub async fn blocked(cx: Cx<'_>, ask: &Ask) -> Result<Page<profile::Face>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = block::Entity::find().filter(block::Column::BlockerId.eq(me));
    let rows = By::newest(block::Column::Id).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows =
        sql::with_one::<block::Model, profile::Face>(rows, block::Column::BlockedId, Column::Id);
    let pairs = sql::pairs::<block::Model, profile::Face>(cx.db, &rows).await?;
    Ok(Page::new(pairs, ask, |(block, _)| Place::key(block.id)).map(|(_, profile)| profile))
}

/// Those whom the actor muted and still mutes, latest first.
pub async fn muted(cx: Cx<'_>, ask: &Ask) -> Result<Page<profile::Face>> {
    let me = policy::read_own(cx.actor)?.id;
    let lasting =
        Condition::any().add(mute::Column::Until.is_null()).add(mute::Column::Until.gt(cx.now()));
    let rows = mute::Entity::find().filter(mute::Column::MuterId.eq(me)).filter(lasting);
    let rows = By::newest(mute::Column::Id).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<mute::Model, profile::Face>(rows, mute::Column::MutedId, Column::Id);
    let pairs = sql::pairs::<mute::Model, profile::Face>(cx.db, &rows).await?;
    Ok(Page::new(pairs, ask, |(mute, _)| Place::key(mute.id)).map(|(_, profile)| profile))
}

/// Whether a member blocked somebody, or was blocked.
pub async fn has_blocks(db: &impl ConnectionTrait, member: Uuid) -> Result<bool> {
    let either = Condition::any()
        .add(block::Column::BlockerId.eq(member))
        .add(block::Column::BlockedId.eq(member));
    let found = block::Entity::find().filter(either).one(db).await?;
    Ok(found.is_some())
}
