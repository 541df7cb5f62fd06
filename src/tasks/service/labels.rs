use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{desk::Desk, input::Members, people::with_sets};
use crate::{
    Cx, Error, Result,
    check::{Check, limit},
    entity::{
        task, task_label,
        task_label_use::{self, Column},
    },
    error::{ErrorCode, Problem},
    sql,
};

/// Labels of a task.
const LABELS: usize = 20;

/// Sets the labels of tasks; answers the keys of those of which that changed something.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    desk: &mut Desk,
    tasks: &[task::Model],
    labels: &Members,
) -> Result<Vec<Uuid>> {
    if labels.is_empty() {
        return Ok(Vec::new());
    }
    let here: HashMap<Uuid, String> = task_label::Entity::find()
        .filter(task_label::Column::BoardId.eq(desk.board.id))
        .all(tx)
        .await?
        .into_iter()
        .map(|label| (label.id, label.name))
        .collect();
    let mut check = Check::new();
    for (is_all, at, key) in labels.named() {
        if !key.is_some_and(|key| here.contains_key(&key)) {
            let list = if is_all { "labels" } else { "addLabels" };
            let message = "there is no such label on this board";
            check.problem(ErrorCode::NotFound, &[list, &at.to_string()], message);
        }
    }
    check.done()?;
    let keys: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let uses =
        task_label_use::Entity::find().filter(sql::key_in(cx.backend(), Column::TaskId, &keys));
    let uses = uses.all(tx).await?.into_iter().map(|used| (used.task_id, used.label_id));
    let sets = with_sets(tasks, uses, labels);
    if let Some(long) = sets.iter().find(|set| set.after.len() > LABELS) {
        let message = format!("a task has at most {LABELS} labels");
        let problem = Problem::at(ErrorCode::TooLong, ["input", "labels"], message);
        return Err(Error::from(problem.with(limit(&(0..=LABELS), long.after.len()))));
    }
    let words = |keys: &[Uuid]| {
        let mut names: Vec<&str> =
            keys.iter().filter_map(|key| here.get(key)).map(String::as_str).collect();
        names.sort_unstable();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let mut changed = Vec::new();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for set in sets.iter().filter(|set| !set.stays()) {
        changed.push(set.task.id);
        desk.updated(set.task, "labels", words(&set.before), words(&set.after));
        gone.extend(set.gone());
        new.extend(set.come().map(|label| task_label_use::ActiveModel {
            task_id: Set(set.task.id),
            label_id: Set(label),
        }));
    }
    if !gone.is_empty() {
        // What leaves one of them stays on none.
        task_label_use::Entity::delete_many()
            .filter(sql::key_in(cx.backend(), Column::TaskId, &keys))
            .filter(sql::key_in(cx.backend(), Column::LabelId, &gone))
            .exec(tx)
            .await?;
    }
    for new in new.chunks(1_000) {
        task_label_use::Entity::insert_many(new.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(changed)
}
