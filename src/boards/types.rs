//! The graph's types of boards.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::Loaders;
use crate::{
    entity::{board, board_column, task_label},
    graph::{ContextExt, Result, encode, lane},
    tasks::find::{self, TaskConnection, TaskFilter, TaskOrder},
};

/// A board: columns, labels and tasks.
#[derive(Clone, Debug)]
pub struct Board(pub Arc<board::Model>);

/// A board: columns, labels and tasks.
#[Object]
impl Board {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("board", self.0.id)
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its columns, in their order.
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<BoardColumn>> {
        let columns = ctx.loaders().of::<Loaders>().columns(self.0.id, lane(ctx)).await?;
        Ok(columns.iter().cloned().map(BoardColumn).collect())
    }

    /// Its tasks, as they stand on it if nothing else is said.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all that are not put away.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "In which order.")] order_by: Option<TaskOrder>,
        #[graphql(default = 100, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<TaskConnection>> {
        Some(find::of_board(ctx, self.0.id, filter, order_by, first, after).await)
    }
}

/// A column, with its own page of tasks.
#[derive(Clone, Debug)]
pub struct BoardColumn(pub Arc<board_column::Model>);

/// A column, with its own page of tasks.
#[Object]
impl BoardColumn {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("board_column", self.0.id)
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it means.
    async fn category(&self) -> board_column::Category {
        self.0.category
    }

    /// How many tasks stand there, those that were put away not counted.
    async fn task_count(&self) -> i32 {
        self.0.task_count
    }

    /// Its tasks, from the top.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all that are not put away.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<TaskConnection>> {
        Some(find::of_column(ctx, self.0.id, filter, first, after).await)
    }
}

/// A coloured word.
#[derive(Clone, Debug)]
pub struct TaskLabel(pub Arc<task_label::Model>);

/// A coloured word.
#[Object]
impl TaskLabel {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("task_label", self.0.id)
    }

    /// The word.
    async fn name(&self) -> &str {
        &self.0.name
    }
}
