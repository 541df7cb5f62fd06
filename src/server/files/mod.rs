//! Bytes of files over plain HTTP, for whoever has a link.

mod disposition;
mod flow;
mod range;
mod thumbnails;

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, Version,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
};
use sea_orm::EntityTrait as _;

pub(super) use self::thumbnails::Thumbnails;
use self::{disposition::Disposition, flow::Flow, range::Asked};
use super::{Call, accept, events::Streaming, problem::Problem, routes::Shared};
use crate::{
    Error, Result,
    app::App,
    entity::file::{self, Kind, Visibility},
    files::service::{self, Link, Unusable, What},
    graph::RequestErrorCode,
    infra::store::Place,
};

/// Nothing of a file runs, whatever a browser takes it for.
const POLICY: &str = "sandbox; default-src 'none'";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// How often what nobody takes is looked at, in spans of an idle connection: who takes little takes it in large bites.
const PATIENCE: u32 = 4;

/// Something that can be fetched.
struct Served {
    place: Place,
    size: u64,
    /// Its strong name, in quotes.
    tag: String,
    media_type: String,
    disposition: HeaderValue,
    /// Whether it is another for another `Accept`.
    varies: bool,
}

/// Answers a request for a file, or for a small picture of one.
pub(super) async fn answer(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    method: Method,
    version: Version,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let request = Request { shared: &shared, call: &call, method, version, headers };
    let answer = request.answer(&uri).await;
    let response = answer.unwrap_or_else(|refused| match refused {
        Refused::Problem(problem) => problem.respond(&call.id),
        Refused::Error(Error::Unavailable) => {
            let message = "a service behind this one is not available, try again later";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
                .code(RequestErrorCode::Unavailable)
                .header(RETRY_AFTER, HeaderValue::from_static("5"))
                .respond(&call.id)
        }
        Refused::Error(error) => {
            let error = match error {
                Error::Internal(source) => source.to_string(),
                other => other.to_string(),
            };
            tracing::error!(error, request = %call.id, "a file can't be served");
            Problem::internal().respond(&call.id)
        }
    });
    tracing::info!(
        target: "guildhall::request",
        request = %call.id,
        status = response.status().as_u16(),
        "served a file"
    );
    response
}

/// Why nothing is served.
enum Refused {
    Problem(Problem),
    Error(Error),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A request for a file.
struct Request<'a> {
    shared: &'a Shared,
    call: &'a Call,
    method: Method,
    version: Version,
    headers: HeaderMap,
}

