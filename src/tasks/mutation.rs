use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use uuid::Uuid;

use super::{
    RelationKind, Task, TaskPriority,
    service::{self, Changes, Members, NewChecklistItem, NewTask},
};
use crate::graph::{
    ContextExt, Date, DateTime, DeletePayload, Markdown, Result, UserError, decode, encode, keys,
    maybe, payload, settle,
};

/// A new task.
#[derive(Debug, InputObject)]
pub struct TaskCreateInput {
    /// The id of the board.
    board: ID,
    /// The id of the column; the board's first without.
    column: Option<ID>,
    /// What is to be done; 1 to 200 characters.
    title: String,
    /// Markdown; at most 50,000 characters. Whom it names with @handle is told.
    description: Option<Markdown>,
    /// Who does it: ids of at most 20 profiles who see the board. They are told.
    assignees: Option<Vec<ID>>,
    /// Ids of at most 20 labels of the board.
    labels: Option<Vec<ID>>,
    /// How soon.
    #[graphql(default_with = "TaskPriority::None")]
    priority: TaskPriority,
    /// How much work it is, in whatever the team counts in: 0 to 1,000,000, in hundredths.
    estimate: Option<f64>,
    /// When to begin.
    start_on: Option<Date>,
    /// When it has to be done.
    due_at: Option<DateTime>,
    /// Whether the time of day of `dueAt` counts, and not the day alone.
    #[graphql(default = false)]
    due_has_time: bool,
    /// When to remind its assignees of it; at most 10 moments to come.
    reminders: Option<Vec<DateTime>>,
    /// The task that it is a part of, on the same board; tasks stand in each other at most 5 deep.
    parent: Option<ID>,
    /// Small steps; at most 100 of 1 to 500 characters.
    checklist: Option<Vec<String>>,
    /// Files of yours that hang on it; at most 10.
    attachments: Option<Vec<ID>>,
    /// Your name for this call: the same one within 24 hours answers the first task again.
    client_key: Option<String>,
}

/// Changes to tasks: what is left out stays, null clears. What is to be added and removed beats the whole list when
/// several people edit.
#[derive(Debug, InputObject)]
pub struct TaskUpdateInput {
    /// What is to be done; 1 to 200 characters.
    title: Option<String>,
    /// Markdown; at most 50,000 characters. Whom it names anew with @handle is told.
    description: MaybeUndefined<Markdown>,
    /// The id of another column of the board, to whose foot it moves.
    column: Option<ID>,
    /// All who do it; at most 20.
    assignees: MaybeUndefined<Vec<ID>>,
    /// Who does it, too; at most 100 are named.
    add_assignees: Option<Vec<ID>>,
    /// Who does it no longer; at most 100 are named.
    remove_assignees: Option<Vec<ID>>,
    /// All its labels; at most 20.
    labels: MaybeUndefined<Vec<ID>>,
    /// Labels that it gets, too; at most 100 are named.
    add_labels: Option<Vec<ID>>,
    /// Labels that it loses; at most 100 are named.
    remove_labels: Option<Vec<ID>>,
    /// How soon.
    priority: Option<TaskPriority>,
    /// How much work it is: 0 to 1,000,000, in hundredths.
    estimate: MaybeUndefined<f64>,
    /// When to begin.
    start_on: MaybeUndefined<Date>,
    /// When it has to be done.
    due_at: MaybeUndefined<DateTime>,
    /// Whether the time of day of `dueAt` counts, and not the day alone.
    due_has_time: Option<bool>,
    /// When to remind its assignees of it; at most 10 moments.
    reminders: MaybeUndefined<Vec<DateTime>>,
    /// The task that it is a part of, on the same board.
    parent: MaybeUndefined<ID>,
    /// All that hangs on it, in its order: files of yours, and what hangs there already; at most 10.
    attachments: MaybeUndefined<Vec<ID>>,
    /// Whether it is put away. What was put away is not changed until it is taken out again, to the foot of its column.
    archived: Option<bool>,
}

/// A step; an id keeps the step.
#[derive(Debug, InputObject)]
pub struct ChecklistItemInput {
    /// The step that it is; a new one without.
    id: Option<ID>,
    /// What is to be done; 1 to 500 characters.
    text: String,
    /// Whether it is.
    #[graphql(default = false)]
    done: bool,
    /// Who does it: somebody who sees the board.
    assignee: Option<ID>,
    /// When it has to be done.
    due_on: Option<Date>,
}

payload!(
    /// Answer about a task.
    TaskPayload {
        /// The task as it is now; null when nothing was done.
        task: Task
    }
);

/// Answer about tasks.
#[derive(SimpleObject)]
pub struct TasksPayload {
    /// The tasks as they are now, in the order named, each once; empty when nothing was done.
    pub tasks: Vec<Task>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

/// The tasks' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "TasksMutation")]
impl Mutation {
    /// A new task, at the foot of its column. For editors of the board.
    async fn task_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: TaskCreateInput,
    ) -> Result<TaskPayload> {
        let task = Box::pin(service::create(ctx.cx(), input.into())).await;
        TaskPayload::settle(ctx, task.map(Task::from)).await
    }

    /// Change a task. For editors of the board.
    async fn task_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: TaskUpdateInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<TaskPayload> {
        let id = decode("task", &id);
        let task = Box::pin(service::update(ctx.cx(), id, input.into(), expected_version)).await;
        TaskPayload::settle(ctx, task.map(Task::from)).await
    }

