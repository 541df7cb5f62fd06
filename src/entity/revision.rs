//! An earlier wording of a post.

use sea_orm::entity::prelude::*;

/// An earlier wording of a post.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// UUIDv7: when this wording was replaced.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The post.
    pub post_id: Uuid,
    /// Who replaced it.
    pub editor_id: Uuid,
    /// The version that it was.
    pub version: i32,
    /// Its title then.
    pub title: Option<String>,
    /// Its Markdown then.
    pub body_source: String,
    /// The same, sanitized.
    pub body_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
