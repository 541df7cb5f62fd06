//! The graph's types of tasks.

mod parts;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
pub use parts::{ChecklistItem, RelationKind, TaskPriority, TaskRelation};
pub use viewer::TaskViewer;
pub(crate) use viewer::may_join;

use super::{Loaders, service};
use crate::{
    Error,
    boards::{self, ActivityConnection, Board, BoardColumn, TaskLabel},
    clock::made_at,
    comments::{CommentConnection, CommentSort, service::On as Discussed},
    contact::inbox::{Submission, Tied},
    entity::{
        board,
        board_column::{self, Category},
        file_use::Place,
        task,
    },
    files::{self, File},
    graph::{ContextExt, Date, DateTime, EventCursor, Result, Url, encode, lane, lane_above},
    members::{Profile, RichText},
    page::{Ask, Page},
    reactions::{self, ReactionGroup, service as reacted},
};

/// Something to do.
#[derive(Clone, Debug)]
pub struct Task(pub Arc<task::Model>);

impl From<task::Model> for Task {
    fn from(row: task::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A task among what takes reactions.
fn reacted_to(row: &task::Model, place: u64) -> reactions::On {
    let subject = reacted::Subject { kind: reacted::Kind::Task, key: row.id };
    reactions::On { subject, place }
}

impl Task {
    /// Its reactions; `place` says where in the answer it stands.
    pub(crate) fn groups(&self, place: u64) -> crate::Result<Vec<ReactionGroup>> {
        ReactionGroup::list(reacted_to(&self.0, place), &self.0.reactions)
    }

    /// Its board: whoever sees a task sees the board. Asked for once for all fields of the task.
    async fn its_board(&self, ctx: &Context<'_>) -> crate::Result<Arc<board::Model>> {
        let loaders = ctx.loaders().of::<boards::Loaders>();
        let board = loaders.by_id(self.0.board_id, lane_above(ctx)).await?;
        // It was deleted since the task was read.
        board.ok_or(Error::Unavailable)
    }

    async fn its_column(&self, ctx: &Context<'_>) -> crate::Result<Arc<board_column::Model>> {
        let (loaders, lane) = (ctx.loaders().of::<Loaders>(), lane_above(ctx));
        if let Some(column) = loaders.column(self.0.column_id, lane).await? {
            return Ok(column);
        }
        // It was deleted since the task was read, which stands in another by now.
        let now = loaders.by_id(self.0.id, lane).await?.ok_or(Error::Unavailable)?;
        loaders.column(now.column_id, lane).await?.ok_or(Error::Unavailable)
    }
}

/// Something to do.
#[Object]
impl Task {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("task", self.0.id)
    }

    /// How people call it: GLD-42. A number is never given twice on a board.
    async fn key(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(format!("{}-{}", self.its_board(ctx).await?.key, self.0.number))
    }

    /// The board that it stands on.
    async fn board(&self, ctx: &Context<'_>) -> Result<Board> {
        Ok(Board(self.its_board(ctx).await?))
    }

    /// The column that it stands in.
    async fn column(&self, ctx: &Context<'_>) -> Result<BoardColumn> {
        Ok(BoardColumn(self.its_column(ctx).await?))
    }

    /// What its column means.
    async fn task_category(&self, ctx: &Context<'_>) -> Result<Category> {
        Ok(self.its_column(ctx).await?.category)
    }

    /// What is to be done.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it; null without.
    async fn description(&self) -> Option<RichText> {
        (!self.0.description_source.is_empty()).then(|| RichText::Task(self.0.clone()))
    }

    /// Its page on the site.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        let site = ctx.cx().app.config.public_url();
        Url(format!("{site}/tasks/{}", encode("task", self.0.id).as_str()))
    }

