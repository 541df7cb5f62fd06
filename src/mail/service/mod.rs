//! Reads and writes of mail.

/// What addresses chose: which mail they get.
pub mod choices;
mod compose;
mod put;
mod send;
mod template_check;
mod templates;
mod topics;

pub use choices::{
    Choices, Subscription, Ticket, change_choices, choices, read_token, subscriptions, unsubscribe,
    unsubscribe_url,
};
pub use compose::{NewEmails, Recipient, compose};
pub use put::{NewMail, To, Written, put, put_many};
pub use send::send;
pub use template_check::NewTemplate;
pub use templates::{by_ids, preview, save, templates};
pub use topics::{NewTopic, Wants, choose, desk_topics, save_topic, subscribed, topics};
