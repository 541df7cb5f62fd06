//! Reads and writes of mail.

mod put;
mod send;

pub use put::{NewMail, To, Written, put};
pub use send::send;
