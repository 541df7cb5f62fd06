//! The pages behind the links at the foot of a mail, for people without an account, a script or a cookie; and the
//! place where mail clients unsubscribe (RFC 8058). A look changes nothing, for machines follow links, too.

pub(super) mod captured;
mod html;
mod words;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::Response,
};
use http_body_util::{BodyExt as _, Limited};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use url::form_urlencoded;

use self::words::{Phrases, phrases};
use super::{Call, address, problem::Problem, routes::Shared};
use crate::{
    Cx, Result,
    cx::Hand,
    entity::{account, email},
    graph::{RequestErrorCode, decode, encode},
    mail::{
        service::{self, Choices, Ticket},
        words::phrases as mail_phrases,
    },
};

/// Points that a page costs a guest's budget, and a token that is none of ours.
const COST: u64 = 5;
const COST_OF_GUESSING: u64 = 100;
/// Bytes of a form.
const FORM: usize = 64 * 1024;

/// What is done with a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Unsubscribe,
    Choices,
}

/// `GET /mail/unsubscribe/{token}`: asks.
pub(super) async fn ask_unsubscribe(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    Visit { shared, call, token, headers }.answer(Page::Unsubscribe, None).await
}

/// `POST /mail/unsubscribe/{token}`: unsubscribes.
pub(super) async fn unsubscribe(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    Visit { shared, call, token, headers }.answer(Page::Unsubscribe, Some(body)).await
}

/// `GET /mail/choices/{token}`: shows what is chosen.
pub(super) async fn ask_choices(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    Visit { shared, call, token, headers }.answer(Page::Choices, None).await
}

/// `POST /mail/choices/{token}`: chooses.
pub(super) async fn choose(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    Visit { shared, call, token, headers }.answer(Page::Choices, Some(body)).await
}

struct Visit {
    shared: Shared,
    call: Call,
    token: String,
    headers: HeaderMap,
}

impl Visit {
    async fn answer(&self, page: Page, body: Option<Body>) -> Response<Body> {
        let response = match self.page(page, body).await {
            Ok(response) => response,
            Err(Refused::Problem(problem)) => problem.respond(&self.call.id),
            Err(Refused::Error(error)) => {
                tracing::error!(?error, request = %self.call.id, "a page about mail can't be shown");
                Problem::internal().respond(&self.call.id)
            }
        };
        tracing::info!(
            target: "guildhall::request",
            request = %self.call.id,
            status = response.status().as_u16(),
            "showed a page about mail"
        );
        response
    }

    async fn page(&self, page: Page, body: Option<Body>) -> Result<Response<Body>, Refused> {
        self.spend(COST)?;
        let app = &self.shared.engine.app;
        let Some(ticket) = service::read_token(app, &self.token) else {
            self.spend(COST_OF_GUESSING)?;
            return Ok(html::page(StatusCode::NOT_FOUND, &app.config.name, &html::lost()));
        };
        let form = match body {
            Some(body) => Some(self.form(body).await?),
            None => None,
        };
        let hand = Hand::of_server(app);
        let cx = hand.cx(app);
        let locale = locale(cx, &ticket).await?;
        match page {
            Page::Unsubscribe => self.leave(cx, &ticket, &locale, form).await,
            Page::Choices => self.choices(cx, &locale, form).await,
        }
    }

