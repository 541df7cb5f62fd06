//! Operations with files: the GraphQL multipart request specification,
//! <https://github.com/jaydenseric/graphql-multipart-request-spec>. First what is asked for (`operations`), then where
//! each file belongs (`map`), then the files, which are written to disk as they come.

mod map;
mod pieces;

use std::{error::Error as _, net::IpAddr, time::Duration};

use axum::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, RETRY_AFTER},
};
use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use multer::{Field, Multipart};
use tokio::{fs::File, io::AsyncWriteExt as _};

use self::{
    map::Expected,
    pieces::{Broken, Gauge, Pieces},
};
use super::{
    Server, ask,
    places::{Full, Place, Who},
    problem::Problem,
};
use crate::{
    Actor, contact,
    engine::Ask,
    files::policy::inline_bytes,
    graph::{RequestErrorCode, Sent},
};

/// A page of another origin can't send this without asking first, as it can forms.
const PREFLIGHT: HeaderName = HeaderName::from_static("graphql-require-preflight");
/// Files of a request.
const FILES: usize = 10;
/// Bytes of `map`.
const MAP: usize = 64 * 1024;
/// Bytes of the headers of a part.
const HEADERS: u64 = 8 * 1024;
/// Bytes of what parts the parts: RFC 2046 gives it 70.
const BOUNDARY: usize = 70;
/// For how long what is not wanted is read: a client that is still sending would not hear why.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes of a file that wait to be written.
const BUFFER: usize = 256 * 1024;

/// Whether a request says that its body is a form with files.
pub(super) fn is_sent(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let name = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    name.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// Reads an operation with its files, and answers the place that they take until they are let go. Whoever sends
/// something that is not taken is heard out for a moment.
pub(super) async fn read(
    server: &Server,
    headers: &HeaderMap,
    (actor, address): (&Actor, IpAddr),
    body: &mut Incoming,
) -> Result<(Ask, Place), Problem> {
    let guest = match actor.id() {
        // Guests send files through forms alone: where none asks for any, nothing of theirs is read.
        None if takes_files(server).await => Some(address),
        _ => None,
    };
    let ask = match check(server, headers, actor, guest) {
        Ok(form) => form.read(server, body).await,
        Err(problem) => Err(problem),
    };
    if ask.as_ref().is_err_and(|problem| !problem.is_timeout()) {
        hear_out(headers, body).await;
    }
    ask
}

async fn takes_files(server: &Server) -> bool {
    contact::takes_files(&server.engine.app).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether a form takes files can't be looked up");
        false
    })
}

/// Reads for a moment on: what comes is thrown away.
pub(super) async fn hear_out(headers: &HeaderMap, body: &mut Incoming) {
    // Who waits for our word has sent nothing, and must not be told to.
    if headers.contains_key(EXPECT) {
        return;
    }
    let all = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(LINGER, all).await;
}

/// A form that may be read.
struct Form {
    boundary: String,
    operations: usize,
    file: u64,
    /// Bytes of the whole.
    most: u64,
    /// A place among those who send files.
    place: Place,
}

/// Whether a form may be read, as far as its head tells.
fn check(
    server: &Server,
    headers: &HeaderMap,
    actor: &Actor,
    guest: Option<IpAddr>,
) -> Result<Form, Problem> {
    if headers.get(PREFLIGHT).is_none_or(|value| value.as_bytes().trim_ascii().is_empty()) {
        return Err(bad("a form needs the header `GraphQL-Require-Preflight: 1`"));
    }
    let encoding = headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let message = "send the body uncompressed";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = media_type.and_then(|media_type| multer::parse_boundary(media_type).ok());
    let boundary = boundary
        .filter(|boundary| (1..=BOUNDARY).contains(&boundary.len()))
        .ok_or_else(|| bad("say what parts the form: `boundary=` with 1 to 70 characters"))?;
    let (senders, who) = match (actor.id(), guest) {
        (Some(member), _) => (&server.senders, Who::Member(member)),
        (None, Some(address)) => (&server.guests, Who::of(None, address)),
        (None, None) => {
            let message = "sign in to send files";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, message)
                .code(RequestErrorCode::Unauthenticated));
        }
    };
    let operations = server.engine.app.config.limits.body_bytes;
    let file = inline_bytes(&server.engine.app.config);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let parts = (HEADERS + count(BOUNDARY) + 8).saturating_mul(count(FILES + 3));
    let most = [count(operations), count(MAP), file.saturating_mul(count(FILES)), parts];
    let most = most.into_iter().fold(0, u64::saturating_add);
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > most) {
        return Err(too_large());
    }
    let place = senders.take(who).map_err(full)?;
    if let Some(address) = guest {
        contact::may_send_files(&server.engine.app, address).map_err(too_often)?;
    }
    Ok(Form { boundary, operations, file, most, place })
}

impl Form {
    async fn read(self, server: &Server, body: &mut Incoming) -> Result<(Ask, Place), Problem> {
        let gauge = Gauge::default();
        let pieces = Pieces::new(body, gauge.clone(), self.most, server.patience.body);
        let mut parts = Parts { form: Multipart::new(pieces, &*self.boundary), gauge };

        let operations = parts.named("operations").await?;
        let operations = text(operations, self.operations).await?.ok_or_else(|| {
            large("`operations` is larger than this server takes: see `limit_body_bytes`")
        })?;
        let mut ask = ask::from_json(&operations)?;
        let map = parts.named("map").await?;
        let map = text(map, MAP).await?;
        let map = map.ok_or_else(|| large("`map` is larger than 64 KB"))?;
        let expected = Expected::read(&map, &mut ask.variables)?;
        ask.files = parts.files(&expected, self.file).await?.into();
        Ok((ask, self.place))
    }
}

