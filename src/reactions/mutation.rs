use async_graphql::{Context, ID, Object, SimpleObject};

use super::{Reactable, ReactionGroup};
use crate::{
    Error, chat, comments,
    graph::{ContextExt, Emoji, Result, UserError, decode_any, settle},
    portfolio, posts, tasks,
};

/// Answer about a reaction.
#[derive(SimpleObject)]
pub struct ReactionPayload {
    /// What was reacted to, as it is now; null when nothing was done.
    subject: Option<Reactable>,
    /// Its reactions; null when nothing was done.
    reactions: Option<Vec<ReactionGroup>>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The reactions' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "ReactionMutation")]
impl Mutation {
    /// React to something; reacting twice with one emoji is reacting once.
    async fn reaction_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What to: the id of a post, a comment, a message, a task or a published portfolio item."
        )]
        id: ID,
        #[graphql(desc = "With what.")] emoji: Emoji,
    ) -> Result<ReactionPayload> {
        Box::pin(change(ctx, &id, &emoji.0, true)).await
    }

    /// Take a reaction back.
    async fn reaction_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What from: the id of a post, a comment, a message, a task or a published portfolio item."
        )]
        id: ID,
        #[graphql(desc = "Which one.")] emoji: Emoji,
    ) -> Result<ReactionPayload> {
        Box::pin(change(ctx, &id, &emoji.0, false)).await
    }
}

/// The id says which slice counts the reaction.
async fn change(ctx: &Context<'_>, id: &str, emoji: &str, add: bool) -> Result<ReactionPayload> {
    let cx = ctx.cx();
    let result =
        match decode_any(id) {
            Some(("post", key)) => {
                let post = posts::service::react(cx, key, emoji, add).await;
                post.map(|row| Reactable::Post(row.into()))
            }
            Some(("comment", key)) => {
                let comment = comments::service::react(cx, key, emoji, add).await;
                comment.map(|row| Reactable::Comment(row.into()))
            }
            Some(("portfolio_item", key)) => {
                let item = portfolio::service::react(cx, key, emoji, add).await;
                item.map(|row| Reactable::PortfolioItem(row.into()))
            }
            Some(("task", key)) => {
                let task = tasks::service::react(cx, key, emoji, add).await;
                task.map(|row| Reactable::Task(row.into()))
            }
            Some(("message", key)) => {
                let message = chat::service::react(cx, key, emoji, add).await;
                message.map(|row| Reactable::Message(row.into()))
            }
            // A guest hears that first.
            _ => Err(cx.actor.member().err().unwrap_or_else(|| {
                Error::not_found("post, comment, message, portfolio item or task")
            })),
        };
    let (subject, user_errors) = settle(ctx, result).await?;
    let reactions = subject.as_ref().map(Reactable::groups).transpose()?;
    Ok(ReactionPayload { subject, reactions, user_errors })
}
