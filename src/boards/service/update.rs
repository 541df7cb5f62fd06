use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ActiveValue::Unchanged,
    DatabaseTransaction,
};
use uuid::Uuid;

use super::{
    history::{self, Line},
    locked, told,
    words::{DESCRIPTION, NAME, color},
};
use crate::{
    Cx, Result,
    boards::policy,
    check::Check,
    entity::{
        board::{self, Visibility},
        board_member::Role,
        task_activity::Kind,
    },
    error::{Detail, ErrorCode, Problem},
    markdown,
};

/// What to change of a board: `None` stays, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What it is called.
    pub name: Option<String>,
    /// Markdown.
    pub description: Option<Option<String>>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// As #rrggbb.
    pub color: Option<Option<String>>,
}

/// Changes a board. What is as it should be writes nothing and tells nobody. With `expected_version` a change is refused
/// when somebody was faster.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?;
    standing.act(cx.actor, Role::Admin)?;
    let old = standing.board;
    if expected_version.is_some_and(|expected| expected != old.version) {
        let message = "this board was changed since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: old.version }).into());
    }
    let next = changed(&old, changes)?;
    if next == old {
        return Ok(old);
    }
    let line = |field, before: &str, after: &str| {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (before != after)
            .then(|| Line::of_board(Kind::BoardUpdated).field(field, text(before), text(after)))
    };
    let seen = |row: &board::Model| row.visibility.to_value();
    let tint = |row: &board::Model| row.color.clone().unwrap_or_default();
    // A description is too long for a line: that it changed is enough.
    let described = (old.description_source != next.description_source)
        .then(|| Line::of_board(Kind::BoardUpdated).field("description", None, None));
    let lines = [
        line("name", &old.name, &next.name),
        described,
        line("visibility", &seen(&old), &seen(&next)),
        line("color", &tint(&old), &tint(&next)),
    ];
    let access = old.visibility != next.visibility;
    write(cx, tx, next, lines.into_iter().flatten(), access).await
}

/// Puts a board away, where it can be read and not changed, or takes it out again.
pub async fn archive(cx: Cx<'_>, id: Option<Uuid>, archived: bool) -> Result<board::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let standing = locked(cx, &tx, id).await?;
    policy::keep(cx.actor, &standing.board, standing.role, Role::Admin)?;
    let mut board = standing.board;
    if board.archived_at.is_some() == archived {
        return Ok(board);
    }
    board.archived_at = archived.then(|| cx.now());
    let (before, after) = (Some((!archived).to_string()), Some(archived.to_string()));
    let line = Line::of_board(Kind::Archived).field("archivedAt", before, after);
    write(cx, tx, board, [line], false).await
}

/// Writes a board whose row is locked and was read as `next` but for what changed; tells it.
async fn write(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    next: board::Model,
    lines: impl IntoIterator<Item = Line> + Send,
    access: bool,
) -> Result<board::Model> {
    let row = board::ActiveModel {
        id: Unchanged(next.id),
        name: Set(next.name),
        name_key: Set(next.name_key),
        description_source: Set(next.description_source),
        description_html: Set(next.description_html),
        visibility: Set(next.visibility),
        color: Set(next.color),
        archived_at: Set(next.archived_at),
        version: Set(next.version + 1),
        ..Default::default()
    };
    let board = row.update(&tx).await?;
    history::write(cx, &tx, &board, lines).await?;
    told::changed(cx, tx, board.id, access).await?;
    Ok(board)
}

/// The board as it should be.
fn changed(old: &board::Model, changes: Changes) -> Result<board::Model> {
    let mut check = Check::new();
    let mut next = old.clone();
    if let Some(name) = changes.name {
        next.name = check.line(&["name"], &name, 1..=NAME);
        next.name_key = next.name.to_lowercase();
    }
    if let Some(description) = changes.description {
        let source = description.unwrap_or_default();
        next.description_source = check.text(&["description"], &source, 0..=DESCRIPTION);
        if next.description_source != old.description_source {
            next.description_html = markdown::render(&next.description_source).html;
        }
    }
    next.visibility = changes.visibility.unwrap_or(next.visibility);
    if let Some(text) = changes.color {
        next.color = text.map(|text| color(&mut check, &["color"], &text));
    }
    check.done()?;
    Ok(next)
}
