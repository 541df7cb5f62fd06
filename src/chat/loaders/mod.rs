mod typing;

pub use typing::TypingLoaders;
