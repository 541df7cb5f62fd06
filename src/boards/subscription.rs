use async_graphql::{Context, ID, Subscription};
use futures_util::Stream as Results;

use super::{
    BoardEvent,
    service::{self, Which},
};
use crate::{
    Error,
    graph::{ContextExt, EventCursor, Result, Topic, decode, live},
    streams::Stream,
};

/// The boards' part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[Subscription(name = "BoardSubscription")]
impl Subscription {
    /// An open board: what happens to its tasks, and to itself. Guests may follow public boards.
    async fn board_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(
            desc = "The cursor after which it begins: `eventCursor`, or that of the last event."
        )]
        after: Option<EventCursor>,
    ) -> Result<impl Results<Item = Result<BoardEvent>> + use<'c>> {
        let open = async {
            let found = service::one(ctx.cx(), Which::Id(decode("board", &id))).await?;
            let found = found.ok_or_else(|| Error::not_found("board"))?;
            let hears: crate::graph::Hears =
                |app, board, actors| Box::pin(service::hears(app, board, actors));
            Ok(Topic::of(Stream::board(found.id), hears))
        };
        live(ctx, after, open, |happening| BoardEvent::of(ctx, happening)).await
    }
}
