//! What members may want to hear of: written in the transaction of the change, for `notifications` to tell later. Who
//! hears of it, and how, is not decided here, so that it costs the change one row whoever they are.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cx, Result,
    queue::{self, Backoff, Kind, NewItem, Queue},
};

/// Tells those concerned.
pub static NOTICE: Kind = Kind {
    name: "notifications.tell",
    queue: Queue::News,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(120),
};

/// What happened, as keys of rows: whoever tells it looks at them as they are then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A post was published.
    PostPublished(Uuid),
    /// A post was edited and names people whom it did not name before.
    PostNames(Uuid, Vec<Uuid>),
    /// A portfolio item was published, or names people.
    PortfolioItemPublished(Uuid),
    /// A published portfolio item was edited and names people whom it did not name before.
    PortfolioItemNames(Uuid, Vec<Uuid>),
    /// Somebody was named as one who made a portfolio item: the row of `collaborator`.
    CollaboratorAsked(Uuid),
    /// A comment was written.
    CommentAdded(Uuid),
    /// A comment was edited and names people whom it did not name before.
    CommentNames(Uuid, Vec<Uuid>),
    /// Somebody reacted; to take it back makes it nothing.
    Reacted {
        /// Who.
        actor: Uuid,
        /// The kind of what they reacted to, as in ids.
        kind: String,
        /// Its key.
        subject: Uuid,
    },
    /// Somebody follows somebody.
    Followed {
        /// Who follows.
        follower: Uuid,
        /// Whom.
        followed: Uuid,
    },
    /// Somebody endorsed a skill of somebody: the row of `skill_endorsement`.
    Endorsed(Uuid),
    /// A message was sent: told once for all that is said until then, see [`tell_of_talk`].
    MessageSent(Uuid),
    /// A message names people, or names them since it was edited.
    MessageNames(Uuid, Vec<Uuid>),
    /// Something came through a contact form.
    SubmissionReceived(Uuid),
    /// A team answered a submission: the row of `submission_message`.
    SubmissionReplied(Uuid),
    /// These people are to do a task.
    TaskAssigned(Uuid, Vec<Uuid>),
    /// A task names people whom it did not name before.
    TaskNames(Uuid, Vec<Uuid>),
    /// A task is due soon, or its time to be reminded of has come.
    TaskDue(Uuid),
    /// Somebody applied to a job.
    ApplicationReceived(Uuid),
    /// An application moved on: the row of `application_event`.
    ApplicationUpdated(Uuid),
}

/// How long those who are away have to come back before they are told of messages.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

/// Writes a notice, in the transaction of what it tells.
pub async fn tell(cx: Cx<'_>, tx: &impl ConnectionTrait, notice: Notice) -> Result<()> {
    queue::add(cx, tx, NewItem::new(&NOTICE, &notice)?).await?;
    Ok(())
}

/// Writes several notices in one statement, in the transaction of what they tell.
pub async fn tell_all(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    notices: impl IntoIterator<Item = Notice>,
) -> Result<()> {
    let items = notices.into_iter().map(|notice| NewItem::new(&NOTICE, &notice));
    queue::add_many(cx, tx, items.collect::<Result<_>>()?).await
}

/// Writes that a message was sent, in its transaction, to be told in a minute. Whatever is said in the conversation
/// until then is told with it, so that a busy one costs no more.
pub async fn tell_of_talk(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    conversation: Uuid,
    message: Uuid,
) -> Result<()> {
    let item = NewItem::new(&NOTICE, &Notice::MessageSent(message))?;
    let item = item.at(cx.now() + PAUSE).once(format!("message {}", conversation.simple()));
    queue::add(cx, tx, item).await?;
    Ok(())
}

/// Who of `after` was not named before: both are lists of keys as they are kept beside a text.
pub fn newly_named(before: Option<&str>, after: Option<&str>) -> Vec<Uuid> {
    let read = |keys: Option<&str>| -> Vec<Uuid> {
        keys.and_then(|keys| serde_json::from_str(keys).ok()).unwrap_or_default()
    };
    let before = read(before);
    read(after).into_iter().filter(|key| !before.contains(key)).collect()
}
