//! Reads and writes of accounts, for any caller: the graph, a timer, the command line.

mod api_tokens;
mod authenticate;
pub mod cookies;
mod email;
mod entry;
mod invitations;
mod join;
mod keys;
mod letters;
mod members;
mod password;
mod prune;
mod refresh;
mod reset;
mod sessions;
mod settings;
mod sign_in;
mod tokens;

pub use api_tokens::{MadeToken, NewToken, create_token, revoke_token};
pub use authenticate::{authenticate, enter};
pub use email::{change_email, send_verification, verify_email};
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
pub use reset::{mail_reset, reset_password, send_reset};
pub use sessions::{SignedIn, revoke_others, revoke_session};
pub use settings::update_account;
pub use sign_in::sign_in;
