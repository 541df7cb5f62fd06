//! Bytes as they come.

use std::time::Duration;

use axum::{
    body::Body,
    http::{
        HeaderMap, Request, Response, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::{
    super::{
        places::{Place, Who},
        problem::Problem,
        routes::Shared,
    },
    EXPIRES, OFFSET, empty,
    refuse::{Refused, busy, failed, too_long},
    words,
};
use crate::{
    Error,
    entity::upload::{self, State},
    files::service::uploads::{self, Receiving},
};

/// What the bytes of an upload come as.
const MEDIA_TYPE: &str = "application/offset+octet-stream";
/// How long, and how much, is read of what is refused, so that the answer is heard before the connection ends.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 8 * 1024 * 1024;

/// Takes the body of a PATCH, and answers once its bytes are safe; with the last of them, once they are a file.
pub(super) async fn send(
    shared: &Shared,
    upload: upload::Model,
    request: Request<Body>,
) -> Result<Response<Body>, Refused> {
    let (head, body) = request.into_parts();
    let offset = match words::number(&head.headers, &OFFSET) {
        Ok(offset) => offset,
        Err(problem) => return refuse(body, problem).await,
    };
    let received = take(shared, &upload, offset, &head.headers, body).await?;
    let mut response = empty(StatusCode::NO_CONTENT);
    response.headers_mut().insert(OFFSET, received.into());
    if received < u64::try_from(upload.size).unwrap_or_default() {
        let now = uploads::at(&shared.engine.app, upload.id).await?;
        if let Some(now) = now {
            response.headers_mut().insert(EXPIRES, words::date(now.expires_at));
        }
    }
    Ok(response)
}

/// Takes what comes at `offset`; answers how many bytes of the upload are safe.
pub(super) async fn take(
    shared: &Shared,
    upload: &upload::Model,
    offset: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<u64, Refused> {
    let (receiving, length, place) = match begin(shared, upload, offset, headers) {
        Ok(begun) => begun,
        Err(refused) => return refuse(body, refused).await,
    };
    let app = shared.engine.app.clone();
    let idle = shared.patience.body;
    // It goes on though the connection is cut: what came is kept.
    let receive = app.tasks.spawn(async move {
        let _place = place;
        receive(receiving, length, body, idle).await
    });
    let received = receive.await.map_err(Error::internal)??;
    if received == u64::try_from(upload.size).unwrap_or_default() {
        finish(shared, upload).await?;
    }
    Ok(received)
}

fn begin(
    shared: &Shared,
    upload: &upload::Model,
    offset: u64,
    headers: &HeaderMap,
) -> Result<(Receiving, Option<u64>, Place), Refused> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case(MEDIA_TYPE)) {
        let message = "send the bytes as application/offset+octet-stream";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
    }
    let encoding = headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let message = "send the bytes as they are, uncompressed";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
    }
    let checksum = words::checksum(headers)?;
    let length = match headers.contains_key(CONTENT_LENGTH) {
        true => Some(words::number(headers, &CONTENT_LENGTH)?),
        false => None,
    };
    let receiving = Receiving::open(shared.engine.app.clone(), upload, offset, checksum)?;
    if length.is_some_and(|length| length > receiving.wanted()) {
        return Err(too_long());
    }
    let place = shared.uploads.take(Who::Member(upload.owner_id)).map_err(|_| busy())?;
    Ok((receiving, length, place))
}

async fn receive(
    mut receiving: Receiving,
    length: Option<u64>,
    mut body: Body,
    idle: Duration,
) -> Result<u64, Refused> {
    let mut came = 0;
    loop {
        match timeout(idle, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let Ok(piece) = frame.into_data() else { continue };
                came += u64::try_from(piece.len()).unwrap_or_default();
                if let Err(halt) = receiving.take(piece).await {
                    return refuse(body, halt).await;
                }
            }
            Ok(None) if length.is_none_or(|length| came == length) => {
                return Ok(receiving.end().await?);
            }
            Ok(None | Some(Err(_))) => {
                receiving.cut().await?;
                return Err(Problem::new(StatusCode::BAD_REQUEST, "the body is broken").into());
            }
            Err(_) => {
                receiving.cut().await?;
                let message = "nothing more came: ask with HEAD what did, and go on from there";
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, message).into());
            }
        }
    }
}

/// Waits until the bytes are a file, or were refused. What takes longer than the client should wait for goes on.
pub(super) async fn finish(shared: &Shared, upload: &upload::Model) -> Result<(), Refused> {
    let made = uploads::settled(&shared.engine.app, upload.id);
    let Ok(made) = timeout(shared.patience.file, made).await else { return Ok(()) };
    match made? {
        Some(upload) if upload.state == State::Failed => {
            Err(failed(upload.failure.unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

/// Refuses, after a look at what is on its way: a client that is cut off while it sends hears no answer.
async fn refuse<T>(mut body: Body, refused: impl Into<Refused>) -> Result<T, Refused> {
    let rest = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, |data| data.len());
            if read > LINGER_BYTES {
                break;
            }
        }
    };
    let _ = timeout(LINGER, rest).await;
    Err(refused.into())
}
