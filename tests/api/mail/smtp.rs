//! Mails as a good mail server gets them.

use chrono::TimeDelta;
use guildhall::{
    entity::{
        email::State,
        email_topic,
        file_use::Place,
        suppression::{self, Reason},
    },
    files::service::On,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::server::{Server, Wire};
use crate::kit::{Stored, TestApp, key, mail_to};

#[tokio::test]
async fn mails_go_over_one_connection_encrypted_and_signed_in() {
    for wire in [Wire::Plain, Wire::Starttls, Wire::Tls] {
        let server = Server::open(wire).await;
        let app = TestApp::with(|config| server.set(config)).await;
        let mut mails = Vec::new();
        for n in 0..5 {
            mails.push(app.put_mail(&format!("ada{n}@example.org")).await);
        }
        assert_eq!(app.work().await, 5);
        assert_eq!(server.connections(), 1, "{wire:?}");
        let got = server.got();
        assert_eq!(got.len(), 5, "{wire:?}");
        for (n, (got, mail)) in got.iter().zip(&mails).enumerate() {
            assert_eq!(got.from, "MAIL FROM:<mail@guildhall.example>");
            assert_eq!(got.to, format!("RCPT TO:<ada{n}@example.org>"));
            assert_eq!(got.header("Message-ID"), Some(format!("<{}>", mail.message_ref)));
            assert_eq!(got.header("Subject").as_deref(), Some("A subject"));
            let attempts = app.attempts(mail.id).await;
            assert_eq!(attempts.len(), 1);
            assert_eq!(attempts[0].code, Some(250));
            assert_eq!(attempts[0].enhanced_code.as_deref(), Some("2.0.0"));
            assert_eq!(attempts[0].response, "2.0.0 it is mine");
            assert_eq!(attempts[0].tls, i32::from(wire != Wire::Plain));
            assert_eq!(app.mail_state(mail.id).await, State::Sent);
        }
        if wire != Wire::Plain {
            let clear = server.clear();
            assert!(!clear.contains("AUTH") && !clear.contains("MAIL"), "{clear}");
        }
    }
}

#[tokio::test]
async fn a_mail_about_a_topic_can_be_left_with_one_click_and_no_other_can() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let plain = app.put_mail("ada@example.org").await;
    let mut about = mail_to("Ada@example.org");
    about.topic = Some("mention".into());
    app.put(about).await;
    app.work().await;
    let got = server.got();
    assert_eq!(got[0].header("Message-ID"), Some(format!("<{}>", plain.message_ref)));
    assert_eq!(got[0].header("List-Unsubscribe"), None);
    let link = got[1].header("List-Unsubscribe").unwrap();
    let start = format!("<{}/mail/unsubscribe/", app.app.config.public_url());
    let token = link.strip_prefix(&start).unwrap().strip_suffix('>').unwrap();
    assert!(!token.is_empty() && !token.contains([' ', '/']), "{token}");
    let post = got[1].header("List-Unsubscribe-Post");
    assert_eq!(post.as_deref(), Some("List-Unsubscribe=One-Click"));
}

#[tokio::test]
async fn who_wants_no_more_while_a_mail_waits_does_not_get_it() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let mut about = mail_to("ada@example.org");
    about.topic = Some("mention".into());
    let about = app.put(about).await;
    let topic = email_topic::Entity::find().filter(email_topic::Column::Key.eq("mention"));
    let topic = topic.one(&app.app.db.write).await.unwrap().unwrap();
    let choice = guildhall::entity::email_choice::ActiveModel {
        email_key: sea_orm::Set("ada@example.org".to_owned()),
        topic_id: sea_orm::Set(topic.id),
        subscribed: sea_orm::Set(0),
        chosen_at: sea_orm::Set(app.app.clock.now()),
    };
    guildhall::entity::email_choice::Entity::insert(choice)
        .exec_without_returning(&app.app.db.write)
        .await
        .unwrap();
    let closed = app.put_mail("ben@example.org").await;
    app.suppress("Ben@example.org").await;
    app.work().await;
    for mail in [about, closed] {
        assert_eq!(app.mail_state(mail.id).await, State::Suppressed);
        assert!(app.attempts(mail.id).await.is_empty());
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn files_come_with_a_mail_unless_they_are_too_large() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let ada = app.member("ada").await;
    let mail = app.put_mail("ben@example.org").await;
    for (place, name) in ["one.txt", "zwei ü.txt"].into_iter().enumerate() {
        let id = app.keep(&ada, &Stored::text(name, format!("the text of {name}"))).await;
        let place = i32::try_from(place).unwrap();
        app.use_file(key("file", &id), On::Email(mail.id), Place::Attachment, place).await;
    }
    let large = app.put_mail("ben@example.org").await;
    let id = app.keep(&ada, &Stored::text("large.bin", vec![b'x'; 26 * 1024 * 1024])).await;
    app.use_file(key("file", &id), On::Email(large.id), Place::Attachment, 0).await;
    app.work().await;
    let got = server.got();
    assert_eq!(got.len(), 1);
    assert!(got[0].text.contains("filename=\"one.txt\""), "{}", got[0].text);
    let (one, two) = (got[0].text.find("the text of one.txt"), got[0].text.find("filename*"));
    assert!(one.is_some() && one < two, "{}", got[0].text);
    assert_eq!(app.mail_state(large.id).await, State::Failed);
    let attempts = app.attempts(large.id).await;
    assert!(attempts[0].response.starts_with("its files have 27262976 bytes"), "{attempts:?}");
}

#[tokio::test]
async fn a_mail_to_an_address_that_is_not_there_closes_the_address() {
    use super::server::Fault;
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    // What is said, of which command, and whether it is about the address.
    let cases = [
        ("RCPT", "550 5.1.1 no such user", true),
        ("RCPT", "553 5.1.3 bad address", true),
        ("RCPT", "550 5.7.1 you are on a list", false),
        ("RCPT", "550 no words", false),
        ("RCPT", "552 5.2.2 mailbox full", false),
        ("RCPT", "550 5.1.8 your sender is not there", false),
        ("MAIL", "550 5.1.1 not you", false),
        (".", "550 5.1.1 spam", false),
    ];
    for (n, (command, says, closes)) in cases.into_iter().enumerate() {
        let address = format!("Gone{n}@example.org");
        let mail = app.put_mail(&address).await;
        server.next([Fault::Say(command, format!("{says}\r\n").into_bytes())]);
        app.work().await;
        assert_eq!(app.mail_state(mail.id).await, State::Failed, "{says}");
        let attempts = app.attempts(mail.id).await;
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].response, says.split_once(' ').unwrap().1);
        let found = suppression::Entity::find()
            .filter(suppression::Column::EmailKey.eq(address.to_lowercase()))
            .one(&app.app.db.write)
            .await
            .unwrap();
        assert_eq!(
            found.as_ref().map(|row| row.reason),
            closes.then_some(Reason::HardBounce),
            "{says}"
        );
        if closes {
            let next = app.put_mail(&address).await;
            assert_eq!(next.state, State::Suppressed);
        }
        app.app.clock.advance(TimeDelta::days(3));
        assert_eq!(app.work().await, 0, "what failed is not tried again");
    }
    assert!(server.got().is_empty());
    // A refusal of one mail leaves the connection to the next.
    assert_eq!(server.connections(), 1);
}
