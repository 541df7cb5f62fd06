//! One person's application to one job.

use sea_orm::entity::prelude::*;

/// One person's application to one job.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// To which job.
    pub job_id: Uuid,
    /// Who applies.
    pub applicant_id: Uuid,
    /// What the applicant is told.
    pub state: State,
    /// Where the team has it.
    pub stage_id: Option<Uuid>,
    /// What the applicant is called.
    pub name: String,
    /// The same in lower case, to find by.
    pub name_key: String,
    /// Where to reach them.
    pub email: String,
    /// Likewise.
    pub phone: Option<String>,
    /// Their letter: Markdown as it was typed.
    pub cover_source: Option<String>,
    /// The same, sanitized.
    pub cover_html: Option<String>,
    /// JSON, as in `profile`.
    pub links: String,
    /// What they answered, with the labels of then: a JSON list.
    pub answers: String,
    /// What they agreed to, word for word.
    pub consent_text: Option<String>,
    /// When they did.
    pub consented_at: Option<DateTimeUtc>,
    /// What the team thinks: 1 to 5.
    pub rating: Option<i32>,
    /// When they applied last.
    pub submitted_at: DateTimeUtc,
    /// When something changed last that its applicant is told of.
    pub updated_at: DateTimeUtc,
    /// When it is erased.
    pub erase_at: Option<DateTimeUtc>,
    /// Grows by one with each change that its applicant is told of.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// What the applicant is told.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "ApplicationState")]
pub enum State {
    /// It arrived.
    Submitted,
    /// Somebody looks at it.
    InReview,
    /// They talk.
    Interviewing,
    /// An offer was made.
    Offered,
    /// They came together.
    Hired,
    /// They did not.
    Rejected,
    /// The applicant took it back.
    Withdrawn,
}
