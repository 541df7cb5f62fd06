//! The mailbox of developers: what was not sent, because there is no mail server. Only in development; for this
//! machine, and for others while they get the playground as well.

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS},
    },
    response::Response,
};
use sea_orm::{EntityTrait as _, QueryOrder as _, QuerySelect as _};
use serde::Deserialize;

use super::html;
use crate::{
    app::App,
    clock::made_at,
    entity::email,
    graph::{decode, encode},
    markdown::escape,
    server::{Call, address, problem::Problem, routes::Shared},
};

/// Mails on the page.
const SHOWN: u64 = 100;
/// A mail's own page: its style, and links that open elsewhere.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Whether there is such a mailbox.
pub(in crate::server) fn is_open(app: &App) -> bool {
    !app.config.is_production() && app.mailer.is_capture()
}

/// Whether it answers this caller.
fn answers(app: &App, call: &Call, headers: &HeaderMap) -> bool {
    is_open(app) && (app.config.playground || address::is_local(call.peer, headers))
}

/// `GET /dev/mail`
pub(in crate::server) async fn list(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
) -> Response<Body> {
    let app = &shared.engine.app;
    if !answers(app, &call, &headers) {
        return Problem::not_found().respond(&call.id);
    }
    let mails = email::Entity::find().order_by_desc(email::Column::Id).limit(SHOWN);
    let Ok(mails) = mails.all(app.db.fresh()).await else {
        return Problem::internal().respond(&call.id);
    };
    let lines: String = mails
        .iter()
        .map(|mail| {
            format!(
                "<li><a href=\"/dev/mail/{}\">{}</a><br>{} · {} · {:?}</li>\n",
                encode("email", mail.id).as_str(),
                escape(&mail.subject),
                escape(&mail.to_email),
                made_at(mail.id).format("%Y-%m-%d %H:%M:%S"),
                mail.state
            )
        })
        .collect();
    let body = if lines.is_empty() {
        "<p>Nothing yet.</p>".to_owned()
    } else {
        format!("<ul>{lines}</ul>")
    };
    html::page(StatusCode::OK, &app.config.name, &html::plain("Mail that was kept", body))
}

/// Which part of a mail.
#[derive(Deserialize)]
pub(in crate::server) struct Part {
    part: Option<String>,
}

/// `GET /dev/mail/{id}`; with `?part=html` its page alone.
pub(in crate::server) async fn one(
    State(shared): State<Shared>,
    Extension(call): Extension<Call>,
    Path(id): Path<String>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Response<Body> {
    let app = &shared.engine.app;
    let missing = || Problem::not_found().respond(&call.id);
    let Some(key) = decode("email", &id).filter(|_| answers(app, &call, &headers)) else {
        return missing();
    };
    let mail = match email::Entity::find_by_id(key).one(app.db.fresh()).await {
        Ok(Some(mail)) => mail,
        Ok(None) => return missing(),
        Err(_) => return Problem::internal().respond(&call.id),
    };
    if part.part.as_deref() == Some("html") {
        let mut response = Response::new(Body::from(mail.html.unwrap_or_default()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        return response;
    }
    let headers = [
        ("From", mail.sender_line.clone()),
        ("To", mail.to_email.clone()),
        ("Reply-To", mail.reply_to.clone().unwrap_or_default()),
        ("Message-ID", format!("<{}>", mail.message_ref)),
        ("Language", mail.locale.clone()),
        ("State", format!("{:?}", mail.state)),
    ];
    let headers: String = headers
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {}\n", escape(value)))
        .collect();
    let body = format!(
        "<pre>{headers}</pre>\n<iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" \
         title=\"HTML\" src=\"/dev/mail/{}?part=html\"></iframe>\n<pre>{}</pre>\n<p><a href=\"/dev/mail\">All</a></p>",
        escape(&id),
        escape(&mail.text.unwrap_or_default())
    );
    html::page(StatusCode::OK, &app.config.name, &html::plain(&mail.subject, body))
}
