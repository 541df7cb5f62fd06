//! An address that gets no mail.

use sea_orm::entity::prelude::*;

/// An address that gets no mail.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suppression")]
pub struct Model {
    /// UUIDv7: since when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address as it was written.
    pub email: String,
    /// The address in lower case.
    #[sea_orm(unique)]
    pub email_key: String,
    /// Why it gets none.
    pub reason: Reason,
    /// What else is known.
    pub detail: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Why an address gets no mail.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "SuppressionReason")]
pub enum Reason {
    /// Its server said that there is no such address.
    HardBounce,
    /// It was said to be spam.
    Complaint,
    /// Whoever reads it wants none.
    UnsubscribedAll,
    /// Somebody of the staff said so.
    Manual,
}
