//! From whose pages a form is sent, over a real connection.

use serde_json::{Value, json};

use super::kit::{SAVE, SUBMIT, hello, refused, words};
use crate::{
    door::{Door, Reply},
    kit::{Run, TestApp},
};

const SITE: &str = "https://site.example";

async fn send(door: &Door, origin: Option<&str>, more: Value) -> Reply {
    let mut input = json!({ "form": { "slug": "hello" }, "values": words() });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let body = json!({ "query": SUBMIT, "variables": { "input": input } });
    let post = door.post().json(&body);
    Reply::of(match origin {
        Some(origin) => post.header("origin", origin),
        None => post,
    })
    .await
}

fn run(reply: &Reply) -> Run {
    Run { data: reply.body["data"].clone(), errors: Vec::new(), sql: Vec::new() }
}

async fn preflight(door: &Door, origin: &str) -> Reply {
    let request = door.client.request(reqwest::Method::OPTIONS, door.url("/graphql"));
    let request = request.header("origin", origin).header("access-control-request-method", "POST");
    Reply::of(request.header("access-control-request-headers", "content-type")).await
}

async fn make(test: &TestApp, origins: &[&str]) -> (guildhall::Actor, String) {
    let staff = test.staff().await;
    let id = test.form(&staff, hello("hello", json!({ "allowedOrigins": origins }))).await;
    (staff, id)
}

#[tokio::test]
async fn pages_of_an_allowed_site_send_the_form_without_credentials() {
    let door = Door::open().await;
    make(&door.test, &[SITE]).await;
    let asked = preflight(&door, SITE).await;
    assert_eq!(asked.header("access-control-allow-origin"), SITE);
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    let headers = asked.header("access-control-allow-headers");
    assert!(headers.contains("content-type") && !headers.contains("authorization"), "{headers}");
    let page = json!({ "origin": format!("{SITE}/contact") });
    let sent = send(&door, Some(SITE), page).await;
    assert_eq!(sent.header("access-control-allow-origin"), SITE);
    assert_eq!(sent.header("access-control-allow-credentials"), "");
    assert_eq!(refused(&run(&sent), "formSubmit"), [""; 0]);
    // What the browser says counts; what is claimed beside it does not.
    send(&door, Some(SITE), json!({ "origin": "https://elsewhere.example/contact" })).await;
    let pages: Vec<_> = door.test.submissions().await.into_iter().map(|row| row.origin).collect();
    assert_eq!(pages, [Some(format!("{SITE}/contact")), Some(SITE.to_owned())]);
}

#[tokio::test]
async fn pages_of_other_sites_send_nothing() {
    let door = Door::open().await;
    make(&door.test, &[SITE]).await;
    for other in
        ["https://other.example", "http://site.example", "https://site.example:8443", "null"]
    {
        let asked = preflight(&door, other).await;
        assert_eq!(asked.header("access-control-allow-origin"), "", "{other}");
        // However they got here: the form itself looks too.
        let sent = send(&door, Some(other), json!({ "origin": SITE })).await;
        assert_eq!(refused(&run(&sent), "formSubmit"), ["FORBIDDEN input.origin"], "{other}");
    }
    assert_eq!(door.test.submissions().await.len(), 0);
    // Our own pages, and what is no browser.
    for own in [Some(format!("http://{}", door.address)), None] {
        let sent = send(&door, own.as_deref(), json!({})).await;
        assert_eq!(refused(&run(&sent), "formSubmit"), [""; 0]);
    }
}

#[tokio::test]
async fn a_site_is_allowed_as_long_as_an_open_form_says_so() {
    let door = Door::open().await;
    let (staff, id) = make(&door.test, &[]).await;
    assert_eq!(preflight(&door, SITE).await.header("access-control-allow-origin"), "");
    let save = |input: Value| json!({ "id": id, "input": input });
    let input = save(json!({ "allowedOrigins": [SITE] }));
    door.test.run_with(&staff, SAVE, input).await.ok();
    assert_eq!(preflight(&door, SITE).await.header("access-control-allow-origin"), SITE);
    door.test.run_with(&staff, SAVE, save(json!({ "state": "CLOSED" }))).await.ok();
    assert_eq!(preflight(&door, SITE).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn plain_forms_of_any_page_are_refused() {
    let door = Door::open().await;
    make(&door.test, &[SITE]).await;
    let plain = door.post().header("origin", SITE);
    let plain = plain.header("content-type", "application/x-www-form-urlencoded").body("query=x");
    assert_eq!(Reply::of(plain).await.status, 415);
    let parts = "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--\r\n";
    let form = door.post().header("origin", SITE);
    let form = form.header("content-type", "multipart/form-data; boundary=x").body(parts);
    assert!(Reply::of(form).await.status.is_client_error());
    assert_eq!(door.test.submissions().await.len(), 0);
}
