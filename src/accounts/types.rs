use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::{Loaders, policy, service};
use crate::{
    Actor,
    clock::made_at,
    cx::Means,
    entity::{
        account::{self, Role as BuiltIn, State as AccountState},
        account_token, api_token,
        invitation::{self, State},
        session,
    },
    graph::{ContextExt, DateTime, EmailAddress, Locale, Result, Url, connection, encode},
    mail::{TopicSubscription, WordsLoaders},
    members::{self, Profile},
    notifications::{self, NotificationSetting},
    scope::{Scope, Scopes},
};

/// How one person signs in; seen by them and by admins only.
#[derive(Clone, Debug)]
pub struct Account {
    row: Arc<account::Model>,
    /// The session of the one who sees it.
    current: Option<uuid::Uuid>,
}

impl Account {
    /// The account as `actor` sees it, who is known to be allowed to.
    pub fn shown_to(actor: &Actor, row: Arc<account::Model>) -> Self {
        let current = actor.member().ok().and_then(|member| match member.means {
            Means::Session { id, .. } => Some(id),
            Means::Token(_) => None,
        });
        Self { row, current }
    }
}

/// How one person signs in; seen by them and by admins only.
#[Object]
impl Account {
    /// The id.
    pub(crate) async fn id(&self) -> ID {
        encode("account", self.row.id)
    }

    /// Their public face; null when they keep it from you.
    async fn profile(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        profile(ctx, self.row.id).await.transpose()
    }

    /// Who invited them; null when nobody did, or they are gone.
    async fn invited_by(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let invited_by = async {
            let Some(invitation) = self.row.invitation_id else { return Ok(None) };
            match ctx.loaders().of::<Loaders>().invitation(invitation).await? {
                Some(invitation) => profile(ctx, invitation.inviter_id).await,
                None => Ok(None),
            }
        };
        invited_by.await.transpose()
    }

    /// Where mail reaches them.
    async fn email(&self) -> EmailAddress {
        EmailAddress(self.row.email.clone())
    }

    /// Whether the address was proved to be theirs.
    async fn email_verified(&self) -> bool {
        self.row.email_verified_at.is_some()
    }

    /// The address that takes the place of `email` once it is proved; null when there is none.
    async fn pending_email(&self, ctx: &Context<'_>) -> Option<Result<EmailAddress>> {
        let pending = ctx.loaders().of::<Loaders>().pending_email(self.row.id).await;
        let address =
            |row: Option<Arc<account_token::Model>>| Some(EmailAddress(row?.email.clone()));
        pending.map(address).map_err(Into::into).transpose()
    }

    /// The language to be written to in.
    async fn locale(&self) -> Locale {
        Locale(self.row.locale.clone())
    }

    /// Where the account stands.
    async fn account_state(&self) -> AccountState {
        self.row.state
    }

    /// When they joined.
    async fn created_at(&self) -> DateTime {
        DateTime(made_at(self.row.id))
    }

    /// When they were last here, to five minutes.
    async fn last_seen_at(&self) -> Option<DateTime> {
        Some(DateTime(self.row.last_seen_at))
    }

    /// What they get mail about, by topic. The link at the foot of such a mail changes it.
    async fn email_topics(&self, ctx: &Context<'_>) -> Result<Vec<TopicSubscription>> {
        let chosen = ctx.loaders().of::<WordsLoaders>().chosen(&self.row.email).await?;
        Ok(chosen.into_iter().map(TopicSubscription::from).collect())
    }

    /// What reaches them, and how, for each kind of news.
    async fn notification_settings(&self, ctx: &Context<'_>) -> Result<Vec<NotificationSetting>> {
        let loaders = ctx.loaders().of::<notifications::Loaders>();
        let settings = loaders.settings(self.row.id).await?;
        Ok(settings.iter().copied().map(Into::into).collect())
    }

    /// What they are in the community.
    async fn roles(&self) -> [Role; 1] {
        [Role(self.row.role)]
    }

    /// Where they are signed in, latest first.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let rows = ctx.loaders().of::<Loaders>().sessions(self.row.id).await?;
        let shown = |row: &session::Model| {
            let is_current = self.current == Some(row.id);
            Session { row: row.clone(), is_current }
        };
        Ok(rows.iter().map(shown).collect())
    }

    /// Their tokens for programs, latest first.
    async fn api_tokens(&self, ctx: &Context<'_>) -> Result<Vec<ApiToken>> {
        let rows = ctx.loaders().of::<Loaders>().api_tokens(self.row.id).await?;
        Ok(rows.iter().cloned().map(ApiToken).collect())
    }
}

async fn profile(ctx: &Context<'_>, id: uuid::Uuid) -> Result<Option<Profile>> {
    let found = ctx.loaders().of::<members::Loaders>().by_id(id).await?;
    Ok(found.map(Profile::whole))
}

connection!(
    /// A page of accounts.
    AccountConnection,
    /// One of the accounts on a page.
    AccountEdge of Account
);

/// A signed-in device.
#[derive(Clone, Debug)]
pub struct Session {
    /// The row.
    pub row: session::Model,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A signed-in device.
#[Object]
impl Session {
    /// The id.
    async fn id(&self) -> ID {
        encode("session", self.row.id)
    }

    /// What the device says it is, or what it was called on signing in.
    async fn device(&self) -> &str {
        &self.row.device
    }

