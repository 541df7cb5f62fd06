//! What stands above the entries of a resume.

use sea_orm::entity::prelude::*;

/// What stands above the entries of a resume.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resume")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    /// About the person: Markdown as it was typed.
    pub summary_source: String,
    /// The same, sanitized.
    pub summary_html: String,
    /// JSON: what of an imported JSON Resume has no column, kept for its export.
    pub details: String,
    /// When anything of the resume was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
