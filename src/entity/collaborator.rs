//! Somebody credited on a portfolio item; shown once they agreed.

use sea_orm::entity::prelude::*;

/// Somebody credited on a portfolio item; shown once they agreed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "collaborator")]
pub struct Model {
    /// UUIDv7: when they were asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// On which item.
    pub portfolio_item_id: Uuid,
    /// Who.
    pub profile_id: Uuid,
    /// For what.
    pub credit: String,
    /// Their place among the credited, from 0.
    pub position: i32,
    /// What they said.
    pub state: State,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody said to being credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum State {
    /// Nothing yet.
    Asked,
    /// Yes: they are shown.
    Agreed,
    /// No.
    Refused,
}
