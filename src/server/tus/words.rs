//! Headers of tus, read and written.

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

use super::{super::problem::Problem, CHECKSUM};
use crate::{entity::upload, files::service::uploads::Checksum, infra::secrets::HashKind};

/// A number that a header holds.
pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| bad(format!("send the header {name}: a number of bytes")))
}

/// What `Upload-Checksum` announces.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(value) = headers.get(CHECKSUM) else { return Ok(None) };
    let (kind, value) = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().split_once(' '))
        .ok_or_else(|| bad("write `Upload-Checksum: sha256 …`, in base64"))?;
    let (kind, bytes) = match kind.to_ascii_lowercase().as_str() {
        "sha256" => (HashKind::Sha256, 32),
        "sha1" => (HashKind::Sha1, 20),
        _ => return Err(bad("checksums are sha256 or sha1 here")),
    };
    let value = STANDARD.decode(value.trim()).ok().filter(|value| value.len() == bytes);
    let value = value.ok_or_else(|| bad("the checksum is not one of its kind, in base64"))?;
    Ok(Some(Checksum { kind, value }))
}

/// The pairs of `Upload-Metadata`, by their keys in lower case.
pub(super) fn pairs(headers: &HeaderMap) -> Result<HashMap<String, String>, Problem> {
    let unreadable =
        || bad("write `Upload-Metadata: name …,filetype …`, each value in base64 of UTF-8");
    let Some(value) = headers.get(super::METADATA) else { return Ok(HashMap::new()) };
    let text = value.to_str().map_err(|_| unreadable())?;
    let pair = |pair: &str| {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value =
            STANDARD.decode(value.trim()).ok().and_then(|value| String::from_utf8(value).ok());
        Some((key.to_ascii_lowercase(), value?))
    };
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(|text| pair(text).ok_or_else(unreadable)).collect()
}

/// What was said of a file when it was announced.
pub(super) fn metadata(upload: &upload::Model) -> HeaderValue {
    let mut text = format!("name {}", STANDARD.encode(&upload.name));
    let others = [("filetype", &upload.media_type), ("altText", &upload.alt_text)];
    for (key, value) in others {
        if let Some(value) = value {
            text.push_str(&format!(",{key} {}", STANDARD.encode(value)));
        }
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("name"))
}

/// A moment, as HTTP writes it.
pub(super) fn date(at: DateTime<Utc>) -> HeaderValue {
    let text = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("0"))
}

fn bad(message: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}
