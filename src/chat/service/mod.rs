//! Reads and writes of conversations and messages.

mod line;
mod standing;
mod typing;

pub use line::{Line, write_line};
pub use standing::{Standing, locked, standing, visible};
pub use typing::{is_told_of_typing, set_typing, typing_in};
