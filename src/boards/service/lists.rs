use sea_orm::{ColumnTrait as _, DbBackend, QueryFilter as _, Select, sea_query::Order};
use uuid::Uuid;

use super::visible;
use crate::{
    Cx, Result,
    boards::policy,
    entity::board::{self, Column},
    page::{Ask, By, Page, Place, Rank},
    sql,
};

/// How to name one board.
#[derive(Clone, Debug)]
pub enum Which {
    /// By its key among rows.
    Id(Option<Uuid>),
    /// By what its tasks' keys begin with, in any case.
    Key(String),
}

/// One board, if there is one that the actor may see.
pub async fn one(cx: Cx<'_>, which: Which) -> Result<Option<board::Model>> {
    let this = match which {
        Which::Id(Some(id)) => Column::Id.eq(id),
        // PostgreSQL can't be asked for text with NUL; no key has one.
        Which::Key(key) if !key.contains('\0') => Column::Key.eq(key.trim().to_ascii_uppercase()),
        Which::Id(None) | Which::Key(_) => return Ok(None),
    };
    Ok(visible(cx).filter(this).one(cx.db).await?)
}

/// The boards that the actor may see, by name; with `text`, those that have it in their name or key.
pub async fn listed(
    cx: Cx<'_>,
    text: Option<&str>,
    archived: bool,
    ask: &Ask,
) -> Result<Page<board::Model>> {
    let mut rows = visible(cx);
    let text = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    if let Some(text) = text {
        if text.contains('\0') {
            return Ok(Page::empty());
        }
        let has = match cx.backend() {
            DbBackend::Postgres => "strpos",
            _ => "instr",
        };
        let holds = format!("({has}(name_key, $1) > 0 OR {has}(LOWER(key), $1) > 0)");
        rows = rows.filter(sql::custom(cx.backend(), &holds, &[text.into()]));
    }
    by_name(cx, rows, archived, ask).await
}

/// The boards that the actor is a member of, by name.
pub async fn mine(cx: Cx<'_>, archived: bool, ask: &Ask) -> Result<Page<board::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = visible(cx).filter(Column::Id.in_subquery(policy::worked_on_by(me)));
    by_name(cx, rows, archived, ask).await
}

async fn by_name(
    cx: Cx<'_>,
    rows: Select<board::Entity>,
    archived: bool,
    ask: &Ask,
) -> Result<Page<board::Model>> {
    let rows = match archived {
        true => rows.filter(Column::ArchivedAt.is_not_null()),
        false => rows.filter(Column::ArchivedAt.is_null()),
    };
    let by = By::lettered(Column::NameKey, Column::Id, Order::Asc);
    let place =
        |row: &board::Model| Place { rank: Some(Rank::Text(row.name_key.clone())), id: row.id };
    by.page(cx.db, rows, ask, place).await
}
