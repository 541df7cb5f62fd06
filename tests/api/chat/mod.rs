//! Chat: conversations, and what is said there.

mod channels;
mod circles;
mod conversations;
mod live;
mod members;
mod reads;
