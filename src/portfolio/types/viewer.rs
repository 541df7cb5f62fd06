use async_graphql::{Context, Enum, Object};

use super::PortfolioItem;
use crate::{
    bookmarks::{self, service::On},
    entity::{collaborator::State, watch::Level},
    graph::{ContextExt, Emoji, Result},
    members::Profile,
    notifications,
    portfolio::{loaders::Credited, policy},
    reactions,
};

/// You and a portfolio item: what you did, what you may do.
#[derive(Debug)]
pub struct PortfolioViewer(pub(super) PortfolioItem);

/// You and a portfolio item: what you did, what you may do.
#[Object]
impl PortfolioViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, self.0.reacted()).await
    }

    /// Whether it is yours.
    async fn is_owner(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.0.row.owner_id)
    }

    /// Whether you keep it.
    async fn is_bookmarked(&self, ctx: &Context<'_>) -> Result<bool> {
        let (on, lane) = (On::PortfolioItem(self.0.row.id), self.0.via.number());
        Ok(ctx.loaders().of::<bookmarks::Loaders>().kept(on, lane).await?)
    }

    /// How much news of it you want; null while you never said.
    async fn watching(&self, ctx: &Context<'_>) -> Option<Result<Level>> {
        let (id, lane) = (self.0.row.id, self.0.via.number());
        notifications::service::On::PortfolioItem(id).watching(ctx, lane).await
    }

    /// Whether `portfolioItemUpdate` and `portfolioItemPublish` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, &self.0.row).is_ok()
    }

    /// Whether `portfolioItemDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> bool {
        policy::delete(ctx.cx().actor, &self.0.row).is_ok()
    }

    /// Whether `commentCreate` would be allowed.
    async fn can_comment(&self, ctx: &Context<'_>) -> bool {
        policy::join(ctx.cx().actor, &self.0.row).is_ok()
    }

    /// Whether `reactionAdd` would be allowed.
    async fn can_react(&self, ctx: &Context<'_>) -> bool {
        policy::join(ctx.cx().actor, &self.0.row).is_ok()
    }

    /// What you said to being credited; null when nobody asked you.
    async fn collaboration(&self, ctx: &Context<'_>) -> Option<Result<CollaborationState>> {
        let asked = self.0.at(ctx).asked(self.0.row.id).await;
        asked.map(|asked| asked.map(|row| row.state.into())).map_err(Into::into).transpose()
    }

    /// What you are, or are to be, credited for; null when nobody asked you.
    async fn credit(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let asked = self.0.at(ctx).asked(self.0.row.id).await;
        asked.map(|asked| asked.map(|row| row.credit.clone())).map_err(Into::into).transpose()
    }

    /// All whom you asked to be credited, whatever they said; empty when it is not yours.
    async fn collaborators(&self, ctx: &Context<'_>) -> Result<Vec<Collaborator>> {
        if !ctx.cx().actor.is(self.0.row.owner_id) {
            return Ok(Vec::new());
        }
        let named = self.0.at(ctx).named(self.0.row.id).await?;
        Ok(named.iter().cloned().map(Collaborator).collect())
    }
}

/// Somebody credited on a portfolio item; shown to others once they agreed.
#[derive(Clone, Debug)]
pub struct Collaborator(pub Credited);

/// Somebody credited on a portfolio item; shown to others once they agreed.
#[Object]
impl Collaborator {
    /// Who.
    async fn profile(&self) -> Profile {
        Profile::face(self.0.1.clone())
    }

    /// For what.
    async fn credit(&self) -> &str {
        &self.0.0.credit
    }

    /// Whether they agreed.
    async fn confirmed(&self) -> bool {
        self.0.0.state == State::Agreed
    }

    /// What they said.
    async fn state(&self) -> CollaborationState {
        self.0.0.state.into()
    }
}

/// What somebody said to being credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CollaborationState {
    /// Nothing yet.
    Asked,
    /// Yes: they are shown.
    Agreed,
    /// No.
    Refused,
}

impl From<State> for CollaborationState {
    fn from(state: State) -> Self {
        match state {
            State::Asked => Self::Asked,
            State::Agreed => Self::Agreed,
            State::Refused => Self::Refused,
        }
    }
}
