use std::{borrow::Cow, collections::HashMap};

use sea_orm::{DatabaseTransaction, QueryFilter as _};
use uuid::Uuid;

use super::{desk::Desk, input::Changes, named, update::change, visible};
use crate::{
    Cx, Error, Result,
    boards::service::locked as locked_board,
    check::{each_once, limit},
    entity::{
        board_member::Role,
        task::{self, Column},
    },
    error::{ErrorCode, Problem},
    scope::Scope,
    sql,
};

/// Tasks that are changed at once.
const MOST: usize = 200;

/// Makes the same change to tasks of one board, all or none of them; answers them in the order named, each once.
pub async fn update_all(
    cx: Cx<'_>,
    ids: Vec<Option<Uuid>>,
    changes: Changes,
) -> Result<Vec<task::Model>> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    if ids.is_empty() {
        return Err(Error::refused(ErrorCode::Required, ["ids"], "name at least one task"));
    }
    if ids.len() > MOST {
        let message = format!("name at most {MOST} tasks");
        let problem = Problem::at(ErrorCode::TooLong, ["ids"], message);
        return Err(problem.with(limit(&(1..=MOST), ids.len())).into());
    }
    let tx = cx.begin().await?;
    let found = of_one_board(cx, &tx, &ids).await?;
    let board = found.first().map(|task| task.board_id);
    let standing = locked_board(cx, &tx, board).await.map_err(|error| named(error, &["ids"]))?;
    standing.act(cx.actor, Role::Editor).map_err(|error| named(error, &["ids"]))?;
    // Once more: they may have changed before the lock was had.
    let tasks = of_one_board(cx, &tx, &ids).await?;
    let desk = Desk::open(&tx, standing).await?;
    let places: Vec<String> = tasks
        .iter()
        .map(|task| ids.iter().position(|id| *id == Some(task.id)).unwrap_or_default().to_string())
        .collect();
    let path = |at: usize| {
        let place = places.get(at).cloned().unwrap_or_default();
        vec![Cow::Borrowed("ids"), Cow::Owned(place)]
    };
    change(cx, tx, desk, tasks, changes, path).await
}

/// These tasks, in the order named, each once; refused unless the actor sees all, and they are of one board.
async fn of_one_board(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    ids: &[Option<Uuid>],
) -> Result<Vec<task::Model>> {
    let keys: Vec<Uuid> = each_once(ids.iter().flatten().copied().collect());
    let rows = visible(cx).filter(sql::key_in(cx.backend(), Column::Id, &keys)).all(tx).await?;
    let mut found: HashMap<Uuid, task::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let board = keys.iter().find_map(|key| found.get(key)).map(|task| task.board_id);
    let mut problems = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let path = [Cow::Borrowed("ids"), Cow::Owned(at.to_string())];
        match id.and_then(|id| found.get(&id)) {
            None => {
                problems.push(Problem::at(ErrorCode::NotFound, path, "there is no such task"));
            }
            Some(task) if Some(task.board_id) != board => {
                let message = "all have to be of one board";
                problems.push(Problem::at(ErrorCode::Invalid, path, message));
            }
            Some(_) => {}
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
}
