use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{
    history::{self, Line},
    locked, told,
    words::{self, NAME},
};
use crate::{
    Cx, Error, Result,
    boards::policy,
    check::Check,
    entity::{
        board,
        board_member::Role,
        task_activity::Kind,
        task_label::{self, Column},
    },
    error::ErrorCode,
};

/// Labels of a board.
const LABELS: usize = 100;
/// Characters of what a label is for.
const DESCRIPTION: usize = 500;

/// A label as it should be.
#[derive(Clone, Debug)]
pub struct Label {
    /// The word.
    pub name: String,
    /// As #rrggbb.
    pub color: String,
    /// What it is for: `None` stays as it is, `Some(None)` clears.
    pub description: Option<Option<String>>,
}

/// Makes a label (`id` is left out) of a board, or changes one; answers the board.
pub async fn save_label(
    cx: Cx<'_>,
    board: Option<Uuid>,
    id: Option<Option<Uuid>>,
    label: Label,
) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, board).await.map_err(words::of_board)?;
    standing.act(cx.actor, Role::Admin).map_err(words::of_board)?;
    let board = standing.board;
    let labels = task_label::Entity::find().filter(Column::BoardId.eq(board.id)).all(&tx).await?;
    let old = match id {
        None => None,
        Some(id) => {
            let old = labels.iter().find(|row| Some(row.id) == id);
            Some(old.ok_or_else(|| Error::not_found("label"))?)
        }
    };
    if old.is_none() && labels.len() >= LABELS {
        let message = format!("a board has at most {LABELS} labels");
        return Err(Error::refused(ErrorCode::QuotaExceeded, ["board"], message));
    }
    let mut check = Check::new();
    let name = check.line(&["name"], &label.name, 1..=NAME);
    let name_key = name.to_lowercase();
    let color = words::color(&mut check, &["color"], &label.color);
    let description = match label.description {
        None => old.and_then(|old| old.description.clone()),
        Some(text) => {
            text.and_then(|text| check.optional_line(&["description"], &text, DESCRIPTION))
        }
    };
    let key = old.map_or_else(|| cx.key(), |old| old.id);
    if labels.iter().any(|other| other.name_key == name_key && other.id != key) {
        check.problem(ErrorCode::Taken, &["name"], "another label of the board has this name");
    }
    check.done().map_err(Error::outside_input)?;
    let row = task_label::Model { id: key, board_id: board.id, name, name_key, color, description };
    if old == Some(&row) {
        return Ok(board);
    }
    let line = Line::of_board(Kind::BoardUpdated);
    let line = line.field("label", old.map(|old| old.name.clone()), Some(row.name.clone()));
    let is_new = old.is_none();
    let row = row.into_active_model().reset_all();
    if is_new {
        task_label::Entity::insert(row).exec_without_returning(&tx).await?;
    } else {
        row.update(&tx).await?;
    }
    history::write(cx, &tx, &board, [line]).await?;
    told::changed(cx, tx, board.id, false).await?;
    Ok(board)
}

/// Deletes a label, off all tasks too; answers what it was.
pub async fn delete_label(cx: Cx<'_>, id: Option<Uuid>) -> Result<task_label::Model> {
    policy::write(cx.actor)?;
    let missing = || Error::not_found("label");
    let tx = cx.begin().await?;
    let found = label(&tx, id).await?;
    let standing = locked(cx, &tx, found.map(|row| row.board_id)).await.map_err(|_| missing())?;
    standing.act(cx.actor, Role::Admin)?;
    // Once more: it may have been deleted before the lock was had.
    let row = label(&tx, id).await?.ok_or_else(missing)?;
    task_label::Entity::delete_by_id(row.id).exec(&tx).await?;
    let line = Line::of_board(Kind::BoardUpdated).field("label", Some(row.name.clone()), None);
    history::write(cx, &tx, &standing.board, [line]).await?;
    told::changed(cx, tx, standing.board.id, false).await?;
    Ok(row)
}

async fn label(db: &impl ConnectionTrait, id: Option<Uuid>) -> Result<Option<task_label::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(task_label::Entity::find_by_id(id).one(db).await?)
}
