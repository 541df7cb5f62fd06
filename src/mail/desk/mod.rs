//! The outbox, and the addresses that get no mail, as staff see and steer them.

mod loaders;
mod mutation;
mod query;
mod types;

pub use loaders::OutboxLoaders;
pub use mutation::{EmailsPayload, OutboxMutation, SuppressionPayload};
pub use query::{EmailFilter, OutboxDesk};
pub use types::{
    Email, EmailAttempt, EmailConnection, EmailEdge, Suppression, SuppressionConnection,
    SuppressionEdge,
};
