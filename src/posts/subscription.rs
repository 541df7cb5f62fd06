use async_graphql::Context;
use futures_util::Stream;

use super::FeedEvent;
use crate::{
    graph::{EventCursor, Result, Topic, live},
    streams,
};

/// The posts' part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[async_graphql::Subscription(name = "PostSubscription")]
impl Subscription {
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
