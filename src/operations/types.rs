//! Background work as the graph shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::service;
use crate::{
    entity::work_item::{self, State},
    graph::{ContextExt, DateTime, Json, Result, connection, encode},
};

/// A piece of background work.
#[derive(Clone, Debug)]
pub struct Work(pub Arc<work_item::Model>);

/// A piece of background work. What is done is gone.
#[Object]
impl Work {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("work", self.0.id)
    }

    /// Which queue it waits in: `mail`, `bulk_mail`, `news`, `default` or `upkeep`.
    async fn queue(&self) -> &str {
        &self.0.queue
    }

    /// What is to be done.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Where it stands.
    async fn work_state(&self) -> State {
        self.0.state
    }

    /// How often it was begun.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// How often it is begun at most.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// Not begun before this.
    async fn run_at(&self) -> DateTime {
        self.0.run_at.into()
    }

    /// When it was begun last.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(Into::into)
    }

    /// When it was given up.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(Into::into)
    }

    /// Why its last run failed.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// What whoever does it needs to know: keys of rows, never what is secret.
    async fn payload(&self) -> Json {
        let read = serde_json::from_str(&self.0.payload);
        Json(read.unwrap_or_else(|_| self.0.payload.clone().into()))
    }
}

/// How many pieces of background work are in one state.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct WorkCount {
    /// The state.
    pub work_state: State,
    /// How many; at most 1000.
    pub count: i32,
    /// Whether there are more than were counted.
    pub has_more: bool,
}

connection!(
    /// A page of works.
    WorkConnection {
        /// How many works are in each state, whatever the page shows.
        async fn counts(&self, ctx: &Context<'_>) -> Result<Vec<WorkCount>> {
            let counts = service::counts(ctx.cx()).await?;
            let shown = |(work_state, count, has_more)| WorkCount { work_state, count, has_more };
            Ok(counts.into_iter().map(shown).collect())
        }
    },
    /// One of the works on a page.
    WorkEdge of Work,
);
