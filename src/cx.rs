//! Who is asking, and the means to answer.

use std::net::{IpAddr, Ipv4Addr};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbBackend};
use uuid::Uuid;

use crate::{
    Error, Result,
    app::App,
    entity::account::Role,
    infra::reader::Reader,
    scope::{Scope, Scopes},
};

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody who signed in.
    Guest,
    /// A signed-in, active member.
    Member(Member),
    /// Everybody at once who may hear what is being told: it sees all that an event leads to, and can do
    /// nothing. Only what is the same for all of them is ever asked as it.
    Audience,
}

/// A signed-in, active member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key of the account and of the profile.
    pub id: Uuid,
    /// What they are in the community.
    pub role: Role,
    /// How they came in.
    pub means: Means,
}

/// How a member came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// By a session, made by signing in.
    Session {
        /// The key of the session.
        id: Uuid,
        /// When the password was last proved in it.
        proved_at: DateTime<Utc>,
    },
    /// By an API token, which may do no more than its scopes say.
    Token(Scopes),
}

impl Actor {
    /// The member who asks; a guest is told to sign in.
    pub fn member(&self) -> Result<Member> {
        match self {
            Self::Member(member) => Ok(*member),
            Self::Guest | Self::Audience => Err(Error::Unauthenticated),
        }
    }

    /// The key of the member who asks, if one does.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Member(member) => Some(member.id),
            Self::Guest | Self::Audience => None,
        }
    }

    /// Whether this very member asks.
    pub fn is(&self, member: Uuid) -> bool {
        self.id() == Some(member)
    }

    /// Whether the one who asks may do what `role` may.
    pub fn is_at_least(&self, role: Role) -> bool {
        matches!(self, Self::Member(member) if member.role >= role)
    }
}

/// What every service is given.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The running server.
    pub app: &'a App,
    /// Who is asking.
    pub actor: &'a Actor,
    /// Where from.
    pub address: IpAddr,
    /// Where to read: in a mutation, what was just written can be read here.
    pub db: &'a Reader,
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx").field("actor", self.actor).finish_non_exhaustive()
    }
}

impl Cx<'_> {
    /// Begins a change.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        Ok(self.app.db.begin().await?)
    }

    /// Which database answers.
    pub fn backend(&self) -> DbBackend {
        self.app.db.backend()
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// A new key.
    pub fn key(&self) -> Uuid {
        self.app.clock.key()
    }
}

/// Who goes on with what somebody began, though nobody asks at the moment.
#[derive(Clone, Debug)]
pub struct Hand {
    actor: Actor,
    db: Reader,
}

impl Hand {
    /// The server itself: it may what a guest may, and what no policy is asked about.
    pub fn of_server(app: &App) -> Self {
        Self::new(app, Actor::Guest)
    }

    /// The server for a member. May nothing that a token without scopes may not.
    pub fn of(app: &App, member: Uuid) -> Self {
        let means = Means::Token(Scopes::default());
        Self::new(app, Actor::Member(Member { id: member, role: Role::Member, means }))
    }

    /// The server with a member's eyes: it sees what they see, and may change nothing.
    pub fn reading(app: &App, member: Uuid, role: Role) -> Self {
        let scopes = [Scope::ReadPublic, Scope::ReadPrivate, Scope::ReadChat, Scope::ReadContact];
        let means = Means::Token(scopes.into_iter().collect());
        Self::new(app, Actor::Member(Member { id: member, role, means }))
    }

    fn new(app: &App, actor: Actor) -> Self {
        Self { actor, db: Reader::Pool(app.db.fresh().clone()) }
    }

    /// What services are given.
    pub fn cx<'a>(&'a self, app: &'a App) -> Cx<'a> {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Cx { app, actor: &self.actor, address, db: &self.db }
    }
}
