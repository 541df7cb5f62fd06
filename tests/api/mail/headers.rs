//! Nobody writes headers of their own.

use guildhall::{
    entity::{email::State, file_use::Place},
    files::service::On,
    mail::service::{NewMail, To, Written},
};

use super::server::{Server, Wire};
use crate::kit::{Stored, TestApp, key, mail_to};

const BREAK: &str = "x\r\nBcc: eve@example.org\r\n\r\nMore";

/// Mails with a line break somewhere in what becomes a header.
fn broken() -> Vec<NewMail> {
    let plain = || mail_to("ada@example.org");
    let to = |to: To| NewMail { to, ..plain() };
    let base = plain().to;
    vec![
        to(To { name: Some(BREAK.to_owned()), ..base.clone() }),
        to(To { name: Some("x\nBcc: eve@example.org".to_owned()), ..base.clone() }),
        to(To { email: format!("ada@example.org{BREAK}"), ..base.clone() }),
        to(To { email: "ada@example.org>\r\nRCPT TO:<eve@example.org".to_owned(), ..base }),
        NewMail { reply_to: Some(format!("ben@example.org{BREAK}")), ..plain() },
        NewMail { thread_refs: Some(format!("one@example.org{BREAK}")), ..plain() },
    ]
}

#[tokio::test]
async fn a_line_break_in_a_header_makes_a_mail_that_is_never_sent() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    for new in broken() {
        let shown = format!("{new:?}");
        let mail = app.put(new).await;
        app.work().await;
        assert_eq!(app.mail_state(mail.id).await, State::Failed, "{shown}");
        let attempts = app.attempts(mail.id).await;
        assert_eq!(attempts.len(), 1);
        assert!(attempts[0].response.starts_with("no mail can be made of this"), "{attempts:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_line_break_in_a_subject_is_a_blank() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let written = Written::Own { subject: BREAK.to_owned(), markdown: "Words.".to_owned() };
    app.put(NewMail { written, ..mail_to("ada@example.org") }).await;
    app.work().await;
    let got = server.got();
    assert_eq!(got[0].header("Subject").as_deref(), Some("x Bcc: eve@example.org More"));
    assert_eq!(got[0].header("Bcc"), None);
}

#[tokio::test]
async fn a_line_break_in_the_name_of_a_file_makes_a_mail_that_is_never_sent() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let ada = app.member("ada").await;
    let mail = app.put_mail("ben@example.org").await;
    let id = app.keep(&ada, &Stored::text("a\r\nBcc: eve@example.org", "text")).await;
    app.use_file(key("file", &id), On::Email(mail.id), Place::Attachment, 0).await;
    app.work().await;
    assert_eq!(app.mail_state(mail.id).await, State::Failed);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn lone_dots_and_line_breaks_in_the_text_end_nothing() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let markdown = "one\n.\nMAIL FROM:<eve@example.org>\n\r\n.\r\n..two".to_owned();
    let written = Written::Own { subject: "Dots".to_owned(), markdown };
    app.put(NewMail { written, ..mail_to("ada@example.org") }).await;
    app.work().await;
    let got = server.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].from, "MAIL FROM:<mail@guildhall.example>");
    assert!(got[0].text.contains("..two"), "{}", got[0].text);
}
