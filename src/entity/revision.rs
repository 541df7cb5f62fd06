//! An earlier wording of a post or a message.

use sea_orm::entity::prelude::*;

/// An earlier wording of a post or a message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// UUIDv7: when this wording was replaced.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which post, or …
    pub post_id: Option<Uuid>,
    /// … of which message: exactly one is set.
    pub message_id: Option<Uuid>,
    /// Who replaced it.
    pub editor_id: Uuid,
    /// The version that it was.
    pub version: i32,
    /// Its title then; messages have none.
    pub title: Option<String>,
    /// Its Markdown then.
    pub body_source: String,
    /// The same, sanitized.
    pub body_html: String,
    /// The profiles named in it, as in `post`.
    pub mentions: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
