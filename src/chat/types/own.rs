use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{Message, conversation::names, conversation_messages as messages};
use crate::{
    Result as Outcome,
    chat::{Loaders, policy, service::Standing},
    entity::{
        conversation::{self, Kind},
        conversation_member::{self, Role},
        watch::Level,
    },
    graph::{ContextExt, Result},
    notifications,
};

/// You and a conversation: where you are in it, what you may do.
#[derive(Clone, Debug)]
pub struct ConversationViewer {
    /// The conversation.
    pub(crate) conversation: Arc<conversation::Model>,
    /// You in it; `None` for a reader of a public channel.
    pub(crate) own: Option<Arc<conversation_member::Model>>,
}

impl ConversationViewer {
    /// What rules are asked with.
    fn standing(&self, is_blocked: bool) -> Standing {
        let conversation = self.conversation.as_ref().clone();
        Standing { conversation, member: self.own.as_deref().cloned(), is_blocked }
    }

    async fn is_blocked(&self, ctx: &Context<'_>) -> Outcome<bool> {
        if self.conversation.kind != Kind::Direct {
            return Ok(false);
        }
        ctx.loaders().of::<Loaders>().is_blocked(self.conversation.id).await
    }
}

/// You and a conversation: where you are in it, what you may do.
#[Object]
impl ConversationViewer {
    /// Its own title, or the names of the others who are in it.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        if let Some(title) = &self.conversation.title {
            return Ok(title.clone());
        }
        let me = ctx.cx().actor.id();
        let people = ctx.loaders().of::<Loaders>().some_people(self.conversation.id).await?;
        let count = self.conversation.member_count;
        let others = || people.iter().filter(|face| Some(face.id) != me);
        if self.own.is_none() || others().next().is_none() {
            return Ok(names(people.iter(), count));
        }
        Ok(names(others(), count - 1))
    }

    /// How many messages outside threads came since you last read; deleted ones keep counting. 0 where you only
    /// read along.
    async fn unread_count(&self) -> i32 {
        let read = self.own.as_ref().map(|own| own.read_number);
        read.map_or(0, |read| (self.conversation.last_number - read).max(0))
    }

    /// How many messages since then name you, those in threads too.
    async fn mention_count(&self) -> i32 {
        self.own.as_ref().map_or(0, |own| own.mention_count)
    }

    /// The last message that you have read, outside of threads; null before the first.
    async fn last_read_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        self.own.as_ref()?;
        Box::pin(messages::last_read_message(ctx, &self.conversation)).await.transpose()
    }

    /// The first message that you have not read, outside of threads; null when you have read them all.
    async fn first_unread_message(&self, ctx: &Context<'_>) -> Option<Result<Message>> {
        self.own.as_ref()?;
        Box::pin(messages::first_unread_message(ctx, &self.conversation)).await.transpose()
    }

    /// What you are in it; null where you only read along.
    async fn role(&self) -> Option<Role> {
        self.own.as_ref().map(|own| own.role)
    }

    /// How much news of it you want; null while you never said.
    async fn watching(&self, ctx: &Context<'_>) -> Option<Result<Level>> {
        notifications::service::On::Conversation(self.conversation.id).watching(ctx, 0).await
    }

    /// Whether `messageSend` would be allowed.
    async fn can_send(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_blocked = self.is_blocked(ctx).await?;
        Ok(policy::send(ctx.cx().actor, &self.standing(is_blocked)).is_ok())
    }

    /// Whether `conversationMemberSet` would let you add people.
    async fn can_invite(&self, ctx: &Context<'_>) -> bool {
        policy::invite(ctx.cx().actor, &self.standing(false)).is_ok()
    }

    /// Whether `conversationUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::change(ctx.cx().actor, &self.standing(false)).is_ok()
    }

    /// Whether `messagePin` would be allowed.
    async fn can_pin(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_blocked = self.is_blocked(ctx).await?;
        Ok(policy::keep_in_view(ctx.cx().actor, &self.standing(is_blocked)).is_ok())
    }

    /// Whether you run the channel: remove people, and delete what others wrote.
    async fn can_moderate(&self, ctx: &Context<'_>) -> bool {
        policy::moderate(ctx.cx().actor, &self.standing(false)).is_ok()
    }

    /// Whether `conversationLeave` would be allowed.
    async fn can_leave(&self, ctx: &Context<'_>) -> Result<bool> {
        let standing = self.standing(false);
        let is_owner = self.own.as_ref().is_some_and(|own| own.role == Role::Owner);
        let other_owner =
            is_owner && ctx.loaders().of::<Loaders>().owners(self.conversation.id).await? > 1;
        Ok(policy::leave(ctx.cx().actor, &standing, other_owner).is_ok())
    }

    /// Whether `conversationJoin` would let you in.
    async fn can_join(&self, ctx: &Context<'_>) -> bool {
        self.own.is_none() && policy::join(ctx.cx().actor, &self.standing(false)).is_ok()
    }
}