    /// The same change to many tasks of one board, all or none.
    async fn tasks_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; 1 to 200.")] ids: Vec<ID>,
        #[graphql(desc = "What to change.")] input: TaskUpdateInput,
    ) -> Result<TasksPayload> {
        let rows = Box::pin(service::update_all(ctx.cx(), keys("task", ids), input.into())).await;
        let (rows, user_errors) = settle(ctx, rows).await?;
        let tasks = rows.into_iter().flatten().map(Task::from).collect();
        Ok(TasksPayload { tasks, user_errors })
    }

    /// Move a task between two neighbours as you see them, so that two people dragging at once do not clash: a neighbour
    /// that does not stand there any more is passed over; if the two do not stand next to each other, the task comes
    /// right behind `after`; without either it comes to the foot. A column that is full takes no more.
    async fn task_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The column to stand in.")] column: ID,
        #[graphql(desc = "The task above the place.")] after: Option<ID>,
        #[graphql(desc = "The task below the place.")] before: Option<ID>,
    ) -> Result<TaskPayload> {
        let task = |id: Option<ID>| id.and_then(|id| decode("task", &id));
        let (id, column) = (decode("task", &id), decode("board_column", &column));
        let moved = service::relocate(ctx.cx(), id, column, task(after), task(before)).await;
        TaskPayload::settle(ctx, moved.map(Task::from)).await
    }

    /// Delete a task for good; to archive it is milder. Its parts become tasks of their own. For editors of the board.
    async fn task_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete(ctx.cx(), decode("task", &id)).await;
        DeletePayload::settle(ctx, gone.map(|task| vec![encode("task", task.id)])).await
    }

    /// Tie two tasks, or untie them; the other may be on any board that you see. For editors of the board.
    async fn task_relate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "How, read from it to the other. What blocks each other is refused.")]
        kind: RelationKind,
        #[graphql(desc = "The other.")] other: ID,
        #[graphql(default = true, desc = "Whether they are tied.")] related: bool,
    ) -> Result<TaskPayload> {
        let (id, other) = (decode("task", &id), decode("task", &other));
        let task = Box::pin(service::relate(ctx.cx(), id, kind.into(), other, related)).await;
        TaskPayload::settle(ctx, task.map(Task::from)).await
    }

    /// Set all steps of a task, in their order. For editors of the board.
    async fn checklist_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which task.")] task: ID,
        #[graphql(desc = "The whole list; at most 100.")] items: Vec<ChecklistItemInput>,
    ) -> Result<TaskPayload> {
        let items = items.into_iter().map(Into::into).collect();
        let task = service::set_checklist(ctx.cx(), decode("task", &task), items).await;
        TaskPayload::settle(ctx, task.map(Task::from)).await
    }
}

fn moments(times: Vec<DateTime>) -> Vec<chrono::DateTime<chrono::Utc>> {
    use chrono::SubsecRound as _;
    // As the database keeps them.
    times.into_iter().map(|time| time.0.trunc_subsecs(3)).collect()
}

fn moment(time: DateTime) -> chrono::DateTime<chrono::Utc> {
    use chrono::SubsecRound as _;
    time.0.trunc_subsecs(3)
}

impl From<TaskCreateInput> for NewTask {
    fn from(input: TaskCreateInput) -> Self {
        Self {
            board: decode("board", &input.board),
            column: input.column.map(|id| decode("board_column", &id)),
            title: input.title,
            description: input.description.map(|text| text.0),
            assignees: keys("profile", input.assignees.unwrap_or_default()),
            labels: keys("task_label", input.labels.unwrap_or_default()),
            priority: input.priority.number(),
            estimate: input.estimate,
            starts_on: input.start_on.map(|day| day.0),
            due_at: input.due_at.map(moment),
            due_has_time: input.due_has_time,
            reminders: moments(input.reminders.unwrap_or_default()),
            parent: input.parent.map(|id| decode("task", &id)),
            checklist: input.checklist.unwrap_or_default(),
            attachments: keys("file", input.attachments.unwrap_or_default()),
            client_key: input.client_key,
        }
    }
}

impl From<TaskUpdateInput> for Changes {
    fn from(input: TaskUpdateInput) -> Self {
        Self {
            title: input.title,
            description: maybe(input.description).map(|text| text.map(|text| text.0)),
            column: input.column.map(|id| decode("board_column", &id)),
            assignees: Members {
                all: all(input.assignees).map(|ids| keys("profile", ids)),
                add: some("profile", input.add_assignees),
                remove: some("profile", input.remove_assignees),
            },
            labels: Members {
                all: all(input.labels).map(|ids| keys("task_label", ids)),
                add: some("task_label", input.add_labels),
                remove: some("task_label", input.remove_labels),
            },
            priority: input.priority.map(TaskPriority::number),
            estimate: maybe(input.estimate),
            starts_on: maybe(input.start_on).map(|day| day.map(|day| day.0)),
            due_at: maybe(input.due_at).map(|time| time.map(moment)),
            due_has_time: input.due_has_time,
            reminders: all(input.reminders).map(moments),
            parent: maybe(input.parent).map(|id| id.map(|id| decode("task", &id))),
            attachments: all(input.attachments).map(|ids| keys("file", ids)),
            archived: input.archived,
        }
    }
}

impl From<ChecklistItemInput> for NewChecklistItem {
    fn from(input: ChecklistItemInput) -> Self {
        Self {
            id: input.id.map(|id| decode("checklist_item", &id)),
            text: input.text,
            done: input.done,
            assignee: input.assignee.map(|id| decode("profile", &id)),
            due_on: input.due_on.map(|day| day.0),
        }
    }
}

/// A list of an update; null is an empty one.
fn all<A>(list: MaybeUndefined<Vec<A>>) -> Option<Vec<A>> {
    maybe(list).map(Option::unwrap_or_default)
}

fn some(kind: &str, ids: Option<Vec<ID>>) -> Vec<Option<Uuid>> {
    keys(kind, ids.unwrap_or_default())
}
