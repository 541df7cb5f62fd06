//! Posts and their earlier wordings as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Loaders, policy, service::Written};
use crate::{
    bookmarks,
    clock::made_at,
    comments::{self, CommentConnection, CommentSort},
    entity::{
        file_use::Place,
        post::{self, Kind, Visibility},
        profile::Face,
        revision,
        watch::Level,
    },
    files::{File, service::On},
    graph::{ContextExt, DateTime, Emoji, EventCursor, Result, connection, encode},
    markdown,
    members::{self, Profile, RichText},
    notifications,
    page::{Ask, Page},
    reactions::{self, ReactionGroup, service as reacted},
    streams::{self, Cursor, Stream},
    tags::Tag,
};

/// A row with who wrote it, if they were read with it.
#[derive(Clone, Debug)]
struct With<T> {
    row: Arc<T>,
    author: Option<Profile>,
}

/// Something published: a note, or an article.
#[derive(Clone, Debug)]
pub struct Post(With<post::Model>);

impl From<post::Model> for Post {
    fn from(row: post::Model) -> Self {
        Self::alone(Arc::new(row))
    }
}

impl Post {
    /// A post alone; its author is loaded when asked for.
    pub fn alone(row: Arc<post::Model>) -> Self {
        Self(With { row, author: None })
    }

    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted(&self.0.row), &self.0.row.reactions)
    }

    /// A post of a loader.
    pub fn loaded(post: &Written) -> Self {
        Self::written(post.clone())
    }

    /// A post that was read with its author.
    pub fn written((row, author): (Arc<post::Model>, Arc<Face>)) -> Self {
        Self(With { row, author: Some(Profile::face(author)) })
    }
}

fn reacted(row: &post::Model) -> reacted::Subject {
    reacted::Subject { kind: reacted::Kind::Post, key: row.id }
}

/// Something published: a note, or an article.
#[Object]
impl Post {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("post", self.0.row.id)
    }

    /// What it is.
    async fn post_kind(&self) -> Kind {
        self.0.row.kind
    }

    /// Its own title, or the first words of the body.
    async fn title(&self) -> String {
        match &self.0.row.title {
            Some(title) => title.clone(),
            None => markdown::plain_text(&self.0.row.body_html, Some(80)),
        }
    }

    /// Whether the title is its own.
    async fn has_own_title(&self) -> bool {
        self.0.row.title.is_some()
    }

    /// The text; null once moderators removed it.
    async fn body(&self) -> Option<RichText> {
        Some(RichText::Post(self.0.row.clone()))
    }

    /// What readers are warned of before they open it.
    async fn content_warning(&self) -> Option<&str> {
        self.0.row.content_warning.as_deref()
    }

    /// Who wrote it; null when their account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if let Some(author) = &self.0.author {
            return Some(Ok(author.clone()));
        }
        let author = ctx.loaders().of::<members::Loaders>().by_id(self.0.row.author_id).await;
        author.map(|author| author.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// Who may read it.
    async fn visibility(&self) -> Visibility {
        self.0.row.visibility
    }

    /// Its tags, by name.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        let tags = ctx.loaders().of::<Loaders>().tags_of(self.0.row.id).await?;
        Ok(tags.iter().cloned().map(Tag).collect())
    }

    /// The files that hang on it, in order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        File::hung(ctx, On::Post(self.0.row.id), Place::Attachment).await
    }

    /// When it was published.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.row.id).into()
    }

    /// When its text was last changed, if it was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.row.edited_at.map(Into::into)
    }

    /// Version of the text, for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.row.version
    }

    /// Its earlier wordings, latest first.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<RevisionConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().revisions_of(self.0.row.id, ask).await?;
        Ok(RevisionConnection(Page::clone(&page).map(Revision)))
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups()?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.0.row.reaction_count
    }

    /// How many comments stand under it, at every depth.
    pub(crate) async fn comment_count(&self) -> i32 {
        self.0.row.comment_count
    }

    /// The comments right under it that you may see.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "CommentSort::Oldest", desc = "In which order.")]
        sort: CommentSort,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<CommentConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        comments::service::On::Post(self.0.row.id).comments(ctx, 0, sort, ask).await
    }

    /// Start of `discussionEvents`, taken together with the comments.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        comments::service::On::Post(self.0.row.id).event_cursor(ctx, 0).await
    }

    /// You and this post; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<PostViewer> {
        ctx.cx().actor.id().map(|_| PostViewer(self.0.row.clone()))
    }
}

