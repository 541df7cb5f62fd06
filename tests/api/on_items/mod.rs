//! Comments, reactions, bookmarks and events on portfolio items: for each role, and hidden with the item.

mod attachments;
mod bookmarks;
mod comments;
mod events;
mod hidden;
pub mod kit;
mod reactions;
mod statements;
