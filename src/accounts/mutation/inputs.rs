use async_graphql::{ID, InputObject, OneofObject};

use crate::{
    graph::{DateTime, EmailAddress, Locale},
    scope::Scope,
};

/// A new account.
#[derive(InputObject)]
pub struct AccountRegisterInput {
    /// Where mail reaches you.
    pub(super) email: EmailAddress,
    /// What you are found by: 2 to 30 of a to z, 0 to 9 and _.
    pub(super) handle: String,
    /// What you are called; 1 to 80 characters.
    pub(super) name: String,
    /// 8 to 256 characters that are hard to guess.
    pub(super) password: String,
    /// The token of an invitation: the last part of its link.
    pub(super) invitation: Option<String>,
    /// The language to be written to in; English by default.
    pub(super) locale: Option<Locale>,
}

/// Changes to your account; what is left out stays.
#[derive(Debug, InputObject)]
pub struct AccountUpdateInput {
    /// The language to be written to in.
    pub(super) locale: Option<Locale>,
}

/// A new password, by a mail.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The token: the last part of the link in the mail.
    pub(super) token: String,
    /// 8 to 256 characters that are hard to guess.
    pub(super) password: String,
}

/// One way in.
#[derive(OneofObject)]
pub enum SessionCreateInput {
    /// By password.
    Password(PasswordSignIn),
}

/// Sign in by password.
#[derive(InputObject)]
pub struct PasswordSignIn {
    /// E-mail address or handle.
    pub(super) login: String,
    /// The password.
    pub(super) password: String,
    /// What to call this device in the list of sessions; else it is what the program says it is.
    pub(super) device: Option<String>,
}

/// A new password, by the old one.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The old one.
    pub(super) current: String,
    /// The new one: 8 to 256 characters that are hard to guess.
    pub(super) next: String,
    /// Whether to end all your other sessions. API tokens go on.
    #[graphql(default = true)]
    pub(super) sign_out_others: bool,
}

/// A new token.
#[derive(Debug, InputObject)]
pub struct ApiTokenCreateInput {
    /// What you call it; 1 to 80 characters.
    pub(super) name: String,
    /// What it may do, on top of what you may; at least one.
    pub(super) scopes: Vec<Scope>,
    /// When it stops working; never by default.
    pub(super) expires_at: Option<DateTime>,
}

/// A new invitation; to an address, or as a link.
#[derive(Debug, InputObject)]
pub struct InvitationCreateInput {
    /// The only address that may use it; anybody who has the link by default.
    pub(super) email: Option<EmailAddress>,
    /// What those who use it become; a member by default. Another role is for admins to give.
    pub(super) role: Option<ID>,
    /// A word to its holder; at most 500 characters.
    pub(super) note: Option<String>,
    /// How many may use it; 1 to 1,000.
    #[graphql(default = 1)]
    pub(super) max_uses: i32,
    /// When it stops working; never by default.
    pub(super) expires_at: Option<DateTime>,
}
