//! Mail: words and languages, the outbox with every attempt, who wants what, and addresses that get none. A mail is
//! written in the transaction of the change that wants it, and sent by the work queue.

mod desk;
pub mod policy;
pub mod service;
mod wording;
pub mod words;
pub mod work;

pub use desk::{
    Email, EmailAttempt, EmailConnection, EmailEdge, EmailFilter, EmailsPayload, OutboxDesk,
    OutboxLoaders, OutboxMutation, Suppression, SuppressionConnection, SuppressionEdge,
    SuppressionPayload,
};
pub use wording::*;
