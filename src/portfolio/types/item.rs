use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::{Collaborator, PortfolioViewer};
use crate::{
    Error,
    clock::made_at,
    comments::{self, CommentConnection, CommentSort},
    entity::{file_use::Place, portfolio_item, post::Visibility},
    files::{self, File},
    graph::{ContextExt, Date, DateTime, EventCursor, Result, connection, encode},
    members::{self, Profile, ProfileLink, RichText},
    page::{Ask, Page},
    portfolio::{
        Loaders,
        loaders::{At, Via},
        service::Shown,
    },
    reactions::{self, On, ReactionGroup},
    tags::Tag,
};

/// A piece of work shown on a profile.
#[derive(Clone, Debug)]
pub struct PortfolioItem {
    pub(super) row: Arc<portfolio_item::Model>,
    owner: Option<Profile>,
    pub(super) via: Via,
}

impl PortfolioItem {
    /// An item alone; its owner is loaded when asked for.
    pub fn alone(row: Arc<portfolio_item::Model>) -> Self {
        Self { row, owner: None, via: Via::ITSELF }
    }

    /// An item of a loader, which was read with its owner.
    pub fn loaded((row, owner): &Shown) -> Self {
        Self::alone(row.clone()).of(Profile::face(owner.clone()))
    }

    /// The same, of an owner who is at hand.
    #[must_use]
    pub(crate) fn of(self, owner: Profile) -> Self {
        Self { owner: Some(owner), ..self }
    }

    /// The same, reached in this way.
    #[must_use]
    pub fn reached(self, via: Via) -> Self {
        Self { via, ..self }
    }

    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(self.reacted(), &self.row.reactions)
    }

    pub(super) fn reacted(&self) -> On {
        let kind = reactions::service::Kind::PortfolioItem;
        let subject = reactions::service::Subject { kind, key: self.row.id };
        On { subject, place: self.via.number() }
    }

    pub(super) fn at(&self, ctx: &Context<'_>) -> Arc<At> {
        ctx.loaders().of::<Loaders>().at(self.via)
    }
}

impl From<portfolio_item::Model> for PortfolioItem {
    fn from(row: portfolio_item::Model) -> Self {
        Self::alone(Arc::new(row))
    }
}

