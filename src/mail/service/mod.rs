//! Reads and writes of mail.

mod attached;
pub mod choices;
mod compose;
mod outbox;
mod put;
mod send;
mod suppress;
mod template_check;
mod templates;
mod topics;

pub use choices::{
    Choices, Subscription, Ticket, change_choices, choices, read_token, subscriptions, unsubscribe,
    unsubscribe_url,
};
pub use compose::{NewEmails, Recipient, compose};
pub use outbox::{Filter, cancel, emails, retry};
pub use put::{NewMail, To, Written, put, put_many};
pub use send::send;
pub use suppress::{lift, suppress, suppressions};
pub use template_check::NewTemplate;
pub use templates::{by_ids, preview, save, templates};
pub use topics::{NewTopic, Wants, choose, desk_topics, save_topic, subscribed, topics};
