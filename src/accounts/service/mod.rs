//! Reads and writes of accounts, for any caller: the graph, a timer, the command line.

mod api_tokens;
mod authenticate;
pub mod cookies;
mod entry;
mod invitations;
mod join;
mod keys;
mod members;
mod password;
mod prune;
mod refresh;
mod sessions;
mod sign_in;

pub use api_tokens::{MadeToken, NewToken, create_token, revoke_token};
pub use authenticate::{authenticate, enter};
pub use entry::{Entry, Pass, standing};
pub use invitations::{
    NewInvitation, by_token, create_invitation, invitations, link, revoke_invitation, state_of,
};
pub use join::{Joiner, NewMember, create_admin, handle_problem, insert_member, register};
pub use keys::{jwks, prepare, rotate_keys};
pub use members::{Filter, members, own_account, set_roles};
pub use password::change_password;
pub use prune::prune;
pub use refresh::refresh;
pub use sessions::{SignedIn, revoke_others, revoke_session};
pub use sign_in::sign_in;
