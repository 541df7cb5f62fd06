use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{
    entity::hiring_stage::{self, Kind},
    graph::encode,
};

/// A step of the team's own process.
#[derive(Clone, Debug)]
pub struct HiringStage(pub Arc<hiring_stage::Model>);

/// A step of the team's own process.
#[Object]
impl HiringStage {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("hiring_stage", self.0.id)
    }

    /// What the team calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its place, from 0.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// What it means to applicants.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How many applications stand there.
    async fn count(&self) -> i32 {
        self.0.application_count
    }
}
