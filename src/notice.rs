//! What members may want to hear of: written in the transaction of the change, for `notifications` to tell later. Who
//! hears of it, and how, is not decided here, so that it costs the change one row whoever they are.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

use sea_orm::ConnectionTrait;

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
    /// Somebody was named as one who made a portfolio item: the row of `collaborator`.
    CollaboratorAsked(Uuid),
    /// A comment was written.
    CommentAdded(Uuid),
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
    /// A message was sent.
    MessageSent(Uuid),
    /// Something came through a contact form.
    SubmissionReceived(Uuid),
    /// A team answered a submission: the row of `submission_message`.
    SubmissionReplied(Uuid),
}

/// Writes a notice, in the transaction of what it tells.
pub async fn tell(cx: Cx<'_>, tx: &impl ConnectionTrait, notice: Notice) -> Result<()> {
    queue::add(cx, tx, NewItem::new(&NOTICE, &notice)?).await?;
    Ok(())
}
