//! What every answer carries: its name, what browsers must not do with it, and who may read it.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN,
        REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use crate::{clock::Clock, config::Config, contact::SentFrom};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What pages of other origins may send, beside what they may anyway.
const MAY_SEND: &str = "authorization, content-type, x-request-id, graphql-require-preflight, \
    apollo-require-preflight, x-apollo-operation-name";
/// What pages may send that are allowed for a form alone: nothing that says who sends.
const FORMS_MAY_SEND: &str = "content-type, x-request-id, graphql-require-preflight";
const MAY_READ: &str = "x-request-id, retry-after, www-authenticate";

/// The origins whose pages may call with credentials, and whether the world comes by TLS.
#[derive(Debug)]
pub(super) struct Origins {
    allowed: Vec<HeaderValue>,
    /// The server's own, as the operator says it.
    own: String,
    by_tls: bool,
}

impl Origins {
    pub(super) fn new(config: &Config) -> Self {
        let allowed = config
            .cors_origins
            .iter()
            // Every sandboxed page has the origin `null`: allowing it allows everybody.
            .filter(|origin| origin.starts_with("http://") || origin.starts_with("https://"))
            .filter_map(|origin| HeaderValue::from_str(origin.trim_end_matches('/')).ok())
            .collect();
        let by_tls = config.base_url.as_ref().is_some_and(|url| url.scheme() == "https");
        let own = config.base_url.as_ref().map(|url| url.origin().ascii_serialization());
        Self { allowed, own: own.unwrap_or_default(), by_tls }
    }

    /// The page that a browser says the request is from.
    pub(super) fn sent_from(&self, request: &HeaderMap) -> Option<SentFrom> {
        let origin = request.get(ORIGIN)?;
        let is_known = self.is_known(request);
        // What can't be read is no site that anybody allowed.
        Some(SentFrom { origin: origin.to_str().unwrap_or("null").to_owned(), is_known })
    }

    pub(super) fn allow(&self, origin: &HeaderValue) -> bool {
        self.allowed.contains(origin)
    }

    /// Whether the page that made the request is one of ours, or may call with credentials. What says nothing
    /// of an origin is no browser.
    pub(super) fn is_known(&self, request: &HeaderMap) -> bool {
        let Some(origin) = request.get(ORIGIN) else { return true };
        let text = origin.to_str().unwrap_or_default();
        let authority = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let is_here = authority.zip(request.get(HOST)).is_some_and(|(authority, host)| {
            authority.as_bytes().eq_ignore_ascii_case(host.as_bytes())
        });
        is_here || (!text.is_empty() && text == self.own) || self.allow(origin)
    }
}

/// The name that the caller gave the request, if it is a sane one; else a new one.
pub(super) fn request_id(headers: &HeaderMap, clock: &Clock) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            let sane = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (8..=64).contains(&id.len()) && id.bytes().all(sane)
        })
        .map_or_else(|| clock.key().to_string(), str::to_owned)
}

/// Adds to an answer what is missing.
pub(super) fn finish(
    headers: &mut HeaderMap,
    id: &str,
    origin: Option<&HeaderValue>,
    origins: &Origins,
    sends_forms: bool,
) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    let mut preset = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    preset(X_CONTENT_TYPE_OPTIONS, "nosniff");
    preset(X_FRAME_OPTIONS, "DENY");
    preset(REFERRER_POLICY, "no-referrer");
    preset(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    preset(CACHE_CONTROL, "no-store");
    if origins.by_tls {
        preset(STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    let allowed = origin.filter(|origin| origins.allow(origin));
    preset(RESOURCE_POLICY, if allowed.is_some() { "cross-origin" } else { "same-origin" });
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin.filter(|_| sends_forms && allowed.is_none()) {
        // Without credentials: the page may send as anybody from anywhere may, and read the answer.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if headers.contains_key(ACCESS_CONTROL_ALLOW_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(FORMS_MAY_SEND));
        }
        headers.entry(ACCESS_CONTROL_EXPOSE_HEADERS).or_insert(HeaderValue::from_static(MAY_READ));
    }
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.entry(ACCESS_CONTROL_EXPOSE_HEADERS).or_insert(HeaderValue::from_static(MAY_READ));
    }
}

/// Answers a browser that asks whether it may send; read only where the origin is allowed.
pub(super) fn preflight(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(MAY_SEND));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    let vary = "access-control-request-method, access-control-request-headers";
    headers.append(VARY, HeaderValue::from_static(vary));
}
