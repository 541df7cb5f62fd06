use uuid::Uuid;

use crate::{
    Error, Result,
    entity::notification::{Column, Model},
};

/// What a notification is about, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A post.
    Post(Uuid),
    /// A comment.
    Comment(Uuid),
    /// A message.
    Message(Uuid),
    /// A conversation.
    Conversation(Uuid),
    /// A member.
    Member(Uuid),
    /// A portfolio item.
    PortfolioItem(Uuid),
    /// What came through a contact form.
    Submission(Uuid),
    /// A task.
    Task(Uuid),
    /// An application to a job.
    Application(Uuid),
}

impl Subject {
    /// What a notification is about.
    pub fn of(row: &Model) -> Result<Self> {
        let found = row.post_id.map(Self::Post);
        let found = found.or(row.comment_id.map(Self::Comment));
        let found = found.or(row.message_id.map(Self::Message));
        let found = found.or(row.conversation_id.map(Self::Conversation));
        let found = found.or(row.member_id.map(Self::Member));
        let found = found.or(row.portfolio_item_id.map(Self::PortfolioItem));
        let found = found.or(row.submission_id.map(Self::Submission));
        let found = found.or(row.task_id.map(Self::Task));
        let found = found.or(row.application_id.map(Self::Application));
        found.ok_or_else(|| Error::bug("a notification is about nothing"))
    }

    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Post(key)
            | Self::Comment(key)
            | Self::Message(key)
            | Self::Conversation(key)
            | Self::Member(key)
            | Self::PortfolioItem(key)
            | Self::Submission(key)
            | Self::Task(key)
            | Self::Application(key) => key,
        }
    }

    /// The column of a notification that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Post(_) => Column::PostId,
            Self::Comment(_) => Column::CommentId,
            Self::Message(_) => Column::MessageId,
            Self::Conversation(_) => Column::ConversationId,
            Self::Member(_) => Column::MemberId,
            Self::PortfolioItem(_) => Column::PortfolioItemId,
            Self::Submission(_) => Column::SubmissionId,
            Self::Task(_) => Column::TaskId,
            Self::Application(_) => Column::ApplicationId,
        }
    }

    /// The key, if `column` is the one that names it.
    pub(super) fn at(self, column: Column) -> Option<Uuid> {
        (sea_orm::IdenStatic::as_str(&self.column()) == sea_orm::IdenStatic::as_str(&column))
            .then_some(self.key())
    }
}
