//! An invitation to join. Its token is made from its key and the server's secret, so none is kept.

use sea_orm::entity::prelude::*;

/// An invitation to join. Its token is made from its key and the server's secret, so none is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// UUIDv7: when it was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who made it.
    pub inviter_id: Uuid,
    /// The only address that may use it, in lower case.
    pub email: Option<String>,
    /// What those who use it become.
    pub role: super::account::Role,
    /// A word to its holder.
    pub note: Option<String>,
    /// How many may use it.
    pub max_uses: i32,
    /// How many did.
    pub use_count: i32,
    /// When it stops working.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether an invitation still opens the door; not kept, but told by the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "InvitationState")]
pub enum State {
    /// It opens the door.
    Open,
    /// As many as it was for have come.
    Used,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}
