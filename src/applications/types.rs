//! The graph's types of applications.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{entity::application, graph::encode};

/// One person's application to one job.
#[derive(Clone, Debug)]
pub struct Application(pub Arc<application::Model>);

/// One person's application to one job.
#[Object]
impl Application {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("application", self.0.id)
    }
}
