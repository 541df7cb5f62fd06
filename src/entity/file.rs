//! A stored file: a name for bytes, and whose it is.

use sea_orm::entity::prelude::*;

/// A stored file: a name for bytes, and whose it is.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    /// UUIDv7: when it was stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who stored it.
    pub owner_id: Uuid,
    /// Which bytes: a `blob`.
    pub sha256: String,
    /// SHA-256 of the bytes as they were sent; a picture is kept without what was hidden in it.
    pub sent_sha256: String,
    /// Bytes, as in `blob`.
    pub size: i64,
    /// As its owner calls it.
    pub name: String,
    /// What the bytes are, as they themselves tell.
    pub media_type: String,
    /// Pixels of a picture, across.
    pub width: Option<i32>,
    /// Pixels of a picture, down.
    pub height: Option<i32>,
    /// Pictures in a picture: more than 1 moves.
    pub frames: Option<i32>,
    /// A tiny placeholder of a picture: <https://blurha.sh>.
    pub blurhash: Option<String>,
    /// Broadly what it is.
    pub kind: Kind,
    /// What a picture shows, for who does not see it.
    pub alt_text: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// Who may fetch it, beside those who see what it hangs on.
    pub visibility: Visibility,
    /// What a picture is about, in thousandths from the left.
    pub focus_x: i32,
    /// The same, from the top.
    pub focus_y: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Broad kinds of files, for icons and filters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "FileKind")]
pub enum Kind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Text, a table, slides.
    Document,
    /// Files packed into one.
    Archive,
    /// Something else.
    Other,
}

/// Who may fetch a file, beside those who see what it hangs on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "FileVisibility")]
pub enum Visibility {
    /// Only its owner.
    Private,
    /// Who is signed in.
    Members,
    /// Everybody, by an address that does not change.
    Public,
}
