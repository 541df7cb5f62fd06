use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::sea_query::Order;
use uuid::Uuid;

use super::Comments;
use crate::{
    Result,
    comments::service,
    entity::{
        comment::{self, Column},
        profile,
    },
    graph::{Batch, Batched, Execution, alike, answer},
    page::{Ask, By, Page, Place, Rank},
    sql::OfEach,
};

/// How to order comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum)]
pub enum CommentSort {
    /// The oldest first.
    Oldest,
    /// The newest first.
    Newest,
    /// What has most reactions first.
    Top,
}

/// The comments right under things of one kind; what names them.
pub(super) struct CommentsOn(pub(super) Column);

type Key = (Uuid, (CommentSort, Ask));

impl BatchFn<Key, Batched<Comments>> for Batch<CommentsOn> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Comments>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (how, things) in alike(keys) {
            let (sort, ask) = &how;
            let found = comments(&self.execution, self.what.0, &things, *sort, ask).await;
            answer(&mut answers, &how, &things, found);
        }
        answers
    }
}

pub(super) struct RepliesTo;

impl BatchFn<(Uuid, Ask), Batched<Comments>> for Batch<RepliesTo> {
    async fn load(&mut self, keys: &[(Uuid, Ask)]) -> HashMap<(Uuid, Ask), Batched<Comments>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, parents) in alike(keys) {
            let sort = CommentSort::Oldest;
            let found = comments(&self.execution, Column::ParentId, &parents, sort, &ask).await;
            answer(&mut answers, &ask, &parents, found);
        }
        answers
    }
}

async fn comments(
    execution: &Execution,
    parent: Column,
    parents: &[Uuid],
    sort: CommentSort,
    ask: &Ask,
) -> Result<Vec<(Uuid, Comments)>> {
    let cx = execution.cx();
    let by = match sort {
        CommentSort::Oldest => By::oldest(Column::Id),
        CommentSort::Newest => By::newest(Column::Id),
        CommentSort::Top => By::ranked(Column::ReactionCount, Column::Id, Order::Desc),
    };
    let rows = match parent {
        Column::ParentId => service::below_visible(cx),
        _ => service::right_under_visible(cx),
    };
    let rows = OfEach { rows, parent, parents, key: Column::Id, by: &by, ask }
        .with_one::<comment::Model, profile::Face>(cx.db, Column::AuthorId, profile::Column::Id)
        .await?;
    let parent_of = |row: &comment::Model| match parent {
        Column::ParentId => row.parent_id.unwrap_or_default(),
        _ => service::On::of(row).map(service::On::key).unwrap_or_default(),
    };
    let place = |row: &comment::Model| Place {
        rank: (sort == CommentSort::Top).then_some(Rank::Number(row.reaction_count)),
        id: row.id,
    };
    let pages = Page::of_each(parents, rows, ask, |(row, _)| parent_of(row), |(row, _)| place(row));
    let share = |page: Page<_>| {
        Arc::new(page.map(|(comment, author)| (Arc::new(comment), Arc::new(author))))
    };
    Ok(pages.into_iter().map(|(id, page)| (id, share(page))).collect())
}
