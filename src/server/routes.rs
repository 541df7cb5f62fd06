//! Everything that is served beside `/graphql` itself.

use std::sync::{Arc, atomic::AtomicBool};

use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use subtle::ConstantTimeEq as _;

use super::{
    Call, Patience, account, address,
    files::{self, Thumbnails},
    health::{self, StoreHealth},
    mail::{self, captured},
    metrics::Metrics,
    places::Places,
    playground,
    problem::Problem,
    tus,
};
use crate::{accounts, engine::Engine, graph::RequestErrorCode};

/// What the routes share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) engine: Arc<Engine>,
    pub(super) metrics: Metrics,
    /// Whether the tables were seen to be there; they do not go away.
    pub(super) is_migrated: Arc<AtomicBool>,
    pub(super) thumbnails: Arc<Thumbnails>,
    pub(super) patience: Patience,
    /// Places for uploads whose bytes come.
    pub(super) uploads: Arc<Places>,
    pub(super) store: Arc<StoreHealth>,
}

pub(super) fn routes(shared: Shared) -> Router {
    let mut routes = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/files/{id}/{name}", get(files::answer))
        .route("/metrics", get(metrics))
        .merge(account::routes())
        .route("/mail/unsubscribe/{token}", get(mail::ask_unsubscribe).post(mail::unsubscribe))
        .route("/mail/choices/{token}", get(mail::ask_choices).post(mail::choose))
        .merge(tus::routes());
    if captured::is_open(&shared.engine.app) {
        routes = routes
            .route("/dev/mail", get(captured::list))
            .route("/dev/mail/{id}", get(captured::one));
    }
    if shared.engine.app.config.playground {
        routes = routes.route("/graphql/assets/{*path}", get(playground::asset));
    }
    routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed).with_state(shared)
}

async fn not_found(Extension(call): Extension<Call>) -> Response {
    Problem::not_found().respond(&call.id)
}

async fn method_not_allowed(Extension(call): Extension<Call>) -> Response {
    let message = "this address is only read: use GET";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).respond(&call.id)
}

/// The keys that access tokens can be verified with elsewhere.
async fn jwks(State(shared): State<Shared>) -> Response {
    Json(accounts::jwks(&shared.engine.app)).into_response()
}

/// `/metrics`: for this machine, and for who sends the operator's token.
async fn metrics(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
) -> Response {
    let token = shared.engine.app.config.metrics_token.as_ref().map(|token| token.0.as_bytes());
    let sent = headers
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let is_known = token.zip(sent).is_some_and(|(token, sent)| token.ct_eq(sent).into());
    if !is_known && !address::is_local(call.peer, &headers) {
        return Problem::new(StatusCode::UNAUTHORIZED, "the metrics need their token")
            .code(RequestErrorCode::Unauthenticated)
            .respond(&call.id);
    }
    let text = shared.metrics.render(&shared.engine);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
