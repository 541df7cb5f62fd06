//! Subscriptions, and everything else, over a WebSocket: the server's side of graphql-transport-ws
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).

mod allowance;
mod ends;
mod operations;
mod protocol;
mod session;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts as _, ws::WebSocketUpgrade},
    http::{
        HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
        header::{RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE},
    },
};
use hyper::body::Incoming;

use self::session::Session;
use super::{
    Call, Server, address, authentication,
    graphql::device,
    places::{Full, Who},
    problem::Problem,
};
use crate::graph::RequestErrorCode;

/// Bytes that are read at a time, and held back before they are written.
const BUFFER: usize = 4 * 1024;
/// Bytes of a message.
const MESSAGE: usize = 256 * 1024;

/// Whether a request wants to become a WebSocket.
pub(super) fn is_wanted(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::GET
        && headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Answers a request that wants to become a WebSocket.
pub(super) async fn answer(
    server: &Arc<Server>,
    call: &Call,
    request: Request<Incoming>,
) -> Response<Body> {
    upgrade(server, call, request).await.unwrap_or_else(|problem| problem.respond(&call.id))
}

async fn upgrade(
    server: &Arc<Server>,
    call: &Call,
    request: Request<Incoming>,
) -> Result<Response<Body>, Problem> {
    let (mut head, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut head, &()).await.map_err(|_| {
        let message = "this is no handshake of a WebSocket (RFC 6455)";
        Problem::new(StatusCode::BAD_REQUEST, message)
            .header(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
    })?;
    let headers = head.headers;
    // A browser sends its cookies along whatever page asks: only pages that may call may use them.
    if authentication::has_cookie(&headers) && !server.origins.is_known(&headers) {
        let message = "pages of this origin may not call with cookies: see `cors_origins`";
        return Err(Problem::new(StatusCode::FORBIDDEN, message).code(RequestErrorCode::Forbidden));
    }
    let address =
        address::client(call.peer.ip(), &headers, &server.engine.app.config.trusted_proxies);
    let place = server.places.take(Who::of(None, address)).map_err(full)?;
    let upgrade = upgrade
        .protocols([protocol::PROTOCOL])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE);
    let speaks = upgrade.selected_protocol().is_some();
    let credential = authentication::credential(&headers).map(|(token, _)| token.to_owned());
    let session = Session {
        server: server.clone(),
        request: call.id.clone(),
        address,
        device: device(&headers),
        credential,
        from: server.origins.sent_from(&headers),
        place,
        // The server waits for those that run when it stops.
        _running: server.live.token(),
    };
    Ok(upgrade.on_upgrade(move |socket| session.run(socket, speaks)))
}

/// There is no place for another connection that stays open.
pub(super) fn full(full: Full) -> Problem {
    let problem = match full {
        Full::Server => {
            let message = "as many live connections are open as this server takes";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
                .code(RequestErrorCode::Unavailable)
        }
        Full::Caller => Problem::new(StatusCode::TOO_MANY_REQUESTS, TOO_MANY_OPEN)
            .code(RequestErrorCode::RateLimited),
    };
    problem.header(RETRY_AFTER, HeaderValue::from_static("10"))
}

const TOO_MANY_OPEN: &str = "you have too many live connections open";
