//! Plain pages: no script, no cookie, nothing from elsewhere.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::words::Phrases;
use crate::markdown::escape;

pub(super) const STYLE: &str = "body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;\
    padding:0 1rem;color:#1c2430;background:#fff}h1{font-size:1.4rem}label{display:block;margin:.6rem 0}\
    button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:6px;background:#2457a7;color:#fff}\
    a{color:#2457a7}iframe{width:100%;height:38rem;border:1px solid #c9cfd8}pre{white-space:pre-wrap}\
    @media (prefers-color-scheme:dark){body{color:#e6e9ee;background:#14181f}a{color:#8ab4f8}}";

/// Allows this one style, and forms that come back here.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; frame-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    )
});

/// The middle of a page.
pub(super) struct Inner {
    language: &'static str,
    title: String,
    body: String,
}

/// A whole page.
pub(super) fn page(status: StatusCode, community: &str, inner: &Inner) -> Response<Body> {
    let Inner { language, title, body } = inner;
    let (title, community) = (escape(title), escape(community));
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><main>\n<p>{community}</p>\n<h1>{title}</h1>\n{body}\n</main></body></html>\n"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // The policy is ASCII, but forbidding everything is the right answer should that ever change.
    let policy = HeaderValue::from_str(&POLICY)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// A link that is none of ours.
pub(super) fn lost() -> Inner {
    let body = "<p>Take it from the foot of a mail, whole.</p>".to_owned();
    Inner { language: "en", title: "This link leads nowhere".to_owned(), body }
}

/// Any page in English.
pub(super) fn plain(title: &str, body: String) -> Inner {
    Inner { language: "en", title: title.to_owned(), body }
}

/// Asks whether to leave a topic.
pub(super) fn leave(words: &Phrases, email: &str, topic: &str, token: &str) -> Inner {
    let body = format!(
        "<p>{}</p>\n<form method=\"post\"><button name=\"confirm\" value=\"yes\">{}</button></form>\n{}",
        escape(email),
        words.leave_button,
        link(words, token)
    );
    Inner { language: words.language, title: words.leave_title.replacen("{}", topic, 1), body }
}

/// A topic was left.
pub(super) fn left(words: &Phrases, email: &str, topic: &str, token: &str) -> Inner {
    let body = format!("<p>{}</p>\n{}", escape(email), link(words, token));
    Inner { language: words.language, title: words.left.replacen("{}", topic, 1), body }
}

fn link(words: &Phrases, token: &str) -> String {
    format!("<p><a href=\"../choices/{}\">{}</a></p>", escape(token), words.choose)
}

/// A topic to tick.
pub(super) struct Choice<'a> {
    pub(super) id: String,
    pub(super) name: &'a str,
    pub(super) is_on: bool,
}

/// All topics to tick.
pub(super) fn choices<'a>(
    words: &Phrases,
    email: &str,
    topics: impl Iterator<Item = Choice<'a>>,
    all_stopped: bool,
    is_saved: bool,
    token: &str,
) -> Inner {
    let saved =
        if is_saved { format!("<p role=\"status\">{}</p>\n", words.saved) } else { String::new() };
    let checked = |is_on: bool| if is_on { " checked" } else { "" };
    let boxes: String = topics
        .map(|Choice { id, name, is_on }| {
            format!(
                "<input type=\"hidden\" name=\"shown\" value=\"{id}\"><label><input type=\"checkbox\" \
                 name=\"topic\" value=\"{id}\"{}> {}</label>\n",
                checked(is_on),
                escape(name)
            )
        })
        .collect();
    let body = format!(
        "{saved}<p>{}</p>\n<form method=\"post\" action=\"{}\">\n{boxes}<hr>\n<label><input type=\"checkbox\" \
         name=\"stop_all\" value=\"yes\"{}> {}</label>\n<p><button>{}</button></p></form>",
        escape(email),
        escape(token),
        checked(all_stopped),
        words.stop_all,
        words.save
    );
    Inner { language: words.language, title: words.choices_title.to_owned(), body }
}
