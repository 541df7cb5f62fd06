//! Bookmarks: what members keep for later, each for themselves. Whatever can be kept is a [`service::On`].

mod loaders;
mod mutation;
/// Who may keep things, and see what is kept.
pub mod policy;
/// Reads and writes of bookmarks.
pub mod service;
mod types;
mod viewer;

pub use loaders::Loaders;
pub use mutation::*;
pub use types::*;
pub use viewer::BookmarksViewer;
