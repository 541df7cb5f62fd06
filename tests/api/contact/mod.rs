//! Forms as data, and what comes in through them.

mod erasure;
mod forms;
pub mod kit;
mod limits;
mod origins;
mod submit;
