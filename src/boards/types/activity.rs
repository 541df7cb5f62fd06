use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::{
    boards::Loaders,
    clock::made_at,
    entity::task_activity::{self, Kind},
    graph::{ContextExt, DateTime, Result, connection, encode, lane},
    members::Profile,
    tasks::{self, Task},
};

/// A line of the history of a board: something that happened to it, or to a task on it.
#[derive(Clone, Debug)]
pub struct Activity(pub Arc<task_activity::Model>);

async fn face(ctx: &Context<'_>, id: Option<Uuid>) -> Option<Result<Profile>> {
    let face = ctx.loaders().of::<Loaders>().face(id?, lane(ctx)).await;
    face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
}

/// A line of the history of a board: something that happened to it, or to a task on it.
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

    /// Who did it; null when their account is gone, or you may not see them.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        face(ctx, self.0.actor_id).await
    }

    /// To whom: who was assigned, added or removed.
    async fn member(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        face(ctx, self.0.member_id).await
    }

    /// What happened.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What the task was called that it happened to (GLD-42), whether or not it is still there; null for the board.
    async fn task_key(&self) -> Option<&str> {
        self.0.task_key.as_deref()
    }

    /// The task that it happened to; null for the board, and once the task was deleted.
    async fn task(&self, ctx: &Context<'_>) -> Option<Result<Task>> {
        let found = ctx.loaders().of::<tasks::Loaders>().by_id(self.0.task_id?, lane(ctx)).await;
        found.map(|row| row.map(Task)).map_err(Into::into).transpose()
    }

    /// What was changed.
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
    /// A page of what happened.
    ActivityConnection,
    /// One of the lines on a page.
    ActivityEdge of Activity,
);
