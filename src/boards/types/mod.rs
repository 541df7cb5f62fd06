//! The graph's types of boards.

mod activity;
mod board;
mod column;

pub use activity::*;
pub use board::*;
pub use column::*;
