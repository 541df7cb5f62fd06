use async_graphql::{Context, SimpleObject};

use super::set_cookies;
use crate::{
    accounts::{
        Account, ApiToken, Invitation, Session,
        service::{MadeToken, SignedIn, cookies},
    },
    graph::{ContextExt, DateTime, Result, UserError, payload, settle},
    viewer::Viewer,
};

payload!(
    /// Answer about an account.
    AccountPayload {
        /// The account.
        account: Account
    }
);

payload!(
    /// Answer about an invitation.
    InvitationPayload {
        /// The invitation.
        invitation: Invitation
    }
);

/// Answer about signing in. In a browser the tokens come as cookies too, out of reach of scripts.
#[derive(SimpleObject)]
pub struct AuthPayload {
    /// The session, with what proves it.
    session: Option<AuthSession>,
    /// You, as of now.
    viewer: Option<Viewer>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// A session, with what proves it. Send the access token as `Authorization: Bearer …`.
#[derive(SimpleObject)]
pub struct AuthSession {
    /// A JWT (RFC 9068): proves who you are until `expiresAt`.
    access_token: String,
    /// When the access token ends: call `sessionRefresh` before.
    expires_at: DateTime,
    /// Renews the session, once. Null when the cookie was used: the new one is a cookie again.
    refresh_token: Option<String>,
    /// The session.
    session: Session,
}

impl AuthPayload {
    /// The payload of what a service answered; sets the cookies.
    pub(super) async fn of(ctx: &Context<'_>, result: crate::Result<SignedIn>) -> Result<Self> {
        let (signed_in, user_errors) = settle(ctx, result).await?;
        let Some(signed_in) = signed_in else {
            return Ok(Self { session: None, viewer: None, user_errors });
        };
        set_cookies(ctx, cookies::set(ctx.cx().app, &signed_in));
        let session = AuthSession {
            access_token: signed_in.access_token,
            expires_at: signed_in.expires_at.into(),
            refresh_token: Some(signed_in.refresh_token),
            session: Session { row: signed_in.session, is_current: true },
        };
        let viewer = Viewer::of(signed_in.member);
        Ok(Self { session: Some(session), viewer: Some(viewer), user_errors })
    }

    /// The same without the token that a browser keeps out of reach of scripts.
    pub(super) fn by_cookie(mut self) -> Self {
        if let Some(session) = &mut self.session {
            session.refresh_token = None;
        }
        self
    }
}

/// Answer about an API token.
#[derive(SimpleObject)]
pub struct ApiTokenPayload {
    /// The token.
    api_token: Option<ApiToken>,
    /// What a program sends as `Authorization: Bearer …`. Shown this once.
    secret: Option<String>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

impl ApiTokenPayload {
    /// The payload of what a service answered.
    pub(super) async fn of(ctx: &Context<'_>, result: crate::Result<MadeToken>) -> Result<Self> {
        let (made, user_errors) = settle(ctx, result).await?;
        let (api_token, secret) = made.map(|made| (ApiToken(made.token), made.secret)).unzip();
        Ok(Self { api_token, secret, user_errors })
    }
}
