use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, IdenStatic as _,
    ModelTrait as _, QueryFilter as _, QueryOrder as _, Value,
};
use uuid::Uuid;

use super::counts::Counts;
use crate::{
    Cx, Error, Result,
    boards::service::{
        Standing,
        history::{self, Line},
        told,
    },
    check,
    entity::{
        board,
        board_column::{self, Category},
        task::{self, Column},
        task_activity::Kind,
    },
    error::{ErrorCode, Problem},
    sql,
    streams::{Events, NewEvent, Stream},
};

/// A change of what stands on one board, which is locked: what is counted, written in its history and told is gathered
/// while the change is made, and written at its end.
#[derive(Debug)]
pub struct Desk {
    pub(super) board: board::Model,
    /// In their order.
    pub(super) columns: Vec<board_column::Model>,
    pub(super) counts: Counts,
    lines: Vec<Line>,
    events: Vec<NewEvent>,
    /// What is told of tasks to those who follow what is said about them.
    under: Vec<(Uuid, NewEvent)>,
}

/// Columns that tasks are written in by what stands here.
const WRITTEN: [Column; 19] = [
    Column::ColumnId,
    Column::Title,
    Column::TitleKey,
    Column::DescriptionSource,
    Column::DescriptionHtml,
    Column::Mentions,
    Column::ParentId,
    Column::Priority,
    Column::Estimate,
    Column::StartsOn,
    Column::DueAt,
    Column::DueHasTime,
    Column::Rank,
    Column::Checklist,
    Column::UpdatedAt,
    Column::StartedAt,
    Column::CompletedAt,
    Column::ArchivedAt,
    Column::Version,
];

impl Desk {
    /// A change on this board.
    pub(super) async fn open(tx: &impl ConnectionTrait, standing: Standing) -> Result<Self> {
        let columns = board_column::Entity::find()
            .filter(board_column::Column::BoardId.eq(standing.board.id))
            .order_by_asc(board_column::Column::Position)
            .order_by_asc(board_column::Column::Id)
            .all(tx)
            .await?;
        Ok(Self { columns, ..Self::of(standing.board) })
    }

    /// A change that touches no column.
    pub(super) fn of(board: board::Model) -> Self {
        let (columns, lines, events, under) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { board, columns, counts: Counts::default(), lines, events, under }
    }

