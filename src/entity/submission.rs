//! What came in through a form.

use sea_orm::entity::prelude::*;

/// What came in through a form.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub struct Model {
    /// UUIDv7: when it came.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Through which form.
    pub form_id: Uuid,
    /// Its number within the form, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: State,
    /// The answers with their labels, as the form asked then: a JSON list.
    pub answers: String,
    /// All its words, to be found by.
    pub search_text: String,
    /// The member who sent it.
    pub sender_id: Option<Uuid>,
    /// What they call themselves.
    pub sender_name: Option<String>,
    /// Where they can be reached.
    pub sender_email: Option<String>,
    /// Their language.
    pub locale: Option<String>,
    /// The page it was sent from.
    pub origin: Option<String>,
    /// What they agreed to, word for word.
    pub consent_text: Option<String>,
    /// When they did.
    pub consented_at: Option<DateTimeUtc>,
    /// Who sees to it.
    pub assignee_id: Option<Uuid>,
    /// 0, surely not spam, to 100, surely.
    pub spam_score: i32,
    /// Why: a JSON list.
    pub spam_reasons: String,
    /// SHA-256 of the token by which its sender follows it.
    #[sea_orm(unique)]
    pub receipt: Vec<u8>,
    /// SHA-256 of what a guest called the call that sent it, and of all it said; let go of after a day.
    pub guest_key: Option<Vec<u8>>,
    /// When it is erased.
    pub erase_at: Option<DateTimeUtc>,
    /// When the team first answered.
    pub first_reply_at: Option<DateTimeUtc>,
    /// Grows by one with each change.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a submission stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "SubmissionState")]
pub enum State {
    /// Nobody has looked at it.
    New,
    /// Somebody sees to it.
    Open,
    /// Waits for its sender.
    Waiting,
    /// Nothing is left to do.
    Done,
    /// Not meant for us.
    Spam,
}
