//! What a currency is worth, as the configuration said when salaries were last compared.

use sea_orm::entity::prelude::*;

/// What a currency is worth, as the configuration said when salaries were last compared.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "currency_rate")]
pub struct Model {
    /// ISO 4217.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    /// Millionths of the server's currency for one of it.
    pub micros: i64,
}

impl ActiveModelBehavior for ActiveModel {}
