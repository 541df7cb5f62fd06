use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::next;
use crate::{
    Result,
    clock::made_at,
    entity::{board, task},
    index::{Kind, Written, joined},
    markdown::plain_text,
    sql,
};

/// The next tasks, and what is to be found of them.
pub(super) async fn tasks(
    tx: &DatabaseTransaction,
    after: Uuid,
) -> Result<(Vec<Uuid>, Vec<Written>)> {
    let rows = next::<task::Entity>(tx, task::Column::Id, after).await?;
    let keys: Vec<Uuid> = rows.iter().map(|row| row.board_id).collect();
    let these = sql::key_in(tx.get_database_backend(), board::Column::Id, &keys);
    let boards = board::Entity::find().filter(these).all(tx).await?;
    let names: HashMap<Uuid, String> = boards.into_iter().map(|row| (row.id, row.key)).collect();
    let written = rows.iter().map(|row| {
        let name = names.get(&row.board_id).map(String::as_str).unwrap_or_default();
        let steps: Vec<serde_json::Value> =
            serde_json::from_str(&row.checklist).unwrap_or_default();
        let steps = steps.iter().filter_map(|step| step.get("text")?.as_str());
        let description = plain_text(&row.description_html, None);
        let written = Written {
            kind: Kind::Task,
            subject: row.id,
            author: row.creator_id,
            made_at: made_at(row.id),
            language: "en".to_owned(),
            title: format!("{name}-{} {}", row.number, row.title),
            body: joined([description.as_str()].into_iter().chain(steps).collect()),
        };
        (row.id, written)
    });
    Ok(written.unzip())
}
