//! A piece of work shown on a profile.

use sea_orm::entity::prelude::*;

/// A piece of work shown on a profile.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "portfolio_item")]
pub struct Model {
    /// UUIDv7: when it was begun.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub owner_id: Uuid,
    /// Its name in addresses; one of its kind per owner.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Some lines about it.
    pub summary: Option<String>,
    /// The title and the summary in lower case, to find by.
    pub text_key: String,
    /// How it came about: Markdown as it was typed.
    pub story_source: String,
    /// The same, sanitized.
    pub story_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
    /// Who may read it once it is published.
    pub visibility: super::post::Visibility,
    /// Whom it was made for.
    pub client: Option<String>,
    /// What its owner did in it.
    pub owner_role: Option<String>,
    /// When work began.
    pub started_on: Option<Date>,
    /// When it was done.
    pub finished_on: Option<Date>,
    /// JSON, as in `profile`.
    pub links: String,
    /// Its place among its owner's, from 0.
    pub position: i32,
    /// UUIDv7: when it was published; `None` is a draft.
    pub publication: Option<Uuid>,
    /// Comments of every depth; kept by their writes.
    pub comment_count: i32,
    /// Reactions of every kind; kept by their writes.
    pub reaction_count: i32,
    /// JSON, as in `post`.
    pub reactions: String,
    /// Of the text, from 1.
    pub version: i32,
    /// When it was last changed after it was published.
    pub edited_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
