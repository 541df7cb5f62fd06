use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use crate::{
    clock::made_at,
    entity::{portfolio_item, post::Visibility},
    graph::{ContextExt, DateTime, Result, encode},
    members::{self, Profile},
    portfolio::loaders::{Shown, Via},
    reactions::{self, On, ReactionGroup},
};

/// A piece of work shown on a profile.
#[derive(Clone, Debug)]
pub struct PortfolioItem {
    row: Arc<portfolio_item::Model>,
    owner: Option<Profile>,
    via: Via,
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

    fn reacted(&self) -> On {
        let kind = reactions::service::Kind::PortfolioItem;
        let subject = reactions::service::Subject { kind, key: self.row.id };
        On { subject, place: self.via.number() }
    }
}

/// A piece of work shown on a profile.
#[Object]
impl PortfolioItem {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("portfolioitem", self.row.id)
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

    /// Whose it is; null when their account is gone.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if let Some(owner) = &self.owner {
            return Some(Ok(owner.clone()));
        }
        let owner = ctx.loaders().of::<members::Loaders>().by_id(self.row.owner_id).await;
        owner.map(|owner| owner.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// Who may see it once it is published.
    async fn visibility(&self) -> Visibility {
        self.row.visibility
    }

    /// Whether it is published.
    async fn publication_state(&self) -> PublicationState {
        match self.row.publication {
            None => PublicationState::Draft,
            Some(_) => PublicationState::Published,
        }
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// When it was published; null for a draft.
    async fn published_at(&self) -> Option<DateTime> {
        self.row.publication.map(|key| made_at(key).into())
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
}

/// Whether something is shown to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PublicationState {
    /// Only its owner sees it, and whom they asked to be credited.
    Draft,
    /// It is shown to those whom it is for.
    Published,
}
