//! Where submissions stand, and how many of a form are open.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{
        form,
        submission::{self, State},
    },
};

/// Whether somebody still has something to do.
pub(super) fn is_open(state: State) -> bool {
    matches!(state, State::New | State::Open | State::Waiting)
}

/// Counts on the forms of `rows`, which are locked, that they go over to a state.
pub(super) async fn count(
    tx: &impl ConnectionTrait,
    rows: &[submission::Model],
    to: State,
) -> Result<()> {
    let mut by_form = BTreeMap::<Uuid, i32>::new();
    for row in rows {
        let change = i32::from(is_open(to)) - i32::from(is_open(row.state));
        *by_form.entry(row.form_id).or_default() += change;
    }
    for (form, change) in by_form.into_iter().filter(|(_, change)| *change != 0) {
        form::Entity::update_many()
            .col_expr(form::Column::OpenCount, Expr::col(form::Column::OpenCount).add(change))
            .filter(form::Column::Id.eq(form))
            .exec(tx)
            .await?;
    }
    Ok(())
}
