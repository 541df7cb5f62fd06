//! Something that a member published.

use sea_orm::entity::prelude::*;

/// Something that a member published.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// UUIDv7: when it was published.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who wrote it.
    pub author_id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Its own title; articles have one.
    pub title: Option<String>,
    /// Markdown as it was typed.
    pub body_source: String,
    /// The same, sanitized.
    pub body_html: String,
    /// JSON: the keys of the profiles named in it, in order; `None` is nobody.
    pub mentions: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// What readers are warned of.
    pub content_warning: Option<String>,
    /// Comments of every depth; kept by their writes.
    pub comment_count: i32,
    /// Reactions of every kind; kept by their writes.
    pub reaction_count: i32,
    /// JSON: `[[emoji, count], …]`, most used first; kept by the same writes.
    pub reactions: String,
    /// Of the text, from 1.
    pub version: i32,
    /// When the text was last changed.
    pub edited_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a post is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "PostKind")]
pub enum Kind {
    /// A short text.
    Note,
    /// A long text with a title.
    Article,
}

/// Who sees it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody, signed in or not.
    Public,
    /// Who is signed in.
    Members,
    /// Those who follow its author.
    Followers,
}
