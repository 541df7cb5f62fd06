//! News for one person about one thing.

use sea_orm::entity::prelude::*;

/// News for one person about one thing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For whom.
    pub profile_id: Uuid,
    /// What happened.
    pub kind: Kind,
    /// About which post, or …
    pub post_id: Option<Uuid>,
    /// … comment, or …
    pub comment_id: Option<Uuid>,
    /// … message, or …
    pub message_id: Option<Uuid>,
    /// … conversation, or …
    pub conversation_id: Option<Uuid>,
    /// … member, or …
    pub member_id: Option<Uuid>,
    /// … portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … submission, or …
    pub submission_id: Option<Uuid>,
    /// … task, or …
    pub task_id: Option<Uuid>,
    /// … application to a job: exactly one is set.
    pub application_id: Option<Uuid>,
    /// The beginning of what was written last.
    pub excerpt: Option<String>,
    /// When something happened last.
    pub news_at: DateTimeUtc,
    /// When it was read.
    pub read_at: Option<DateTimeUtc>,
    /// When a mail told of it.
    pub mailed_at: Option<DateTimeUtc>,
    /// How many different people caused it.
    pub actor_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// What happened; each can be set on its own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "NotificationKind")]
pub enum Kind {
    /// Somebody named you.
    Mention,
    /// Somebody answered your comment.
    Reply,
    /// Somebody commented on what you made or watch.
    Comment,
    /// Somebody reacted to what you made.
    Reaction,
    /// Somebody follows you.
    Follow,
    /// Messages came while you were away.
    Message,
    /// Somebody endorsed a skill of yours.
    Endorsement,
    /// Somebody named you as one who made something with them.
    Collaboration,
    /// Something came through a form that you look after.
    SubmissionReceived,
    /// The team answered what you sent.
    SubmissionReply,
    /// Somebody gave you a task.
    TaskAssigned,
    /// A task of yours is due soon, or it is time that you asked to be reminded at.
    TaskDue,
    /// Somebody applied to a job that you look after.
    ApplicationReceived,
    /// Your application moved on.
    ApplicationUpdated,
}