    /// Who made it; null when their account is gone, or you may not see them.
    async fn creator(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<boards::Loaders>().face(self.0.creator_id?, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// Who does it, since the longest first; those whom you may see.
    async fn assignees(&self, ctx: &Context<'_>) -> Result<Vec<Profile>> {
        let faces = ctx.loaders().of::<Loaders>().assignees(self.0.id, lane(ctx)).await?;
        Ok(faces.iter().cloned().map(Profile::face).collect())
    }

    /// Its labels, by name.
    async fn labels(&self, ctx: &Context<'_>) -> Result<Vec<TaskLabel>> {
        let labels = ctx.loaders().of::<Loaders>().labels(self.0.id, lane(ctx)).await?;
        Ok(labels.iter().cloned().map(TaskLabel).collect())
    }

    /// How soon.
    async fn priority(&self) -> TaskPriority {
        TaskPriority::of(self.0.priority)
    }

    /// How much work it is, in whatever the team counts in.
    async fn estimate(&self) -> Option<f64> {
        self.0.estimate.map(|hundredths| f64::from(hundredths) / 100.0)
    }

    /// When to begin.
    async fn start_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// When it has to be done.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.due_at.map(Into::into)
    }

    /// Whether the time of day of `dueAt` counts, and not the day alone.
    async fn due_has_time(&self) -> bool {
        self.0.due_has_time != 0
    }

    /// When its assignees are reminded of it; those to come, in their order.
    async fn reminders(&self, ctx: &Context<'_>) -> Result<Vec<DateTime>> {
        let times = ctx.loaders().of::<Loaders>().reminders(self.0.id, lane(ctx)).await?;
        Ok(times.iter().map(|row| row.remind_at.into()).collect())
    }

    /// The task that it is a part of.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Task>> {
        let parent = ctx.loaders().of::<Loaders>().by_id(self.0.parent_id?, lane(ctx)).await;
        parent.map(|parent| parent.map(Task)).map_err(Into::into).transpose()
    }

    /// Its parts, the first hundred that were not put away, oldest first.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Task>> {
        let parts = ctx.loaders().of::<Loaders>().children(self.0.id, lane(ctx)).await?;
        Ok(parts.iter().cloned().map(Task).collect())
    }

    /// How many parts it has that were not put away.
    async fn child_count(&self) -> i32 {
        self.0.child_count
    }

    /// How many of these are done or given up.
    async fn done_child_count(&self) -> i32 {
        self.0.done_child_count
    }

    /// How it hangs on other tasks.
    async fn relations(&self, ctx: &Context<'_>) -> Result<Vec<TaskRelation>> {
        let relations = ctx.loaders().of::<Loaders>().relations(self.0.id, lane(ctx)).await?;
        let others =
            relations.iter().map(|(kind, other)| TaskRelation { kind: *kind, other: *other });
        Ok(others.collect())
    }

    /// Whether a task that is not done yet blocks it.
    async fn is_blocked(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.loaders().of::<Loaders>().is_blocked(self.0.id, lane(ctx)).await?)
    }

    /// Small steps, in their order.
    async fn checklist(&self) -> Result<Vec<ChecklistItem>> {
        Ok(service::items(&self.0)?.into_iter().map(ChecklistItem).collect())
    }

    /// What hangs on it, in its order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        let on = files::service::On::Task(self.0.id);
        let files = ctx.loaders().of::<files::Loaders>();
        let hung = files.hung_on(on, Place::Attachment, lane(ctx)).await?;
        Ok(hung.iter().cloned().map(File).collect())
    }

    /// Its order inside the column; compare as text, byte by byte.
    async fn rank(&self) -> &str {
        &self.0.rank
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// When it was changed last; a new place in its column is no change.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// When somebody first was at it.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(Into::into)
    }

    /// When it was done or given up.
    async fn completed_at(&self) -> Option<DateTime> {
        self.0.completed_at.map(Into::into)
    }

    /// When it was put away.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }

    /// What happened to it, latest first.
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ActivityConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().activity(self.0.id, ask, lane(ctx)).await?;
        Ok(ActivityConnection(Page::clone(&page).map(boards::Activity)))
    }

    /// Its version, for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Reactions by emoji, most used first.
    pub(crate) async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<ReactionGroup>> {
        Ok(self.groups(lane_above(ctx))?)
    }

    /// How many reacted, counted once for each emoji.
    pub(crate) async fn reaction_count(&self) -> i32 {
        self.0.reaction_count
    }

    /// How many comments stand under it, at every depth.
    pub(crate) async fn comment_count(&self) -> i32 {
        self.0.comment_count
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
        Discussed::Task(self.0.id).comments(ctx, lane(ctx), sort, ask).await
    }

    /// Start of `discussionEvents`, taken together with the comments.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        Discussed::Task(self.0.id).event_cursor(ctx, lane(ctx)).await
    }

    /// What came in through a form and became it; null when it did not, or you may not read that.
    async fn submission(&self, ctx: &Context<'_>) -> Option<Result<Submission>> {
        let found = ctx.loaders().of::<Tied>().submission_of(self.0.id, lane(ctx)).await;
        found.map(|row| row.map(Submission)).map_err(Into::into).transpose()
    }

    /// You and this task; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<TaskViewer> {
        ctx.cx().actor.id().map(|_| TaskViewer::new(self.0.clone(), lane_above(ctx)))
    }
}
