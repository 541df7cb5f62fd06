use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Commentable, With};
use crate::{
    Error,
    clock::made_at,
    entity::{comment, profile::Face},
    graph::{ContextExt, DateTime, Emoji, Result, connection, encode},
    members::{self, Profile, RichText},
    page::{Ask, Page},
    posts::{Loaders, Post, policy, service::Subject},
    reactions::{self, ReactionGroup},
};

/// A remark under a post; they nest.
#[derive(Clone, Debug)]
pub struct Comment(With<comment::Model>);

impl Comment {
    /// A comment alone; its author is loaded when asked for.
    pub fn alone(row: Arc<comment::Model>) -> Self {
        Self(With { row, author: None })
    }

    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted(&self.0.row), &self.0.row.reactions)
    }

    /// A comment of a loader, which was read with its author.
    pub fn loaded((row, author): &(Arc<comment::Model>, Arc<Face>)) -> Self {
        Self(With { row: row.clone(), author: Some(Profile::face(author.clone())) })
    }

    fn is_gone(&self) -> bool {
        self.0.row.deleted_at.is_some()
    }
}

fn reacted(row: &comment::Model) -> reactions::service::Subject {
    Subject::Comment(row.id).into()
}

/// A remark under a post; they nest.
#[Object]
impl Comment {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("comment", self.0.row.id)
    }

    /// The text; null once it was removed.
    async fn body(&self) -> Option<RichText> {
        (!self.is_gone()).then(|| RichText::Comment(self.0.row.clone()))
    }

    /// Who wrote it; null once it was removed, or when their account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if self.is_gone() {
            return None;
        }
        if let Some(author) = &self.0.author {
            return Some(Ok(author.clone()));
        }
        let author = ctx.loaders().of::<members::Loaders>().by_id(self.0.row.author_id).await;
        author.map(|author| author.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// What it is about.
    async fn commented_on(&self, ctx: &Context<'_>) -> Result<Commentable> {
        let post = ctx
            .loaders()
            .of::<Loaders>()
            .commented_on(self.0.row.post_id.unwrap_or_default())
            .await?;
        let post = post.ok_or_else(|| Error::bug("a comment stands under no visible post"))?;
        Ok(Commentable::Post(Post::loaded(&post)))
    }

    /// The comment that it answers; null right under the post, or when you may not see it.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Comment>> {
        let parent = ctx.loaders().of::<Loaders>().comment_by_id(self.0.row.parent_id?).await;
        parent
            .map(|parent| parent.map(|parent| Self::loaded(&parent)))
            .map_err(Into::into)
            .transpose()
    }

    /// How deep it stands: 0 right under the post.
    async fn depth(&self) -> i32 {
        self.0.row.depth
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.row.id).into()
    }

    /// When its text was last changed, if it was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.row.edited_at.map(Into::into)
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups()?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.0.row.reaction_count
    }

    /// How many direct answers it has.
    async fn reply_count(&self) -> i32 {
        self.0.row.reply_count
    }

    /// The direct answers that you may see, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<CommentConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().replies_to(self.0.row.id, ask).await?;
        Ok(CommentConnection::of(&page))
    }

    /// You and this comment; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<CommentViewer> {
        ctx.cx().actor.id().map(|_| CommentViewer(self.0.row.clone()))
    }
}

/// You and a comment: what you did, what you may do.
#[derive(Debug)]
pub struct CommentViewer(Arc<comment::Model>);

/// You and a comment: what you did, what you may do.
#[Object]
impl CommentViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted(&self.0)).await
    }

    /// Whether you wrote it.
    async fn is_author(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.0.author_id)
    }

    /// Whether `reactionAdd` would be allowed.
    async fn can_react(&self, ctx: &Context<'_>) -> bool {
        policy::join_comment(ctx.cx().actor, &self.0).is_ok()
    }

    /// Whether an answer by `commentCreate` would be allowed.
    async fn can_reply(&self, ctx: &Context<'_>) -> bool {
        policy::join_comment(ctx.cx().actor, &self.0).is_ok()
    }

    /// Whether `commentUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit_comment(ctx.cx().actor, &self.0).is_ok()
    }

    /// Whether `commentDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> bool {
        policy::delete_comment(ctx.cx().actor, &self.0).is_ok()
    }
}

connection!(
    /// A page of comments.
    CommentConnection,
    /// One of the comments on a page.
    CommentEdge of Comment,
);

impl CommentConnection {
    /// A page of comments that were read with their authors.
    pub fn of(page: &Page<(Arc<comment::Model>, Arc<Face>)>) -> Self {
        Self(
            page.clone()
                .map(|(row, author)| Comment(With { row, author: Some(Profile::face(author)) })),
        )
    }
}
