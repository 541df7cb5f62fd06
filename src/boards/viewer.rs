use async_graphql::{Context, Object};

use super::{Board, BoardConnection, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The boards' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct BoardsViewer(pub Member);

#[Object]
impl BoardsViewer {
    /// The boards that you are a member of, by name; `viewer.role` of each says as what.
    async fn boards(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default = false,
            desc = "Those that were put away, instead of those that are open."
        )]
        archived: bool,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<BoardConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let actor = Actor::Member(self.0);
        let page = service::mine(Cx { actor: &actor, ..ctx.cx() }, archived, &ask).await?;
        Ok(BoardConnection(page.map(Board::from)))
    }
}
