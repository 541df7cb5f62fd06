use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::{
    Cx, Error, Result,
    boards::service::{
        Standing,
        history::{self, Line},
        told,
    },
    entity::{
        board,
        board_column::{self, Category},
        task::{self, Column},
        task_activity::Kind,
    },
    error::ErrorCode,
    index, markdown,
    streams::NewEvent,
};

/// Characters of a title.
const TITLE: usize = 200;

/// What a task is made of where nobody fills it in.
#[derive(Clone, Debug)]
pub struct Made {
    /// What is to be done, one line; what is longer than 200 characters is cut.
    pub title: String,
    /// More about it: Markdown that names nobody.
    pub description: String,
}

/// Makes a task of the actor's at the foot of the first column of a board, which is locked and on which they may. Answers
/// it with what is to be told on the board's stream, last in the transaction.
pub async fn make(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    at: &Standing,
    made: Made,
) -> Result<(task::Model, NewEvent)> {
    let board = &at.board;
    let column = first_column(tx, board).await?;
    let ended = matches!(column.category, Category::Done | Category::Cancelled);
    let begun = matches!(column.category, Category::Doing | Category::Review | Category::Done);
    let title: String = made.title.chars().take(TITLE).collect();
    let html = markdown::render(&made.description).html;
    let task = task::Model {
        id: cx.key(),
        board_id: board.id,
        column_id: column.id,
        number: board.last_number + 1,
        title_key: title.to_lowercase(),
        title,
        description_source: made.description,
        description_html: html,
        mentions: None,
        creator_id: cx.actor.id(),
        parent_id: None,
        priority: 0,
        estimate: None,
        starts_on: None,
        due_at: None,
        due_has_time: 0,
        due_told_at: None,
        rank: foot(tx, &column).await?,
        checklist: "[]".to_owned(),
        client_key: None,
        child_count: 0,
        done_child_count: 0,
        comment_count: 0,
        reaction_count: 0,
        reactions: "[]".to_owned(),
        updated_at: cx.now(),
        started_at: begun.then(|| cx.now()),
        completed_at: ended.then(|| cx.now()),
        archived_at: None,
        version: 1,
    };
    task::Entity::insert(task.clone().into_active_model()).exec_without_returning(tx).await?;
    let done = i32::from(column.category == Category::Done);
    let counts = board::ActiveModel {
        id: Unchanged(board.id),
        last_number: Set(task.number),
        task_count: Set(board.task_count + 1),
        done_count: Set(board.done_count + done),
        ..Default::default()
    };
    counts.update(tx).await?;
    let count = board_column::ActiveModel {
        id: Unchanged(column.id),
        task_count: Set(column.task_count + 1),
        ..Default::default()
    };
    count.update(tx).await?;
    let line = Line::of_task(Kind::Created, task.id, task.number);
    history::write(cx, tx, board, [line]).await?;
    index::put_task(tx, &task, &format!("{}-{}", board.key, task.number)).await?;
    let event = NewEvent::new(told::TASK_ADDED, task.id);
    let event = event.with(&told::Added { client_key: None })?;
    Ok((task, event))
}

async fn first_column(
    tx: &impl ConnectionTrait,
    board: &board::Model,
) -> Result<board_column::Model> {
    use board_column::Column::{BoardId, Id, Position};
    let rows = board_column::Entity::find().filter(BoardId.eq(board.id));
    let first = rows.order_by_asc(Position).order_by_asc(Id).limit(1).one(tx).await?;
    first.ok_or_else(|| {
        let message = "the board has no column that it could stand in";
        Error::refused(ErrorCode::StateNotAllowed, ["board"], message)
    })
}

/// A rank below all that stand in a column.
async fn foot(tx: &impl ConnectionTrait, column: &board_column::Model) -> Result<String> {
    let last: Option<String> = task::Entity::find()
        .select_only()
        .column(Column::Rank)
        .filter(Column::ColumnId.eq(column.id))
        .filter(Column::ArchivedAt.is_null())
        .order_by_desc(Column::Rank)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(format!("{}V", last.unwrap_or_default()))
}
