use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Func, LikeExpr},
};

use crate::{
    Cx, Result,
    check::each_once,
    entity::{
        file::{self, Column, Kind},
        file_use,
    },
    files::policy,
    page::{Ask, By, Page, Place},
};

/// Characters of a text that is looked for; no name is longer.
const TEXT: usize = 255;

/// Narrows a list of files; all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of any of these kinds; none means all.
    pub kinds: Vec<Kind>,
    /// With this in the name or the alternative text.
    pub text: Option<String>,
    /// Whether they are used nowhere.
    pub unused: Option<bool>,
}

/// The actor's own files, newest first.
pub async fn files(cx: Cx<'_>, filter: Filter, ask: &Ask) -> Result<Page<file::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let mut rows = file::Entity::find().filter(Column::OwnerId.eq(me));
    if !filter.kinds.is_empty() {
        rows = rows.filter(Column::Kind.is_in(each_once(filter.kinds)));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        // PostgreSQL can't be asked for text with NUL; no name has one.
        if text.chars().count() > TEXT || text.contains('\0') {
            return Ok(Page::empty());
        }
        rows = rows.filter(holds(Column::Name, text).add(holds(Column::AltText, text)));
    }
    if let Some(unused) = filter.unused {
        let uses = file_use::Entity::find().select_only().column(file_use::Column::Id).filter(
            Expr::col(file_use::Column::FileId.as_column_ref()).equals(Column::Id.as_column_ref()),
        );
        let used = Expr::exists(uses.into_query());
        rows = rows.filter(if unused { used.not() } else { used });
    }
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

/// Whether a column holds a text, in whatever case; as it was typed too, because SQLite knows the case of ASCII alone.
fn holds(column: Column, text: &str) -> Condition {
    let pattern = |text: &str| {
        let mut pattern = String::from("%");
        for c in text.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        LikeExpr::new(pattern).escape('\\')
    };
    let lower = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
    Condition::any().add(column.like(pattern(text))).add(lower.like(pattern(&text.to_lowercase())))
}
