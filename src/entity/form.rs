//! A form that anybody can fill in.

use sea_orm::entity::prelude::*;

/// A form that anybody can fill in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "form")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who made it; files sent through it count towards their quota.
    pub owner_id: Uuid,
    /// Its name in addresses.
    #[sea_orm(unique)]
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// What stands above the questions: Markdown.
    pub intro_source: String,
    /// The same as sanitized HTML.
    pub intro_html: String,
    /// Where it stands.
    pub state: State,
    /// The questions: a JSON list.
    pub fields: String,
    /// What stands on the button.
    pub submit_label: Option<String>,
    /// What whoever sends it agrees to.
    pub consent_text: Option<String>,
    /// 1: every submission wants a proof of work.
    pub needs_challenge: i32,
    /// Takes nothing before this.
    pub opens_at: Option<DateTimeUtc>,
    /// Takes nothing from then on.
    pub closes_at: Option<DateTimeUtc>,
    /// How many it takes in all.
    pub submission_limit: Option<i32>,
    /// Addresses that hear of each submission: a JSON list.
    pub notify_emails: String,
    /// The template that answers at once.
    pub auto_reply_id: Option<Uuid>,
    /// Where to send the browser afterwards.
    pub redirect_url: Option<String>,
    /// Days after which a submission is erased.
    pub retention_days: Option<i32>,
    /// Origins of other sites whose pages may send it: a JSON list.
    pub allowed_origins: String,
    /// The number of the latest submission.
    pub last_number: i32,
    /// How many there are.
    pub submission_count: i32,
    /// How many are new, open or waiting.
    pub open_count: i32,
    /// Grows by one with each change.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a form stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "FormState")]
pub enum State {
    /// Only its makers see it.
    Draft,
    /// Takes submissions.
    Open,
    /// Takes none; those that came are worked on.
    Closed,
    /// Put away.
    Archived,
}
