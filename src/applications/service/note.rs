use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::{locked_one, policy};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{application, application_note},
};

/// Characters of a note.
const LONGEST: usize = 5_000;

/// Notes something on an application, for the team alone; answers the note and what it is about.
pub async fn add_note(
    cx: Cx<'_>,
    id: Option<Uuid>,
    text: &str,
) -> Result<(application_note::Model, application::Model)> {
    policy::write(cx.actor)?;
    let mut check = Check::new();
    let text = check.text(&["text"], text, 1..=LONGEST);
    check.done().map_err(Error::outside_input)?;
    let tx = cx.begin().await?;
    let found = locked_one(cx, &tx, id).await?;
    let me = policy::work_on(cx.actor, &found.row, found.hires)?.id;
    let (id, application_id) = (cx.key(), found.row.id);
    let note = application_note::Model { id, application_id, author_id: Some(me), text };
    let new = note.clone().into_active_model();
    application_note::Entity::insert(new).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok((note, found.row))
}
