use async_graphql::{Context, ID, Object, OneofObject};

use super::{
    Board, BoardConnection,
    service::{self, Which},
};
use crate::{
    graph::{ContextExt, Result, decode},
    page::Ask,
};

/// How to name one board.
#[derive(Debug, OneofObject)]
pub enum BoardBy {
    /// By its global id.
    Id(ID),
    /// By what its tasks' keys begin with, in any case.
    Key(String),
}

/// The boards' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "BoardQuery")]
impl Query {
    /// One board; null if there is none that you may see.
    async fn board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: BoardBy,
    ) -> Option<Result<Board>> {
        let which = match by {
            BoardBy::Id(id) => Which::Id(decode("board", &id)),
            BoardBy::Key(key) => Which::Key(key),
        };
        let found = service::one(ctx.cx(), which).await;
        found.map(|row| row.map(Board::from)).map_err(Into::into).transpose()
    }

    /// The boards that you may see, by name.
    async fn boards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name or the key has this in it.")] text: Option<String>,
        #[graphql(
            default = false,
            desc = "Those that were put away, instead of those that are open."
        )]
        archived: bool,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<BoardConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = service::listed(ctx.cx(), text.as_deref(), archived, &ask).await?;
        Ok(BoardConnection(page.map(Board::from)))
    }
}
