//! How one person signs in. Shares its key with the person's `profile`.

use sea_orm::entity::prelude::*;

/// How one person signs in. Shares its key with the person's `profile`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// The key of the profile.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address as it was typed.
    pub email: String,
    /// The address in lower case, for comparing.
    #[sea_orm(unique)]
    pub email_key: String,
    /// Argon2id, in PHC string format.
    pub password_hash: String,
    /// What the person is in the community.
    pub role: Role,
    /// Where the account stands.
    pub state: State,
    /// The invitation that it was made with.
    pub invitation_id: Option<Uuid>,
    /// When it was last used, to the minute or so.
    pub last_seen_at: DateTimeUtc,
    /// When the address was proved to be theirs.
    pub email_verified_at: Option<DateTimeUtc>,
    /// The language to write to them in, as a BCP 47 tag.
    pub locale: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody is in the community; each may do all that the ones before may.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "BuiltInRole")]
pub enum Role {
    /// Takes part.
    Member,
    /// Keeps order: may remove what others wrote.
    Moderator,
    /// Runs the community: members, roles, invitations.
    Admin,
}

/// Where an account stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[graphql(name = "AccountState")]
pub enum State {
    /// May do all that its role may.
    Active,
    /// May not sign in.
    Suspended,
}
