use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{
    history::{self, Line},
    locked, told, visible,
};
use crate::{
    Cx, Error, Result,
    boards::policy,
    entity::{
        block, board,
        board_member::{self, Column, Role},
        profile,
        task_activity::Kind,
    },
    error::ErrorCode,
    infra::bus::Note,
    members,
};

/// Members of a board.
const MEMBERS: u64 = 500;

/// Adds somebody to a board, gives them another role, or (no role) removes them; everybody may leave by themselves.
/// Answers the board, if the actor still sees it. Who is already as they should be stays so.
pub async fn set_member(
    cx: Cx<'_>,
    id: Option<Uuid>,
    profile: Option<Uuid>,
    role: Option<Role>,
) -> Result<Option<board::Model>> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?;
    let is_own = profile.is_some_and(|profile| cx.actor.is(profile));
    let leaves = is_own && role.is_none() && standing.role.is_some();
    if !leaves {
        standing.act(cx.actor, Role::Admin)?;
    }
    let board = standing.board;
    let missing = || refused(ErrorCode::NotFound, "there is no such member");
    let profile = profile.ok_or_else(missing)?;
    let of_them = || {
        board_member::Entity::find()
            .filter(Column::BoardId.eq(board.id))
            .filter(Column::ProfileId.eq(profile))
    };
    let before = of_them().one(&tx).await?.map(|row| row.role);
    if before == role {
        return if role.is_some() { Ok(Some(board)) } else { Err(missing()) };
    }
    if before.is_none() {
        approachable(cx, &tx, profile).await?;
        let there = board_member::Entity::find().filter(Column::BoardId.eq(board.id));
        if there.count(&tx).await? >= MEMBERS {
            let message = format!("a board has at most {MEMBERS} members");
            return Err(refused(ErrorCode::QuotaExceeded, &message));
        }
    }
    if before == Some(Role::Admin) && !has_other_admin(&tx, board.id, profile).await? {
        let message = "nobody else is an admin of the board: name another one first";
        return Err(refused(ErrorCode::StateNotAllowed, message));
    }
    match role {
        None => {
            let gone = board_member::Entity::delete_by_id((board.id, profile));
            gone.exec(&tx).await?;
        }
        Some(role) => {
            let row = board_member::ActiveModel {
                board_id: Set(board.id),
                profile_id: Set(profile),
                role: Set(role),
                since: Set(cx.now()),
            };
            if before.is_none() {
                board_member::Entity::insert(row).exec_without_returning(&tx).await?;
            } else {
                let row = board_member::ActiveModel { since: sea_orm::ActiveValue::NotSet, ..row };
                board_member::Entity::update(row).exec(&tx).await?;
            }
        }
    }
    let kind = if role.is_some() { Kind::MemberAdded } else { Kind::MemberRemoved };
    let word = |role: Role| role.to_value();
    let line = Line::of_board(kind).member(profile);
    let line = line.field("role", before.map(word), role.map(word));
    history::write(cx, &tx, &board, [line]).await?;
    told::changed(cx, tx, board.id, role.is_none()).await?;
    if role.is_none() {
        // What they follow of its tasks stands on other streams.
        cx.app.bus.publish(Note::Rights { member: profile });
    }
    if leaves {
        return Ok(visible(cx).filter(board::Column::Id.eq(board.id)).one(cx.db).await?);
    }
    Ok(Some(board))
}

async fn has_other_admin(db: &impl ConnectionTrait, board: Uuid, than: Uuid) -> Result<bool> {
    let other = board_member::Entity::find()
        .select_only()
        .column(Column::ProfileId)
        .filter(Column::BoardId.eq(board))
        .filter(Column::ProfileId.ne(than))
        .filter(Column::Role.eq(Role::Admin))
        .into_tuple::<Uuid>();
    Ok(other.one(db).await?.is_some())
}

/// Refuses whom the actor can't add: nobody that they see, or one of the two blocked the other.
async fn approachable(cx: Cx<'_>, db: &impl ConnectionTrait, profile: Uuid) -> Result<()> {
    let me = cx.actor.member()?.id;
    let seen = members::service::visible(cx)
        .filter(profile::Column::Kind.eq(profile::Kind::Person))
        .filter(profile::Column::Id.eq(profile));
    if seen.one(db).await?.is_none() {
        return Err(refused(ErrorCode::NotFound, "there is no such member"));
    }
    let blocks = |blocker: Uuid, blocked: Uuid| {
        Condition::all()
            .add(block::Column::BlockerId.eq(blocker))
            .add(block::Column::BlockedId.eq(blocked))
    };
    let either = Condition::any().add(blocks(me, profile)).add(blocks(profile, me));
    if block::Entity::find().filter(either).one(db).await?.is_some() {
        return Err(refused(ErrorCode::Blocked, "one of you blocked the other"));
    }
    Ok(())
}

fn refused(code: ErrorCode, message: &str) -> Error {
    Error::refused(code, ["profile"], message)
}
