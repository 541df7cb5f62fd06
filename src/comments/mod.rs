//! Comments: what people remark under things, and answer each other. Whatever takes comments is a [`service::On`];
//! it keeps its own count of them, and its discussion is a stream that bears its key.

mod events;
mod loaders;
mod mutation;
/// Who may read and change comments.
pub mod policy;
/// Reads and writes of comments.
pub mod service;
mod subscription;
mod types;

pub use events::*;
pub use loaders::{CommentSort, Loaders, Via};
pub use mutation::*;
pub use subscription::Subscription;
pub use types::*;