impl Request<'_> {
    async fn answer(&self, uri: &Uri) -> Result<Response<Body>, Refused> {
        let app = &*self.shared.engine.app;
        // Before anything is read, so that nobody learns anything of what there is.
        let link = service::read_link(app, uri.path(), uri.query().unwrap_or_default());
        let link = link.map_err(|unusable| match unusable {
            Unusable::Wrong => missing(),
            Unusable::Expired => Problem::new(
                StatusCode::GONE,
                "this link was good for some minutes: ask for another",
            ),
        })?;
        let file = find(app, &link).await?.ok_or_else(missing)?;
        let served = self.served(app, &file, &link).await?;
        let mut response = self.respond(app, &served).await?;
        let headers = response.headers_mut();
        if let Some(cache) = cache(app, &link) {
            headers.insert(CACHE_CONTROL, cache);
        }
        if served.varies {
            headers.insert(VARY, HeaderValue::from_static("accept"));
        }
        Ok(response)
    }

    /// What the link leads to.
    async fn served(&self, app: &App, file: &file::Model, link: &Link) -> Result<Served> {
        let What::Thumbnail(thumbnail) = &link.what else {
            let download = matches!(link.what, What::Whole { download: true });
            let shown = !download && is_shown(file);
            let disposition = if shown { Disposition::Inline } else { Disposition::Attachment };
            return Ok(Served {
                place: Place::Blob(file.sha256.clone()),
                size: u64::try_from(file.size).map_err(Error::internal)?,
                tag: format!("\"{}\"", file.sha256),
                media_type: file.media_type.clone(),
                disposition: disposition::header(disposition, &file.name),
                varies: false,
            });
        };
        let thumb = thumbnails::thumb(thumbnail, accept::takes_webp(&self.headers));
        let place = thumbnails::place(file, &thumb);
        let thumbnails = &self.shared.thumbnails;
        let mut made = thumbnails.get(app, file, thumb).await?;
        // What was remembered may have been swept away.
        if app.store.size(&place).await? != Some(made.size) {
            thumbnails.forget(&place).await;
            made = thumbnails.get(app, file, thumb).await?;
        }
        let tag = match &place {
            Place::Thumbnail(sha256, name) => format!("\"{sha256}-{name}\""),
            _ => String::new(),
        };
        let stem = file.name.rsplit_once('.').map_or(&*file.name, |(stem, _)| stem);
        let name = format!("{stem}.{}", made.media_type.trim_start_matches("image/"));
        Ok(Served {
            place,
            size: made.size,
            tag,
            media_type: made.media_type.to_owned(),
            disposition: disposition::header(Disposition::Inline, &name),
            varies: thumbnail.format.is_none(),
        })
    }

    async fn respond(&self, app: &App, served: &Served) -> Result<Response<Body>, Refused> {
        let all = 0..served.size;
        let (status, range) =
            match range::asked(&self.method, &self.headers, served.size, &served.tag) {
                Asked::Whole => (StatusCode::OK, all),
                Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
                Asked::Nothing => (StatusCode::NOT_MODIFIED, 0..0),
                Asked::Beyond => {
                    let message = "the file has no such bytes";
                    let size = text(&format!("bytes */{}", served.size))?;
                    let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, message);
                    return Err(problem.header(CONTENT_RANGE, size).into());
                }
            };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(ETAG, text(&served.tag)?);
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        headers.insert(CONTENT_TYPE, text(&served.media_type)?);
        headers.insert(CONTENT_DISPOSITION, served.disposition.clone());
        headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end.saturating_sub(range.start)));
        if status == StatusCode::PARTIAL_CONTENT {
            let last = range.end.saturating_sub(1);
            let part = format!("bytes {}-{last}/{}", range.start, served.size);
            headers.insert(CONTENT_RANGE, text(&part)?);
        }
        if self.method == Method::HEAD {
            return Ok(response);
        }
        let pieces = app.store.read(&served.place, range).await?;
        let pieces = pieces.ok_or_else(|| Error::bug("a file has no bytes"))?;
        let patience = self.shared.patience.idle.saturating_mul(PATIENCE);
        // Other requests on the same connection may be read all right.
        let cut = (self.version < Version::HTTP_2).then(|| self.call.cut.clone());
        let flow = Flow::new(pieces, &self.call.id, patience, cut);
        *response.body_mut() = Body::from_stream(flow);
        response.extensions_mut().insert(Streaming);
        Ok(response)
    }
}

/// The file of a link, while the link may be used.
async fn find(app: &App, link: &Link) -> Result<Option<file::Model>> {
    let mut file = file::Entity::find_by_id(link.file).one(&app.db.read).await?;
    if file.is_none() {
        // Perhaps it is so new that only the first of the databases knows it.
        file = file::Entity::find_by_id(link.file).one(app.db.fresh()).await?;
    }
    Ok(file.filter(|file| link.expires.is_some() || file.visibility == Visibility::Public))
}

/// Whether a page may show it: what we have written ourselves, and what no browser runs.
fn is_shown(file: &file::Model) -> bool {
    let is = |kind| file.media_type.starts_with(kind);
    match file.kind {
        Kind::Image => {
            ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&&*file.media_type)
        }
        Kind::Video => is("video/"),
        Kind::Audio => is("audio/"),
        Kind::Document | Kind::Archive | Kind::Other => false,
    }
}

/// For how long it may be kept, and by whom.
fn cache(app: &App, link: &Link) -> Option<HeaderValue> {
    let Some(expires) = link.expires else {
        return Some(HeaderValue::from_static("public, max-age=31536000, immutable"));
    };
    let left = expires.saturating_sub(app.clock.now().timestamp()).max(0);
    HeaderValue::from_str(&format!("private, max-age={left}, immutable")).ok()
}

fn missing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such file, or the link to it is another")
}

fn text(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(Error::internal)
}
