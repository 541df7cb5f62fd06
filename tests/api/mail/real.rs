//! A real mail server, named by `GUILDHALL_TEST_SMTP_URL`, with the certificate of `tests/api/mail/tls` and a folder
//! (`GUILDHALL_TEST_SMTP_MAILDIR`) in which it puts what it takes: `tests/mailserver` starts one.

use std::{fs, path::PathBuf};

use guildhall::{config::Secret, entity::email::State};

use super::server::tls;
use crate::kit::{TestApp, mail_to};

#[tokio::test]
async fn a_real_mail_server_takes_our_mails() {
    let of = |name: &str| std::env::var(format!("GUILDHALL_TEST_SMTP_{name}"));
    let (Ok(url), Ok(folder)) = (of("URL"), of("MAILDIR")) else {
        eprintln!(
            "a_real_mail_server_takes_our_mails is passed over: GUILDHALL_TEST_SMTP_URL is not set"
        );
        return;
    };
    let app = TestApp::with(|config| {
        config.smtp_url = Some(Secret(url));
        config.smtp_ca_file = Some(tls("ca.pem"));
        config.mail_from = Some("Zünfte <mail@guildhall.example>".to_owned());
    })
    .await;
    let mut mails = Vec::new();
    for n in 0..3 {
        let mut new = mail_to(&format!("ada{n}@example.org"));
        new.to.name = Some("Ada Lövelace, Countess".to_owned());
        new.topic = Some("mention".into());
        mails.push(app.put(new).await);
    }
    app.work().await;
    let files = fs::read_dir(PathBuf::from(folder).join("new")).unwrap();
    let texts: Vec<String> =
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    for mail in mails {
        assert_eq!(app.mail_state(mail.id).await, State::Sent, "{:?}", app.attempts(mail.id).await);
        assert_eq!(app.attempts(mail.id).await[0].tls, 1);
        let its = texts.iter().filter(|text| text.contains(&mail.message_ref)).count();
        assert_eq!(its, 1, "kept once");
    }
}
