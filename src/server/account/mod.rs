//! `/account`: plain pages for what mails ask of their readers, so that a community without a front end is whole.
//! To look at a page changes nothing, as mail programs follow links by themselves; its button does.

mod page;
mod words;

use std::net::IpAddr;

use axum::{
    Extension, Router,
    body::{self, Body},
    extract::{Path, State},
    http::{
        HeaderMap, Response, StatusCode,
        header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER},
    },
    routing::get,
};

use self::{
    page::{Form, Page},
    words::Words,
};
use super::{Call, address, routes::Shared};
use crate::{
    Actor, Cx, Error, Result,
    accounts::service,
    error::{Detail, ErrorCode},
    infra::reader::Reader,
};

/// Bytes of a form.
const BODY: usize = 4 * 1024;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/account/verify/{token}", get(show_verify).post(verify))
        .route("/account/reset", get(show_ask).post(ask))
        .route("/account/reset/{token}", get(show_reset).post(reset))
}

async fn show_verify(State(shared): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let words = words::of(&headers);
    let page = Page { title: words.verify, text: words.verify_text, form: Form::Button };
    page.respond(&shared, words, StatusCode::OK)
}

async fn show_ask(State(shared): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let words = words::of(&headers);
    let page = Page { title: words.ask, text: words.ask_text, form: Form::Address };
    page.respond(&shared, words, StatusCode::OK)
}

async fn show_reset(State(shared): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let words = words::of(&headers);
    let page = Page { title: words.reset, text: words.reset_text, form: Form::Password };
    page.respond(&shared, words, StatusCode::OK)
}

async fn verify(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let sent = Sent { shared: &shared, call: &call, words: words::of(&headers), headers: &headers };
    let words = sent.words;
    let (title, done) = (words.verify, words.verify_done);
    sent.answer(title, done, Form::Button, body, async |cx, _| {
        service::verify_email(cx, &token).await
    })
    .await
}

async fn ask(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let sent = Sent { shared: &shared, call: &call, words: words::of(&headers), headers: &headers };
    let words = sent.words;
    let (title, done) = (words.ask, words.ask_done);
    sent.answer(title, done, Form::Address, body, async |cx, form| {
        service::send_reset(cx, &field(&form, "email")).await
    })
    .await
}

async fn reset(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let sent = Sent { shared: &shared, call: &call, words: words::of(&headers), headers: &headers };
    let words = sent.words;
    let (title, done) = (words.reset, words.reset_done);
    sent.answer(title, done, Form::Password, body, async |cx, form| {
        service::reset_password(cx, &token, &field(&form, "password")).await
    })
    .await
}

/// A field of a form; empty if it is not there.
fn field(form: &[u8], name: &str) -> String {
    let mut fields = url::form_urlencoded::parse(form);
    fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A form that was sent.
struct Sent<'a> {
    shared: &'a Shared,
    call: &'a Call,
    words: &'static Words,
    headers: &'a HeaderMap,
}

impl Sent<'_> {
    /// Does what a form asks for, and says what came of it. Cookies and tokens of sessions are not looked at: what is
    /// in the form says all.
    async fn answer(
        &self,
        title: &'static str,
        done: &'static str,
        form: Form,
        body: Body,
        act: impl AsyncFnOnce(Cx<'_>, Vec<u8>) -> Result<()>,
    ) -> Response<Body> {
        let respond = |text, form, status| {
            Page { title, text, form }.respond(self.shared, self.words, status)
        };
        let sent = match self.read(body).await {
            Ok(sent) => sent,
            Err(status) => return respond(self.words.unreadable, form, status),
        };
        let app = &self.shared.engine.app;
        let db = Reader::Pool(app.db.fresh().clone());
        let cx = Cx { app, actor: &Actor::Guest, address: self.address(), db: &db };
        let problems = match Box::pin(act(cx, sent)).await {
            Ok(()) => return respond(done, Form::None, StatusCode::OK),
            Err(Error::Refused(problems)) => problems,
            Err(Error::Unavailable) => {
                return respond(self.words.unavailable, form, StatusCode::SERVICE_UNAVAILABLE);
            }
            Err(error) => {
                let error = match error {
                    Error::Internal(source) => source.to_string(),
                    other => other.to_string(),
                };
                tracing::error!(error, request = %self.call.id, "an account page failed");
                return respond(self.words.failed, form, StatusCode::INTERNAL_SERVER_ERROR);
            }
        };
        let problem = problems.into_iter().next();
        let (code, detail) = problem
            .map_or((ErrorCode::Invalid, Detail::None), |problem| (problem.code, problem.detail));
        match code {
            ErrorCode::Expired => respond(self.words.expired, Form::None, StatusCode::GONE),
            ErrorCode::Taken => respond(self.words.taken, Form::None, StatusCode::CONFLICT),
            ErrorCode::RateLimited => {
                let mut response = respond(self.words.wait, form, StatusCode::TOO_MANY_REQUESTS);
                if let Detail::RetryAfter(wait) = detail {
                    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                    response.headers_mut().insert(RETRY_AFTER, seconds.into());
                }
                response
            }
            _ => respond(form.hint(self.words), form, StatusCode::UNPROCESSABLE_ENTITY),
        }
    }

    /// The bytes of the form.
    async fn read(&self, body: Body) -> Result<Vec<u8>, StatusCode> {
        let media_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let name = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        if !name.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let bytes = body::to_bytes(body, BODY);
        match tokio::time::timeout(self.shared.patience.body, bytes).await {
            Ok(Ok(bytes)) => Ok(bytes.into()),
            Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }

    fn address(&self) -> IpAddr {
        let trusted = &self.shared.engine.app.config.trusted_proxies;
        address::client(self.call.peer.ip(), self.headers, trusted)
    }
}
