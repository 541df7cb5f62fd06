//! A mail in the outbox, from queued to its end.

use sea_orm::entity::prelude::*;

/// A mail in the outbox, from queued to its end.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email")]
pub struct Model {
    /// UUIDv7: when it was written.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The same for all mails of one call.
    pub batch: Uuid,
    /// Where it stands.
    pub state: State,
    /// Which queue it waits in.
    pub priority: Priority,
    /// Who it is from, as in the header.
    pub sender_line: String,
    /// The address it goes to.
    pub to_email: String,
    /// The same in lower case.
    pub to_key: String,
    /// What they are called.
    pub to_name: Option<String>,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// The member it goes to.
    pub recipient_id: Option<Uuid>,
    /// The member who sent it; none for the server itself.
    pub sender_id: Option<Uuid>,
    /// What it comes under; without one nobody can leave it.
    pub topic_id: Option<Uuid>,
    /// The template it was made from.
    pub template_key: Option<String>,
    /// Its language.
    pub locale: String,
    /// The subject.
    pub subject: String,
    /// The plain text; gone once a secret mail was sent.
    pub text: Option<String>,
    /// The HTML; likewise.
    pub html: Option<String>,
    /// 1: it holds what only its reader may know, so that staff do not see it.
    pub is_secret: i32,
    /// Words to find it by: a JSON list.
    pub tags: String,
    /// The Message-ID, without the angle brackets: the same for every attempt.
    #[sea_orm(unique)]
    pub message_ref: String,
    /// The Message-IDs that it answers, the oldest first, parted by blanks.
    pub thread_refs: Option<String>,
    /// Not sent before this.
    pub run_at: DateTimeUtc,
    /// When a server took it.
    pub sent_at: Option<DateTimeUtc>,
    /// How often it was tried.
    pub attempt_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a mail stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "EmailState")]
pub enum State {
    /// Waits for its time.
    Scheduled,
    /// Waits for its turn.
    Queued,
    /// Is on its way to the mail server.
    Sending,
    /// A mail server took it.
    Sent,
    /// The mail server did not take it yet; it is tried again.
    Deferred,
    /// No mail server will take it.
    Failed,
    /// Somebody stopped it before it was sent.
    Cancelled,
    /// The address gets no mail, or none of this topic.
    Suppressed,
}

/// Which queue a mail waits in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "EmailPriority")]
pub enum Priority {
    /// Somebody waits for it; overtakes the others.
    Transactional,
    /// Soon.
    Normal,
    /// When there is room.
    Bulk,
}
