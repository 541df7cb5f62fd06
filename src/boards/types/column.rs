use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    entity::{
        board_column::{self, Category},
        task_label,
    },
    graph::{Result, encode},
    tasks::find::{self, TaskConnection, TaskFilter},
};

/// A column of a board.
#[derive(Clone, Debug)]
pub struct BoardColumn(pub Arc<board_column::Model>);

/// A column of a board.
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
    async fn category(&self) -> Category {
        self.0.category
    }

    /// A colour to draw it in, as #rrggbb.
    async fn color(&self) -> Option<&str> {
        self.0.color.as_deref()
    }

    /// Its place on the board, from 0.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// How many tasks are to stand there at most.
    async fn limit(&self) -> Option<i32> {
        self.0.task_limit
    }

    /// How many do, not counting archived ones.
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

/// A coloured word of a board, for its tasks.
#[derive(Clone, Debug)]
pub struct TaskLabel(pub Arc<task_label::Model>);

/// A coloured word of a board, for its tasks.
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

    /// A colour to draw it in, as #rrggbb.
    async fn color(&self) -> &str {
        &self.0.color
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }
}
