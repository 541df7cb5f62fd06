use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Standing, Which, locked, one,
    people::{CIRCLE, MembersChanged, Moves, approachable, fits_circle, move_people},
};
use crate::{
    Cx, Error, Result,
    chat::policy,
    check::limit,
    entity::{
        conversation::{self, Kind},
        conversation_member::{self, Column, Role},
    },
    error::{ErrorCode, Problem},
    sql,
    streams::{Events, NewEvent, Stream},
};

fn no_conversation() -> Error {
    Error::not_found("conversation")
}

/// Enters a public channel; who is in it stays as they are.
pub async fn join(cx: Cx<'_>, id: Option<Uuid>) -> Result<conversation::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?.ok_or_else(no_conversation)?;
    if standing.member.is_some() {
        return Ok(standing.conversation);
    }
    let me = policy::join(cx.actor, &standing)?.id;
    let mut conversation = standing.conversation;
    let mut events = Events::new();
    let moves = Moves { joined: vec![(me, Role::Member)], left: Vec::new() };
    move_people(cx, &tx, &mut events, &mut conversation, moves).await?;
    events.commit(cx, tx).await?;
    Ok(conversation)
}

/// Leaves a channel or circle; answers it as it is now, if the actor may still read it.
pub async fn leave(cx: Cx<'_>, id: Option<Uuid>) -> Result<Option<conversation::Model>> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?.ok_or_else(no_conversation)?;
    let other = owners(&tx, standing.conversation.id).await?;
    let me = policy::leave(cx.actor, &standing, other.iter().any(|owner| !cx.actor.is(*owner)))?.id;
    let mut conversation = standing.conversation;
    let mut events = Events::new();
    let moves = Moves { joined: Vec::new(), left: vec![me] };
    move_people(cx, &tx, &mut events, &mut conversation, moves).await?;
    events.commit(cx, tx).await?;
    one(cx, Which::Id(Some(conversation.id))).await
}

/// Who owns a channel.
async fn owners(db: &impl ConnectionTrait, conversation: Uuid) -> Result<HashSet<Uuid>> {
    let rows = conversation_member::Entity::find()
        .select_only()
        .column(Column::ProfileId)
        .filter(Column::ConversationId.eq(conversation))
        .filter(Column::Role.eq(Role::Owner))
        .into_tuple::<Uuid>();
    Ok(rows.all(db).await?.into_iter().collect())
}

