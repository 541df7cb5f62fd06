//! Forms as data, and what comes in through them.

mod erasure;
mod forms;
pub mod kit;
mod origins;
mod submit;
