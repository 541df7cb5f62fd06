use sea_orm::{DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

use super::{
    apply::apply,
    create::tell,
    desk::{Desk, save},
    hung,
    input::{self, Changes},
    labels, locked, moving, parents, people, put_away,
};
use crate::{
    Cx, Result,
    boards::service::{history::Line, told},
    entity::{
        board_member::Role,
        task::{self, Column},
        task_activity::Kind,
    },
    error::{Detail, ErrorCode, Problem},
    index, posts,
    scope::Scope,
    sql,
    streams::NewEvent,
};

/// Changes a task. With `expected_version` the change is refused when somebody was faster.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let tx = cx.begin().await?;
    let (task, standing) = locked(cx, &tx, id).await?;
    standing.act(cx.actor, Role::Editor)?;
    if expected_version.is_some_and(|expected| expected != task.version) {
        let message = "this task was changed since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: task.version }).into());
    }
    let desk = Desk::open(&tx, standing).await?;
    let path = |_| vec!["id".into()];
    let changed = change(cx, tx, desk, vec![task.clone()], changes, path).await?;
    Ok(changed.into_iter().next().unwrap_or(task))
}

/// Changes tasks of one board, which is locked, and ends the change; `path` names the argument of each.
pub(super) async fn change(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    mut desk: Desk,
    tasks: Vec<task::Model>,
    changes: Changes,
    path: impl Fn(usize) -> Vec<std::borrow::Cow<'static, str>>,
) -> Result<Vec<task::Model>> {
    let checked = input::checked(&changes)?;
    for (at, task) in tasks.iter().enumerate() {
        if task.archived_at.is_some() && changes.archived.is_none() {
            return Err(put_away(path(at)));
        }
    }
    let keys: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let column = match changes.column {
        Some(column) => Some(desk.column(column, &["input", "column"])?.clone()),
        None => None,
    };
    let parent = match changes.parent {
        None => None,
        Some(None) => Some(None),
        Some(Some(id)) => Some(Some(parents::found(&tx, desk.board.id, id, &keys).await?)),
    };
    let mentions = match &checked.description {
        Some((_, rendered)) => posts::service::mentions(cx, &tx, rendered).await?,
        None => None,
    };
    let mut fields: HashMap<Uuid, Vec<&'static str>> = HashMap::new();
    let mut assigned = Vec::new();
    for (task, people) in people::set(cx, &tx, &mut desk, &tasks, &changes.assignees).await? {
        fields.entry(task).or_default().push("assignees");
        assigned.push((task, people));
    }
    for task in labels::set(cx, &tx, &mut desk, &tasks, &changes.labels).await? {
        fields.entry(task).or_default().push("labels");
    }
    if let Some(times) = &checked.reminders {
        for task in hung::remind(cx, &tx, &mut desk, &tasks, times).await? {
            fields.entry(task).or_default().push("reminders");
        }
    }
    if let Some(files) = &changes.attachments {
        for task in hung::set(cx, &tx, &mut desk, &tasks, files).await? {
            fields.entry(task).or_default().push("attachments");
        }
    }
    let mut after = tasks.clone();
    for task in &mut after {
        let changed = apply(&mut desk, task, &changes, &checked, &mentions);
        if !changed.is_empty() {
            fields.entry(task.id).or_default().extend(changed);
        }
    }
    if let Some(parent) = &parent {
        for task in put_under(&tx, &mut desk, &mut after, parent.as_ref()).await? {
            fields.entry(task).or_default().push("parent");
        }
    }
    // What comes into a column anew stands at its foot.
    let mut into: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (at, task) in after.iter_mut().enumerate() {
        let came = column.as_ref().is_some_and(|column| desk.put_into(cx, task, column));
        let is_archived = changes.archived.unwrap_or(task.archived_at.is_some());
        let back = !is_archived && task.archived_at.is_some();
        if is_archived != task.archived_at.is_some() {
            let line = Line::of_task(Kind::Archived, task.id, task.number);
            let words = |archived: bool| Some(archived.to_string());
            desk.line(line.field("archived", words(!is_archived), words(is_archived)));
            task.archived_at = is_archived.then(|| cx.now());
        }
        if (came || back) && task.archived_at.is_none() {
            into.entry(task.column_id).or_default().push(at);
        }
    }
    for (column, places) in &into {
        let ranks = moving::foot(&tx, *column, places.len()).await?;
        for (at, rank) in places.iter().zip(ranks) {
            if let Some(task) = after.get_mut(*at) {
                task.rank = rank;
            }
        }
    }
    for (at, (before, task)) in tasks.iter().zip(&mut after).enumerate() {
        if before != task || fields.contains_key(&task.id) {
            if before.archived_at.and(task.archived_at).is_some() {
                return Err(put_away(path(at)));
            }
            task.version += 1;
            task.updated_at = cx.now();
        }
        desk.counts.note(Some(before), Some(task));
    }
    if tasks == after {
        tx.rollback().await?;
        return Ok(tasks);
    }
    let argument = if column.is_some() { "column" } else { "archived" };
    for column in into.keys() {
        desk.has_room(*column, &["input", argument])?;
    }
    save(&tx, &tasks, &after).await?;
    for (before, task) in tasks.iter().zip(&after) {
        let is_found_otherwise =
            before.title != task.title || before.description_html != task.description_html;
        if is_found_otherwise {
            index::put_task(&tx, task, &desk.key(task)).await?;
        }
        let changed = fields.get(&task.id).map(Vec::as_slice).unwrap_or_default();
        happened(&mut desk, before, task, changed)?;
    }
    let pairs: Vec<_> = tasks.iter().map(Some).zip(&after).collect();
    tell(cx, &tx, assigned, &pairs).await?;
    moving::space_later(cx, &tx, &after.iter().collect::<Vec<_>>()).await?;
    // Some may be parts of others among them.
    for (parent, (parts, done)) in desk.counts.changed_parents() {
        for task in after.iter_mut().filter(|task| task.id == parent) {
            task.child_count += parts;
            task.done_child_count += done;
        }
    }
    desk.finish(cx, tx).await?;
    Ok(after)
}

