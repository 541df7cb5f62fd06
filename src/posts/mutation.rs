use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    Post,
    service::{self, Changes, NewPost},
};
use crate::{
    entity::post::{Kind, Visibility},
    graph::{ContextExt, DeletePayload, Markdown, Result, decode, encode, keys, maybe, payload},
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

payload!(
    /// Answer about a post.
    PostPayload {
        /// The post as it is now; null when nothing was done.
        post: Post
    }
);

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
}