/// The parts of a form.
struct Parts<'a> {
    form: Multipart<'a>,
    gauge: Gauge,
}

impl<'a> Parts<'a> {
    async fn next(&mut self) -> Result<Option<Field<'a>>, Problem> {
        self.gauge.begin();
        let field = self.form.next_field().await.map_err(|error| broken(&error))?;
        self.gauge.end();
        let size = |field: &Field<'_>| {
            let headers = field.headers().iter();
            headers.map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
        };
        if field.as_ref().is_some_and(|field| u64::try_from(size(field)).is_ok_and(|n| n > HEADERS))
        {
            return Err(large_headers());
        }
        Ok(field)
    }

    /// The part that has to come now.
    async fn named(&mut self, name: &str) -> Result<Field<'a>, Problem> {
        let field = self.next().await?;
        field.filter(|field| field.name() == Some(name)).ok_or_else(|| match name {
            "operations" => bad("a form begins with `operations`, the request as JSON"),
            _ => bad("`operations` is followed by `map`, which says where each file belongs"),
        })
    }

    /// The files, in the order of `map`.
    async fn files(&mut self, expected: &Expected, most: u64) -> Result<Vec<Sent>, Problem> {
        let mut files: Vec<Option<Sent>> = Vec::new();
        files.resize_with(expected.len(), || None);
        while let Some(field) = self.next().await? {
            let number = field.name().and_then(|name| expected.number(name));
            let place = number.and_then(|number| files.get_mut(number));
            let place = place.ok_or_else(|| bad("the form has a part that `map` does not name"))?;
            if place.is_some() {
                return Err(bad("a file was sent twice"));
            }
            let name = field.file_name().map(str::to_owned);
            *place = Some(Sent { name, content: spool(field, most).await? });
        }
        let all: Option<Vec<Sent>> = files.into_iter().collect();
        all.ok_or_else(|| bad("a file that `map` names was not sent"))
    }
}

/// The text of a part; `None` where it is too long.
async fn text(mut field: Field<'_>, most: usize) -> Result<Option<BytesMut>, Problem> {
    let mut text = BytesMut::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        if text.len().saturating_add(piece.len()) > most {
            return Ok(None);
        }
        text.extend_from_slice(&piece);
    }
    Ok(Some(text))
}

/// Writes a file to disk as it comes. It has no name there, and is gone when nobody reads it.
async fn spool(mut field: Field<'_>, most: u64) -> Result<std::fs::File, Problem> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let mut file = File::from_std(file.map_err(|_| Problem::internal())?.map_err(failed)?);
    file.set_max_buf_size(BUFFER);
    let mut size = 0_u64;
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size > most {
            return Err(large("a file is larger than 8 MB: send it by `uploadStart`"));
        }
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    Ok(file.into_std().await)
}

/// A file could not be written: our disk, perhaps.
fn failed(error: std::io::Error) -> Problem {
    tracing::error!(%error, "a file that was sent could not be kept for a moment");
    Problem::internal()
}

/// What to say of a form that can't be read.
fn broken(error: &multer::Error) -> Problem {
    let ours = error.source().and_then(|source| source.downcast_ref::<Broken>());
    match (ours, error) {
        (Some(Broken::Slow), _) => {
            let close = HeaderValue::from_static("close");
            Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive")
                .header(CONNECTION, close)
        }
        (Some(Broken::Large), _) => too_large(),
        (Some(Broken::Headers), _) => large_headers(),
        (Some(Broken::Cut), _) | (None, multer::Error::StreamReadFailed(_)) => {
            bad("the body is broken")
        }
        (None, multer::Error::ReadHeaderFailed(_) | multer::Error::DecodeHeaderName { .. })
        | (None, multer::Error::DecodeHeaderValue { .. } | multer::Error::IncompleteHeaders) => {
            bad("the headers of a part can't be read")
        }
        (None, _) => bad("the form is broken: it ends within a part, or its boundary is another"),
    }
}

fn bad(message: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}

fn large(message: &'static str) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

fn too_large() -> Problem {
    large("the form is larger than 10 files of 8 MB: send large files by `uploadStart`")
}

fn large_headers() -> Problem {
    large("the headers of a part are larger than 8 KB")
}

/// An address sent as many as one may, and has to wait so long.
fn too_often(wait: Duration) -> Problem {
    let message = "too many files came from here in a short time: try again later";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, message)
        .code(RequestErrorCode::RateLimited)
        .header(RETRY_AFTER, HeaderValue::from(wait.as_secs().saturating_add(1)))
}

/// There is no place for another who sends files.
fn full(full: Full) -> Problem {
    let problem = match full {
        Full::Server => {
            let message = "as many files come in as this server takes at a time: try again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
                .code(RequestErrorCode::Unavailable)
        }
        Full::Caller => {
            let message = "you are sending as many forms as one may at a time: wait for one to end";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, message).code(RequestErrorCode::RateLimited)
        }
    };
    problem.header(RETRY_AFTER, HeaderValue::from_static("5"))
}
