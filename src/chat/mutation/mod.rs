mod typing;

pub use typing::*;
