//! Somebody keeps something for later.

use sea_orm::entity::prelude::*;

/// Somebody keeps something for later.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bookmark")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub profile_id: Uuid,
    /// A word to themselves; at most 500 characters.
    pub note: Option<String>,
    /// Which post, or …
    pub post_id: Option<Uuid>,
    /// … which comment, or …
    pub comment_id: Option<Uuid>,
    /// … which portfolio item, or …
    pub portfolio_item_id: Option<Uuid>,
    /// … which job: exactly one is set.
    pub job_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
