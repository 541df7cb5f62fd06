use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::messages::Messages;
use crate::{
    Result,
    chat::service::WrittenMessage,
    entity::{message, profile::Face},
    graph::{Batch, Batched, Execution, alike, answer},
    page::{Page, Place},
    shape::Shape,
    sql,
};

/// A place among the messages of a conversation: what stands before it, and the message there with what follows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pivot {
    /// A position.
    At(i32),
    /// A message of the conversation, or for one in a thread the thread's root.
    Message(Uuid),
    /// The first message that the actor has not read; the end when there is none, or for a mere reader.
    Unread,
    /// What follows the last message that the actor has read; the beginning for a mere reader.
    Read,
}

/// Messages of a conversation outside its threads, around a pivot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Where.
    pub pivot: Pivot,
    /// How many messages at most before the pivot; 0 to 100.
    pub before: u16,
    /// How many at most from the pivot on; 0 to 100.
    pub from: u16,
    /// How many at most of both, the pivot in their middle where there are enough of them; 1 to 100.
    pub size: u16,
}

impl Window {
    /// The last `size` messages before a position.
    pub fn last(size: u16, before: i32) -> Self {
        Self { pivot: Pivot::At(before), before: size, from: 0, size }
    }

    /// The first `size` messages from a position on.
    pub fn first(size: u16, from: i32) -> Self {
        Self { pivot: Pivot::At(from), before: 0, from: size, size }
    }

    /// `size` messages around a pivot.
    pub fn around(size: u16, pivot: Pivot) -> Self {
        Self { pivot, before: size, from: size, size }
    }

    /// How many rows to read on a side of which `most` are shown: one more tells whether there are more, also
    /// where none are shown.
    fn limit(most: u16) -> i64 {
        i64::from(most) + 1
    }

    /// Whether nothing can stand before the pivot.
    fn begins(&self) -> bool {
        self.pivot == Pivot::At(i32::MIN)
    }

    /// Whether nothing can follow.
    fn ends(&self) -> bool {
        self.pivot == Pivot::At(i32::MAX)
    }
}

pub(super) struct Windows;

type Key = (Uuid, Window);

impl BatchFn<Key, Batched<Messages>> for Batch<Windows> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Messages>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (window, conversations) in alike(keys) {
            let found = windows(&self.execution, &conversations, &window).await;
            answer(&mut answers, &window, &conversations, found);
        }
        answers
    }
}

/// The columns of messages and their authors, as text.
pub(super) fn columns(backend: DbBackend) -> String {
    let mut columns = sea_orm::sea_query::Query::select();
    message::Model::select(&mut columns);
    Face::select(&mut columns);
    let text = backend.build(&columns).sql;
    text.strip_prefix("SELECT ").unwrap_or(&text).to_owned()
}

/// Reads what [`columns`] selected.
pub(super) fn read(row: &QueryResult) -> Result<WrittenMessage, DbErr> {
    let message = message::Model::read(row, 0)?;
    Ok((Arc::new(message), Arc::new(Face::read(row, message::Model::WIDTH)?)))
}

/// The list of keys bound as `$1`, and what names one of them.
pub(super) fn keys(backend: DbBackend) -> (&'static str, &'static str) {
    match backend {
        DbBackend::Postgres => ("unnest($1::uuid[]) AS k(key)", "k.key"),
        _ => ("json_each($1) AS k", "unhex(k.value)"),
    }
}

/// Joins to each key `k` the messages that `of` finds.
pub(super) fn join(backend: DbBackend, of: &str) -> String {
    let author = "JOIN profile ON profile.id = message.author_id";
    match backend {
        DbBackend::Postgres => {
            format!("CROSS JOIN LATERAL (SELECT m.* {of}) AS message {author}")
        }
        _ => format!("JOIN message ON message.id IN (SELECT m.id {of}) {author}"),
    }
}

