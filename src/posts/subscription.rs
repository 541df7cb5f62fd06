use async_graphql::{Context, ID};
use futures_util::Stream;

use super::{DiscussionEvent, FeedEvent, service};
use crate::{
    graph::{ContextExt, EventCursor, Result, Topic, decode, live},
    streams,
};

/// The posts' part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[async_graphql::Subscription(name = "PostSubscription")]
impl Subscription {
    /// An open post: comments and reactions as they come. Guests may follow what they may read.
    async fn discussion_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "What is discussed: the id of a post.")] id: ID,
        #[graphql(
            desc = "The cursor after which it begins: `eventCursor`, or that of the last event."
        )]
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<DiscussionEvent>> + 'c> {
        let open = async {
            let post = service::heard(ctx.cx(), decode("post", &id)).await?;
            Ok(Topic::of(streams::Stream::discussion(post), |app, post, actors| {
                Box::pin(service::hears(app, post, actors))
            }))
        };
        live(ctx, after, open, |happening| DiscussionEvent::of(ctx, happening)).await
    }

    /// Hints for the community's feed on screen: new posts that wait above. You are told of those that you may
    /// read, without those by people whom you muted.
    async fn feed_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(
            desc = "The cursor after which it begins: `eventCursor`, or that of the last event."
        )]
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<FeedEvent>> + 'c> {
        // Everybody may follow it; what of it they are told hangs on the post.
        let open = async {
            Ok(Topic::of(streams::Stream::feed(), |_, _, actors| {
                let all = vec![true; actors.len()];
                Box::pin(async { Ok(all) })
            })
            .for_each())
        };
        live(ctx, after, open, |happening| FeedEvent::of(ctx, happening)).await
    }
}
