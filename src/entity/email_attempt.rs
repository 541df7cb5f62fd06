//! One try to hand a mail to a mail server, with its answer word for word.

use sea_orm::entity::prelude::*;

/// One try to hand a mail to a mail server, with its answer word for word.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_attempt")]
pub struct Model {
    /// UUIDv7: when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which mail.
    pub email_id: Uuid,
    /// The mail server, as host and port.
    pub relay: String,
    /// The SMTP reply code, if there was a reply.
    pub code: Option<i32>,
    /// The enhanced status code (RFC 3463).
    pub enhanced_code: Option<String>,
    /// What it said, or what broke.
    pub response: String,
    /// Milliseconds.
    pub took_ms: i32,
    /// 1: the connection was encrypted.
    pub tls: i32,
}

impl ActiveModelBehavior for ActiveModel {}
