//! What an API token may do, on top of what its owner may.

use crate::{
    Actor, Error, Result,
    cx::{Means, Member},
};

/// One thing that a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "TokenScope")]
pub enum Scope {
    /// Read what every member may read.
    ReadPublic,
    /// Read what is its owner's alone: the account, the home feed, bookmarks.
    ReadPrivate,
    /// Change its owner's profile.
    WriteProfile,
    /// Follow, post, comment, react, bookmark.
    WriteSocial,
    /// Store files, change and delete its owner's.
    WriteFiles,
    /// Change its owner's portfolio and resume.
    WritePortfolio,
    /// Read its owner's conversations, and the community's channels.
    ReadChat,
    /// Write there, and come and go.
    WriteChat,
    /// Read what comes in through contact forms, if its owner may.
    ReadContact,
    /// Answer it, if its owner may.
    WriteContact,
    /// Send mail in the community's name, if its owner may.
    SendEmail,
    /// Change its owner's organizations, postings and applications.
    WriteJobs,
    /// Change boards and tasks that its owner may.
    WriteTasks,
    /// Remove what others wrote, if its owner may.
    Moderate,
    /// Run the community, if its owner may.
    Admin,
}

impl Scope {
    /// All of them, in order.
    pub const ALL: [Self; 15] = [
        Self::ReadPublic,
        Self::ReadPrivate,
        Self::WriteProfile,
        Self::WriteSocial,
        Self::WriteFiles,
        Self::WritePortfolio,
        Self::ReadChat,
        Self::WriteChat,
        Self::ReadContact,
        Self::WriteContact,
        Self::SendEmail,
        Self::WriteJobs,
        Self::WriteTasks,
        Self::Moderate,
        Self::Admin,
    ];

    /// Its name in the schema, and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadPublic => "READ_PUBLIC",
            Self::ReadPrivate => "READ_PRIVATE",
            Self::WriteProfile => "WRITE_PROFILE",
            Self::WriteSocial => "WRITE_SOCIAL",
            Self::WriteFiles => "WRITE_FILES",
            Self::WritePortfolio => "WRITE_PORTFOLIO",
            Self::ReadChat => "READ_CHAT",
            Self::WriteChat => "WRITE_CHAT",
            Self::ReadContact => "READ_CONTACT",
            Self::WriteContact => "WRITE_CONTACT",
            Self::SendEmail => "SEND_EMAIL",
            Self::WriteJobs => "WRITE_JOBS",
            Self::WriteTasks => "WRITE_TASKS",
            Self::Moderate => "MODERATE",
            Self::Admin => "ADMIN",
        }
    }

    fn bit(self) -> u16 {
        Self::ALL.iter().position(|scope| *scope == self).map_or(0, |at| 1 << at)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// Whether `scope` is among them.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// The scopes, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// Reads names separated by spaces; unknown ones are passed over.
    pub fn parse(names: &str) -> Self {
        names
            .split(' ')
            .filter_map(|name| Scope::ALL.into_iter().find(|scope| scope.name() == name))
            .collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::name).collect();
        f.write_str(&names.join(" "))
    }
}

impl Actor {
    /// The member as whom the actor reads what is for members; a token without the scope READ_PUBLIC reads
    /// what guests read.
    pub fn reader(&self) -> Option<Member> {
        self.member().ok().filter(|_| self.allows(Scope::ReadPublic).is_ok())
    }

    /// Whether a token that the actor came in by has `scope`; a session, and a guest, need none.
    pub fn allows(&self, scope: Scope) -> Result<()> {
        match self {
            Self::Member(member) => match member.means {
                Means::Token(scopes) if !scopes.has(scope) => {
                    Err(Error::ScopeMissing(scope.name()))
                }
                _ => Ok(()),
            },
            Self::Guest | Self::Audience => Ok(()),
        }
    }
}
