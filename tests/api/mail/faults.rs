//! Mail servers that misbehave: no mail is lost, none is sent in the clear, and who gets one twice can tell.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use guildhall::{
    config::Config,
    entity::email::{self, State},
    infra::mailer::{Letter, Mailer, Patience, Verdict},
};

use super::server::{Fault, Server, Wire, tls};
use crate::kit::TestApp;

fn say(command: &'static str, words: &str) -> Fault {
    Fault::Say(command, format!("{words}\r\n").into_bytes())
}

/// Tries again and again, as time goes by, until the mail has come to its end; answers how often it was tried.
async fn until_ended(app: &TestApp, mail: &email::Model) -> usize {
    for _ in 0..20 {
        app.work().await;
        let now = app.mail(mail.id).await;
        if now.state != State::Deferred {
            break;
        }
        assert!(now.run_at > app.app.clock.now(), "it waits");
        app.app.clock.advance(now.run_at - app.app.clock.now());
    }
    app.attempts(mail.id).await.len()
}

#[tokio::test]
async fn what_is_put_off_is_sent_later_with_the_same_message_id() {
    let faults = [
        say("RCPT", "451 4.7.1 greylisted, come back"),
        say("GREETING", "421 too busy"),
        say("GREETING", "554 not you"),
        Fault::Hang("GREETING"),
        Fault::Hang("MAIL"),
        Fault::Hang("DATA"),
        say(".", "452 4.2.2 full"),
    ];
    for fault in faults {
        let server = Server::open(Wire::Plain).await;
        let app = TestApp::with(|config| server.set(config)).await;
        let mail = app.put_mail("ada@example.org").await;
        server.next([fault.clone()]);
        app.work().await;
        let now = app.mail(mail.id).await;
        assert_eq!((now.state, now.attempt_count), (State::Deferred, 1), "{fault:?}");
        let wait = now.run_at - app.app.clock.now();
        assert!(wait >= TimeDelta::seconds(45) && wait <= TimeDelta::seconds(75), "{wait}");
        assert_eq!(app.work().await, 0, "not before its time");
        assert_eq!(until_ended(&app, &mail).await, 2, "{fault:?}");
        assert_eq!(app.mail_state(mail.id).await, State::Sent);
        let got = server.got();
        assert_eq!(got.len(), 1, "{fault:?}");
        assert_eq!(got[0].header("Message-ID"), Some(format!("<{}>", mail.message_ref)));
        if let Fault::Say(_, words) = &fault {
            let words = String::from_utf8_lossy(words);
            let (code, words) = words.trim_end().split_once(' ').unwrap();
            let first = &app.attempts(mail.id).await[0];
            assert_eq!(first.code.map(|code| code.to_string()).as_deref(), Some(code));
            assert_eq!(first.response, words);
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_before_its_answer_gets_the_mail_twice_under_one_message_id() {
    let server = Server::open(Wire::Plain).await;
    let app = TestApp::with(|config| server.set(config)).await;
    let mail = app.put_mail("ada@example.org").await;
    server.next([Fault::Hang(".")]);
    assert_eq!(until_ended(&app, &mail).await, 2);
    assert_eq!(app.mail_state(mail.id).await, State::Sent);
    let got = server.got();
    let ids: BTreeSet<_> = got.iter().map(|got| got.header("Message-ID")).collect();
    assert_eq!((got.len(), ids.len()), (2, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_no_failure() {
    for fault in [Fault::Idle, say("MAIL", "421 idle for too long")] {
        let server = Server::open(Wire::Starttls).await;
        let app = TestApp::with(|config| server.set(config)).await;
        app.put_mail("ada@example.org").await;
        if matches!(fault, Fault::Idle) {
            server.next([fault.clone()]);
        }
        app.work().await;
        if matches!(fault, Fault::Say(..)) {
            server.next([fault.clone()]);
        }
        let second = app.put_mail("ben@example.org").await;
        app.work().await;
        assert_eq!(app.attempts(second.id).await.len(), 1, "{fault:?}");
        assert_eq!(app.mail_state(second.id).await, State::Sent, "{fault:?}");
        assert_eq!((server.got().len(), server.connections()), (2, 2), "{fault:?}");
    }
}

#[tokio::test]
async fn without_trustworthy_encryption_nothing_is_sent() {
    let wrong = Server::named(Wire::Starttls, "elsewhere").await;
    let wrong_at_once = Server::named(Wire::Tls, "elsewhere").await;
    let stranger = Server::open(Wire::Starttls).await;
    let none = Server::open(Wire::Plain).await;
    let slipped = Server::open(Wire::Starttls).await;
    slipped.next([say("STARTTLS", "220 go on\r\n250 AUTH LOGIN")]);
    let cases: [(&str, &Server); 5] = [
        ("the certificate of another", &wrong),
        ("the same from the first byte", &wrong_at_once),
        ("an authority that nobody named", &stranger),
        ("no STARTTLS", &none),
        ("something slipped in behind STARTTLS", &slipped),
    ];
    for (what, server) in cases {
        let app = TestApp::with(|config| {
            server.set(config);
            if what.starts_with("an authority") {
                config.smtp_ca_file = None;
            }
            if what == "no STARTTLS" {
                let url = format!("smtp://ada:pass@0.0.0.0:{}", server.address.port());
                config.smtp_url = Some(guildhall::config::Secret(url));
            }
        })
        .await;
        let mail = app.put_mail("ada@example.org").await;
        app.work().await;
        assert_eq!(app.mail_state(mail.id).await, State::Deferred, "{what}");
        assert!(server.got().is_empty(), "{what}");
        let clear = server.clear();
        assert!(!clear.contains("AUTH") && !clear.contains("MAIL"), "{what}: {clear}");
        let attempts = app.attempts(mail.id).await;
        assert_eq!((attempts.len(), attempts[0].code), (1, None), "{what}: {attempts:?}");
    }
}

#[tokio::test]
async fn long_and_binary_answers_are_borne_and_kept_short() {
    let long = [b"451 ".as_slice(), &[b'x'; 900], b"\r\n"].concat();
    let endless = vec![b'x'; 10 * 1024 * 1024];
    let many = b"250-more\r\n".repeat(100_000);
    let binary = b"451 \xff\xfe\x00\x01 no\r\n".to_vec();
    for bytes in [long, endless, many, binary] {
        let server = Server::open(Wire::Plain).await;
        let app = TestApp::with(|config| server.set(config)).await;
        let mail = app.put_mail("ada@example.org").await;
        server.next([Fault::Say("RCPT", bytes)]);
        app.work().await;
        assert_eq!(app.mail_state(mail.id).await, State::Deferred);
        let attempts = app.attempts(mail.id).await;
        assert!(attempts[0].response.chars().count() <= 1_000, "{attempts:?}");
        assert_eq!(until_ended(&app, &mail).await, 2);
        assert_eq!(server.got().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for_forever() {
    let patience = Patience {
        connect: Duration::from_millis(300),
        step: Duration::from_millis(300),
        hand_over: Duration::from_millis(300),
        whole: Duration::from_secs(5),
    };
    for command in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let server = Server::open(Wire::Plain).await;
        server.next([Fault::Silence(command)]);
        let mut config = Config::default();
        server.set(&mut config);
        let mailer = Mailer::open_with(&config, patience).unwrap();
        let begun = Instant::now();
        let tried = mailer.send(&letter()).await;
        assert_eq!(tried.verdict, Verdict::Later, "{command}");
        assert_eq!(tried.response, "no answer within 300ms", "{command}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{command}");
        // What was broken off in the middle serves no other mail.
        assert_eq!(mailer.send(&letter()).await.verdict, Verdict::Taken, "{command}");
        assert_eq!(server.connections(), 2, "{command}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_sixteen_times_over_days() {
    let app = TestApp::with(|config| {
        // Nobody listens there.
        config.smtp_url = Some(guildhall::config::Secret("smtp://127.0.0.1:1".to_owned()));
        config.smtp_ca_file = Some(tls("ca.pem"));
    })
    .await;
    let begun = app.app.clock.now();
    let mail = app.put_mail("ada@example.org").await;
    assert_eq!(until_ended(&app, &mail).await, 16);
    assert_eq!(app.mail_state(mail.id).await, State::Failed);
    let took = app.app.clock.now() - begun;
    assert!(took > TimeDelta::days(1) && took < TimeDelta::days(5), "{took}");
}

fn letter() -> Letter {
    Letter {
        from: "Guildhall <mail@guildhall.example>".to_owned(),
        to_email: "ada@example.org".to_owned(),
        to_name: None,
        reply_to: None,
        subject: "A subject".to_owned(),
        text: "Some words.".to_owned(),
        html: "<p>Some words.</p>".to_owned(),
        message_ref: "one@guildhall.example".to_owned(),
        thread_refs: None,
        unsubscribe: None,
        date: chrono::DateTime::UNIX_EPOCH,
        attached: Vec::new(),
    }
}
