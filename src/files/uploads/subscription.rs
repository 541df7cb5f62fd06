use async_graphql::{Context, ID};
use futures_util::Stream;

use super::UploadEvent;
use crate::{
    files::service::uploads,
    graph::{ContextExt, EventCursor, Result, Topic, decode, live},
    streams,
};

/// The uploads' part of the root.
#[derive(Debug, Default)]
pub struct Subscription;

#[async_graphql::Subscription(name = "UploadSubscription")]
impl Subscription {
    /// An upload of yours as its bytes come, until it is a file or was refused.
    async fn upload_events<'c>(
        &self,
        ctx: &Context<'c>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The cursor after which it begins: that of the last event.")]
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<UploadEvent>> + 'c> {
        let open = async {
            let upload = uploads::heard(ctx.cx(), decode("upload", &id)).await?;
            Ok(Topic::of(streams::Stream::upload(upload), uploads::hears))
        };
        live(ctx, after, open, |happening| UploadEvent::of(ctx, happening)).await
    }
}