/// All windows in one statement: of each conversation, one side of the pivot and then the other.
async fn windows(
    execution: &Execution,
    conversations: &[Uuid],
    window: &Window,
) -> Result<Vec<(Uuid, Messages)>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let (list, key) = keys(backend);
    let mut values: Vec<Value> = vec![sql::keys(backend, conversations)];
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let pivot = match window.pivot {
        Pivot::At(position) => bind(position.into()),
        Pivot::Message(id) => format!(
            "(SELECT COALESCE(r.position, x.position) FROM message x \
             LEFT JOIN message r ON r.id = x.root_id WHERE x.id = {} AND x.conversation_id = {key})",
            bind(id.into())
        ),
        Pivot::Unread => format!(
            "COALESCE((SELECT x.position FROM message x \
             WHERE x.conversation_id = {key} AND x.root_id IS NULL AND x.number > \
             (SELECT c.read_number FROM conversation_member c \
             WHERE c.conversation_id = {key} AND c.profile_id = {}) \
             ORDER BY x.number, x.position LIMIT 1), {})",
            bind(cx.actor.id().unwrap_or_default().into()),
            i32::MAX
        ),
        Pivot::Read => format!(
            "COALESCE((SELECT c.read_position + 1 FROM conversation_member c \
             WHERE c.conversation_id = {key} AND c.profile_id = {}), 0)",
            bind(cx.actor.id().unwrap_or_default().into())
        ),
    };
    let mut side = |is_before: bool, most: u16| {
        let (at, order) = if is_before { ("<", "DESC") } else { (">=", "ASC") };
        let limit = bind(Window::limit(most).into());
        let of = format!(
            "FROM message m WHERE m.conversation_id = {key} AND m.root_id IS NULL \
             AND m.position {at} {pivot} ORDER BY m.position {order} LIMIT {limit}"
        );
        let (columns, join) = (columns(backend), join(backend, &of));
        format!("SELECT {columns}, {} FROM {list} {join}", i32::from(is_before))
    };
    let mut sides = Vec::with_capacity(2);
    if !window.begins() {
        sides.push(side(true, window.before));
    }
    if !window.ends() {
        sides.push(side(false, window.from));
    }
    let text = sides.join(" UNION ALL ");
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut found: HashMap<Uuid, [Vec<WrittenMessage>; 2]> = HashMap::new();
    let width = message::Model::WIDTH + Face::WIDTH;
    for row in rows {
        let message = read(&row)?;
        let is_before: i32 = row.try_get_by_index(width)?;
        let [before, from] = found.entry(message.0.conversation_id).or_default();
        if is_before == 1 { before.push(message) } else { from.push(message) }
    }
    let page = |id: &Uuid| {
        let [before, from] = found.remove(id).unwrap_or_default();
        (*id, Arc::new(cut(before, from, window)))
    };
    Ok(conversations.iter().map(page).collect())
}

/// The page of what was read on both sides of a pivot.
fn cut(
    mut before: Vec<WrittenMessage>,
    mut from: Vec<WrittenMessage>,
    window: &Window,
) -> Page<WrittenMessage> {
    before.sort_by_key(|(row, _)| std::cmp::Reverse(row.position));
    from.sort_by_key(|(row, _)| row.position);
    let (size, all) = (usize::from(window.size), before.len());
    let (most_before, most_from) =
        (all.min(window.before.into()), from.len().min(window.from.into()));
    // Half of them on each side; where one side has less, the other fills the page.
    let half = size / 2;
    let of_before = most_before.min(half.max(size.saturating_sub(most_from)));
    let of_from = most_from.min(size - of_before);
    let (more, more_before) = (from.len() > of_from, all > of_before);
    before.truncate(of_before);
    from.truncate(of_from);
    let items = before.into_iter().rev().chain(from);
    Page {
        items: items.map(|item| (Place::at(item.0.position, item.0.id), item)).collect(),
        more,
        began_after: more_before,
    }
}
