use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Body,
    http::{
        HeaderName, HeaderValue, Response, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY},
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{super::routes::Shared, words::Words};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}\
    label,input,button{display:block;font:inherit;margin:.5rem 0}input{width:100%;box-sizing:border-box}";

/// No script, nothing from elsewhere, no form that goes elsewhere: only the one style above.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
});

/// What a page asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Nothing.
    None,
    /// To press a button.
    Button,
    /// An address.
    Address,
    /// A new password.
    Password,
}

impl Form {
    /// What is said to who filled it in wrongly.
    pub(super) fn hint(self, words: &Words) -> &'static str {
        match self {
            Self::Password => words.weak,
            Self::Address => words.no_address,
            Self::None | Self::Button => words.unreadable,
        }
    }

    /// The form as HTML. It has no address of its own: it is sent to where the page is, so that nothing of that address
    /// ever stands in the page.
    fn html(self, words: &Words) -> String {
        let input = match self {
            Self::None => return String::new(),
            Self::Button => String::new(),
            Self::Address => format!(
                "<label for=\"email\">{}</label>\
                 <input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" required maxlength=\"254\">",
                words.address
            ),
            Self::Password => format!(
                "<label for=\"password\">{}</label>\
                 <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"new-password\" required \
                 minlength=\"8\" maxlength=\"256\">",
                words.password
            ),
        };
        format!("<form method=\"post\">{input}<button>{}</button></form>", words.go)
    }
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// What it is about.
    pub(super) title: &'static str,
    /// What it says.
    pub(super) text: &'static str,
    /// What it asks for.
    pub(super) form: Form,
}

impl Page {
    pub(super) fn respond(
        &self,
        shared: &Shared,
        words: &Words,
        status: StatusCode,
    ) -> Response<Body> {
        let name = ammonia::clean_text(&shared.engine.app.config.name);
        let Self { title, text, .. } = self;
        let (lang, form) = (words.lang, self.form.html(words));
        let html = format!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title} - {name}</title>\
             <style>{STYLE}</style></head>\n<body><main><p>{name}</p><h1>{title}</h1><p>{text}</p>{form}</main></body>\
             </html>\n"
        );
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(VARY, HeaderValue::from_static("accept-language"));
        headers.insert(
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex, nofollow"),
        );
        // Forbidding everything is the right answer should the text ever be none for a header.
        let policy = HeaderValue::from_str(&POLICY)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        response
    }
}
