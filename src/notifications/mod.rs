//! Notifications: news for one person, alike ones gathered to one, by what each wants to hear of. What happened is
//! written by its change as a notice (`notice.rs`); who hears of it is found out here, later, for many people at once.

mod events;
mod loaders;
mod mutation;
/// What somebody wants to hear of, and who may read and change that.
pub mod policy;
/// Who hears of what; reads and writes of notifications, settings and watches.
pub mod service;
mod types;
mod viewer;
/// What the queue does for notifications.
pub mod work;

pub use events::*;
pub use loaders::Loaders;
pub use mutation::*;
pub use types::*;
pub use viewer::NotificationsViewer;
