//! Uploads that are announced by tus itself, by members with a session or a token.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{
        HeaderValue, Request, Response, StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
};

use super::{
    super::{Call, accept::Media, address, authentication, problem::Problem, routes::Shared},
    EXPIRES, LENGTH, OFFSET, empty,
    refuse::Refused,
    send, words,
};
use crate::{
    Actor, Cx, Error,
    entity::file::Visibility,
    files::service::uploads::{self, NewUpload},
    infra::reader::Reader,
};

/// Announces a file; what of it comes along is taken at once.
pub(super) async fn create(
    shared: &Shared,
    call: &Call,
    request: Request<Body>,
) -> Result<Response<Body>, Refused> {
    let app = &shared.engine.app;
    let (head, body) = request.into_parts();
    let entry = authentication::entry(app, &head.headers, Media::Json, &call.id)
        .await
        .map_err(Refused::Response)?;
    let actor = Actor::Member(entry.ok_or(Error::Unauthenticated)?.member);
    if head.headers.contains_key("upload-defer-length") {
        let message = "say how long the file is: Upload-Length";
        return Err(Problem::new(StatusCode::BAD_REQUEST, message).into());
    }
    if head.headers.contains_key("upload-concat") {
        let message = "files are not joined here: send each in one upload";
        return Err(Problem::new(StatusCode::BAD_REQUEST, message).into());
    }
    let size = words::number(&head.headers, &LENGTH)?;
    let said = words::pairs(&head.headers)?;
    let address = address::client(call.peer.ip(), &head.headers, &app.config.trusted_proxies);
    let db = Reader::Pool(app.db.fresh().clone());
    let cx = Cx { app, actor: &actor, address, db: &db };
    let upload = Box::pin(uploads::announce(cx, announced(said, size))).await?;
    let mut response = empty(StatusCode::CREATED);
    let headers = response.headers_mut();
    let location = HeaderValue::try_from(uploads::path(app, upload.id));
    headers.insert(LOCATION, location.map_err(Error::internal)?);
    headers.insert(EXPIRES, words::date(upload.expires_at));
    if head.headers.contains_key(CONTENT_TYPE) {
        let received = send::take(shared, &upload, 0, &head.headers, body).await?;
        headers.insert(OFFSET, received.into());
    }
    Ok(response)
}

fn announced(mut said: HashMap<String, String>, size: u64) -> NewUpload {
    // Clients call them one way or the other.
    let name = said.remove("name").or_else(|| said.remove("filename"));
    let media_type = said.remove("filetype").or_else(|| said.remove("type"));
    NewUpload {
        name: name.unwrap_or_default(),
        size,
        media_type,
        sha256: said.remove("sha256"),
        alt_text: said.remove("alttext"),
        visibility: Visibility::Private,
        client_key: None,
    }
}