/// Adds people, gives them another role, or (no role) removes them: all of them or none. Who is already as they
/// should be stays so.
pub async fn set_members(
    cx: Cx<'_>,
    id: Option<Uuid>,
    profiles: &[Option<Uuid>],
    role: Option<Role>,
) -> Result<conversation::Model> {
    policy::write(cx.actor)?;
    let mut named: Vec<(usize, Option<Uuid>)> = Vec::new();
    for (at, key) in profiles.iter().enumerate() {
        if key.is_none() || named.iter().all(|(_, other)| other != key) {
            named.push((at, *key));
        }
    }
    few_enough(named.len())?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?.ok_or_else(no_conversation)?;
    may_set(cx, &standing, role)?;
    let keys: Vec<Uuid> = named.iter().filter_map(|(_, key)| *key).collect();
    let there = conversation_member::Entity::find()
        .filter(Column::ConversationId.eq(standing.conversation.id))
        .filter(sql::key_in(cx.backend(), Column::ProfileId, &keys))
        .all(&tx)
        .await?;
    let is_there = |key: &Option<Uuid>| there.iter().any(|row| Some(row.profile_id) == *key);
    let mut moves = Moves::default();
    let mut changed: Vec<Uuid> = Vec::new();
    match role {
        None => {
            let unknown = named.iter().find(|(_, key)| !is_there(key));
            if let Some((at, _)) = unknown {
                return Err(at_profile(*at, ErrorCode::NotFound, "they are not in it"));
            }
            for (at, key) in &named {
                let Some(row) = there.iter().find(|row| Some(row.profile_id) == *key) else {
                    continue;
                };
                may_remove(cx, &standing, row, *at)?;
                moves.left.push(row.profile_id);
            }
        }
        Some(role) => {
            let new: Vec<_> = named.iter().filter(|(_, key)| !is_there(key)).copied().collect();
            let new = approachable(cx, &tx, &new, "profiles").await?;
            moves.joined = new.into_iter().map(|profile| (profile, role)).collect();
            let others = there.iter().filter(|row| row.role != role);
            changed = others.map(|row| row.profile_id).collect();
            if !changed.is_empty() {
                policy::name_roles(cx.actor, &standing)?;
            }
        }
    }
    if moves.joined.is_empty() && moves.left.is_empty() && changed.is_empty() {
        return Ok(standing.conversation);
    }
    if role != Some(Role::Owner) && standing.conversation.kind == Kind::Channel {
        let mut owners = owners(&tx, standing.conversation.id).await?;
        let had = !owners.is_empty();
        owners.retain(|owner| !moves.left.contains(owner) && !changed.contains(owner));
        if had && owners.is_empty() {
            return Err(policy::last_owner(["profiles"]));
        }
    }
    let mut conversation = standing.conversation;
    if conversation.kind == Kind::Circle {
        let people = usize::try_from(conversation.member_count).unwrap_or(CIRCLE);
        fits_circle(people + moves.joined.len(), "profiles")?;
    }
    let mut events = Events::new();
    if let (Some(role), false) = (role, changed.is_empty()) {
        conversation_member::Entity::update_many()
            .col_expr(Column::Role, Expr::value(role))
            .filter(Column::ConversationId.eq(conversation.id))
            .filter(sql::key_in(cx.backend(), Column::ProfileId, &changed))
            .exec(&tx)
            .await?;
    }
    if moves.joined.is_empty() && moves.left.is_empty() {
        let event = NewEvent::new("members_changed", conversation.id);
        let event = event.with(&MembersChanged::default())?;
        events.append(cx, &tx, Stream::conversation(conversation.id), event).await?;
    } else {
        move_people(cx, &tx, &mut events, &mut conversation, moves).await?;
    }
    events.commit(cx, tx).await?;
    Ok(conversation)
}

fn few_enough(people: usize) -> Result<()> {
    match people {
        0 => Err(Error::refused(ErrorCode::Required, ["profiles"], "name somebody")),
        1..=CIRCLE => Ok(()),
        _ => {
            let message = format!("name at most {CIRCLE} people at a time");
            let problem = Problem::at(ErrorCode::TooLong, ["profiles"], message);
            Err(problem.with(limit(&(1..=CIRCLE), people)).into())
        }
    }
}

/// Whether the actor may do such a thing there at all.
fn may_set(cx: Cx<'_>, standing: &Standing, role: Option<Role>) -> Result<()> {
    let Some(role) = role else {
        policy::remove(cx.actor, standing)?;
        return Ok(());
    };
    policy::invite(cx.actor, standing)?;
    if role == Role::Member {
        return Ok(());
    }
    if standing.conversation.kind == Kind::Circle {
        let message = "in a circle all are members alike";
        return Err(Error::refused(ErrorCode::Invalid, ["role"], message));
    }
    policy::name_roles(cx.actor, standing)?;
    Ok(())
}

/// Owners remove anybody else, moderators members.
fn may_remove(
    cx: Cx<'_>,
    standing: &Standing,
    row: &conversation_member::Model,
    at: usize,
) -> Result<()> {
    if cx.actor.is(row.profile_id) {
        return Err(at_profile(at, ErrorCode::Invalid, "this is yourself: leave it instead"));
    }
    if row.role > Role::Member && policy::name_roles(cx.actor, standing).is_err() {
        let message = "only the channel's owners may remove who moderates or owns it";
        return Err(at_profile(at, ErrorCode::Forbidden, message));
    }
    Ok(())
}

fn at_profile(at: usize, code: ErrorCode, message: &str) -> Error {
    Error::refused(code, ["profiles".to_owned(), at.to_string()], message)
}
