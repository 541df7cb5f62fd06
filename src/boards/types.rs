//! The graph's types of boards.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    clock::made_at,
    entity::{board, board_column, task_activity, task_activity::Kind, task_label},
    graph::{ContextExt, DateTime, Result, connection, encode, lane},
    members::Profile,
    tasks,
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
}

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
}

/// A coloured word of a board.
#[derive(Clone, Debug)]
pub struct TaskLabel(pub Arc<task_label::Model>);

/// A coloured word of a board.
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

/// One line of the history of a board.
#[derive(Clone, Debug)]
pub struct Activity(pub Arc<task_activity::Model>);

/// One line of the history of a board.
#[Object]
impl Activity {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("activity", self.0.id)
    }

    /// When.
    async fn at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// Who did it; null when they are gone, or you may not see them.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<tasks::Loaders>().face(self.0.actor_id?, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// To whom: who was assigned, added or removed; null when you may not see them.
    async fn member(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<tasks::Loaders>().face(self.0.member_id?, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// What happened.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How people called the task that it happened to: GLD-42.
    async fn task_key(&self) -> Option<&str> {
        self.0.task_key.as_deref()
    }

    /// What was changed, as the graph calls it.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What it was, in words.
    async fn before(&self) -> Option<&str> {
        self.0.before.as_deref()
    }

    /// What it became, in words.
    async fn after(&self) -> Option<&str> {
        self.0.after.as_deref()
    }
}

connection!(
    /// A page of history.
    ActivityConnection,
    /// One of the lines on a page.
    ActivityEdge of Activity,
);
