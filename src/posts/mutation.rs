use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    Comment, Post,
    service::{self, Changes, Kept, NewComment, NewPost, Subject},
    types::{Bookmark, BookmarkTarget},
};
use crate::{
    entity::post::{Kind, Visibility},
    graph::{
        ContextExt, DeletePayload, Markdown, Result, UserError, decode, decode_any, encode, keys,
        maybe, payload, settle,
    },
};

/// A new post.
#[derive(Debug, InputObject)]
pub struct PostCreateInput {
    /// What it is.
    #[graphql(default_with = "Kind::Note")]
    kind: Kind,
    /// 1 to 200 characters; for articles only.
    title: Option<String>,
    /// Markdown: at most 5,000 characters of a note, 100,000 of an article.
    body: Markdown,
    /// Who may read it.
    #[graphql(default_with = "Visibility::Members")]
    visibility: Visibility,
    /// What readers are warned of before they open it; at most 200 characters.
    content_warning: Option<String>,
    /// Tags beside those in the text; at most 10 with them.
    tags: Option<Vec<String>>,
    /// Files of yours to hang on it, in order; at most 10.
    attachments: Option<Vec<ID>>,
    /// Your name for this call: the same one within 24 hours answers the first post again.
    client_key: Option<String>,
}

/// Changes to a post: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct PostUpdateInput {
    /// 1 to 200 characters; for articles only.
    title: MaybeUndefined<String>,
    /// Markdown.
    body: Option<Markdown>,
    /// Who may read it from now on.
    visibility: Option<Visibility>,
    /// What readers are warned of before they open it; at most 200 characters.
    content_warning: MaybeUndefined<String>,
    /// Tags beside those in the text.
    tags: Option<Vec<String>>,
    /// All files that hang on it from now on, in order; at most 10.
    attachments: Option<Vec<ID>>,
}

/// A new comment.
#[derive(Debug, InputObject)]
pub struct CommentCreateInput {
    /// What it is about: the id of a post.
    subject: ID,
    /// The comment that it answers.
    parent: Option<ID>,
    /// Markdown; at most 5,000 characters.
    body: Markdown,
    /// Your name for this call: the same one within 24 hours answers the first comment again.
    client_key: Option<String>,
}

payload!(
    /// Answer about a post.
    PostPayload {
        /// The post as it is now; null when nothing was done.
        post: Post
    }
);

payload!(
    /// Answer about a comment.
    CommentPayload {
        /// The comment as it is now; null when nothing was done.
        comment: Comment
    }
);

/// Answer about a bookmark.
#[derive(SimpleObject)]
pub struct BookmarkPayload {
    /// The bookmark; null when nothing was done.
    bookmark: Option<Bookmark>,
    /// What it stands on, or stood on.
    target: Option<BookmarkTarget>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The posts' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "PostMutation")]
impl Mutation {
    /// Publish a post.
    async fn post_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PostCreateInput,
    ) -> Result<PostPayload> {
        let new = NewPost {
            kind: input.kind,
            title: input.title,
            body: input.body.0,
            visibility: input.visibility,
            content_warning: input.content_warning,
            tags: input.tags.unwrap_or_default(),
            attachments: keys("file", input.attachments.unwrap_or_default()),
            client_key: input.client_key,
        };
        PostPayload::settle(ctx, service::create(ctx.cx(), new).await.map(Post::from)).await
    }

    /// Change a post of yours; readers see that it was edited, and how.
    async fn post_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: PostUpdateInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<PostPayload> {
        let changes = Changes {
            title: maybe(input.title),
            body: input.body.map(|body| body.0),
            visibility: input.visibility,
            content_warning: maybe(input.content_warning),
            tags: input.tags,
            attachments: input.attachments.map(|ids| keys("file", ids)),
        };
        let id = decode("post", &id);
        let post = service::update(ctx.cx(), id, changes, expected_version).await;
        PostPayload::settle(ctx, post.map(Post::from)).await
    }

    /// Delete a post of yours; moderators may delete any. Its comments go with it.
    async fn post_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete(ctx.cx(), decode("post", &id)).await;
        DeletePayload::settle(ctx, gone.map(|post| vec![encode("post", post.id)])).await
    }

    /// Comment, or answer a comment.
    async fn comment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: CommentCreateInput,
    ) -> Result<CommentPayload> {
        let new = NewComment {
            post: decode("post", &input.subject),
            parent: input.parent.map(|id| decode("comment", &id)),
            body: input.body.0,
            client_key: input.client_key,
        };
        let comment = service::create_comment(ctx.cx(), new).await;
        let comment = comment.map(|(row, author)| Comment::loaded(&(row.into(), author.into())));
        CommentPayload::settle(ctx, comment).await
    }

    /// Change a comment of yours.
    async fn comment_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "Markdown; at most 5,000 characters.")] body: Markdown,
    ) -> Result<CommentPayload> {
        let comment = service::change_comment(ctx.cx(), decode("comment", &id), &body.0).await;
        CommentPayload::settle(ctx, comment.map(Comment::from)).await
    }

    /// Delete a comment of yours; moderators may delete any. Answers to it stay, without it.
    async fn comment_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<CommentPayload> {
        let comment = service::delete_comment(ctx.cx(), decode("comment", &id)).await;
        CommentPayload::settle(ctx, comment.map(Comment::from)).await
    }

    /// Keep something for later; keeping it twice changes the note.
    async fn bookmark_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What: the id of a post or a comment.")] id: ID,
        #[graphql(desc = "A word to yourself; at most 500 characters.")] note: Option<String>,
    ) -> Result<BookmarkPayload> {
        let kept = service::bookmark(ctx.cx(), subject(&id), note.as_deref()).await;
        BookmarkPayload::settle(ctx, kept.map(|row| Bookmark(row.into()))).await
    }

    /// Keep something no longer.
    async fn bookmark_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bookmark, or what it stands on.")] id: ID,
    ) -> Result<BookmarkPayload> {
        let which = match decode("bookmark", &id) {
            Some(key) => Some(Kept::Bookmark(key)),
            None => subject(&id).map(Kept::Subject),
        };
        let gone = service::unbookmark(ctx.cx(), which).await;
        BookmarkPayload::settle(ctx, gone.map(|row| Bookmark(row.into()))).await
    }
}

/// What an id names, of that which people keep.
fn subject(id: &str) -> Option<Subject> {
    match decode_any(id)? {
        ("post", key) => Some(Subject::Post(key)),
        ("comment", key) => Some(Subject::Comment(key)),
        _ => None,
    }
}

impl BookmarkPayload {
    async fn settle(ctx: &Context<'_>, result: crate::Result<Bookmark>) -> Result<Self> {
        let (bookmark, user_errors) = settle(ctx, result).await?;
        let target = match &bookmark {
            None => None,
            Some(bookmark) => bookmark.target_now(ctx).await?,
        };
        Ok(Self { bookmark, target, user_errors })
    }
}
