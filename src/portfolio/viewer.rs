use async_graphql::{Context, Object};

use super::{PortfolioItemConnection, PublicationState, Via, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The portfolios' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct OwnPortfolio(pub Member);

#[Object]
impl OwnPortfolio {
    /// Your portfolio, in your order, drafts too.
    async fn portfolio(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that stand so.")] states: Option<Vec<PublicationState>>,
        #[graphql(default = 12, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PortfolioItemConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let of = |state| states.as_ref().is_none_or(|states| states.contains(&state));
        let (drafts, published) = (of(PublicationState::Draft), of(PublicationState::Published));
        let ask = Ask::new(first, after.as_deref())?;
        let page = service::mine(cx, drafts, published, &ask).await?;
        Ok(PortfolioItemConnection::alone(page, Via::OWN))
    }

    /// Portfolio items on which you were asked to be credited and have not answered, latest first.
    async fn collaborations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 12, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PortfolioItemConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::asked(cx, &Ask::new(first, after.as_deref())?).await?;
        Ok(PortfolioItemConnection::alone(page, Via::ASKED))
    }
}
