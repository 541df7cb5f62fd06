//! Mail: handed to mail servers, good ones and bad ones, and steered by staff.

mod faults;
mod headers;
mod killed;
mod outbox;
mod real;
mod server;
mod settings;
mod smtp;
pub mod words;