    async fn leave(
        &self,
        cx: Cx<'_>,
        ticket: &Ticket,
        locale: &str,
        form: Option<Bytes>,
    ) -> Result<Response<Body>, Refused> {
        let is_done = form.is_some();
        if is_done {
            service::unsubscribe(cx, ticket).await?;
        }
        if form.as_deref().is_some_and(is_one_click) {
            let mut response = Response::new(Body::from("unsubscribed\n"));
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, text);
            return Ok(response);
        }
        let known = service::topics(cx.db).await?;
        let topic = known.iter().find(|topic| topic.id == ticket.topic_id);
        let topic = topic.map_or("", |topic| {
            let names = mail_phrases::phrases(locale);
            names.topic(&topic.key, &topic.name, topic.is_system != 0)
        });
        let words = phrases(locale);
        let inner = if is_done {
            html::left(words, &ticket.email_key, topic, &self.token)
        } else {
            html::leave(words, &ticket.email_key, topic, &self.token)
        };
        Ok(html::page(StatusCode::OK, &cx.app.config.name, &inner))
    }

    async fn choices(
        &self,
        cx: Cx<'_>,
        locale: &str,
        form: Option<Bytes>,
    ) -> Result<Response<Body>, Refused> {
        let words = phrases(locale);
        let is_done = form.is_some();
        let missing = || Refused::Problem(Problem::not_found());
        let now = service::choices(cx, &self.token).await?.ok_or_else(missing)?;
        let choices = match form {
            None => now,
            Some(form) => {
                let form = Chosen::read(&form);
                let topics = form.changes(&now);
                let stop = (form.stop_all != now.all_stopped).then_some(form.stop_all);
                service::change_choices(cx, &self.token, &topics, stop).await?
            }
        };
        let inner = self.choices_page(words, locale, &choices, is_done);
        Ok(html::page(StatusCode::OK, &cx.app.config.name, &inner))
    }

    fn choices_page(
        &self,
        words: &Phrases,
        locale: &str,
        choices: &Choices,
        is_done: bool,
    ) -> html::Inner {
        let names = mail_phrases::phrases(locale);
        let boxes = choices.topics.iter().map(|one| html::Choice {
            id: encode("email_topic", one.topic.id).to_string(),
            name: names.topic(&one.topic.key, &one.topic.name, one.topic.is_system != 0),
            is_on: one.subscribed,
        });
        html::choices(words, &choices.email, boxes, choices.all_stopped, is_done, &self.token)
    }

    fn spend(&self, points: u64) -> Result<(), Problem> {
        let engine = &self.shared.engine;
        let trusted = &engine.app.config.trusted_proxies;
        let address = address::client(self.call.peer.ip(), &self.headers, trusted);
        engine.budget.spend(None, address, points).map_err(|wait| {
            let seconds = HeaderValue::from(wait.as_secs().saturating_add(1));
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests: wait, then try again")
                .code(RequestErrorCode::RateLimited)
                .header(RETRY_AFTER, seconds)
        })
    }

    async fn form(&self, body: Body) -> Result<Bytes, Problem> {
        let collect = Limited::new(body, FORM).collect();
        match tokio::time::timeout(self.shared.patience.body, collect).await {
            Err(_) => {
                Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive"))
            }
            Ok(Err(_)) => {
                let message = "the body is broken, or larger than a form";
                Err(Problem::new(StatusCode::BAD_REQUEST, message))
            }
            Ok(Ok(body)) => Ok(body.to_bytes()),
        }
    }
}

enum Refused {
    Problem(Problem),
    Error(crate::Error),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<crate::Error> for Refused {
    fn from(error: crate::Error) -> Self {
        match error {
            // A topic that went away between two looks.
            crate::Error::Refused(problems) => {
                let message = problems.into_iter().next().map(|problem| problem.message);
                let message = message.unwrap_or_default();
                Self::Problem(Problem::new(StatusCode::BAD_REQUEST, message))
            }
            other => Self::Error(other),
        }
    }
}

/// Whether a mail client unsubscribes for its reader, by a plain form or one in parts.
fn is_one_click(form: &[u8]) -> bool {
    let is_plain = form_urlencoded::parse(form)
        .any(|(name, value)| name == "List-Unsubscribe" && value.trim() == "One-Click");
    let text = String::from_utf8_lossy(form);
    is_plain || text.contains("name=\"List-Unsubscribe\"") && text.contains("One-Click")
}

/// What somebody ticked.
#[derive(Default)]
struct Chosen {
    shown: Vec<String>,
    ticked: Vec<String>,
    stop_all: bool,
}

impl Chosen {
    fn read(form: &[u8]) -> Self {
        let mut chosen = Self::default();
        for (name, value) in form_urlencoded::parse(form) {
            match &*name {
                "shown" => chosen.shown.push(value.into_owned()),
                "topic" => chosen.ticked.push(value.into_owned()),
                "stop_all" => chosen.stop_all = true,
                _ => {}
            }
        }
        chosen
    }

    /// What differs from what stands. A topic that the page did not show stays as it is.
    fn changes(&self, now: &Choices) -> Vec<(Option<uuid::Uuid>, bool)> {
        let has =
            |list: &[String], id| list.iter().any(|one| decode("email_topic", one) == Some(id));
        let shown = now.topics.iter().filter(|one| has(&self.shown, one.topic.id));
        let wanted = shown.map(|one| (one, has(&self.ticked, one.topic.id)));
        let other = wanted.filter(|(one, is_on)| one.subscribed != *is_on);
        other.map(|(one, is_on)| (Some(one.topic.id), is_on)).collect()
    }
}

/// The language of an address: its account's, or that of the last mail to it.
async fn locale(cx: Cx<'_>, ticket: &Ticket) -> Result<String> {
    let account = account::Entity::find().filter(account::Column::EmailKey.eq(&*ticket.email_key));
    if let Some(account) = account.one(cx.db).await? {
        return Ok(account.locale);
    }
    let last = email::Entity::find().filter(email::Column::ToKey.eq(&*ticket.email_key));
    let last = last.order_by_desc(email::Column::Id).one(cx.db).await?;
    Ok(last.map_or_else(|| "en".to_owned(), |mail| mail.locale))
}
