use std::{borrow::Cow, collections::HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use super::desk::Desk;
use crate::{
    Cx, Error, Result,
    boards::service::history::Line,
    check::{Check, each_once},
    entity::{
        file_use::{self, Place},
        task,
        task_activity::Kind,
        task_reminder,
    },
    error::ErrorCode,
    files::{
        policy,
        service::{On, hang_on_each, put_up},
    },
    sql,
};

/// Makes `files` all that hangs on tasks: the actor's own, and what hangs on all of these already, whoever hung it
/// there. Answers the keys of the tasks of which that changed something.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    desk: &mut Desk,
    tasks: &[task::Model],
    files: &[Option<Uuid>],
) -> Result<Vec<Uuid>> {
    let keys: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let rows = file_use::Entity::find()
        .filter(sql::key_in(cx.backend(), file_use::Column::TaskId, &keys))
        .filter(file_use::Column::Place.eq(Place::Attachment))
        .order_by_asc(file_use::Column::Position)
        .all(tx)
        .await?;
    let mut hung: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in rows {
        hung.entry(row.task_id.unwrap_or_default()).or_default().push(row.file_id);
    }
    let on = |task: &Uuid| hung.get(task).map(Vec::as_slice).unwrap_or_default();
    let stays = |task: &Uuid| on(task).iter().copied().map(Some).eq(files.iter().copied());
    let changed: Vec<Uuid> = keys.iter().copied().filter(|task| !stays(task)).collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    let most = policy::most(Place::Attachment);
    let mut check = Check::new();
    check.list(&["attachments"], files, most);
    for (at, file) in files.iter().enumerate().take(most) {
        if file.is_some() && files.iter().take(at).any(|earlier| earlier == file) {
            let path = ["attachments", &at.to_string()];
            check.problem(ErrorCode::Duplicate, &path, "this file is named twice");
        }
    }
    check.done()?;
    let is_there = |file: &Uuid| changed.iter().all(|task| on(task).contains(file));
    let new: Vec<(usize, Option<Uuid>)> = files
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, file)| !file.is_some_and(|file| is_there(&file)))
        .collect();
    let things: Vec<On> = changed.iter().copied().map(On::Task).collect();
    let named: Vec<Option<Uuid>> = new.iter().map(|(_, file)| *file).collect();
    // First the new ones alone, for the look at them: what was there may stand between them.
    take_off(cx, tx, &changed).await?;
    let path = ["input", "attachments"];
    let looked = hang_on_each(cx, tx, &things, Place::Attachment, &named, &path).await;
    looked.map_err(|error| in_list(error, &new))?;
    take_off(cx, tx, &changed).await?;
    let files: Vec<Uuid> = files.iter().flatten().copied().collect();
    if !files.is_empty() {
        put_up(cx, tx, &things, Place::Attachment, &files).await?;
    }
    let words = |many: usize| match many {
        0 => None,
        1 => Some("1 file".to_owned()),
        many => Some(format!("{many} files")),
    };
    for task in tasks.iter().filter(|task| changed.contains(&task.id)) {
        let line = Line::of_task(Kind::Attached, task.id, task.number);
        desk.line(line.field("attachments", words(on(&task.id).len()), words(files.len())));
    }
    Ok(changed)
}

/// Takes off all that hangs on tasks.
async fn take_off(cx: Cx<'_>, tx: &impl ConnectionTrait, tasks: &[Uuid]) -> Result<()> {
    file_use::Entity::delete_many()
        .filter(sql::key_in(cx.backend(), file_use::Column::TaskId, tasks))
        .filter(file_use::Column::Place.eq(Place::Attachment))
        .exec(tx)
        .await?;
    Ok(())
}

/// A refusal of one of some files of a list, at its place in the whole list.
fn in_list(error: Error, some: &[(usize, Option<Uuid>)]) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        if let [_, _, at] = problem.path.as_mut_slice() {
            let place = at.parse::<usize>().ok().and_then(|at| some.get(at));
            if let Some((place, _)) = place {
                *at = Cow::Owned(place.to_string());
            }
        }
    }
    Error::Refused(problems)
}

/// Makes `times` all moments at which one is reminded of tasks; new ones are still to come. Answers the keys of the
/// tasks of which that changed something.
pub(super) async fn remind(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    desk: &mut Desk,
    tasks: &[task::Model],
    times: &[DateTime<Utc>],
) -> Result<Vec<Uuid>> {
    let keys: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let rows = task_reminder::Entity::find()
        .filter(sql::key_in(cx.backend(), task_reminder::Column::TaskId, &keys))
        .order_by_asc(task_reminder::Column::RemindAt)
        .all(tx)
        .await?;
    let mut there: HashMap<Uuid, Vec<DateTime<Utc>>> = HashMap::new();
    for row in &rows {
        there.entry(row.task_id).or_default().push(row.remind_at);
    }
    let of = |task: &Uuid| there.get(task).map(Vec::as_slice).unwrap_or_default();
    let mut check = Check::new();
    for (at, time) in times.iter().enumerate() {
        if *time <= cx.now() && !rows.iter().any(|row| row.remind_at == *time) {
            let path = ["reminders", &at.to_string()];
            check.problem(ErrorCode::OutOfRange, &path, "this moment is over");
        }
    }
    check.done()?;
    let changed: Vec<Uuid> = keys.into_iter().filter(|task| of(task) != times).collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    task_reminder::Entity::delete_many()
        .filter(sql::key_in(cx.backend(), task_reminder::Column::TaskId, &changed))
        .exec(tx)
        .await?;
    let new = changed.iter().flat_map(|task| {
        times
            .iter()
            .map(|time| task_reminder::ActiveModel { task_id: Set(*task), remind_at: Set(*time) })
    });
    let new: Vec<_> = new.collect();
    if !new.is_empty() {
        task_reminder::Entity::insert_many(new).exec_without_returning(tx).await?;
    }
    let words = |times: &[DateTime<Utc>]| {
        let times: Vec<_> = times.iter().map(|time| super::apply::moment(*time, true)).collect();
        (!times.is_empty()).then(|| each_once(times).join(", "))
    };
    for task in tasks.iter().filter(|task| changed.contains(&task.id)) {
        desk.updated(task, "reminders", words(of(&task.id)), words(times));
    }
    Ok(changed)
}
