//! `/graphql`: GraphQL over HTTP by POST and GET.

use std::{io::Write as _, sync::Arc, time::Instant};

use async_graphql::parser::types::OperationType;
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
        header::{
            ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER,
            SET_COOKIE, USER_AGENT, VARY,
        },
    },
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;

use super::{
    Call, Server,
    accept::{self, Events, Media},
    address, ask, authentication, events, headers, multipart, playground,
    problem::Problem,
    socket,
};
use crate::{
    Actor,
    engine::{Answer, Ask, Caller, Refused},
    graph::RequestErrorCode,
};

/// Bytes from which an answer is worth compressing.
const COMPRESSED: usize = 1024;
/// Bytes that are kept of a `User-Agent`.
const DEVICE: usize = 200;

/// Answers a request to `/graphql`.
pub(super) async fn answer(
    server: &Arc<Server>,
    call: &Call,
    request: Request<Incoming>,
) -> Response<Body> {
    let method = request.method();
    if method == Method::OPTIONS {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(ALLOW, ALLOWED);
        headers::preflight(response.headers_mut());
        return response;
    }
    if socket::is_wanted(method, request.headers()) {
        return socket::answer(server, call, request).await;
    }
    let media = accept::negotiate(request.headers());
    if method != Method::GET && method != Method::POST {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "use POST or GET")
            .header(ALLOW, ALLOWED)
            .media(media.unwrap_or(Media::Json))
            .respond(&call.id);
    }
    if shows_playground(server, &request) {
        return playground::page();
    }
    let events = accept::events(request.headers(), media);
    let media = match (media, events) {
        (Some(media), _) => media,
        // What is refused before there is a stream is told by its status.
        (None, Events::Only) => Media::GraphqlResponse,
        (None, _) => {
            let message = "answers come as application/json or application/graphql-response+json";
            return Problem::new(StatusCode::NOT_ACCEPTABLE, message).respond(&call.id);
        }
    };
    match run(server, call, Wanted { media, events }, request).await {
        Ok(response) => response,
        Err(Failure::Problem(problem)) => problem.media(media).respond(&call.id),
        Err(Failure::Response(response)) => *response,
    }
}

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");

/// In what form the answer is to come.
#[derive(Clone, Copy)]
struct Wanted {
    media: Media,
    events: Events,
}

enum Failure {
    Problem(Problem),
    Response(Box<Response<Body>>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

async fn run(
    server: &Arc<Server>,
    call: &Call,
    Wanted { media, events }: Wanted,
    request: Request<Incoming>,
) -> Result<Response<Body>, Failure> {
    let began = Instant::now();
    let (head, mut body) = request.into_parts();
    let app = &server.engine.app;
    let mark = server.standings.mark();
    let is_form = head.method == Method::POST && multipart::is_sent(&head.headers);
    let entry = match authentication::entry(app, &head.headers, media, &call.id).await {
        Ok(entry) => entry,
        Err(response) => {
            if is_form {
                multipart::hear_out(&head.headers, &mut body).await;
            }
            return Err(Failure::Response(response));
        }
    };
    let actor = entry.map_or(Actor::Guest, |entry| Actor::Member(entry.member));
    // The place is held until the files are let go: what they take of the disk is bounded so.
    let (ask, _place) = if head.method == Method::GET {
        (ask::from_query(head.uri.query().unwrap_or_default())?, None)
    } else if is_form {
        let proxies = &app.config.trusted_proxies;
        let address = address::client(call.peer.ip(), &head.headers, proxies);
        let who = (&actor, address);
        let (ask, place) = multipart::read(server, &head.headers, who, &mut body).await?;
        (ask, Some(place))
    } else {
        check_media_type(&head.headers)?;
        (ask::from_json(&read(server, &head.headers, body).await?)?, None)
    };
    let refresh_cookie = authentication::refresh_cookie(&head.headers);
    let from = server.origins.sent_from(&head.headers);
    let ask = Ask { refresh_cookie, from, request_id: call.id.clone(), ..ask };
    let caller = Caller {
        actor,
        address: address::client(call.peer.ip(), &head.headers, &app.config.trusted_proxies),
        device: device(&head.headers),
    };
    let answer = match events {
        Events::No => server.engine.execute(caller, ask).await,
        Events::Also | Events::Only => {
            let who = events::Who { entry, mark };
            match events::begin(server, call, who, caller, ask, &head).await? {
                events::Begun::Answer(answer) => answer,
                events::Begun::Stream(response) => return Ok(response),
            }
        }
    };
    let mut response = respond(&answer, media, actor, &head.headers);
    if events == Events::Only && answer.refused.is_none() {
        response = events::whole(response, &answer);
    }
    let took = began.elapsed();
    server.metrics.answered(&answer, took);
    log_answer(&answer, Some(response.status()), actor, took);
    Ok(response)
}

/// A browser that asks for no operation gets the playground.
fn shows_playground(server: &Server, request: &Request<Incoming>) -> bool {
    let asks = || {
        let query = request.uri().query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| matches!(&*name, "query" | "documentId" | "extensions"))
    };
    request.method() == Method::GET
        && server.engine.app.config.playground
        && accept::wants_html(request.headers())
        && !asks()
}

/// Only JSON is read, beside forms that say that they may come: a page of another origin can't send either without
/// asking first, as it can plain forms and text.
fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |message| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return refuse("say what the body is: `Content-Type: application/json`");
    };
    let mut parts = media_type.split(';');
    let name = parts.next().unwrap_or_default().trim();
    if !name.eq_ignore_ascii_case("application/json") {
        return refuse("send the body as application/json");
    }
    let is_utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(key, value)| {
        let value = value.trim().trim_matches('"');
        !key.trim().eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8")
    });
    if !is_utf8 {
        return refuse("send the body as UTF-8");
    }
    let encoding = headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refuse("send the body uncompressed");
    }
    Ok(())
}

