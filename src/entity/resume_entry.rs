//! One station of a career.

use sea_orm::entity::prelude::*;

/// One station of a career.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resume_entry")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub profile_id: Uuid,
    /// Which section it stands in.
    pub kind: Kind,
    /// Its place in the section, from 0.
    pub position: i32,
    /// What it was: a position, a degree, the name of an award.
    pub title: String,
    /// Where: an employer, a school, who gave it.
    pub organization: Option<String>,
    /// The place on earth.
    pub location: Option<String>,
    /// Where to read on.
    pub url: Option<String>,
    /// When it began: `2014`, `2014-06` or `2014-06-30` (ISO 8601).
    pub starts_on: Option<String>,
    /// When it ended, written alike; `None` goes on.
    pub ends_on: Option<String>,
    /// About it: Markdown as it was typed.
    pub summary_source: String,
    /// The same, sanitized.
    pub summary_html: String,
    /// JSON: a list of texts.
    pub highlights: String,
    /// How well: a mark, a degree class.
    pub grade: Option<String>,
    /// What proves it: a number, a code.
    pub credential: Option<String>,
    /// JSON: what of an imported JSON Resume has no column, kept for its export.
    pub details: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// The sections of a resume.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "ResumeEntryKind")]
pub enum Kind {
    /// Paid work.
    Position,
    /// Unpaid work.
    Volunteering,
    /// A school, a degree.
    Education,
    /// A course.
    Course,
    /// Something proved.
    Certificate,
    /// Something won.
    Award,
    /// Something written.
    Publication,
    /// Something said on a stage.
    Talk,
    /// Something invented.
    Patent,
    /// Something made.
    Project,
    /// Something liked.
    Interest,
    /// Kind words by somebody.
    Reference,
}
