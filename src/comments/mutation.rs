use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::{
    Comment, Via,
    service::{self, NewComment, On},
};
use crate::graph::{ContextExt, Markdown, Result, decode, payload};

/// A new comment.
#[derive(Debug, InputObject)]
pub struct CommentCreateInput {
    /// What it is about: the id of a post, a published portfolio item or a task.
    subject: ID,
    /// The comment that it answers.
    parent: Option<ID>,
    /// Markdown; at most 5,000 characters.
    body: Markdown,
    /// Files of yours to hang on it, in their order; at most 10.
    attachments: Option<Vec<ID>>,
    /// Your name for this call: the same one within 24 hours answers the first comment again.
    client_key: Option<String>,
}

payload!(
    /// Answer about a comment.
    CommentPayload {
        /// The comment as it is now; null when nothing was done.
        comment: Comment
    }
);

fn files(ids: Vec<ID>) -> Vec<Option<Uuid>> {
    ids.iter().map(|id| decode("file", id)).collect()
}

/// The comments' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "CommentMutation")]
impl Mutation {
    /// Comment, or answer a comment.
    async fn comment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: CommentCreateInput,
    ) -> Result<CommentPayload> {
        let new = NewComment {
            on: On::decode(&input.subject),
            parent: input.parent.map(|id| decode("comment", &id)),
            body: input.body.0,
            attachments: files(input.attachments.unwrap_or_default()),
            client_key: input.client_key,
        };
        let comment = service::create(ctx.cx(), new).await;
        let comment =
            comment.map(|(row, author)| Comment::loaded(&(row.into(), author.into()), Via::ITSELF));
        CommentPayload::settle(ctx, comment).await
    }

    /// Change a comment of yours.
    async fn comment_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "Markdown; at most 5,000 characters.")] body: Markdown,
        #[graphql(
            desc = "Files of yours to hang on it instead, in their order; at most 10. What hangs there \
                          stays when this is left out."
        )]
        attachments: Option<Vec<ID>>,
    ) -> Result<CommentPayload> {
        let attachments = attachments.map(files);
        let comment = service::update(ctx.cx(), decode("comment", &id), &body.0, attachments).await;
        CommentPayload::settle(ctx, comment.map(Comment::from)).await
    }

    /// Delete a comment of yours; moderators may delete any. Answers to it stay, without it.
    async fn comment_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<CommentPayload> {
        let comment = service::delete(ctx.cx(), decode("comment", &id)).await;
        CommentPayload::settle(ctx, comment.map(Comment::from)).await
    }
}
