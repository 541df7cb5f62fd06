//! Reads and writes of conversations and messages.

mod line;
mod standing;

pub use line::{Line, write_line};
pub use standing::{Standing, locked, standing, visible};
