//! Who may come in, and as whom: accounts and how they sign in, sessions and their tokens, API tokens,
//! invitations and roles. A profile's first row is written here, with its account; all else about
//! profiles belongs to `members`.

mod loaders;
mod mutation;
pub mod policy;
mod query;
pub mod service;
mod types;
mod viewer;
pub mod work;

pub use loaders::Loaders;
pub use mutation::{
    AccountPayload, AccountRegisterInput, AccountUpdateInput, ApiTokenCreateInput, ApiTokenPayload,
    AuthPayload, AuthSession, InvitationCreateInput, InvitationPayload, Mutation,
    PasswordChangeInput, PasswordResetInput, PasswordSignIn, RefreshCookie, SessionCreateInput,
};
pub use query::{AccountsDesk, MemberFilter, Query};
pub use service::{
    Entry, Pass, authenticate, cookies, enter, jwks, prepare, prune, rotate_keys, standing,
};
pub use types::{
    Account, AccountConnection, AccountEdge, ApiToken, Invitation, InvitationConnection,
    InvitationEdge, Permission, Role, Session,
};
pub use viewer::AccountsViewer;
