use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::{locked_one, policy::edit};
use crate::{
    Cx, Error, Result,
    check::Check,
    contact::policy,
    entity::{submission, submission_note},
};

/// Characters of a note.
const LONGEST: usize = 5_000;

/// Notes something on a submission, for its team alone; answers the note and what it is about.
pub async fn add_note(
    cx: Cx<'_>,
    id: Option<Uuid>,
    text: &str,
) -> Result<(submission_note::Model, submission::Model)> {
    policy::answer(cx.actor)?;
    let mut check = Check::new();
    let text = check.text(&["text"], text, 1..=LONGEST);
    check.done().map_err(Error::outside_input)?;
    let tx = cx.begin().await?;
    let (row, is_team) = locked_one(cx, &tx, id).await?;
    let me = edit(cx.actor, is_team)?.id;
    let note =
        submission_note::Model { id: cx.key(), submission_id: row.id, author_id: Some(me), text };
    let new = note.clone().into_active_model();
    submission_note::Entity::insert(new).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok((note, row))
}
