//! Reads and writes of notifications.

mod applications;
mod audience;
mod lists;
mod mailed;
mod news;
mod prune;
mod settings;
mod subject;
mod talks;
mod tasks;
mod watch;
mod words;
mod write;

pub use lists::{Filter, READ, Read, Which, actors, by_id, locales, mark_read, mine, unread};
pub use mailed::mail;
use news::News;
pub use prune::prune;
pub use settings::{Change, Setting, TOPICS, set, settings};
pub use subject::Subject;
pub use watch::{On, watch, watched};
pub use words::{summary, url};
pub use write::{ADDED, tell};
