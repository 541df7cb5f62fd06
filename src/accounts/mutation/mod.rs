mod inputs;
mod payloads;

use async_graphql::{Context, ID, Object};
pub use inputs::{
    AccountRegisterInput, AccountUpdateInput, ApiTokenCreateInput, InvitationCreateInput,
    PasswordChangeInput, PasswordResetInput, PasswordSignIn, SessionCreateInput,
};
pub use payloads::{AccountPayload, ApiTokenPayload, AuthPayload, AuthSession, InvitationPayload};

use super::{
    Account, Invitation, Role, policy,
    service::{self, Joiner, NewInvitation, NewToken, cookies},
};
use crate::{
    Error,
    cx::Means,
    entity::account::Role as BuiltIn,
    error::{ErrorCode, Problem},
    graph::{ContextExt, DeletePayload, DonePayload, EmailAddress, Result, decode, encode},
};

/// The value of the cookie that holds the refresh token: request data, put there by the server.
#[derive(Clone)]
pub enum RefreshCookie {
    /// The browser sent it.
    Sent(String),
    /// The call came over a socket, where cookies can be neither read nor set.
    OutOfReach,
}

impl std::fmt::Debug for RefreshCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshCookie(********)")
    }
}

/// The accounts' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "AccountsMutation")]
impl Mutation {
    /// Become a member. A mail proves your address; if you came by an invitation that was mailed to it, that did.
    async fn account_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new account.")] input: AccountRegisterInput,
    ) -> Result<AuthPayload> {
        let AccountRegisterInput { email, handle, name, password, invitation, locale } = input;
        let locale = locale.map(|locale| locale.0);
        let joiner = Joiner { email: email.0, handle, name, password, locale };
        let device = &ctx.execution().device;
        let signed_in = service::register(ctx.cx(), joiner, invitation.as_deref(), device).await;
        AuthPayload::of(ctx, signed_in).await
    }

    /// Sign in.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The way in.")] input: SessionCreateInput,
    ) -> Result<AuthPayload> {
        let SessionCreateInput::Password(by) = input;
        let device = by.device.as_deref().unwrap_or(&ctx.execution().device);
        let signed_in = service::sign_in(ctx.cx(), &by.login, &by.password, device).await;
        AuthPayload::of(ctx, signed_in).await
    }

    /// New access token, and a new refresh token: each is good once, and one that comes back after its
    /// use ends the session. Without an argument the cookie is used, and the answer's `refreshToken`
    /// is null.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token of the last answer.")] refresh_token: Option<String>,
    ) -> Result<AuthPayload> {
        let device = &ctx.execution().device;
        if let Some(token) = refresh_token {
            let signed_in = service::refresh(ctx.cx(), &token, device).await;
            return AuthPayload::of(ctx, signed_in).await;
        }
        let cookie = match ctx.data_opt::<RefreshCookie>().ok_or(Error::Unauthenticated)? {
            RefreshCookie::Sent(cookie) => cookie,
            RefreshCookie::OutOfReach => {
                let message = "a socket can't set cookies: send `refreshToken`, or renew the session \
                    by a POST, which prolongs its sockets too";
                return Err(Error::BadRequest(message.into()).into());
            }
        };
        let signed_in = service::refresh(ctx.cx(), cookie, device).await;
        Ok(AuthPayload::of(ctx, signed_in).await?.by_cookie())
    }

    /// Sign out here (no id), or elsewhere. An admin may end anybody's session.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session to end; without one, that of this call.")] id: Option<ID>,
        #[graphql(default, desc = "End all your other sessions instead.")] all_others: bool,
    ) -> Result<DeletePayload> {
        let cx = ctx.cx();
        let ended = match (id, all_others) {
            (None, true) => service::revoke_others(cx).await,
            (Some(_), true) => Err(both_named()),
            (None, false) => service::revoke_session(cx, None).await.map(|id| vec![id]),
            (Some(id), false) => match decode("session", &id) {
                Some(id) => service::revoke_session(cx, Some(id)).await.map(|id| vec![id]),
                None => cx.actor.member().and(Err(Error::not_found("session"))),
            },
        };
        let here = match cx.actor.member().map(|member| member.means) {
            Ok(Means::Session { id, .. }) => Some(id),
            _ => None,
        };
        if ended.as_ref().is_ok_and(|ended| here.is_some_and(|here| ended.contains(&here))) {
            set_cookies(ctx, cookies::clear());
        }
        let ids = |ended: Vec<_>| ended.into_iter().map(|id| encode("session", id)).collect();
        DeletePayload::settle(ctx, ended.map(ids)).await
    }

    /// New password, by the old one.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old and the new password.")] input: PasswordChangeInput,
    ) -> Result<DonePayload> {
        let PasswordChangeInput { current, next, sign_out_others } = input;
        let done = service::change_password(ctx.cx(), &current, &next, sign_out_others).await;
        DonePayload::settle(ctx, done).await
    }

    /// Mails a link that sets a new password to an address, if it is that of an account. The answer is the same
    /// whether it is or not. The link is good once, for an hour.
    async fn password_reset_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address of the account.")] email: EmailAddress,
    ) -> Result<DonePayload> {
        let done = service::send_reset(ctx.cx(), &email.0).await;
        DonePayload::settle(ctx, done).await
    }

    /// New password, by the token of a mail. Ends all sessions and signs nobody in: call `sessionCreate` then.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the new password.")] input: PasswordResetInput,
    ) -> Result<DonePayload> {
        let PasswordResetInput { token, password } = input;
        let done = service::reset_password(ctx.cx(), &token, &password).await;
        DonePayload::settle(ctx, done).await
    }

    /// Proves an address by the token of a mail, signed in or not. Signs nobody in.
    async fn email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token: the last part of the link in the mail.")] token: String,
    ) -> Result<DonePayload> {
        let done = service::verify_email(ctx.cx(), &token).await;
        DonePayload::settle(ctx, done).await
    }

    /// Mails you another link that proves your address; at most five an hour.
    async fn email_verification_send(&self, ctx: &Context<'_>) -> Result<DonePayload> {
        let done = service::send_verification(ctx.cx()).await;
        DonePayload::settle(ctx, done).await
    }

    /// Another address: it takes the place of the old one, which is told, once a link that is mailed to it was
    /// followed. Needs a session in which the password was proved within ten minutes.
    async fn email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new address.")] email: EmailAddress,
    ) -> Result<AccountPayload> {
        let cx = ctx.cx();
        let row = service::change_email(cx, &email.0).await;
        let account = row.map(|row| Account::shown_to(cx.actor, row.into()));
        AccountPayload::settle(ctx, account).await
    }

    /// What you set about your account.
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: AccountUpdateInput,
    ) -> Result<AccountPayload> {
        let cx = ctx.cx();
        let locale = input.locale.map(|locale| locale.0);
        let row = service::update_account(cx, locale.as_deref()).await;
        let account = row.map(|row| Account::shown_to(cx.actor, row.into()));
        AccountPayload::settle(ctx, account).await
    }

    /// A token for programs. Needs a session in which the password was proved within ten minutes.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new token.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenPayload> {
        let ApiTokenCreateInput { name, scopes, expires_at } = input;
        let new = NewToken { name, scopes, expires_at: expires_at.map(|at| at.0) };
        ApiTokenPayload::of(ctx, service::create_token(ctx.cx(), new).await).await
    }

    /// It stops working at once.
    async fn api_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token, one of yours.")] id: ID,
    ) -> Result<DeletePayload> {
        let ended = match decode("token", &id) {
            Some(id) => service::revoke_token(ctx.cx(), id).await,
            None => ctx.cx().actor.member().and(Err(Error::not_found("token"))),
        };
        DeletePayload::settle(ctx, ended.map(|id| vec![encode("token", id)])).await
    }

    /// Invite somebody; to an address, which gets a mail, or as a link for as many as you say.
    async fn invitation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new invitation.")] input: InvitationCreateInput,
    ) -> Result<InvitationPayload> {
        let InvitationCreateInput { email, role, note, max_uses, expires_at } = input;
        let made = async {
            ctx.cx().actor.member()?;
            let role = match role {
                Some(id) => role_by_id(&id, ["input", "role"])?,
                None => BuiltIn::Member,
            };
            let (email, expires_at) = (email.map(|email| email.0), expires_at.map(|at| at.0));
            let new = NewInvitation { email, role, note, max_uses, expires_at };
            service::create_invitation(ctx.cx(), new).await.map(Invitation)
        };
        let made = made.await;
        InvitationPayload::settle(ctx, made).await
    }

    /// Take an invitation back: its maker and staff may. Who has joined by it stays.
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
    ) -> Result<InvitationPayload> {
        let revoked = match decode("invitation", &id) {
            Some(id) => service::revoke_invitation(ctx.cx(), id).await.map(Invitation),
            None => ctx.cx().actor.member().and(Err(Error::not_found("invitation"))),
        };
        InvitationPayload::settle(ctx, revoked).await
    }

    /// The roles of one member; exactly one at present. For admins; the last admin stays one.
    async fn member_roles_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] account: ID,
        #[graphql(desc = "The ids of the roles.")] roles: Vec<ID>,
    ) -> Result<AccountPayload> {
        let cx = ctx.cx();
        let set = async {
            policy::manage_members(cx.actor)?;
            let read = roles.iter().take(10).enumerate();
            let roles = read.map(|(at, id)| role_by_id(id, ["roles".to_owned(), at.to_string()]));
            let roles = roles.collect::<crate::Result<Vec<_>>>()?;
            let row = service::set_roles(cx, decode("account", &account), &roles).await?;
            Ok(Account::shown_to(cx.actor, row.into()))
        };
        let set = set.await;
        AccountPayload::settle(ctx, set).await
    }
}

fn role_by_id<P: Into<std::borrow::Cow<'static, str>>>(
    id: &ID,
    path: impl IntoIterator<Item = P>,
) -> crate::Result<BuiltIn> {
    let found = decode("role", id).and_then(Role::by_id);
    let problem = || Problem::at(ErrorCode::NotFound, path, "there is no such role");
    found.map(|role| role.0).ok_or_else(|| problem().into())
}

fn both_named() -> Error {
    let message = "name a session, or all others";
    Error::refused(ErrorCode::Invalid, ["allOthers"], message)
}

/// Hands cookies to the browser.
fn set_cookies(ctx: &Context<'_>, cookies: impl IntoIterator<Item = String>) {
    for cookie in cookies {
        ctx.append_http_header("set-cookie", cookie);
    }
}
