//! The lists that types of other slices show.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use super::{Loaders, TaskConnection, TaskFilter, TaskOrder, loaders::Narrowed};
use crate::{
    graph::{ContextExt, Result, lane},
    page::Ask,
    tasks::service::find::{Field, Listed, Order},
};

/// A page of the tasks of a board, as they stand there if nothing else is said: all boards of a page in one statement.
pub(crate) async fn of_board(
    ctx: &Context<'_>,
    board: Uuid,
    filter: Option<TaskFilter>,
    order: Option<TaskOrder>,
    first: i32,
    after: Option<String>,
) -> Result<TaskConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let order = order.map_or(Order::ascending(Field::Rank), Into::into);
    let listed = Listed { filter: TaskFilter::top(filter), order, ask };
    let page = ctx.loaders().of::<Loaders>().of_board(board, Arc::new(listed), lane(ctx)).await?;
    Ok(TaskConnection::kept(&page))
}

/// A page of the tasks of a column, in their order there: all columns of a page in one statement.
pub(crate) async fn of_column(
    ctx: &Context<'_>,
    column: Uuid,
    filter: Option<TaskFilter>,
    first: i32,
    after: Option<String>,
) -> Result<TaskConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let narrowed = Narrowed { filter: TaskFilter::top(filter), ask };
    let loaders = ctx.loaders().of::<Loaders>();
    let page = loaders.of_column(column, Arc::new(narrowed), lane(ctx)).await?;
    Ok(TaskConnection::kept(&page))
}
