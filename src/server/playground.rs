//! The playground at `/graphql`: GraphiQL, served whole from this binary.
//!
//! `build.rs` bundles it. A binary that was built without npm has no bundle; its page says so, and
//! loads GraphiQL from a CDN instead.

use std::borrow::Cow;
use std::io::Read;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};

/// `index.html` as it is, every other file gzipped, under names that change with the content.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/graphiql"]
#[allow_missing = true]
struct Bundle;

/// The page of a binary without the bundle.
const CDN_PAGE: &str = include_str!("graphiql/cdn.html");

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
    style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A worker obeys the policy of its own file, and none of them needs anything else.
const ASSET_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Allows the CDN, and the inline scripts of [`CDN_PAGE`] by their hashes.
static CDN_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hashes: Vec<String> = inline_scripts(CDN_PAGE)
        .map(|script| BASE64_STANDARD.encode(digest(&SHA256, script.as_bytes())))
        .map(|hash| format!("'sha256-{hash}'"))
        .collect();
    format!(
        "default-src 'none'; script-src https://esm.sh {}; worker-src blob:; \
         style-src https://esm.sh 'unsafe-inline'; font-src https://esm.sh data:; \
         img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'none'",
        hashes.join(" ")
    )
});

/// The page itself, for a `GET /graphql` that accepts `text/html`.
pub(crate) fn page() -> Response {
    let (body, policy) = match Bundle::get("index.html") {
        Some(file) => (bytes_of(file), HeaderValue::from_static(PAGE_POLICY)),
        None => (Bytes::from_static(CDN_PAGE.as_bytes()), cdn_policy()),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // A GET of the same address that asks for JSON is a query.
        (VARY, HeaderValue::from_static("accept")),
    ];
    (safe_headers(), headers, body).into_response()
}

/// A file of the bundle, for `GET /graphql/assets/{*path}`; 404 when there is no such file.
///
/// The files are kept gzipped, and unpacked for the rare client that does not accept that.
pub(crate) async fn asset(Path(path): Path<String>, request: HeaderMap) -> Response {
    let Some(file) = Bundle::get(&format!("{path}.gz")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let gzip = accepts_gzip(&request);
    let tag = tag_of(&file, gzip);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type(&path))),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(ASSET_POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static(lifetime(&path))),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let tagged = HeaderValue::try_from(&tag).ok().map(|value| (ETAG, value));
    let head: HeaderMap = headers.into_iter().chain(safe_headers()).chain(tagged).collect();
    if matches(&request, &tag) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    if gzip {
        return (head, [(CONTENT_ENCODING, "gzip")], bytes_of(file)).into_response();
    }
    match unpacked(&file.data) {
        Ok(body) => (head, body).into_response(),
        Err(error) => {
            tracing::error!(%error, path, "a file of the playground cannot be unpacked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn safe_headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ]
}

fn cdn_policy() -> HeaderValue {
    // The policy is ASCII, but forbidding everything is the right answer should that ever change.
    HeaderValue::from_str(&CDN_POLICY)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script")
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .filter(|(attributes, _)| !attributes.contains("src="))
        .filter_map(|(_, rest)| rest.split_once("</script>"))
        .map(|(script, _)| script)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}

/// All names but this one change with the content.
fn lifetime(path: &str) -> &'static str {
    if path == "licences.txt" { "no-cache" } else { "public, max-age=31536000, immutable" }
}

/// The two encodings of a file are two representations, so each has its own tag.
fn tag_of(file: &EmbeddedFile, gzip: bool) -> String {
    let hash: String =
        file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    if gzip { format!("\"{hash}-gzip\"") } else { format!("\"{hash}\"") }
}

fn matches(request: &HeaderMap, tag: &str) -> bool {
    listed(request, IF_NONE_MATCH)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let mut any = false;
    for encoding in listed(request, ACCEPT_ENCODING) {
        let (name, parameters) = encoding.split_once(';').unwrap_or((encoding, ""));
        let refused = parameters
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") => return !refused,
            "*" => any = !refused,
            _ => {}
        }
    }
    any
}

