//! Comments as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};

use super::{Loaders, Via, loaders::CommentSort, policy, service::On};
use crate::{
    Error,
    clock::made_at,
    entity::{comment, file_use::Place, profile::Face},
    files::{self, File},
    graph::{ContextExt, DateTime, Emoji, EventCursor, Result, connection, decode_any, encode},
    members::{self, Profile, RichText},
    page::{Ask, Page},
    portfolio::{self, PortfolioItem},
    posts::{self, Post},
    reactions::{self, Reactable, ReactionGroup, service as reacted},
    streams::{Cursor, Stream},
    tasks::{self, Task},
};

/// Where in an answer tasks stand that comments are about, for loaders.
const ABOUT: u64 = 1;

/// Something people discuss.
#[derive(Debug, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its global id."),
    field(
        name = "comment_count",
        ty = "i32",
        desc = "How many comments stand under it, at every depth."
    )
)]
pub enum Commentable {
    /// A post.
    Post(Post),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// Something to do.
    Task(Task),
}

impl Commentable {
    /// What this is, if it is there and the caller may see it.
    pub(super) async fn find(ctx: &Context<'_>, on: On) -> crate::Result<Option<Self>> {
        match on {
            On::Post(id) => {
                let post = ctx.loaders().of::<posts::Loaders>().commented_on(id).await?;
                Ok(post.map(|post| Self::Post(Post::loaded(&post))))
            }
            On::PortfolioItem(id) => {
                let item = ctx.loaders().of::<portfolio::Loaders>().commented_on(id).await?;
                let item = item.map(|item| PortfolioItem::loaded(&item));
                let reached = portfolio::Via::COMMENTED_ON;
                Ok(item.map(|item| Self::PortfolioItem(item.reached(reached))))
            }
            On::Task(id) => {
                let task = ctx.loaders().of::<tasks::Loaders>().by_id(id, ABOUT).await?;
                Ok(task.map(|row| Self::Task(Task(row))))
            }
        }
    }
}

impl From<Commentable> for Reactable {
    fn from(subject: Commentable) -> Self {
        match subject {
            Commentable::Post(post) => Self::Post(post),
            Commentable::PortfolioItem(item) => Self::PortfolioItem(item),
            Commentable::Task(task) => Self::Task(task),
        }
    }
}

impl On {
    /// What an id names, of what takes comments.
    pub(super) fn decode(id: &str) -> Option<Self> {
        match decode_any(id)? {
            ("post", key) => Some(Self::Post(key)),
            ("portfolio_item", key) => Some(Self::PortfolioItem(key)),
            ("task", key) => Some(Self::Task(key)),
            _ => None,
        }
    }

    /// How the comments right under it are reached; `lane` says where in the answer it stands itself.
    fn via(self, lane: u64) -> Via {
        match self {
            Self::Post(_) => Via::under(1, lane),
            Self::PortfolioItem(_) => Via::under(2, lane),
            Self::Task(_) => Via::under(3, lane),
        }
    }

    /// The field `comments` of what takes them. Things that stand in different places of an answer have loaders each
    /// (`lane`; 0 where there is one), so that the number of statements never hangs on which was read first.
    pub(crate) async fn comments(
        self,
        ctx: &Context<'_>,
        lane: u64,
        sort: CommentSort,
        page: Ask,
    ) -> Result<CommentConnection> {
        let via = self.via(lane);
        let page = ctx.loaders().of::<Loaders>().comments_on(self, via, sort, page).await?;
        Ok(CommentConnection::of(&page, via))
    }

    /// The field `eventCursor` of what takes comments.
    pub(crate) async fn event_cursor(self, ctx: &Context<'_>, lane: u64) -> Result<EventCursor> {
        let seq = ctx.loaders().of::<Loaders>().reached(self, self.via(lane)).await?;
        Ok(EventCursor(Cursor { seq }.encode(Stream::discussion(self.key()))))
    }
}

/// A remark under a post, a portfolio item or a task; they nest.
#[derive(Clone, Debug)]
pub struct Comment {
    row: Arc<comment::Model>,
    author: Option<Profile>,
    via: Via,
}

impl From<comment::Model> for Comment {
    /// A comment alone; its author is loaded when asked for.
    fn from(row: comment::Model) -> Self {
        Self { row: row.into(), author: None, via: Via::ITSELF }
    }
}

impl Comment {
    /// A comment that was read with its author, and reached this way.
    pub fn loaded((row, author): &(Arc<comment::Model>, Arc<Face>), via: Via) -> Self {
        Self { row: row.clone(), author: Some(Profile::face(author.clone())), via }
    }

    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted(&self.row, self.via), &self.row.reactions)
    }

    fn is_gone(&self) -> bool {
        self.row.deleted_at.is_some()
    }
}

