//! The server's own pages for what mails ask.

use guildhall::entity::account_token;
use reqwest::{Method, RequestBuilder};
use sea_orm::sea_query::Expr;
use serde_json::json;

use super::{
    PASSWORD, because, joined,
    mails::{account, link, mails, send_reset, sent, token},
    refused, sign_in,
};
use crate::door::{Door, Reply};

const ADA: &str = "ada@example.org";
const NEXT: &str = "seven maple doors 12";

fn form(door: &Door, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let media_type = "application/x-www-form-urlencoded";
    door.client.post(door.url(path)).header("content-type", media_type).body(body)
}

fn page(reply: &Reply) -> (u16, &str) {
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{reply:#?}");
    (reply.status.as_u16(), reply.body.as_str().unwrap())
}

async fn reset_path(door: &Door) -> String {
    send_reset(&door.test, ADA).await;
    door.test.work().await;
    format!("/account/reset/{}", token(&door.test, ADA).await)
}

#[tokio::test]
async fn to_look_at_a_page_changes_nothing_and_its_button_does() {
    let door = Door::with(|config| config.name = "Looms <b>& Sons".to_owned()).await;
    joined(&door.test, "ada").await;
    let mail = mails(&door.test, ADA).await.remove(0);
    let path = link(&mail).strip_prefix("http://127.0.0.1:8000").unwrap().to_owned();
    let token = path.rsplit_once('/').unwrap().1;
    door.test.statements();

    let reply = Reply::of(door.get(&path)).await;
    let (status, html) = page(&reply);
    assert_eq!(status, 200);
    assert!(html.contains("<form method=\"post\"><button>"), "{html}");
    assert!(!html.contains(token) && !html.contains("<script"), "{html}");
    assert!(!html.contains("<b>") && html.contains("&lt;b&gt;&amp;"), "{html}");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert_eq!(reply.header("x-frame-options"), "DENY");
    assert_eq!(door.test.statements(), [""; 0]);

    let reply = Reply::of(form(&door, &path, &[]).header("origin", "null")).await;
    assert_eq!(page(&reply).0, 200);
    assert!(page(&reply).1.contains("Your address is confirmed"));
    assert_eq!(reply.header("set-cookie"), "");
    assert!(account(&door.test, ADA).await.email_verified_at.is_some());
    let reply = Reply::of(form(&door, "/account/verify/guess", &[])).await;
    assert_eq!(page(&reply).0, 410);
}

#[tokio::test]
async fn a_new_password_is_set_by_a_form() {
    let door = Door::open().await;
    joined(&door.test, "ada").await;
    let path = reset_path(&door).await;
    let reply = Reply::of(door.get(&path)).await;
    assert!(page(&reply).1.contains("autocomplete=\"new-password\""));

    for fields in [&[][..], &[("password", "short")], &[("other", NEXT)]] {
        let reply = Reply::of(form(&door, &path, fields)).await;
        assert_eq!(page(&reply).0, 422);
        assert!(page(&reply).1.contains("name=\"password\""), "it may be tried again");
    }
    let reply = Reply::of(form(&door, &path, &[("password", NEXT)])).await;
    assert_eq!(page(&reply).0, 200);
    assert_eq!(reply.header("set-cookie"), "", "it signs nobody in");
    let old = sign_in(&door.test, "ada", PASSWORD).await;
    assert_eq!(refused(&old, "sessionCreate"), because("BAD_CREDENTIALS", &[]));
    let new = sign_in(&door.test, "ada", NEXT).await.ok();
    assert_eq!(new.at("sessionCreate.userErrors"), &json!([]));

    let again = Reply::of(form(&door, &path, &[("password", "another long 71 word")])).await;
    let (status, html) = page(&again);
    assert_eq!(status, 410);
    assert!(!html.contains("<form"), "{html}");
}

#[tokio::test]
async fn a_link_is_asked_for_by_a_form_that_tells_nothing() {
    let door = Door::open().await;
    joined(&door.test, "ada").await;
    assert_eq!(page(&Reply::of(door.get("/account/reset")).await).0, 200);
    let known = Reply::of(form(&door, "/account/reset", &[("email", ADA)])).await;
    let unknown =
        Reply::of(form(&door, "/account/reset", &[("email", "nobody@example.org")])).await;
    assert_eq!(page(&known), page(&unknown));
    assert_eq!(page(&known).0, 200);
    let wrong = Reply::of(form(&door, "/account/reset", &[("email", "ada@example.org\r\nBcc: x")]));
    assert_eq!(page(&wrong.await).0, 422);
    door.test.work().await;
    assert_eq!(sent(&door.test).await, 2);
    assert_eq!(mails(&door.test, ADA).await[1].template_key.as_deref(), Some("password_reset"));
}

#[tokio::test]
async fn what_is_no_form_changes_nothing() {
    let door = Door::open().await;
    joined(&door.test, "ada").await;
    let path = reset_path(&door).await;
    let json = door.client.post(door.url(&path)).json(&json!({ "password": NEXT }));
    assert_eq!(page(&Reply::of(json).await).0, 415);
    let large = "x".repeat(5_000);
    let reply = Reply::of(form(&door, &path, &[("password", NEXT), ("more", &large)])).await;
    assert_eq!(page(&reply).0, 413);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = Reply::of(door.client.request(method, door.url(&path))).await;
        assert_eq!(reply.status, 405);
    }
    let by_address = format!("{path}?password={}", NEXT.replace(' ', "+"));
    assert_eq!(Reply::of(door.get(&by_address)).await.status, 200);
    let run = sign_in(&door.test, "ada", PASSWORD).await.ok();
    assert_eq!(run.at("sessionCreate.userErrors"), &json!([]));
    assert_eq!(door.test.count::<account_token::Entity>(Expr::value(true)).await, 2);
}

#[tokio::test]
async fn guessing_at_pages_is_slowed_down() {
    let door = Door::open().await;
    for _ in 0..10 {
        assert_eq!(Reply::of(form(&door, "/account/verify/guess", &[])).await.status, 410);
    }
    let reply = Reply::of(form(&door, "/account/verify/guess", &[])).await;
    assert_eq!(page(&reply).0, 429);
    assert_eq!(reply.header("retry-after"), "2");
}

#[tokio::test]
async fn pages_speak_the_language_of_the_browser() {
    let door = Door::open().await;
    for (wanted, lang, title) in [
        ("de-CH,en;q=0.5", "de", "Neues Passwort setzen"),
        ("de", "de", "Neues Passwort setzen"),
        ("fr, de", "en", "Set a new password"),
        ("", "en", "Set a new password"),
    ] {
        let reply = Reply::of(door.get("/account/reset/x").header("accept-language", wanted)).await;
        let html = page(&reply).1;
        assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{wanted}: {html}");
        assert!(html.contains(title), "{wanted}: {html}");
        assert_eq!(reply.header("vary"), "accept-language");
    }
}