/// Notes what is told of a change of one task.
fn happened(
    desk: &mut Desk,
    before: &task::Model,
    after: &task::Model,
    fields: &[&'static str],
) -> Result<()> {
    match (before.archived_at, after.archived_at) {
        (None, Some(_)) => desk.tell(NewEvent::new(told::TASK_REMOVED, after.id)),
        (Some(_), None) => {
            let added = told::Added { client_key: None };
            desk.tell(NewEvent::new(told::TASK_ADDED, after.id).with(&added)?);
        }
        // Not on the board before, nor now.
        (Some(_), Some(_)) => {}
        (None, None) => {
            if !fields.is_empty() {
                desk.tell_changed(after.id, fields)?;
            }
            if before.column_id != after.column_id {
                let moved = told::Moved { from_column: before.column_id };
                desk.tell(NewEvent::new(told::TASK_MOVED, after.id).with(&moved)?);
            }
        }
    }
    Ok(())
}

/// Makes tasks parts of another, or of none; answers the keys of those of which that changed something.
async fn put_under(
    tx: &DatabaseTransaction,
    desk: &mut Desk,
    tasks: &mut [task::Model],
    parent: Option<&task::Model>,
) -> Result<Vec<Uuid>> {
    let before: Vec<Uuid> = tasks.iter().filter_map(|task| task.parent_id).collect();
    let mut numbers: HashMap<Uuid, i32> = HashMap::new();
    if !before.is_empty() {
        let rows: Vec<(Uuid, i32)> = task::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Number])
            .filter(sql::key_in(tx_backend(tx), Column::Id, &before))
            .into_tuple()
            .all(tx)
            .await?;
        numbers.extend(rows);
    }
    let board = desk.board.key.clone();
    let words = |number: i32| format!("{board}-{number}");
    let mut changed = Vec::new();
    for task in tasks.iter_mut().filter(|task| task.parent_id != parent.map(|parent| parent.id)) {
        let was = task.parent_id.and_then(|was| numbers.get(&was)).copied();
        let is = parent.map(|parent| parent.number);
        desk.updated(task, "parent", was.map(words), is.map(words));
        task.parent_id = parent.map(|parent| parent.id);
        changed.push(task.id);
    }
    Ok(changed)
}

fn tx_backend(tx: &DatabaseTransaction) -> sea_orm::DbBackend {
    use sea_orm::ConnectionTrait as _;
    tx.get_database_backend()
}
