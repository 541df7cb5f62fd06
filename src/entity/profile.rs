//! The public face of a member.

use sea_orm::entity::prelude::*;

/// The public face of a member.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile")]
pub struct Model {
    /// UUIDv7: when they joined.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique, in lower case: `[a-z0-9_]{2,30}`.
    #[sea_orm(unique)]
    pub handle: String,
    /// What they are called; 1 to 80 characters.
    pub name: String,
    /// The name in lower case, to order and find by.
    pub name_key: String,
    /// What stands behind it.
    pub kind: Kind,
    /// At most 40 characters.
    pub pronouns: Option<String>,
    /// A line below the name; at most 160 characters.
    pub headline: Option<String>,
    /// Markdown as it was typed; at most 5,000 characters.
    pub bio_source: String,
    /// The same, sanitized.
    pub bio_html: String,
    /// Where they are, in their own words; at most 100 characters.
    pub location: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// An http(s) URL.
    pub website: Option<String>,
    /// JSON: a list of `{label, url}`, at most 10.
    pub links: String,
    /// Kept by follow and unfollow.
    pub follower_count: i32,
    /// Kept by follow and unfollow.
    pub following_count: i32,
    /// Kept by the writes of posts.
    pub post_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// What stands behind a profile.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "ProfileKind")]
pub enum Kind {
    /// A member.
    Person,
    /// The server itself.
    System,
    /// An account that is no more.
    Deleted,
}

/// What stands beside something that a member wrote: enough to draw its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The key.
    pub id: Uuid,
    /// The handle.
    pub handle: String,
    /// What they are called.
    pub name: String,
    /// The line below the name.
    pub headline: Option<String>,
}

impl From<Model> for Face {
    fn from(row: Model) -> Self {
        Self { id: row.id, handle: row.handle, name: row.name, headline: row.headline }
    }
}
