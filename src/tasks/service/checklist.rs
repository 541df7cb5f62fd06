use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::{Desk, save},
    locked, named, people, stands,
};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{board, board_member::Role, task},
    error::ErrorCode,
    index,
    scope::Scope,
};

/// Steps of a task.
const STEPS: usize = 100;
/// Characters of a step.
const STEP: usize = 500;

/// A small step inside a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its key, which it keeps.
    pub id: Uuid,
    /// What is to be done.
    pub text: String,
    /// Whether it is.
    pub done: bool,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Uuid>,
    /// When it has to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
}

/// A step as somebody wrote it.
#[derive(Clone, Debug, Default)]
pub struct NewItem {
    /// The step that it is; `None` is a new one, `Some(None)` an id that names none.
    pub id: Option<Option<Uuid>>,
    /// What is to be done.
    pub text: String,
    /// Whether it is.
    pub done: bool,
    /// Who does it; `Some(None)` is an id that names nobody.
    pub assignee: Option<Option<Uuid>>,
    /// When it has to be done.
    pub due_on: Option<NaiveDate>,
}

/// The steps of a task, in their order.
pub fn items(task: &task::Model) -> Result<Vec<Item>> {
    serde_json::from_str(&task.checklist).map_err(Error::internal)
}

/// Makes these all steps of a task, in this order.
pub async fn set(cx: Cx<'_>, id: Option<Uuid>, new: Vec<NewItem>) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let tx = cx.begin().await?;
    let found = locked(cx, &tx, id).await;
    let (task, standing) = found.map_err(|error| named(error, &["task"]))?;
    let may = standing.act(cx.actor, Role::Editor).map(|_| ()).and_then(|()| stands(&task));
    may.map_err(|error| named(error, &["task"]))?;
    let mut desk = Desk::open(&tx, standing).await?;
    let before = items(&task)?;
    let after = kept(cx, &tx, &desk.board, &before, new, "items").await;
    let after = after.map_err(Error::outside_input)?;
    if before == after {
        tx.rollback().await?;
        return Ok(task);
    }
    let mut changed = task.clone();
    changed.checklist = serde_json::to_string(&after).map_err(Error::internal)?;
    changed.version += 1;
    changed.updated_at = cx.now();
    desk.updated(&task, "checklist", words(&before), words(&after));
    save(&tx, std::slice::from_ref(&task), std::slice::from_ref(&changed)).await?;
    index::put_task(&tx, &changed, &desk.key(&changed)).await?;
    desk.tell_changed(task.id, &["checklist"])?;
    desk.finish(cx, tx).await?;
    Ok(changed)
}

/// The steps as they are kept: what is wrong with any is refused.
pub(super) async fn kept(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    board: &board::Model,
    before: &[Item],
    new: Vec<NewItem>,
    list: &'static str,
) -> Result<Vec<Item>> {
    let mut check = Check::new();
    check.list(&[list], &new, STEPS);
    check.done()?;
    let mut check = Check::new();
    let mut asked: HashSet<Uuid> = new.iter().filter_map(|item| item.assignee.flatten()).collect();
    for item in before {
        if let Some(assignee) = item.assignee {
            asked.remove(&assignee);
        }
    }
    let known = people::assignable(cx, tx, board, asked.iter().copied().collect()).await?;
    let mut items: Vec<Item> = Vec::with_capacity(new.len());
    for (at, item) in new.into_iter().enumerate() {
        let at = at.to_string();
        let path = [list, &at, "text"];
        // A new task's steps are texts alone.
        let path = path.get(..if list == "items" { 3 } else { 2 }).unwrap_or_default();
        let text = check.line(path, &item.text, 1..=STEP);
        let id = match item.id {
            None => cx.key(),
            Some(id) => {
                let found = before.iter().find(|before| Some(before.id) == id);
                let path = ["items", &at, "id"];
                match found {
                    None => {
                        check.problem(ErrorCode::NotFound, &path, "there is no such step");
                        continue;
                    }
                    Some(found) if items.iter().any(|earlier| earlier.id == found.id) => {
                        check.problem(ErrorCode::Duplicate, &path, "this step is named twice");
                        continue;
                    }
                    Some(found) => found.id,
                }
            }
        };
        if let Some(assignee) = item.assignee
            && assignee.is_none_or(|assignee| asked.contains(&assignee))
            && let Some((code, message)) = known.problem(assignee)
        {
            check.problem(code, &["items", &at, "assignee"], message);
        }
        let (done, due_on) = (item.done, item.due_on);
        items.push(Item { id, text, done, assignee: item.assignee.flatten(), due_on });
    }
    check.done()?;
    Ok(items)
}

fn words(items: &[Item]) -> Option<String> {
    let done = items.iter().filter(|item| item.done).count();
    (!items.is_empty()).then(|| format!("{done} of {}", items.len()))
}
