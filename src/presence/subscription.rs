use std::sync::Arc;

use async_graphql::{Context, ID};
use futures_util::Stream;

use super::{PresenceEvent, service};
use crate::{
    graph::{ContextExt, Result, Topic, decode, live},
    infra::bus::Passing,
    streams,
};

/// The presence's part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[async_graphql::Subscription(name = "PresenceSubscription")]
impl Subscription {
    /// Who of the people on screen comes and goes. First it tells how each of them is now, one by one. Nothing is
    /// told again: after a break subscribe anew.
    async fn presence_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "The ids of at most 100 profiles; those of nobody are passed over.")]
        profiles: Vec<ID>,
    ) -> Result<impl Stream<Item = Result<PresenceEvent>> + 'c> {
        let open = async {
            let keys = profiles.iter().filter_map(|id| decode("profile", id)).collect();
            let watching = service::watch(ctx.cx(), keys).await?;
            let stream = streams::Stream::watching(watching.watcher);
            let mut topic = Topic::of(stream, |_, _, actors| {
                let hear = service::hear(actors);
                Box::pin(async { Ok(hear) })
            })
            .for_each();
            for profile in &watching.profiles {
                topic.passing.push(streams::Stream::presence(*profile).id);
                topic.first.push(Passing::Presence { profile: *profile });
            }
            topic.held = Some(Arc::new(watching));
            Ok(topic)
        };
        live(ctx, None, open, |happening| PresenceEvent::of(ctx, happening)).await
    }
}
