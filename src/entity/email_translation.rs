//! A template in one language.

use sea_orm::entity::prelude::*;

/// A template in one language.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_translation")]
pub struct Model {
    /// Which template.
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: Uuid,
    /// The language, as a BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub locale: String,
    /// The subject, with blanks.
    pub subject: String,
    /// The text, with blanks.
    pub markdown: String,
    /// What mailboxes show beside the subject.
    pub preheader: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
