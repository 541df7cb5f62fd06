//! Chat: conversations, and what is said there.

mod channels;
mod circles;
mod conversations;
mod live;
mod members;
mod messages;
mod messages_change;
mod messages_crowd;
pub mod messages_kit;
mod messages_mentions;
mod messages_pages;
mod messages_pins;
mod messages_reactions;
mod messages_search;
mod messages_statements;
mod messages_threads;
mod reads;
