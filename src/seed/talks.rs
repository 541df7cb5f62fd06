//! Conversations of a made-up community, each with its messages and how far its people have read.

use chrono::DateTime;
use sea_orm::{ActiveEnum as _, DbErr, Value};
use uuid::Uuid;

use super::{
    Community,
    sheet::{Kind as Column, Sheet, Target},
};
use crate::{
    chat::service::people_key,
    entity::{
        conversation::{Kind, Visibility},
        conversation_member::Role,
        message,
    },
};

const CONVERSATION: Sheet = Sheet {
    table: "conversation",
    columns: &[
        ("id", Column::Uuid),
        ("kind", Column::Text),
        ("slug", Column::MaybeText),
        ("title", Column::MaybeText),
        ("topic", Column::MaybeText),
        ("visibility", Column::Text),
        ("people", Column::MaybeText),
        ("member_count", Column::Int),
        ("last_position", Column::Int),
        ("last_number", Column::Int),
        ("latest", Column::Uuid),
    ],
};

const MEMBER: Sheet = Sheet {
    table: "conversation_member",
    columns: &[
        ("id", Column::Uuid),
        ("conversation_id", Column::Uuid),
        ("profile_id", Column::Uuid),
        ("role", Column::Text),
        ("read_position", Column::Int),
        ("read_number", Column::Int),
        ("mention_count", Column::Int),
        ("read_at", Column::Time),
    ],
};

const MESSAGE: Sheet = Sheet {
    table: "message",
    columns: &[
        ("id", Column::Uuid),
        ("conversation_id", Column::Uuid),
        ("position", Column::Int),
        ("number", Column::Int),
        ("kind", Column::Text),
        ("author_id", Column::Uuid),
        ("body_source", Column::Text),
        ("body_html", Column::Text),
        ("mentions", Column::MaybeText),
    ],
};

const MENTION: Sheet = Sheet {
    table: "message_mention",
    columns: &[
        ("message_id", Column::Uuid),
        ("profile_id", Column::Uuid),
        ("conversation_id", Column::Uuid),
        ("position", Column::Int),
    ],
};

/// A conversation. Its first member opened it.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) id: Uuid,
    pub(super) kind: Kind,
    pub(super) slug: Option<String>,
    pub(super) title: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) people: Vec<Present>,
    pub(super) lines: Vec<Said>,
}

/// Somebody in a conversation.
#[derive(Debug)]
pub(super) struct Present {
    /// The key of the row; the opener's is the conversation's.
    pub(super) id: Uuid,
    /// Their place among the members.
    pub(super) who: usize,
    pub(super) role: Role,
    /// How many messages they have read.
    pub(super) read: usize,
}

/// A message.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) id: Uuid,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// The place of its author among the members.
    pub(super) by: usize,
    /// The place of its wording.
    pub(super) text: usize,
}

/// Rows of all tables together.
pub(super) fn rows(of: &Community) -> usize {
    let named = of.talks.iter().map(|talk| mentions(of, talk).len());
    named.sum::<usize>()
        + of.talks.iter().map(|talk| 1 + talk.people.len() + talk.lines.len()).sum::<usize>()
}

/// Writes the conversations of a community.
pub(super) async fn fill(
    target: &Target<'_>,
    of: &Community,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    let talks = || of.talks.iter();
    CONVERSATION.fill(target, talks().map(|talk| conversation(of, talk)), on_rows).await?;
    let people = talks().flat_map(|talk| talk.people.iter().map(|who| present(of, talk, who)));
    MEMBER.fill(target, people, on_rows).await?;
    let lines = talks().flat_map(|talk| (1..).zip(&talk.lines).map(|line| said(of, talk, line)));
    MESSAGE.fill(target, lines, on_rows).await?;
    let named = talks().flat_map(|talk| {
        mentions(of, talk).into_iter().map(|(message, position, profile)| {
            vec![message.into(), profile.into(), talk.id.into(), position.into()]
        })
    });
    MENTION.fill(target, named, on_rows).await
}

fn profile(of: &Community, place: usize) -> Uuid {
    of.members.get(place).map(|member| member.id).unwrap_or_default()
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn conversation(of: &Community, talk: &Talk) -> Vec<Value> {
    let is_channel = talk.kind == Kind::Channel;
    let people: Vec<Uuid> = talk.people.iter().map(|who| profile(of, who.who)).collect();
    let visibility = if is_channel { Visibility::Public } else { Visibility::Private };
    vec![
        talk.id.into(),
        talk.kind.to_value().into(),
        talk.slug.clone().into(),
        talk.title.clone().into(),
        talk.topic.clone().into(),
        visibility.to_value().into(),
        (!is_channel).then(|| people_key(&people)).into(),
        number(people.len()).into(),
        number(talk.lines.len()).into(),
        number(talk.lines.len()).into(),
        talk.lines.last().map_or(talk.id, |line| line.id).into(),
    ]
}

fn present(of: &Community, talk: &Talk, who: &Present) -> Vec<Value> {
    let me = profile(of, who.who);
    let after = number(who.read);
    let named = mentions(of, talk).into_iter();
    let named = named.filter(|(_, position, profile)| *position > after && *profile == me).count();
    let last = who.read.checked_sub(1).and_then(|at| talk.lines.get(at));
    let read_at = last.and_then(|line| DateTime::from_timestamp_millis(line.at));
    vec![
        who.id.into(),
        talk.id.into(),
        me.into(),
        who.role.to_value().into(),
        after.into(),
        after.into(),
        number(named).into(),
        read_at.unwrap_or_else(|| crate::clock::made_at(talk.id)).into(),
    ]
}

fn said(of: &Community, talk: &Talk, (position, line): (i32, &Said)) -> Vec<Value> {
    let words = of.texts.get(line.text);
    vec![
        line.id.into(),
        talk.id.into(),
        position.into(),
        position.into(),
        message::Kind::Text.to_value().into(),
        profile(of, line.by).into(),
        words.map(|words| words.source.clone()).unwrap_or_default().into(),
        words.map(|words| words.html.clone()).unwrap_or_default().into(),
        words.and_then(|words| words.mentions.clone()).into(),
    ]
}

/// Who of a conversation's people is named where: the message, its position, the profile.
fn mentions(of: &Community, talk: &Talk) -> Vec<(Uuid, i32, Uuid)> {
    let people: Vec<Uuid> = talk.people.iter().map(|who| profile(of, who.who)).collect();
    let mut found = Vec::new();
    for (position, line) in (1..).zip(&talk.lines) {
        let named = of.texts.get(line.text).and_then(|words| words.mentions.as_deref());
        let named: Vec<Uuid> =
            named.and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
        let named = named.into_iter().filter(|key| people.contains(key));
        found.extend(named.map(|profile| (line.id, position, profile)));
    }
    found
}
