//! The pages behind the links of a mail, and the mailbox of developers.

use guildhall::{
    config::{Environment, Secret},
    entity::{email::State, email_choice},
};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use super::{mentioned, token_of, write};
use crate::door::{Door, Reply};

async fn chosen(door: &Door) -> u64 {
    door.test.count::<email_choice::Entity>(email_choice::Column::Subscribed.eq(0)).await
}

/// A form as browsers send it.
fn encoded(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

#[tokio::test]
async fn a_look_changes_nothing_and_a_press_unsubscribes() {
    let door = Door::open().await;
    let token = token_of(&mentioned(&door.test, "ada@example.org", "de").await);
    let path = format!("/mail/unsubscribe/{token}");
    let page = Reply::of(door.get(&path)).await;
    assert_eq!(page.status, 200);
    let html = page.body.as_str().unwrap();
    assert!(
        html.contains("<html lang=\"de\">") && html.contains("Keine Mails mehr zu „Erwähnungen“?"),
        "{html}"
    );
    assert!(!html.contains("<script"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(chosen(&door).await, 0);
    let done = Reply::of(door.client.post(door.url(&path)).body("confirm=yes")).await;
    assert_eq!(done.status, 200);
    assert!(done.body.as_str().unwrap().contains("Du bekommst keine Mails mehr"));
    assert_eq!(chosen(&door).await, 1);
}

#[tokio::test]
async fn a_mail_client_unsubscribes_by_one_click() {
    let door = Door::open().await;
    for (number, content_type, body) in [
        (1, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            2,
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n",
        ),
    ] {
        let email = format!("a{number}@example.org");
        let token = token_of(&mentioned(&door.test, &email, "en").await);
        let request = door.client.post(door.url(&format!("/mail/unsubscribe/{token}")));
        let request =
            request.header("origin", "https://mail.example").header("content-type", content_type);
        let reply = Reply::of(request.body(body)).await;
        assert_eq!((reply.status.as_u16(), &reply.body), (200, &json!("unsubscribed\n")));
        assert_eq!((reply.header("set-cookie"), reply.header("location")), ("", ""));
        assert_eq!(chosen(&door).await, number);
        assert_eq!(mentioned(&door.test, &email, "en").await.state, State::Suppressed);
    }
}

#[tokio::test]
async fn choices_are_made_on_a_page() {
    let door = Door::open().await;
    let token = token_of(&mentioned(&door.test, "ada@example.org", "en").await);
    let path = format!("/mail/choices/{token}");
    let page = Reply::of(door.get(&path)).await;
    let html = page.body.as_str().unwrap();
    assert_eq!(
        (html.matches("name=\"topic\"").count(), html.matches(" checked").count()),
        (13, 10)
    );
    assert_eq!(chosen(&door).await, 0);
    let shown: Vec<_> = html
        .split("name=\"shown\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let mut form: Vec<_> = shown.iter().map(|id| ("shown", *id)).collect();
    form.push(("topic", shown[0]));
    let done = Reply::of(door.client.post(door.url(&path)).body(encoded(&form))).await;
    let html = done.body.as_str().unwrap();
    assert_eq!((done.status.as_u16(), html.matches(" checked").count()), (200, 1));
    form.push(("stop_all", "yes"));
    let done = Reply::of(door.client.post(door.url(&path)).body(encoded(&form))).await;
    assert_eq!(done.body.as_str().unwrap().matches(" checked").count(), 2);
    assert_eq!(
        write(&door.test, "ada@example.org", "en", json!(""), Some("comment")).await.state,
        State::Suppressed
    );
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_not_found_and_guessing_is_slowed() {
    let door = Door::with(|config| config.guest_cost_per_minute = 300).await;
    for _ in 0..2 {
        let reply = Reply::of(door.get("/mail/unsubscribe/none")).await;
        assert_eq!(reply.status, 404);
        assert!(reply.header("content-type").starts_with("text/html"));
    }
    let last = Reply::of(door.client.post(door.url("/mail/choices/none"))).await;
    let then = Reply::of(door.get("/mail/choices/none")).await;
    assert_eq!((last.status.as_u16(), then.status.as_u16()), (429, 429));
    assert!(!then.header("retry-after").is_empty());
    assert_eq!(chosen(&door).await, 0);
}

#[tokio::test]
async fn developers_read_the_mail_that_was_kept() {
    let door = Door::open().await;
    assert!(Reply::of(door.get("/dev/mail")).await.body.as_str().unwrap().contains("Nothing yet"));
    let mail = write(&door.test, "ada@example.org", "en", json!("<b>hi</b>"), None).await;
    let list = Reply::of(door.get("/dev/mail")).await;
    let html = list.body.as_str().unwrap();
    assert!(html.contains("Grace invites you to Guildhall"), "{html}");
    let path = html.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let one = Reply::of(door.get(&path)).await;
    assert!(one.body.as_str().unwrap().contains("To: ada@example.org"));
    assert!(one.body.as_str().unwrap().contains("https://a.example/join/1"));
    let part = Reply::of(door.get(&format!("{path}?part=html"))).await;
    assert_eq!(part.body, json!(mail.html.unwrap()));
    assert!(part.header("content-security-policy").starts_with("sandbox "));
    assert_eq!(part.header("x-frame-options"), "SAMEORIGIN");
    assert_eq!(Reply::of(door.get("/dev/mail/email_none")).await.status, 404);
}

#[tokio::test]
async fn nobody_reads_mail_in_production_or_where_it_is_sent() {
    let production = Door::with(|config| config.env = Environment::Production).await;
    assert_eq!(Reply::of(production.get("/dev/mail")).await.status, 404);
    let sent =
        Door::with(|config| config.smtp_url = Some(Secret("smtp://127.0.0.1:9".to_owned()))).await;
    let mail = write(&sent.test, "ada@example.org", "en", json!(""), None).await;
    let path = format!("/dev/mail/{}", guildhall::graph::encode("email", mail.id).as_str());
    assert_eq!(Reply::of(sent.get("/dev/mail")).await.status, 404);
    assert_eq!(Reply::of(sent.get(&path)).await.status, 404);
}

#[tokio::test]
async fn others_read_the_mail_that_was_kept_only_while_they_get_the_playground() {
    for (playground, elsewhere) in [(false, 404), (true, 200)] {
        let door = Door::with(|config| config.playground = playground).await;
        let mail = write(&door.test, "ada@example.org", "en", json!(""), None).await;
        let id = guildhall::graph::encode("email", mail.id);
        for path in ["/dev/mail".to_owned(), format!("/dev/mail/{}", id.as_str())] {
            assert_eq!(Reply::of(door.get(&path)).await.status, 200, "{path} on this machine");
            let through = door.get(&path).header("x-forwarded-for", "203.0.113.9");
            assert_eq!(Reply::of(through).await.status, elsewhere, "{path} from elsewhere");
        }
    }
}
