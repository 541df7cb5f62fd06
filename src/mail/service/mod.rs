//! Reads and writes of mail.

mod attached;
pub mod choices;
mod outbox;
mod put;
mod send;
mod suppress;

pub use outbox::{Filter, cancel, emails, retry};
pub use put::{NewMail, To, Written, put};
pub use send::send;
pub use suppress::{lift, suppress, suppressions};