fn listed(request: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    request
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

fn bytes_of(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn unpacked(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    GzDecoder::new(data).read_to_end(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    fn asking(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn body(response: Response) -> Bytes {
        to_bytes(response.into_body(), usize::MAX).await.unwrap()
    }

    fn bundled_files() -> Vec<String> {
        Bundle::iter().filter_map(|name| name.strip_suffix(".gz").map(str::to_owned)).collect()
    }

    #[test]
    fn the_page_is_not_framed_sniffed_or_reported_to_others() {
        let page = page();
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(header(&page, CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(header(&page, X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(&page, REFERRER_POLICY), "no-referrer");
        assert_eq!(header(&page, CACHE_CONTROL), "no-cache");
        let policy = header(&page, CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-eval"), "{policy}");
    }

    #[test]
    fn the_policy_of_the_bundled_page_names_no_other_host() {
        assert!(!PAGE_POLICY.contains("://"), "{PAGE_POLICY}");
        assert!(!PAGE_POLICY.contains('*'), "{PAGE_POLICY}");
    }

    #[test]
    fn the_policy_of_the_other_page_allows_its_two_scripts_and_one_host() {
        assert_eq!(inline_scripts(CDN_PAGE).count(), 2);
        assert_eq!(CDN_POLICY.matches("'sha256-").count(), 2);
        assert!(
            CDN_POLICY
                .split([' ', ';'])
                .all(|word| !word.contains("://") || word == "https://esm.sh")
        );
        assert_eq!(cdn_policy().to_str().unwrap(), CDN_POLICY.as_str());
    }

    #[test]
    fn both_pages_use_the_same_versions() {
        let package: serde_json::Value =
            serde_json::from_str(include_str!("graphiql/package.json")).unwrap();
        for name in ["@graphiql/toolkit", "graphiql", "graphql", "react", "react-dom"] {
            let version = package["dependencies"][name].as_str().unwrap();
            assert!(CDN_PAGE.contains(&format!("https://esm.sh/{name}@{version}")), "{name}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_found() {
        for path in ["nothing.js", "../../Cargo.toml", "index.html", ""] {
            let answer = asset(Path(path.to_owned()), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_comes_the_same_packed_and_unpacked() {
        for name in bundled_files() {
            let packed = asset(Path(name.clone()), asking(ACCEPT_ENCODING, "br, gzip")).await;
            let plain = asset(Path(name.clone()), HeaderMap::new()).await;
            assert_eq!(header(&packed, CONTENT_ENCODING), "gzip");
            assert_eq!(header(&plain, CONTENT_ENCODING), "");
            assert_eq!(header(&packed, VARY), "accept-encoding");
            assert_ne!(header(&packed, CONTENT_TYPE), "application/octet-stream", "{name}");
            assert_ne!(header(&packed, ETAG), header(&plain, ETAG));
            assert!(unpacked(&body(packed).await).unwrap() == body(plain).await, "{name}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_known_is_not_sent_again() {
        for name in bundled_files() {
            let first = asset(Path(name.clone()), HeaderMap::new()).await;
            let known = asking(IF_NONE_MATCH, header(&first, ETAG));
            let second = asset(Path(name), known).await;
            assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(header(&second, ETAG), header(&first, ETAG));
            assert_eq!(body(second).await, "");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_accept_it_only() {
        for accepted in ["gzip", "GZIP;q=0.5", "deflate, gzip;q=1.0", "*", "br;q=1, *;q=0.1"] {
            assert!(accepts_gzip(&asking(ACCEPT_ENCODING, accepted)), "{accepted}");
        }
        for refused in ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "x-gzipped"]
        {
            assert!(!accepts_gzip(&asking(ACCEPT_ENCODING, refused)), "{refused}");
        }
    }

    #[test]
    fn a_tag_is_found_in_a_list() {
        assert!(matches(&asking(IF_NONE_MATCH, "\"a\", W/\"b\""), "\"b\""));
        assert!(matches(&asking(IF_NONE_MATCH, "*"), "\"b\""));
        assert!(!matches(&asking(IF_NONE_MATCH, "\"a\""), "\"b\""));
    }
}