    /// The column of this key; `path` is the argument that named it.
    pub(super) fn column(
        &self,
        id: Option<Uuid>,
        path: &[&'static str],
    ) -> Result<&board_column::Model> {
        let found = self.columns.iter().find(|column| Some(column.id) == id);
        found.ok_or_else(|| {
            let message = "there is no such column on this board";
            Error::refused(ErrorCode::NotFound, path.iter().copied(), message)
        })
    }

    pub(super) fn name_of(&self, column: Uuid) -> Option<String> {
        let found = self.columns.iter().find(|found| found.id == column);
        found.map(|column| column.name.clone())
    }

    /// How people call a task.
    pub(super) fn key(&self, task: &task::Model) -> String {
        format!("{}-{}", self.board.key, task.number)
    }

    /// Refuses what would leave more tasks in a column than may stand there, counting what is noted.
    pub(super) fn has_room(&self, column: Uuid, path: &[&'static str]) -> Result<()> {
        let more = self.counts.came_into(column);
        let Some(column) = self.columns.iter().find(|found| found.id == column) else {
            return Ok(());
        };
        let Some(most) = column.task_limit else { return Ok(()) };
        let count = column.task_count + more;
        if more <= 0 || count <= most {
            return Ok(());
        }
        let message = format!("“{}” is full: at most {most} tasks stand there", column.name);
        let number = |n: i32| usize::try_from(n).unwrap_or_default();
        let limit = check::limit(&(0..=number(most)), number(count));
        let problem = Problem::at(ErrorCode::OutOfRange, path.iter().copied(), message);
        Err(problem.with(limit).into())
    }

    /// Notes a line of history of a task.
    pub(super) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Notes that a field of a task was this and became that, in words.
    pub(super) fn updated(
        &mut self,
        task: &task::Model,
        field: &'static str,
        before: Option<String>,
        after: Option<String>,
    ) {
        let line = Line::of_task(Kind::Updated, task.id, task.number);
        self.line(line.field(field, before, after));
    }

    /// Notes what is to be told.
    pub(super) fn tell(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Notes what is to be told to those who follow what is said about a task.
    pub(super) fn tell_under(&mut self, task: Uuid, event: NewEvent) {
        self.under.push((task, event));
    }

    /// Notes that fields of a task changed, as the graph calls them.
    pub(super) fn tell_changed(&mut self, task: Uuid, fields: &[&str]) -> Result<()> {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let changed = told::Changed { fields };
        self.tell(NewEvent::new(told::TASK_CHANGED, task).with(&changed)?);
        Ok(())
    }

    /// Puts a task into a column, with what that says of its progress; answers whether it came from another.
    pub(super) fn put_into(
        &mut self,
        cx: Cx<'_>,
        task: &mut task::Model,
        column: &board_column::Model,
    ) -> bool {
        if task.column_id == column.id {
            return false;
        }
        let line = Line::of_task(Kind::Moved, task.id, task.number);
        let before = self.name_of(task.column_id);
        self.line(line.field("column", before, Some(column.name.clone())));
        task.column_id = column.id;
        self.progress(cx, task, column.category);
        true
    }

    /// Sets what a category says of a task: when it was begun and when it was done.
    pub(super) fn progress(&mut self, cx: Cx<'_>, task: &mut task::Model, category: Category) {
        let was_done = task.completed_at.is_some();
        let is_done = matches!(category, Category::Done | Category::Cancelled);
        if matches!(category, Category::Doing | Category::Review) {
            task.started_at.get_or_insert(cx.now());
        }
        match (was_done, is_done) {
            (false, true) => {
                task.completed_at = Some(cx.now());
                self.line(Line::of_task(Kind::Completed, task.id, task.number));
            }
            (true, false) => {
                task.completed_at = None;
                self.line(Line::of_task(Kind::Reopened, task.id, task.number));
            }
            _ => {}
        }
    }

    /// Writes what is counted, the history and the events, commits the change, and tells it.
    pub async fn finish(mut self, cx: Cx<'_>, tx: DatabaseTransaction) -> Result<()> {
        self.counts.write(&tx, self.board.id).await?;
        let parents: Vec<_> = self.counts.changed_parents().map(|(parent, _)| parent).collect();
        for parent in parents {
            self.tell_changed(parent, &["childCount", "doneChildCount"])?;
        }
        let mut events = Events::new();
        let stream = Stream::board(self.board.id);
        self.append(cx, &tx, &mut events, stream).await?;
        events.commit(cx, tx).await
    }

    /// Writes the history and the events.
    pub(super) async fn append(
        self,
        cx: Cx<'_>,
        tx: &DatabaseTransaction,
        events: &mut Events,
        stream: Stream,
    ) -> Result<()> {
        history::write(cx, tx, &self.board, self.lines).await?;
        events.append_all(cx, tx, stream, self.events).await?;
        for (task, event) in self.under {
            events.append(cx, tx, Stream::discussion(task), event).await?;
        }
        Ok(())
    }
}

/// Writes what differs between tasks as they were and as they are to be, in one statement: only the columns that
/// differ, of the rows that do.
pub(super) async fn save(
    tx: &impl ConnectionTrait,
    before: &[task::Model],
    after: &[task::Model],
) -> Result<()> {
    let pairs: Vec<_> =
        before.iter().zip(after).filter(|(before, after)| before != after).collect();
    let Some((_, first)) = pairs.first() else { return Ok(()) };
    let differs = |column: &Column| {
        pairs.iter().any(|(before, after)| before.get(*column) != after.get(*column))
    };
    let columns: Vec<_> = WRITTEN.into_iter().filter(differs).collect();
    let mut values: Vec<Value> = Vec::new();
    let (mut sets, mut named) = (Vec::new(), Vec::new());
    for column in columns {
        let name = column.as_str();
        if pairs.iter().all(|(_, after)| after.get(column) == first.get(column)) {
            values.push(first.get(column));
            sets.push(format!("{name} = ${}", values.len()));
        } else {
            sets.push(format!("{name} = v.new_{name}"));
            named.push((column, format!(", new_{name}")));
        }
    }
    if sets.is_empty() {
        return Ok(());
    }
    let mut lists = Vec::with_capacity(pairs.len());
    for (_, row) in &pairs {
        let from = values.len() + 1;
        values.push(row.id.into());
        values.extend(named.iter().map(|(column, _)| row.get(*column)));
        let places: Vec<_> = (from..=values.len()).map(|place| format!("${place}")).collect();
        lists.push(format!("({})", places.join(", ")));
    }
    let names: String = named.into_iter().map(|(_, name)| name).collect();
    let text = format!(
        "WITH v (id{names}) AS (VALUES {}) UPDATE task SET {} FROM v WHERE task.id = v.id",
        lists.join(", "),
        sets.join(", ")
    );
    tx.execute_raw(sql::statement(tx.get_database_backend(), text, values)).await?;
    Ok(())
}
