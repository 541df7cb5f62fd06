//! The inbox as the graph shows it: what came in through forms, for their teams and for whoever sent it.

mod loaders;
mod mutation;
mod query;
mod tied;
mod types;
mod viewer;

pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use tied::Tied;
pub use types::*;
pub use viewer::InboxViewer;