/// You and a post: what you did, what you may do.
#[derive(Debug)]
pub struct PostViewer(Arc<post::Model>);

/// You and a post: what you did, what you may do.
#[Object]
impl PostViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted(&self.0)).await
    }

    /// Whether you wrote it.
    async fn is_author(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.0.author_id)
    }

    /// Whether you keep it.
    async fn is_bookmarked(&self, ctx: &Context<'_>) -> Result<bool> {
        let on = bookmarks::service::On::Post(self.0.id);
        Ok(ctx.loaders().of::<bookmarks::Loaders>().kept(on, 0).await?)
    }

    /// How much news of it you want; null while you never said.
    async fn watching(&self, ctx: &Context<'_>) -> Option<Result<Level>> {
        notifications::service::On::Post(self.0.id).watching(ctx, 0).await
    }

    /// Whether `reactionAdd` would be allowed.
    async fn can_react(&self, ctx: &Context<'_>) -> bool {
        policy::write(ctx.cx().actor).is_ok()
    }

    /// Whether `commentCreate` would be allowed.
    async fn can_comment(&self, ctx: &Context<'_>) -> bool {
        policy::write(ctx.cx().actor).is_ok()
    }

    /// Whether `postUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, &self.0).is_ok()
    }

    /// Whether `postDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> bool {
        policy::delete(ctx.cx().actor, &self.0).is_ok()
    }
}

/// An earlier wording of a post or a message.
#[derive(Clone, Debug)]
pub struct Revision(pub Arc<revision::Model>);

/// An earlier wording of a post or a message.
#[Object]
impl Revision {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("revision", self.0.id)
    }

    /// Who replaced it; null when you may not see them.
    async fn editor(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let editor = ctx.loaders().of::<members::Loaders>().by_id(self.0.editor_id).await;
        editor.map(|editor| editor.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// When it was replaced.
    async fn at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// The version that it was.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Its title then, if it had one.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Its text then.
    async fn body(&self) -> RichText {
        RichText::Revision(self.0.clone())
    }
}

connection!(
    /// A page of posts.
    PostConnection,
    /// One of the posts on a page.
    PostEdge of Post,
);

impl PostConnection {
    /// A page of which the authors are loaded when asked for.
    pub fn of(page: &Page<Arc<post::Model>>) -> Self {
        Self(page.clone().map(Post::alone))
    }

    /// A page of posts by one author, who is at hand.
    pub fn by(page: &Page<Arc<post::Model>>, author: &Profile) -> Self {
        Self(page.clone().map(|row| Post(With { row, author: Some(author.clone()) })))
    }
}

connection!(
    /// A page of a feed.
    FeedConnection {
        /// Start of `feedEvents`, taken together with the posts.
        async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
            let feed = Stream::feed();
            let seq = streams::last_seq(ctx.cx().db, feed.id).await?;
            Ok(EventCursor(Cursor { seq }.encode(feed)))
        }
    },
    /// One of the posts of a feed.
    FeedEdge of Post,
    /// When it came into the feed.
    at(row): crate::graph::DateTime = crate::clock::made_at(row.place.id).into(),
);

connection!(
    /// A page of earlier wordings.
    RevisionConnection,
    /// One of the wordings on a page.
    RevisionEdge of Revision,
);