/// A piece of work shown on a profile.
#[Object]
impl PortfolioItem {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("portfolio_item", self.row.id)
    }

    /// Its name in addresses; its owner has no other item of this name.
    async fn slug(&self) -> &str {
        &self.row.slug
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Some lines about it.
    async fn summary(&self) -> Option<&str> {
        self.row.summary.as_deref()
    }

    /// How it came about.
    async fn story(&self, ctx: &Context<'_>) -> Result<RichText> {
        let story = self.at(ctx).story(self.row.id).await?;
        Ok(RichText::Story(story.ok_or_else(|| Error::bug("an item went away while it was read"))?))
    }

    /// Whether it is published.
    async fn publication_state(&self) -> PublicationState {
        match self.row.publication {
            None => PublicationState::Draft,
            Some(_) => PublicationState::Published,
        }
    }

    /// Who may see it once it is published.
    async fn visibility(&self) -> Visibility {
        self.row.visibility
    }

    /// Whose it is; null when their account is gone.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if let Some(owner) = &self.owner {
            return Some(Ok(owner.clone()));
        }
        let owner = ctx.loaders().of::<members::Loaders>().by_id(self.row.owner_id).await;
        owner.map(|owner| owner.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// The picture that stands for it.
    async fn cover(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        let (on, lane) = (files::service::On::PortfolioItem(self.row.id), self.via.number());
        let cover = ctx.loaders().of::<files::Loaders>().one_on(on, Place::Cover, lane).await;
        cover.map(|cover| cover.map(File)).map_err(Into::into).transpose()
    }

    /// Its pictures and films, in their order.
    async fn media(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        let (on, lane) = (files::service::On::PortfolioItem(self.row.id), self.via.number());
        let media = ctx.loaders().of::<files::Loaders>().hung_on(on, Place::Gallery, lane).await?;
        Ok(media.iter().cloned().map(File).collect())
    }

    /// Where else it is shown, in their order.
    async fn links(&self) -> Result<Vec<ProfileLink>> {
        Ok(ProfileLink::list(&self.row.links)?)
    }

    /// Its tags, by name.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        let tags = self.at(ctx).tags(self.row.id).await?;
        Ok(tags.iter().cloned().map(Tag).collect())
    }

    /// Whom it was made for.
    async fn client(&self) -> Option<&str> {
        self.row.client.as_deref()
    }

    /// What its owner did in it.
    async fn owner_role(&self) -> Option<&str> {
        self.row.owner_role.as_deref()
    }

    /// When work on it began.
    async fn started_on(&self) -> Option<Date> {
        self.row.started_on.map(Date)
    }

    /// When it was done.
    async fn finished_on(&self) -> Option<Date> {
        self.row.finished_on.map(Date)
    }

    /// Its place among its owner's, drafts counted too, from 0.
    async fn position(&self) -> i32 {
        self.row.position
    }

    /// Those who agreed to be credited, in its owner's order; those whom you may see.
    async fn collaborators(&self, ctx: &Context<'_>) -> Result<Vec<Collaborator>> {
        let agreed = self.at(ctx).agreed(self.row.id).await?;
        Ok(agreed.iter().cloned().map(Collaborator).collect())
    }

    /// When it was published; null for a draft.
    async fn published_at(&self) -> Option<DateTime> {
        self.row.publication.map(|key| made_at(key).into())
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// When it was last changed after it was published.
    async fn edited_at(&self) -> Option<DateTime> {
        self.row.edited_at.map(Into::into)
    }

    /// Its version, for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups()?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.row.reaction_count
    }

    /// How many comments stand under it, at every depth.
    pub(crate) async fn comment_count(&self) -> i32 {
        self.row.comment_count
    }

    /// The comments right under it that you may see.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "CommentSort::Oldest", desc = "In which order.")]
        sort: CommentSort,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<CommentConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let on = comments::service::On::PortfolioItem(self.row.id);
        on.comments(ctx, self.via.number(), sort, ask).await
    }

    /// Start of `discussionEvents`, taken together with the comments.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        let on = comments::service::On::PortfolioItem(self.row.id);
        on.event_cursor(ctx, self.via.number()).await
    }

    /// Published items that share tags with it: those with most in common first, and of these the newest.
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 4, desc = "How many at most, 1 to 100.")] first: i32,
    ) -> Result<Vec<PortfolioItem>> {
        let first = Ask::new(first, None)?.first;
        let related = self.at(ctx).related(self.row.id, first).await?;
        Ok(related.iter().map(|item| Self::loaded(item).reached(self.via.related())).collect())
    }

    /// You and this item; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<PortfolioViewer> {
        ctx.cx().actor.id().map(|_| PortfolioViewer(self.clone()))
    }
}

/// Whether something is shown to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PublicationState {
    /// Only its owner sees it, and whom they asked to be credited.
    Draft,
    /// It is shown to those whom it is for.
    Published,
}

connection!(
    /// A page of portfolio items.
    PortfolioItemConnection,
    /// One of the portfolio items on a page.
    PortfolioItemEdge of PortfolioItem,
);

impl PortfolioItemConnection {
    /// A page of items that were read with their owners.
    pub fn of(page: Page<Shown>, via: Via) -> Self {
        Self(page.map(|item| PortfolioItem::loaded(&item).reached(via)))
    }

    /// A page of items of one owner, who is at hand.
    pub fn by(page: &Page<Arc<portfolio_item::Model>>, owner: &Profile) -> Self {
        let item = |row| PortfolioItem::alone(row).of(owner.clone()).reached(Via::PROFILE);
        Self(page.clone().map(item))
    }

    /// A page of items whose owners are loaded when asked for.
    pub fn alone(page: Page<portfolio_item::Model>, via: Via) -> Self {
        Self(page.map(|row| PortfolioItem::from(row).reached(via)))
    }
}
