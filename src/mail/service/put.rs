use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{choices, templates, topics::Wants};
use crate::{
    Cx, Error, Result,
    entity::{
        email::{self, Priority, State},
        email_topic,
    },
    error::ErrorCode,
    mail::{
        words::{self, Leave, Template, Words, phrases::phrases},
        work,
    },
    queue::{self, NewItem},
    sql, typeid,
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

impl Written {
    fn template(&self) -> Option<&str> {
        match self {
            Self::Template(key, _) => Some(key),
            Self::Own { .. } => None,
        }
    }
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

/// Mails that one statement writes.
const AT_ONCE: usize = 100;

/// Writes a mail into the outbox, in the transaction of the change that wants it; it is sent once that is through. An
/// address that gets no mail, or none of this topic, gets a row that says so, and no mail. A blank that the template
/// needs and nobody filled is refused at `input.variables`.
pub async fn put(cx: Cx<'_>, tx: &impl ConnectionTrait, new: NewMail) -> Result<email::Model> {
    let rows = put_many(cx, tx, vec![new]).await?;
    rows.into_iter().next().ok_or_else(|| Error::bug("a mail was not written"))
}

/// [`put`] for many, in a handful of statements: those of a hundred mails are as many as those of one. Answers the
/// rows in the order of the mails.
pub async fn put_many(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    mails: Vec<NewMail>,
) -> Result<Vec<email::Model>> {
    let known = Known::read(tx, &mails).await?;
    let mut rows = Vec::with_capacity(mails.len());
    let mut items = Vec::new();
    for new in mails {
        let row = known.row(cx, new)?;
        if row.state != State::Suppressed {
            let kind = match row.priority {
                Priority::Transactional => &work::SEND,
                Priority::Normal | Priority::Bulk => &work::SEND_BULK,
            };
            items.push(NewItem::new(kind, &row.id)?.at(row.run_at));
        }
        rows.push(row);
    }
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model());
        email::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    queue::add_many(cx, tx, items).await?;
    Ok(rows)
}

/// What is read once for all mails of a call.
struct Known {
    topics: HashMap<String, email_topic::Model>,
    templates: HashMap<String, Template>,
    wants: Wants,
}

impl Known {
    async fn read(tx: &impl ConnectionTrait, mails: &[NewMail]) -> Result<Self> {
        let once = |texts: HashSet<&str>| -> Vec<String> {
            let mut texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            texts.sort_unstable();
            texts
        };
        let topics = once(mails.iter().filter_map(|mail| mail.topic.as_deref()).collect());
        let templates = once(mails.iter().filter_map(|mail| mail.written.template()).collect());
        let emails: Vec<String> = mails.iter().map(|mail| mail.to.email.to_lowercase()).collect();
        let topics = if topics.is_empty() {
            Vec::new()
        } else {
            let keys = sql::text_in(tx.get_database_backend(), email_topic::Column::Key, &topics);
            email_topic::Entity::find().filter(keys).all(tx).await?
        };
        let ids: Vec<Uuid> = topics.iter().map(|topic| topic.id).collect();
        Ok(Self {
            wants: Wants::read(tx, &emails, &ids).await?,
            topics: topics.into_iter().map(|topic| (topic.key.clone(), topic)).collect(),
            templates: templates::by_keys(tx, &templates).await?,
        })
    }

    fn row(&self, cx: Cx<'_>, new: NewMail) -> Result<email::Model> {
        let (id, now) = (cx.key(), cx.now());
        let to_key = new.to.email.to_lowercase();
        let topic = match &new.topic {
            Some(key) => {
                let topic = self.topics.get(&**key);
                Some(topic.ok_or_else(|| Error::bug(format!("there is no topic {key}")))?)
            }
            None => None,
        };
        let Words { subject, text, html } = self.words(cx, &new, topic)?;
        let later = new.send_at.filter(|at| *at > now);
        let state = match (self.wants.takes(&to_key, topic), later) {
            (false, _) => State::Suppressed,
            (true, Some(_)) => State::Scheduled,
            (true, None) => State::Queued,
        };
        Ok(email::Model {
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
            template_key: new.written.template().map(str::to_owned),
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
        })
    }

    fn words(
        &self,
        cx: Cx<'_>,
        new: &NewMail,
        topic: Option<&email_topic::Model>,
    ) -> Result<Words> {
        let (config, to) = (&cx.app.config, &new.to);
        let leave = topic.map(|topic| leave(cx, &to.email, &to.locale, topic)).transpose()?;
        let words = match &new.written {
            Written::Own { subject, markdown } => {
                words::own(config, &to.locale, subject, markdown, leave.as_ref())
            }
            Written::Template(key, values) => {
                let template = self.templates.get(&**key);
                let template =
                    template.ok_or_else(|| Error::bug(format!("there is no template {key}")))?;
                let nothing = Map::new();
                let values = values.as_object().unwrap_or(&nothing);
                template.render(config, &to.locale, to.name.as_deref(), values, leave.as_ref())
            }
        };
        words.map_err(|fault| {
            Error::refused(ErrorCode::Invalid, ["input", "variables"], fault.to_string())
        })
    }
}

/// The links at the foot of a mail about a topic.
fn leave(cx: Cx<'_>, email: &str, locale: &str, topic: &email_topic::Model) -> Result<Leave> {
    let name = phrases(locale).topic(&topic.key, &topic.name, topic.is_system != 0);
    Ok(Leave {
        topic: name.to_owned(),
        unsubscribe: choices::unsubscribe_url(cx.app, email, topic.id)?,
        choices: choices::choices_url(cx.app, email, topic.id)?,
    })
}

/// Whether an address takes mail of a topic, or mail without one, as [`Wants::takes`] says.
pub(super) async fn is_wanted(
    tx: &impl ConnectionTrait,
    to_key: &str,
    topic: Option<&email_topic::Model>,
) -> Result<bool> {
    let topics: Vec<Uuid> = topic.iter().map(|topic| topic.id).collect();
    let wants = Wants::read(tx, &[to_key.to_owned()], &topics).await?;
    Ok(wants.takes(to_key, topic))
}
