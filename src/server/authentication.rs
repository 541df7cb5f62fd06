//! Who calls: by a bearer token, else by the cookie of a browser.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{AUTHORIZATION, COOKIE, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE},
    },
};

use super::{accept::Media, problem::Problem};
use crate::{
    Error, Result,
    accounts::{self, Entry, cookies},
    app::App,
    graph::RequestErrorCode,
};

/// What the caller comes in by, and whether it is a cookie: a token, and nothing for a guest.
pub(super) fn credential(headers: &HeaderMap) -> Option<(&str, bool)> {
    match (bearer(headers), cookie(headers, cookies::ACCESS)) {
        (Some(token), _) => Some((token, false)),
        (None, Some(token)) => Some((token, true)),
        (None, None) => None,
    }
}

/// Whether a browser has sent what it keeps of a session.
pub(super) fn has_cookie(headers: &HeaderMap) -> bool {
    cookie(headers, cookies::ACCESS).or_else(|| cookie(headers, cookies::REFRESH)).is_some()
}

/// The member who calls; `None` is a guest. A credential that is not valid is an answer of its own, never a
/// guest.
pub(super) async fn entry(
    app: &App,
    headers: &HeaderMap,
    media: Media,
    request: &str,
) -> Result<Option<Entry>, Box<Response<Body>>> {
    let Some((credential, by_cookie)) = credential(headers) else { return Ok(None) };
    let problem = match accounts::enter(app, credential).await {
        Ok(entry) => return Ok(Some(entry)),
        Err(Error::Unavailable) => {
            let message = "a service behind this one is not available, try again later";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
                .code(RequestErrorCode::Unavailable)
                .header(RETRY_AFTER, HeaderValue::from_static("5"))
        }
        Err(Error::Internal(error)) => {
            tracing::error!(%error, request, "authentication failed");
            Problem::internal()
        }
        Err(_) => {
            let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
            let problem = Problem::new(StatusCode::UNAUTHORIZED, "the token sent is not valid")
                .code(RequestErrorCode::Unauthenticated)
                .header(WWW_AUTHENTICATE, challenge);
            if by_cookie { problem.header(SET_COOKIE, cleared()) } else { problem }
        }
    };
    Err(Box::new(problem.media(media).respond(request)))
}

/// The refresh token that a browser keeps.
pub(super) fn refresh_cookie(headers: &HeaderMap) -> Option<String> {
    cookie(headers, cookies::REFRESH).map(str::to_owned)
}

/// Takes the access cookie away. The other stays: it may still renew the session.
fn cleared() -> HeaderValue {
    HeaderValue::from_static(cookies::NO_ACCESS)
}

/// The token after `Bearer`; an empty one where there is none, or it can't be read.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(6)?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer")
        && token.first().is_none_or(|separator| *separator == b' ');
    is_bearer.then(|| std::str::from_utf8(token).unwrap_or_default().trim())
}

fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}