fn reacted(row: &comment::Model, via: Via) -> reactions::On {
    let subject = reacted::Subject { kind: reacted::Kind::Comment, key: row.id };
    reactions::On { subject, place: via.number() }
}

/// A remark under a post, a portfolio item or a task; they nest.
#[Object]
impl Comment {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("comment", self.row.id)
    }

    /// The text; null once it was removed.
    async fn body(&self) -> Option<RichText> {
        (!self.is_gone()).then(|| RichText::Comment(self.row.clone(), self.via))
    }

    /// Who wrote it; null once it was removed, or when their account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        if self.is_gone() {
            return None;
        }
        if let Some(author) = &self.author {
            return Some(Ok(author.clone()));
        }
        let author = ctx.loaders().of::<members::Loaders>().by_id(self.row.author_id).await;
        author.map(|author| author.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// What it is about.
    async fn commented_on(&self, ctx: &Context<'_>) -> Result<Commentable> {
        let found = Commentable::find(ctx, On::of(&self.row)?).await?;
        Ok(found.ok_or_else(|| Error::bug("a comment stands under nothing visible"))?)
    }

    /// The comment that it answers; null right under what they are about, or when you may not see it.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Comment>> {
        let parent = ctx.loaders().of::<Loaders>().parent(self.row.parent_id?, self.via).await;
        let comment = |found: Arc<_>| Self::loaded(&found, self.via.parent());
        parent.map(|found| found.map(comment)).map_err(Into::into).transpose()
    }

    /// How deep it stands: 0 right under what it is about.
    async fn depth(&self) -> i32 {
        self.row.depth
    }

    /// The files that hang on it, in their order; none once it was removed.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        if self.is_gone() {
            return Ok(Vec::new());
        }
        let (on, lane) = (files::service::On::Comment(self.row.id), self.via.number());
        let files =
            ctx.loaders().of::<files::Loaders>().hung_on(on, Place::Attachment, lane).await?;
        Ok(files.iter().cloned().map(File).collect())
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// When its text was last changed, if it was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.row.edited_at.map(Into::into)
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups()?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.row.reaction_count
    }

    /// How many direct answers it has.
    async fn reply_count(&self) -> i32 {
        self.row.reply_count
    }

    /// The direct answers that you may see, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<CommentConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().replies_to(self.row.id, ask, self.via).await?;
        Ok(CommentConnection::of(&page, self.via.replies()))
    }

    /// You and this comment; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<CommentViewer> {
        ctx.cx().actor.id().map(|_| CommentViewer { row: self.row.clone(), via: self.via })
    }
}

/// You and a comment: what you did, what you may do.
#[derive(Debug)]
pub struct CommentViewer {
    row: Arc<comment::Model>,
    via: Via,
}

impl CommentViewer {
    async fn can_join(&self, ctx: &Context<'_>) -> crate::Result<bool> {
        if policy::join(ctx.cx().actor, &self.row).is_err() {
            return Ok(false);
        }
        match On::of(&self.row)? {
            On::Post(_) => Ok(true),
            On::PortfolioItem(id) => {
                let item = ctx.loaders().of::<portfolio::Loaders>().commented_on(id).await?;
                let joins = |item: &portfolio::service::Shown| {
                    portfolio::policy::join(ctx.cx().actor, &item.0).is_ok()
                };
                Ok(item.is_some_and(|item| joins(&item)))
            }
            On::Task(id) => {
                let task = ctx.loaders().of::<tasks::Loaders>().by_id(id, ABOUT).await?;
                match task {
                    Some(task) => tasks::may_join(ctx, task.board_id, self.via.number()).await,
                    None => Ok(false),
                }
            }
        }
    }
}

/// You and a comment: what you did, what you may do.
#[Object]
impl CommentViewer {
    /// What you reacted with, in the order you did.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Emoji>> {
        reactions::mine(ctx, reacted(&self.row, self.via)).await
    }

    /// Whether you wrote it.
    async fn is_author(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.row.author_id)
    }

    /// Whether `reactionAdd` would be allowed.
    async fn can_react(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can_join(ctx).await?)
    }

    /// Whether an answer by `commentCreate` would be allowed.
    async fn can_reply(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can_join(ctx).await?)
    }

    /// Whether `commentUpdate` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, &self.row).is_ok()
    }

    /// Whether `commentDelete` would be allowed.
    async fn can_delete(&self, ctx: &Context<'_>) -> bool {
        policy::delete(ctx.cx().actor, &self.row).is_ok()
    }
}

connection!(
    /// A page of comments.
    CommentConnection,
    /// One of the comments on a page.
    CommentEdge of Comment,
);

impl CommentConnection {
    /// A page of comments that were read with their authors, and reached this way.
    pub fn of(page: &Page<(Arc<comment::Model>, Arc<Face>)>, via: Via) -> Self {
        Self(page.clone().map(|found| Comment::loaded(&found, via)))
    }
}
