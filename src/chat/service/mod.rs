//! Reads and writes of conversations and messages.

mod follow;
mod line;
mod lists;
mod members;
mod messages;
mod open;
mod people;
mod reads;
mod standing;
mod typing;
mod update;

pub use follow::{hears_conversation, hears_viewer, most_recent};
pub use line::{Line, write_line};
pub use lists::{Filter, Unread, Which, channels, is_listed, listed, mine, one, unread};
pub use members::{join, leave, set_members};
pub use messages::*;
pub use open::{NewChannel, create_channel, open, people_key};
pub use people::MembersChanged;
pub use reads::{ReadMoved, mark_read, mark_unread};
pub use standing::{Standing, blocked_talks, locked, standing, visible};
pub use typing::{is_told_of_typing, set_typing, typing_in};
pub use update::{Changes, update};
