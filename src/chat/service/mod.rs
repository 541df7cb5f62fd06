//! Reads and writes of conversations and messages.

mod line;
mod messages;
mod standing;

pub use line::{Added, Line, write_line};
pub use messages::*;
pub use standing::{Standing, locked, standing, visible};
