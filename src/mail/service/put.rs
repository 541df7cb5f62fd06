use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        email::{self, Priority, State},
        email_choice, email_topic, suppression,
    },
    mail::{
        words::{self, Words},
        work,
    },
    queue::{self, NewItem},
    typeid,
};

/// Whom a mail goes to.
#[derive(Clone, Debug)]
pub struct To {
    /// The address.
    pub email: String,
    /// What they are called.
    pub name: Option<String>,
    /// The member, if it is one.
    pub profile: Option<Uuid>,
    /// Their language, as a BCP 47 tag.
    pub locale: String,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Written {
    /// A template, and what fills its blanks: an object.
    Template(Cow<'static, str>, Value),
    /// Words of somebody's own.
    Own {
        /// The subject.
        subject: String,
        /// The text: Markdown.
        markdown: String,
    },
}

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Whom it goes to.
    pub to: To,
    /// What it says.
    pub written: Written,
    /// What it comes under: the key of a topic. Without one it can't be left, and must be what somebody asked for.
    pub topic: Option<Cow<'static, str>>,
    /// Which queue it waits in.
    pub priority: Priority,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// The Message-IDs it answers, the oldest first, parted by blanks.
    pub thread_refs: Option<String>,
    /// Whether it holds what only its reader may know.
    pub is_secret: bool,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The member who sends it; none for the server itself.
    pub sender: Option<Uuid>,
    /// Not sent before this.
    pub send_at: Option<DateTime<Utc>>,
    /// The same for all mails of one call; `None` is a call of its own.
    pub batch: Option<Uuid>,
}

impl NewMail {
    /// A mail of the server itself that somebody waits for, by a template.
    pub fn of(to: To, template: &'static str, variables: Value) -> Self {
        Self {
            to,
            written: Written::Template(template.into(), variables),
            topic: None,
            priority: Priority::Transactional,
            reply_to: None,
            thread_refs: None,
            is_secret: false,
            tags: Vec::new(),
            sender: None,
            send_at: None,
            batch: None,
        }
    }
}

/// Writes a mail into the outbox, in the transaction of the change that wants it; it is sent once that is through. An
/// address that gets no mail, or none of this topic, gets a row that says so, and no mail. A blank that the template
/// needs and nobody filled is refused at `input.variables`.
pub async fn put(cx: Cx<'_>, tx: &impl ConnectionTrait, new: NewMail) -> Result<email::Model> {
    let (id, now) = (cx.key(), cx.now());
    let to_key = new.to.email.to_lowercase();
    let topic = match &new.topic {
        Some(key) => Some(topic(tx, key).await?),
        None => None,
    };
    let wanted = is_wanted(tx, &to_key, topic.as_ref()).await?;
    let template_key = match &new.written {
        Written::Template(key, _) => Some(key.to_string()),
        Written::Own { .. } => None,
    };
    let Words { subject, text, html } = words::render(cx, tx, &new).await?;
    let later = new.send_at.filter(|at| *at > now);
    let state = match (wanted, later) {
        (false, _) => State::Suppressed,
        (true, Some(_)) => State::Scheduled,
        (true, None) => State::Queued,
    };
    let row = email::Model {
        id,
        batch: new.batch.unwrap_or(id),
        state,
        priority: new.priority,
        sender_line: words::sender(&cx.app.config),
        to_email: new.to.email,
        to_key,
        to_name: new.to.name,
        reply_to: new.reply_to,
        recipient_id: new.to.profile,
        sender_id: new.sender,
        topic_id: topic.map(|topic| topic.id),
        template_key,
        locale: new.to.locale,
        subject,
        text: Some(text),
        html: Some(html),
        is_secret: i32::from(new.is_secret),
        tags: serde_json::to_string(&new.tags).map_err(Error::internal)?,
        message_ref: format!("{}@{}", typeid::digits(id), words::domain(&cx.app.config)),
        thread_refs: new.thread_refs,
        run_at: later.unwrap_or(now),
        sent_at: None,
        attempt_count: 0,
    };
    email::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
    if wanted {
        let kind = match row.priority {
            Priority::Transactional => &work::SEND,
            Priority::Normal | Priority::Bulk => &work::SEND_BULK,
        };
        queue::add(cx, tx, NewItem::new(kind, &row.id)?.at(row.run_at)).await?;
    }
    Ok(row)
}

async fn topic(tx: &impl ConnectionTrait, key: &str) -> Result<email_topic::Model> {
    let found =
        email_topic::Entity::find().filter(email_topic::Column::Key.eq(key)).one(tx).await?;
    found.ok_or_else(|| Error::bug(format!("there is no topic {key}")))
}

/// Whether an address takes mail of a topic, or mail without one. What somebody asked for themselves comes even to
/// those who want nothing else; nothing goes to an address that is not there, or that staff have closed.
pub(super) async fn is_wanted(
    tx: &impl ConnectionTrait,
    to_key: &str,
    topic: Option<&email_topic::Model>,
) -> Result<bool> {
    let stopped = suppression::Entity::find().filter(suppression::Column::EmailKey.eq(to_key));
    if let Some(stopped) = stopped.one(tx).await?
        && (topic.is_some() || stopped.reason != suppression::Reason::UnsubscribedAll)
    {
        return Ok(false);
    }
    let Some(topic) = topic else { return Ok(true) };
    let choice = email_choice::Entity::find_by_id((to_key.to_owned(), topic.id)).one(tx).await?;
    Ok(choice.map_or(topic.default_on, |choice| choice.subscribed) != 0)
}
