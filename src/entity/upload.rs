//! A file on its way: announced, sent in pieces, then made a file.

use sea_orm::entity::prelude::*;

/// A file on its way: announced, sent in pieces, then made a file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// UUIDv7: when it was announced.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who sends it.
    pub owner_id: Uuid,
    /// As its owner calls it.
    pub name: String,
    /// What it is said to be; its bytes decide.
    pub media_type: Option<String>,
    /// Bytes to come in all.
    pub size: i64,
    /// Bytes that came.
    pub received: i64,
    /// The SHA-256 that was announced; other bytes are refused.
    pub sent_sha256: Option<String>,
    /// For the file.
    pub alt_text: Option<String>,
    /// For the file.
    pub visibility: super::file::Visibility,
    /// Where it stands.
    pub state: State,
    /// Why it failed, in words.
    pub failure: Option<String>,
    /// What it became.
    pub file_id: Option<Uuid>,
    /// When it is thrown away unless more comes.
    pub expires_at: DateTimeUtc,
    /// Until when somebody makes a file of it.
    pub leased_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where an upload stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "UploadState")]
pub enum State {
    /// Bytes are awaited.
    Receiving,
    /// All bytes came; a file is made of them.
    Processing,
    /// It is a file.
    Ready,
    /// It was refused; `failure` says why.
    Failed,
}
