use async_graphql::{Context, SimpleObject};
use uuid::Uuid;

use crate::{
    chat::{TypingLoaders, service},
    graph::{ContextExt, DateTime, EventCursor, Happening, Result, What},
    infra::bus::Passing,
    members::Profile,
};

/// Somebody types, or stopped. Not told again.
#[derive(SimpleObject)]
pub struct TypingChanged {
    /// Null: this is not told again.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// Everybody who types now. You may be among them: leave yourself out.
    pub profiles: Vec<Profile>,
}

impl TypingChanged {
    /// What is told when somebody types in a conversation, or stopped; `None` when it is no such happening, or not
    /// for the one who asks.
    pub async fn of(ctx: &Context<'_>, happening: &Happening) -> crate::Result<Option<Self>> {
        let What::Passing(Passing::Typing { profile, .. }) = &happening.what else {
            return Ok(None);
        };
        if !service::is_told_of_typing(ctx.cx(), *profile).await? {
            return Ok(None);
        }
        let faces = ctx.loaders().of::<TypingLoaders>().typing_in(happening.stream.id).await?;
        let (cursor, at) = happening.moment();
        let profiles = faces.iter().cloned().map(Profile::face).collect();
        Ok(Some(Self { cursor, at, profiles }))
    }
}

/// Who types in a conversation now, for `Conversation.typing`.
pub async fn typing_in(ctx: &Context<'_>, conversation: Uuid) -> Result<Vec<Profile>> {
    let faces = ctx.loaders().of::<TypingLoaders>().typing_in(conversation).await?;
    Ok(faces.iter().cloned().map(Profile::face).collect())
}
