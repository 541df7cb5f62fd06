use chrono::SubsecRound as _;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction,
    IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{
    checklist::{self, NewItem},
    desk::Desk,
    hung,
    input::{self, Changes, Members, NewTask},
    labels, moving, named, parents, people, visible,
};
use crate::{
    Cx, Error, Result,
    boards::service::{history::Line, locked as locked_board, told},
    client_key,
    entity::{
        board_member::Role,
        task::{self, Column},
        task_activity::Kind,
    },
    error::ErrorCode,
    index,
    notice::{self, Notice},
    posts,
    scope::Scope,
    streams::NewEvent,
};

/// Makes a task, at the foot of its column. The same `client_key` answers the first task again.
pub async fn create(cx: Cx<'_>, new: NewTask) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let tx = cx.begin().await?;
    let id = cx.key();
    if let Some(first) = client_key::claim(cx, &tx, new.client_key.as_deref(), "task", id).await? {
        tx.rollback().await?;
        let first = visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("task"));
    }
    let (task, desk) = make(cx, &tx, id, new).await?;
    desk.finish(cx, tx).await?;
    Ok(task)
}

/// Makes a task of this key within a change that somebody else began; [`Desk::finish`] ends that.
pub async fn make(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    id: Uuid,
    new: NewTask,
) -> Result<(task::Model, Desk)> {
    let changes = Changes {
        title: Some(new.title),
        description: Some(new.description),
        priority: Some(new.priority),
        estimate: Some(new.estimate),
        reminders: Some(new.reminders),
        due_at: Some(new.due_at),
        assignees: Members::of(new.assignees),
        labels: Members::of(new.labels),
        ..Changes::default()
    };
    let checked = input::checked(&changes)?;
    let board = |error| named(error, &["input", "board"]);
    let standing = locked_board(cx, tx, new.board).await.map_err(board)?;
    let me = standing.act(cx.actor, Role::Editor).map_err(board)?;
    let mut desk = Desk::open(tx, standing).await?;
    let column = match new.column {
        Some(column) => desk.column(column, &["input", "column"])?.clone(),
        None => desk.columns.first().cloned().ok_or_else(|| {
            let message = "the board has no column";
            Error::refused(ErrorCode::StateNotAllowed, ["input", "board"], message)
        })?,
    };
    let parent = match new.parent {
        Some(parent) => Some(parents::found(tx, desk.board.id, parent, &[]).await?.id),
        None => None,
    };
    let steps = new.checklist.into_iter().map(|text| NewItem { text, ..NewItem::default() });
    let steps = checklist::kept(cx, tx, &desk.board, &[], steps.collect(), "checklist").await?;
    let (source, rendered) = checked.description.unwrap_or_default();
    let title = checked.title.unwrap_or_default();
    let rank = moving::foot(tx, column.id, 1).await?.pop().unwrap_or_default();
    let mut task = task::Model {
        id,
        board_id: desk.board.id,
        column_id: column.id,
        number: desk.board.last_number + 1,
        title_key: title.to_lowercase(),
        title,
        description_source: source,
        mentions: posts::service::mentions(cx, tx, &rendered).await?,
        description_html: rendered.html,
        creator_id: Some(me.id),
        parent_id: parent,
        priority: new.priority,
        estimate: checked.estimate.flatten(),
        starts_on: new.starts_on,
        // As finely as cursors say it.
        due_at: new.due_at.map(|due| due.trunc_subsecs(3)),
        due_has_time: i32::from(new.due_has_time && new.due_at.is_some()),
        due_told_at: None,
        rank,
        checklist: serde_json::to_string(&steps).map_err(Error::internal)?,
        client_key: new.client_key.clone(),
        child_count: 0,
        done_child_count: 0,
        comment_count: 0,
        reaction_count: 0,
        reactions: "[]".to_owned(),
        updated_at: cx.now(),
        started_at: None,
        completed_at: None,
        archived_at: None,
        version: 1,
    };
    desk.line(Line::of_task(Kind::Created, id, task.number));
    desk.progress(cx, &mut task, column.category);
    desk.counts.numbers = 1;
    desk.counts.note(None, Some(&task));
    desk.has_room(column.id, &["input", "column"])?;
    task.clone().into_active_model().reset_all().insert(tx).await?;
    let these = std::slice::from_ref(&task);
    let assigned = people::set(cx, tx, &mut desk, these, &changes.assignees).await?;
    labels::set(cx, tx, &mut desk, these, &changes.labels).await?;
    if !new.attachments.is_empty() {
        hung::set(cx, tx, &mut desk, these, &new.attachments).await?;
    }
    let reminders = checked.reminders.unwrap_or_default();
    if !reminders.is_empty() {
        hung::remind(cx, tx, &mut desk, these, &reminders).await?;
    }
    index::put_task(tx, &task, &desk.key(&task)).await?;
    tell(cx, tx, assigned, &[(None, &task)]).await?;
    moving::space_later(cx, tx, &[&task]).await?;
    let added = told::Added { client_key: new.client_key };
    desk.tell(NewEvent::new(told::TASK_ADDED, id).with(&added)?);
    Ok((task, desk))
}

/// Tells those who are to do tasks, but for the actor, and those whom descriptions name since.
pub(super) async fn tell(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    assigned: Vec<(Uuid, Vec<Uuid>)>,
    tasks: &[(Option<&task::Model>, &task::Model)],
) -> Result<()> {
    let mut notices = Vec::new();
    for (task, mut people) in assigned {
        people.retain(|member| !cx.actor.is(*member));
        if !people.is_empty() {
            notices.push(Notice::TaskAssigned(task, people));
        }
    }
    for (before, after) in tasks {
        let before = before.and_then(|before| before.mentions.as_deref());
        let mut people = notice::newly_named(before, after.mentions.as_deref());
        people.retain(|member| !cx.actor.is(*member));
        if !people.is_empty() {
            notices.push(Notice::TaskNames(after.id, people));
        }
    }
    if notices.is_empty() {
        return Ok(());
    }
    notice::tell_all(cx, tx, notices).await
}
