use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _, Order},
};
use uuid::Uuid;

use super::messages::{Messages, Revisions};
use crate::{
    Result,
    chat::service::WrittenMessage,
    entity::{
        block,
        message::{self, Column},
        profile::{self, Face},
        revision,
    },
    graph::{Batch, Batched, Execution, alike, answer, fail, many},
    page::{Ask, By, Page, Place, Rank},
    sql::{self, OfEach},
};

type Key = (Uuid, Ask);

/// The messages of threads, by the message that they hang on.
pub(super) struct RepliesTo;

impl BatchFn<Key, Batched<Messages>> for Batch<RepliesTo> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Messages>> {
        let mut answers = HashMap::with_capacity(keys.len());
        let by = By::ranked(Column::Position, Column::Id, Order::Asc);
        for (ask, roots) in alike(keys) {
            let list = List { parent: Column::RootId, parents: &roots, by: &by, ask: &ask };
            let place = |row: &message::Model| Place::at(row.position, row.id);
            let of = |row: &message::Model| row.root_id.unwrap_or_default();
            let found = list.read(&self.execution, message::Entity::find(), of, place).await;
            answer(&mut answers, &ask, &roots, found);
        }
        answers
    }
}

/// The roots of a conversation's threads, the last answered first.
pub(super) struct ThreadsOf;

impl BatchFn<Key, Batched<Messages>> for Batch<ThreadsOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Messages>> {
        let mut answers = HashMap::with_capacity(keys.len());
        let by = By::dated(Column::LastReplyAt, Column::Id, Order::Desc);
        // Said as the index says it.
        let answered = Expr::col(Column::ReplyCount.as_column_ref()).gt(Expr::cust("0"));
        for (ask, ids) in alike(keys) {
            let rows = message::Entity::find().filter(answered.clone());
            let list = List { parent: Column::ConversationId, parents: &ids, by: &by, ask: &ask };
            let place = |row: &message::Model| {
                let at = row.last_reply_at.map(|at| at.timestamp_millis());
                Place { rank: Some(Rank::Moment(at.unwrap_or_default())), id: row.id }
            };
            let of = |row: &message::Model| row.conversation_id;
            let found = list.read(&self.execution, rows, of, place).await;
            answer(&mut answers, &ask, &ids, found);
        }
        answers
    }
}

/// A page of messages of each parent.
struct List<'a> {
    parent: Column,
    parents: &'a [Uuid],
    by: &'a By,
    ask: &'a Ask,
}

impl List<'_> {
    async fn read(
        &self,
        execution: &Execution,
        rows: Select<message::Entity>,
        parent_of: impl Fn(&message::Model) -> Uuid,
        place: impl Fn(&message::Model) -> Place,
    ) -> Result<Vec<(Uuid, Messages)>> {
        let Self { parent, parents, by, ask } = *self;
        let (author, id) = (Column::AuthorId, profile::Column::Id);
        let rows = OfEach { rows, parent, parents, key: Column::Id, by, ask }
            .with_one::<message::Model, Face>(execution.cx().db, author, id)
            .await?;
        let of = |(row, _): &(message::Model, Face)| parent_of(row);
        let pages = Page::of_each(parents, rows, ask, of, |(row, _)| place(row));
        let share = |page: Page<_>| {
            Arc::new(page.map(|(message, author)| (Arc::new(message), Arc::new(author))))
        };
        Ok(pages.into_iter().map(|(id, page)| (id, share(page))).collect())
    }
}

/// What is pinned in conversations, the last pinned first.
pub(super) struct PinnedOf;

impl BatchFn<Uuid, Batched<Arc<Vec<WrittenMessage>>>> for Batch<PinnedOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<WrittenMessage>>>> {
        let cx = self.execution.cx();
        let rows = message::Entity::find()
            .filter(sql::key_in(cx.backend(), Column::ConversationId, ids))
            .filter(Column::PinnedAt.is_not_null());
        let (to, key) = (Column::AuthorId, profile::Column::Id);
        let mut rows = sql::with_one::<message::Model, Face>(rows, to, key);
        rows.order_by_expr(Expr::col(Column::PinnedAt.as_column_ref()), Order::Desc);
        rows.order_by_expr(Expr::col(Column::Id.as_column_ref()), Order::Desc);
        let rows = sql::pairs::<message::Model, Face>(cx.db, &rows).await;
        many(ids, rows, |(message, author)| {
            (message.conversation_id, (Arc::new(message), Arc::new(author)))
        })
    }
}

/// The earlier wordings of messages, latest first.
pub(super) struct RevisionsOf;

impl BatchFn<Key, Batched<Revisions>> for Batch<RevisionsOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Revisions>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, messages) in alike(keys) {
            let found = revisions(&self.execution, &messages, &ask).await;
            answer(&mut answers, &ask, &messages, found);
        }
        answers
    }
}

async fn revisions(
    execution: &Execution,
    messages: &[Uuid],
    ask: &Ask,
) -> Result<Vec<(Uuid, Revisions)>> {
    let rows = OfEach {
        rows: revision::Entity::find(),
        parent: revision::Column::MessageId,
        parents: messages,
        key: revision::Column::Id,
        by: &By::newest(revision::Column::Id),
        ask,
    };
    let rows = rows.all::<revision::Model>(execution.cx().db).await?;
    let of = |row: &revision::Model| row.message_id.unwrap_or_default();
    let pages = Page::of_each(messages, rows, ask, of, |row| Place::key(row.id));
    Ok(pages.into_iter().map(|(id, page)| (id, Arc::new(page.map(Arc::new)))).collect())
}

/// Whether the actor blocked members.
pub(super) struct Blocked;

impl BatchFn<Uuid, Batched<bool>> for Batch<Blocked> {
    async fn load(&mut self, members: &[Uuid]) -> HashMap<Uuid, Batched<bool>> {
        match blocked(&self.execution, members).await {
            Ok(blocked) => members.iter().map(|id| (*id, Ok(blocked.contains(id)))).collect(),
            Err(error) => fail(members, &error),
        }
    }
}

async fn blocked(execution: &Execution, members: &[Uuid]) -> Result<HashSet<Uuid>> {
    use block::Column::{BlockedId, BlockerId};
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(HashSet::new()) };
    let rows: Vec<Uuid> = block::Entity::find()
        .select_only()
        .column(BlockedId)
        .filter(BlockerId.eq(me))
        .filter(sql::key_in(cx.backend(), BlockedId, members))
        .into_tuple()
        .all(cx.db)
        .await?;
    Ok(rows.into_iter().collect())
}
