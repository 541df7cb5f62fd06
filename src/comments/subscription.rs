use async_graphql::{Context, ID};
use futures_util::Stream;

use super::{
    DiscussionEvent,
    service::{self, On},
};
use crate::{
    graph::{ContextExt, EventCursor, Hears, Result, Topic, live},
    portfolio, posts, streams, tasks,
};

/// Who hears the discussion of something: those who may see it.
fn hears(on: On) -> Hears {
    match on {
        On::Post(_) => |app, key, actors| Box::pin(posts::service::hears(app, key, actors)),
        On::PortfolioItem(_) => {
            |app, key, actors| Box::pin(portfolio::service::hears(app, key, actors))
        }
        On::Task(_) => |app, key, actors| Box::pin(tasks::service::hears(app, key, actors)),
    }
}

/// The comments' part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[async_graphql::Subscription(name = "CommentSubscription")]
impl Subscription {
    /// An open post, portfolio item or task: comments and reactions as they come. Guests may follow what they may see.
    async fn discussion_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "What is discussed: the id of a post, a portfolio item or a task.")]
        id: ID,
        #[graphql(
            desc = "The cursor after which it begins: `eventCursor`, or that of the last event."
        )]
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<DiscussionEvent>> + 'c> {
        let on = On::decode(&id);
        let open = async {
            let on = service::heard(ctx.cx(), on).await?;
            Ok(Topic::of(streams::Stream::discussion(on.key()), hears(on)))
        };
        live(ctx, after, open, async |happening| match on {
            Some(on) => DiscussionEvent::of(ctx, on, happening).await,
            None => Ok(None),
        })
        .await
    }
}