async fn read(server: &Server, headers: &HeaderMap, body: Incoming) -> Result<Bytes, Problem> {
    let most = server.engine.app.config.limits.body_bytes;
    let too_large =
        || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this server takes");
    let length =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let collect = Limited::new(body, most).collect();
    match tokio::time::timeout(server.patience.body, collect).await {
        Err(_) => {
            let message = "the body took too long to arrive";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, message)
                .header(axum::http::header::CONNECTION, HeaderValue::from_static("close")))
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body is broken")),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

pub(super) fn device(headers: &HeaderMap) -> String {
    let device = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // It is ASCII, as `to_str` makes sure.
    device.get(..DEVICE).unwrap_or(device).to_owned()
}

fn respond(answer: &Answer, media: Media, actor: Actor, request: &HeaderMap) -> Response<Body> {
    let is_query = answer.kind == Some(OperationType::Query);
    let mut json = answer.json();
    // What a change answers may hold a new token, which its size must not give away.
    let compressed =
        (is_query && json.len() > COMPRESSED && accept::takes_gzip(request)).then(|| gzip(&json));
    let is_compressed = matches!(&compressed, Some(Ok(_)));
    if let Some(Ok(compressed)) = compressed {
        json = compressed;
    }
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status(answer, media);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media.content_type());
    headers
        .insert(VARY, HeaderValue::from_static("accept, accept-encoding, authorization, cookie"));
    if is_compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if is_query && answer.refused.is_none() && actor == Actor::Guest {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    match answer.refused {
        Some(Refused::Method) => {
            headers.insert(ALLOW, HeaderValue::from_static("POST"));
        }
        Some(Refused::RateLimited(wait)) => {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().saturating_add(1)));
        }
        _ => {}
    }
    for cookie in answer.response.http_headers.get_all(SET_COOKIE) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    response
}

fn status(answer: &Answer, media: Media) -> StatusCode {
    match answer.refused {
        None => StatusCode::OK,
        Some(Refused::Method) => StatusCode::METHOD_NOT_ALLOWED,
        Some(Refused::RateLimited(_)) => StatusCode::TOO_MANY_REQUESTS,
        Some(Refused::Timeout) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Refused::Failed) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(Refused::Request) => {
            let malformed = answer.error_code() == Some(&RequestErrorCode::BadRequest.name());
            if malformed || media == Media::GraphqlResponse {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::OK
            }
        }
    }
}

fn gzip(json: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    encoder.write_all(json)?;
    encoder.finish()
}

/// One line for each operation; never what was sent or answered. Over a socket there is no status.
pub(super) fn log_answer(
    answer: &Answer,
    status: Option<StatusCode>,
    actor: Actor,
    took: std::time::Duration,
) {
    tracing::info!(
        target: "guildhall::request",
        request = %answer.request_id,
        operation = answer.operation_name(),
        kind = answer.kind.map(tracing::field::display),
        cost = answer.cost,
        ms = took.as_secs_f64() * 1_000.0,
        status = status.map(|status| status.as_u16()),
        code = answer.error_code(),
        member = actor.id().map(tracing::field::display),
        "answered"
    );
}