    /// The address it was last used from.
    async fn ip_address(&self) -> &str {
        &self.row.ip_address
    }

    /// When the person signed in.
    async fn created_at(&self) -> DateTime {
        DateTime(made_at(self.row.id))
    }

    /// When it was last renewed.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.row.last_used_at)
    }

    /// Whether it is the one that asks.
    async fn is_current(&self) -> bool {
        self.is_current
    }
}

/// A long-lived token for programs. The secret is shown once, on creation.
#[derive(Clone, Debug)]
pub struct ApiToken(pub api_token::Model);

/// A long-lived token for programs. The secret is shown once, on creation.
#[Object]
impl ApiToken {
    /// The id.
    async fn id(&self) -> ID {
        encode("token", self.0.id)
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The first characters of the secret, to tell tokens apart.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may do, on top of what its owner may.
    async fn scopes(&self) -> Vec<Scope> {
        Scopes::parse(&self.0.scopes).iter().collect()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(made_at(self.0.id))
    }

    /// When it stops working; null for never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was last used, to five minutes; null for never.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }
}

/// What somebody is in the community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role(pub BuiltIn);

impl Role {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 3] =
        [Self(BuiltIn::Member), Self(BuiltIn::Moderator), Self(BuiltIn::Admin)];

    /// The key that its id is made of; the same on every server.
    pub fn uuid(self) -> uuid::Uuid {
        uuid::Uuid::from_u128(match self.0 {
            BuiltIn::Member => 0x5e0c_76bf_7d0c_5f1c_9c35_3b1d_0f6a_a001,
            BuiltIn::Moderator => 0x5e0c_76bf_7d0c_5f1c_9c35_3b1d_0f6a_a002,
            BuiltIn::Admin => 0x5e0c_76bf_7d0c_5f1c_9c35_3b1d_0f6a_a003,
        })
    }

    /// The role with this key.
    pub fn by_id(id: uuid::Uuid) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.uuid() == id)
    }
}

/// What somebody is in the community.
#[Object]
impl Role {
    /// The id, the same on every server.
    pub(crate) async fn id(&self) -> ID {
        encode("role", self.uuid())
    }

    /// A name for programs.
    async fn key(&self) -> &str {
        match self.0 {
            BuiltIn::Member => "member",
            BuiltIn::Moderator => "moderator",
            BuiltIn::Admin => "admin",
        }
    }

    /// A name for people.
    async fn name(&self) -> &str {
        match self.0 {
            BuiltIn::Member => "Member",
            BuiltIn::Moderator => "Moderator",
            BuiltIn::Admin => "Admin",
        }
    }

    /// Its place among the roles; the most powerful has the highest.
    async fn position(&self) -> i32 {
        match self.0 {
            BuiltIn::Member => 0,
            BuiltIn::Moderator => 1,
            BuiltIn::Admin => 2,
        }
    }

    /// What those who have it may do.
    async fn permissions(&self) -> Vec<Permission> {
        match self.0 {
            BuiltIn::Member => vec![],
            BuiltIn::Moderator => vec![Permission::InviteMembers, Permission::ModerateContent],
            BuiltIn::Admin => vec![
                Permission::ManageMembers,
                Permission::InviteMembers,
                Permission::ModerateContent,
            ],
        }
    }

    /// Whether it comes with the server.
    async fn is_built_in(&self) -> bool {
        true
    }
}

/// What a role may do beyond what every member may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Permission {
    /// See all accounts, set roles, end sessions.
    ManageMembers,
    /// See all invitations and take them back, and invite without a quota, even while nobody can join.
    InviteMembers,
    /// Remove what others wrote.
    ModerateContent,
}

/// An invitation, seen by its holder before joining.
#[derive(Clone, Debug)]
pub struct Invitation(pub invitation::Model);

/// An invitation, seen by its holder before joining.
#[Object]
impl Invitation {
    /// The id.
    async fn id(&self) -> ID {
        encode("invitation", self.0.id)
    }

    /// Who made it.
    async fn inviter(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        profile(ctx, self.0.inviter_id).await.transpose()
    }

    /// A word to its holder.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it stops working; null for never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// How many may still use it.
    async fn uses_left(&self) -> Option<i32> {
        Some(self.0.max_uses.saturating_sub(self.0.use_count))
    }

    /// Whether it still opens the door.
    async fn invitation_state(&self, ctx: &Context<'_>) -> State {
        service::state_of(&self.0, ctx.cx().now())
    }

    /// Where its holder goes: for its maker, and for staff who may invite to its role.
    async fn join_url(&self, ctx: &Context<'_>) -> Option<Url> {
        let cx = ctx.cx();
        policy::see_link(cx.actor, &self.0).then(|| Url(service::link(cx.app, &self.0)))
    }

    /// The only address that may use it: for its maker and staff.
    async fn email(&self, ctx: &Context<'_>) -> Option<EmailAddress> {
        let seen = policy::keep_invitation(ctx.cx().actor, &self.0);
        self.0.email.clone().filter(|_| seen).map(EmailAddress)
    }

    /// What those who use it become.
    async fn role(&self) -> Option<Role> {
        Some(Role(self.0.role))
    }
}

connection!(
    /// A page of invitations.
    InvitationConnection,
    /// One of the invitations on a page.
    InvitationEdge of Invitation
);
