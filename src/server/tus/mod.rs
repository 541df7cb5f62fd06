//! `/uploads`: files sent by tus 1.0 (<https://tus.io/protocols/resumable-upload>), resumable, in as many requests as it
//! takes. The address of an upload is the permission to send its bytes.

mod create;
mod refuse;
mod send;
mod words;

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{
        HeaderName, HeaderValue, Method, Request, Response, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, VARY,
        },
    },
    routing::any,
};

use self::refuse::{Refused, busy, gone};
use super::{
    Call,
    places::{Places, Who},
    problem::Problem,
    routes::Shared,
};
use crate::{
    entity::upload::{self, State as Stands},
    files::service::uploads,
};

/// Uploads whose bytes come at a time: each holds up to 5 MiB.
const SENT: usize = 64;
/// Of them, those of one member.
const SENT_BY_MEMBER: usize = 8;

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const EXTENSIONS: HeaderValue =
    HeaderValue::from_static("creation,creation-with-upload,expiration,termination,checksum");
const ALGORITHMS: HeaderValue = HeaderValue::from_static("sha256,sha1");

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// What pages of other origins may send, and read.
const MAY_SEND: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, x-request-id, x-http-method-override, tus-resumable, upload-length, upload-offset, \
     upload-metadata, upload-checksum, upload-defer-length, upload-concat, x-requested-with",
);
const MAY_READ: HeaderValue = HeaderValue::from_static(
    "location, x-request-id, retry-after, www-authenticate, tus-resumable, tus-version, tus-extension, tus-max-size, \
     tus-checksum-algorithm, upload-offset, upload-length, upload-metadata, upload-expires",
);

/// The places for uploads whose bytes come.
pub(super) fn places() -> Arc<Places> {
    Places::for_members(SENT, SENT_BY_MEMBER)
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/uploads", any(at_all)).route("/uploads/{id}", any(at_one))
}

async fn at_all(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    request: Request<Body>,
) -> Response<Body> {
    answer(&shared, &call, None, request).await
}

async fn at_one(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    answer(&shared, &call, Some(id), request).await
}

async fn answer(
    shared: &Shared,
    call: &Call,
    id: Option<String>,
    request: Request<Body>,
) -> Response<Body> {
    let answered = dispatch(shared, call, id, request).await;
    let mut response = answered.unwrap_or_else(|refused| refused.respond(&call.id));
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, VERSION);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, MAY_READ);
    response
}

async fn dispatch(
    shared: &Shared,
    call: &Call,
    id: Option<String>,
    request: Request<Body>,
) -> Result<Response<Body>, Refused> {
    let method = method(&request);
    if method == Method::OPTIONS {
        return Ok(options(shared));
    }
    let allowed = match id {
        None => HeaderValue::from_static("OPTIONS, POST"),
        Some(_) => HeaderValue::from_static("OPTIONS, HEAD, PATCH, DELETE"),
    };
    let wanted: &[Method] =
        if id.is_none() { &[Method::POST] } else { &[Method::HEAD, Method::PATCH, Method::DELETE] };
    if !wanted.contains(&method) {
        let message = "files are sent here by tus: POST to /uploads, HEAD, PATCH and DELETE to an upload's address";
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, message);
        return Err(problem.header(ALLOW, allowed).into());
    }
    if request.headers().get(&RESUMABLE) != Some(&VERSION) {
        let message = "say `Tus-Resumable: 1.0.0`: that is the protocol spoken here";
        let problem = Problem::new(StatusCode::PRECONDITION_FAILED, message);
        return Err(problem.header(HeaderName::from_static("tus-version"), VERSION).into());
    }
    let Some(id) = id else { return create::create(shared, call, request).await };
    let upload = at(shared, &id, request.uri().query().unwrap_or_default()).await?;
    match method {
        Method::PATCH => send::send(shared, upload, request).await,
        Method::DELETE => end(shared, upload).await,
        _ => tell(shared, upload).await,
    }
}

/// Some networks let no PATCH and no DELETE through.
fn method(request: &Request<Body>) -> Method {
    let instead = request.headers().get("x-http-method-override");
    let instead = instead.and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    instead.filter(|_| request.method() == Method::POST).unwrap_or(request.method().clone())
}

/// The upload that an address names.
async fn at(shared: &Shared, id: &str, query: &str) -> Result<upload::Model, Refused> {
    let (mut expires, mut signature) = (0, String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "expires" => expires = value.parse().unwrap_or_default(),
            "sig" => signature = value.into_owned(),
            _ => {}
        }
    }
    let found = uploads::at_ticket(&shared.engine.app, id, expires, &signature).await?;
    found.ok_or_else(|| {
        let message =
            "there is no upload at this address: it was thrown away, or the address is not whole";
        Problem::new(StatusCode::NOT_FOUND, message).into()
    })
}

/// What is spoken here; also what browsers ask before they let a page of another origin send.
fn options(shared: &Shared) -> Response<Body> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    let name = HeaderName::from_static;
    headers.insert(name("tus-version"), VERSION);
    headers.insert(name("tus-extension"), EXTENSIONS);
    headers.insert(name("tus-max-size"), shared.engine.app.config.file_bytes.into());
    headers.insert(name("tus-checksum-algorithm"), ALGORITHMS);
    let methods = HeaderValue::from_static("POST, HEAD, PATCH, DELETE, OPTIONS");
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, MAY_SEND);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    let vary = "access-control-request-method, access-control-request-headers";
    headers.append(VARY, HeaderValue::from_static(vary));
    response
}

/// Where an upload stands.
async fn tell(shared: &Shared, upload: upload::Model) -> Result<Response<Body>, Refused> {
    if upload.state == Stands::Processing {
        // Who hears that all came believes that there is a file; the server that made it may have been killed.
        let place = shared.uploads.take(Who::Member(upload.owner_id));
        let _place = place.map_err(|_| busy())?;
        send::finish(shared, &upload).await?;
    }
    if uploads::still_open(&shared.engine.app, &upload).is_err() {
        return Err(gone());
    }
    let mut response = empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(OFFSET, upload.received.into());
    headers.insert(LENGTH, upload.size.into());
    headers.insert(METADATA, words::metadata(&upload));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if upload.state == Stands::Receiving {
        headers.insert(EXPIRES, words::date(upload.expires_at));
    }
    Ok(response)
}

/// Throws an upload away.
async fn end(shared: &Shared, upload: upload::Model) -> Result<Response<Body>, Refused> {
    if uploads::terminate(&shared.engine.app, &upload).await? {
        return Ok(empty(StatusCode::NO_CONTENT));
    }
    let message = "this is a file by now: delete the file in the graph";
    Err(Problem::new(StatusCode::FORBIDDEN, message).into())
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
