use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::related::{Found, Related};
use crate::{
    Result,
    entity::{
        collaborator::{self, State},
        portfolio_item, portfolio_item_tag,
        profile::{self, Face},
        tag,
    },
    graph::{Batch, Batched, Execution, Loader, ask, loader, many, one},
    members, sql,
};

/// How an item came about, which lists leave out.
#[derive(Clone, Debug)]
pub struct Story {
    item: Uuid,
    /// Markdown as it was typed.
    pub source: String,
    /// The same, sanitized.
    pub html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
}

/// Somebody who is credited, or was asked to be.
pub type Credited = (collaborator::Model, Arc<Face>);

type Tags = Arc<Vec<Arc<tag::Model>>>;
type Credits = Arc<Vec<Credited>>;
type Asked = Option<Arc<collaborator::Model>>;

/// What is asked of items that were reached in one way, and may be seen.
pub struct At {
    stories: Loader<Uuid, Batched<Option<Arc<Story>>>, Batch<Stories>>,
    tags: Loader<Uuid, Batched<Tags>, Batch<TagsOf>>,
    agreed: Loader<Uuid, Batched<Credits>, Batch<CreditsOf>>,
    named: Loader<Uuid, Batched<Credits>, Batch<CreditsOf>>,
    asked: Loader<Uuid, Batched<Asked>, Batch<AskedOn>>,
    related: Loader<(Uuid, u16), Batched<Found>, Batch<Related>>,
}

impl At {
    pub(super) fn new(execution: &Arc<Execution>) -> Self {
        Self {
            stories: loader(execution, Stories),
            tags: loader(execution, TagsOf),
            agreed: loader(execution, CreditsOf { agreed: true }),
            named: loader(execution, CreditsOf { agreed: false }),
            asked: loader(execution, AskedOn),
            related: loader(execution, Related),
        }
    }

    /// How an item came about.
    pub async fn story(&self, item: Uuid) -> Result<Option<Arc<Story>>> {
        Box::pin(ask(&self.stories, item)).await
    }

    /// The tags of an item, by name.
    pub async fn tags(&self, item: Uuid) -> Result<Tags> {
        Box::pin(ask(&self.tags, item)).await
    }

    /// Those who agreed to be credited on an item, in its owner's order.
    pub async fn agreed(&self, item: Uuid) -> Result<Credits> {
        Box::pin(ask(&self.agreed, item)).await
    }

    /// All whom its owner named on an item, whatever they said.
    pub async fn named(&self, item: Uuid) -> Result<Credits> {
        Box::pin(ask(&self.named, item)).await
    }

    /// What the actor was asked to be credited for on an item.
    pub async fn asked(&self, item: Uuid) -> Result<Asked> {
        Box::pin(ask(&self.asked, item)).await
    }

    /// The published items that share most tags with one, at most `first`.
    pub async fn related(&self, item: Uuid, first: u16) -> Result<Found> {
        Box::pin(ask(&self.related, (item, first))).await
    }
}

struct Stories;

impl BatchFn<Uuid, Batched<Option<Arc<Story>>>> for Batch<Stories> {
    async fn load(&mut self, items: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Story>>>> {
        use portfolio_item::Column::{Id, Mentions, StoryHtml, StorySource};
        let cx = self.execution.cx();
        let rows = portfolio_item::Entity::find()
            .select_only()
            .columns([Id, StorySource, StoryHtml, Mentions])
            .filter(sql::key_in(cx.backend(), Id, items))
            .into_tuple()
            .all(cx.db)
            .await;
        let story = |(item, source, html, mentions)| Story { item, source, html, mentions };
        let rows = rows.map(|rows| rows.into_iter().map(story).collect()).map_err(Into::into);
        one(items, rows, |story: &Story| story.item)
    }
}

struct TagsOf;

impl BatchFn<Uuid, Batched<Tags>> for Batch<TagsOf> {
    async fn load(&mut self, items: &[Uuid]) -> HashMap<Uuid, Batched<Tags>> {
        use portfolio_item_tag::Column::{PortfolioItemId, TagId};
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), PortfolioItemId, items);
        let rows = portfolio_item_tag::Entity::find().filter(these);
        let mut rows =
            sql::with_one::<portfolio_item_tag::Model, tag::Model>(rows, TagId, tag::Column::Id);
        rows.order_by((tag::Entity, tag::Column::Name), Order::Asc);
        let rows = sql::pairs::<portfolio_item_tag::Model, tag::Model>(cx.db, &rows).await;
        many(items, rows, |(link, tag)| (link.portfolio_item_id, Arc::new(tag)))
    }
}

struct CreditsOf {
    agreed: bool,
}

impl BatchFn<Uuid, Batched<Credits>> for Batch<CreditsOf> {
    async fn load(&mut self, items: &[Uuid]) -> HashMap<Uuid, Batched<Credits>> {
        use collaborator::Column::{PortfolioItemId, Position, ProfileId};
        let cx = self.execution.cx();
        let mut rows = collaborator::Entity::find()
            .filter(sql::key_in(cx.backend(), PortfolioItemId, items))
            .filter(members::policy::not_blocked(cx.actor, ProfileId))
            .order_by_asc(Position);
        if self.what.agreed {
            rows = rows.filter(collaborator::Column::State.eq(State::Agreed));
        }
        let rows = sql::with_one::<collaborator::Model, Face>(rows, ProfileId, profile::Column::Id);
        let rows = sql::pairs::<collaborator::Model, Face>(cx.db, &rows).await;
        many(items, rows, |(row, face)| (row.portfolio_item_id, (row, Arc::new(face))))
    }
}

struct AskedOn;

impl BatchFn<Uuid, Batched<Asked>> for Batch<AskedOn> {
    async fn load(&mut self, items: &[Uuid]) -> HashMap<Uuid, Batched<Asked>> {
        use collaborator::Column::{PortfolioItemId, ProfileId};
        let cx = self.execution.cx();
        let Some(me) = cx.actor.id() else {
            return one(items, Ok(Vec::new()), |row: &collaborator::Model| row.portfolio_item_id);
        };
        let rows = collaborator::Entity::find()
            .filter(ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), PortfolioItemId, items))
            .all(cx.db)
            .await;
        one(items, rows.map_err(Into::into), |row| row.portfolio_item_id)
    }
}
