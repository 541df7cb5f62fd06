//! Who comes in and who goes, as the rows and the streams say it.

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Line, write_line};
use crate::{
    Cx, Error, Result,
    check::limit,
    entity::{
        block, conversation,
        conversation_member::{self, Column, Role},
        message, profile,
    },
    error::{ErrorCode, Problem},
    members, sql,
    streams::{Events, NewEvent, Stream},
};

/// The most people that a circle has.
pub(super) const CIRCLE: usize = 50;

/// What the event `members_changed` holds: the keys of profiles.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct MembersChanged {
    /// Who came in.
    #[serde(default)]
    pub joined: Vec<Uuid>,
    /// Who left, or was removed.
    #[serde(default)]
    pub left: Vec<Uuid>,
}

/// The profiles that somebody named, of whom each may be talked with: members whom the actor sees, and no block
/// stands between. `path` is the argument that named them.
pub(super) async fn approachable(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    named: &[(usize, Option<Uuid>)],
    path: &'static str,
) -> Result<Vec<Uuid>> {
    let keys: Vec<Uuid> = named.iter().filter_map(|(_, key)| *key).collect();
    let me = cx.actor.member()?.id;
    let these = |column| sql::key_in(cx.backend(), column, &keys);
    let seen: Vec<Uuid> = members::service::visible(cx)
        .select_only()
        .column(profile::Column::Id)
        .filter(profile::Column::Kind.eq(profile::Kind::Person))
        .filter(sql::key_in(cx.backend(), profile::Column::Id, &keys))
        .into_tuple()
        .all(db)
        .await?;
    let either = Condition::any()
        .add(
            Condition::all()
                .add(block::Column::BlockerId.eq(me))
                .add(these(block::Column::BlockedId)),
        )
        .add(
            Condition::all()
                .add(block::Column::BlockedId.eq(me))
                .add(these(block::Column::BlockerId)),
        );
    let blocks = block::Entity::find().filter(either).all(db).await?;
    let mut problems = Vec::new();
    for (at, key) in named {
        let key = key.filter(|key| seen.contains(key));
        let between =
            |row: &block::Model| key.is_some_and(|k| row.blocker_id == k || row.blocked_id == k);
        let (code, message) = match key {
            None => (ErrorCode::NotFound, "there is no such profile"),
            Some(_) if blocks.iter().any(between) => {
                (ErrorCode::Blocked, "one of you blocked the other")
            }
            Some(_) => continue,
        };
        problems.push(Problem::at(code, [path.to_owned(), at.to_string()], message));
    }
    if problems.is_empty() { Ok(keys) } else { Err(Error::Refused(problems)) }
}

/// Refuses more people than a circle has.
pub(super) fn fits_circle(people: usize, path: &'static str) -> Result<()> {
    if people <= CIRCLE {
        return Ok(());
    }
    let message = format!("a circle has at most {CIRCLE} people");
    let problem = Problem::at(ErrorCode::TooLong, [path], message);
    Err(problem.with(limit(&(0..=CIRCLE), people)).into())
}

/// Puts people into a conversation whose row is locked; what was said before counts as read by them. `lines` is
/// how many system messages are about to tell of it; `None` is a new conversation, and who is named first, and
/// opened it, comes in with its key.
pub(super) async fn insert(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    conversation: &conversation::Model,
    people: &[(Uuid, Role)],
    lines: Option<i32>,
) -> Result<()> {
    let row = |(at, (profile, role)): (usize, &(Uuid, Role))| conversation_member::ActiveModel {
        id: Set(if lines.is_none() && at == 0 { conversation.id } else { cx.key() }),
        conversation_id: Set(conversation.id),
        profile_id: Set(*profile),
        role: Set(*role),
        read_position: Set(conversation.last_position + lines.unwrap_or_default()),
        read_number: Set(conversation.last_number),
        mention_count: Set(0),
        read_at: Set(None),
    };
    let rows = people.iter().enumerate().map(row);
    conversation_member::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Who comes in, as what, and who goes.
#[derive(Debug, Default)]
pub(super) struct Moves {
    pub(super) joined: Vec<(Uuid, Role)>,
    pub(super) left: Vec<Uuid>,
}

/// Brings people into and out of a channel or circle whose row is locked: counts them, says so there, and tells
/// each of them.
pub(super) async fn move_people(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    conversation: &mut conversation::Model,
    moves: Moves,
) -> Result<()> {
    let Moves { joined, left } = moves;
    let count = |people: usize| i32::try_from(people).map_err(Error::internal);
    let (more, fewer) = (count(joined.len())?, count(left.len())?);
    if !left.is_empty() {
        conversation_member::Entity::delete_many()
            .filter(Column::ConversationId.eq(conversation.id))
            .filter(sql::key_in(cx.backend(), Column::ProfileId, &left))
            .exec(tx)
            .await?;
    }
    if !joined.is_empty() {
        insert(cx, tx, conversation, &joined, Some(more + fewer)).await?;
    }
    let joined: Vec<Uuid> = joined.into_iter().map(|(profile, _)| profile).collect();
    let change = conversation::ActiveModel {
        id: Unchanged(conversation.id),
        member_count: Set(conversation.member_count + more - fewer),
        people: Set(None),
        ..Default::default()
    };
    *conversation = change.update(tx).await?;
    let came = joined.iter().map(|profile| (*profile, message::Kind::MemberJoined));
    let went = left.iter().map(|profile| (*profile, message::Kind::MemberLeft));
    for (profile, kind) in came.chain(went) {
        write_line(cx, tx, events, conversation, system(cx, kind, profile)).await?;
    }
    let event = NewEvent::new("members_changed", conversation.id);
    let event = if left.is_empty() { event } else { event.changes_access() };
    let told: Vec<_> = joined
        .iter()
        .map(|profile| (*profile, "conversation_joined"))
        .chain(left.iter().map(|profile| (*profile, "conversation_left")))
        .collect();
    let event = event.with(&MembersChanged { joined, left })?;
    events.append(cx, tx, Stream::conversation(conversation.id), event).await?;
    tell_each(cx, tx, events, conversation.id, told).await
}

/// Tells each of these members that they are in, or out: `conversation_joined`, `conversation_left`.
pub(super) async fn tell_each(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    events: &mut Events,
    conversation: Uuid,
    mut people: Vec<(Uuid, &'static str)>,
) -> Result<()> {
    people.sort_unstable();
    for (profile, kind) in people {
        let event = NewEvent::new(kind, conversation).changes_access();
        events.append(cx, tx, Stream::viewer(profile), event).await?;
    }
    Ok(())
}

/// What the system says of somebody.
pub(super) fn system(cx: Cx<'_>, kind: message::Kind, author: Uuid) -> Line {
    Line {
        id: cx.key(),
        kind,
        author,
        root: None,
        reply_to: None,
        source: String::new(),
        html: String::new(),
        mentions: None,
        client_key: None,
    }
}
