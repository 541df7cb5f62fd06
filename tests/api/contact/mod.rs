//! Contact: what comes in through forms, and the talk about it.

mod inbox;
pub mod inbox_kit;
mod notes;
mod progress;
mod replies;
mod search;
