//! The settings of mail, and which are refused.

use guildhall::config::{Inputs, Loaded, Refused, load};

use super::server::tls;

fn environment(variables: &[(&str, &str)]) -> Result<Loaded, Refused> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    load(&Inputs { environment: variables.iter().map(pair).collect(), ..Inputs::default() })
}

const URL: (&str, &str) = ("GUILDHALL_SMTP_URL", "smtps://ada:hush-hush@mail.example.org");

#[test]
fn a_mail_server_is_read_and_its_password_is_never_shown() {
    let (ca, from) = (tls("ca.pem"), "Guildhall <mail@example.org>");
    let ca = ("GUILDHALL_SMTP_CA_FILE", ca.to_str().unwrap());
    let loaded = environment(&[URL, ca, ("GUILDHALL_MAIL_FROM", from)]).unwrap();
    assert_eq!(loaded.config.mail_from.as_deref(), Some(from));
    let shown = format!("{}{loaded:?}", loaded.to_toml());
    assert!(!shown.contains("hush-hush"), "{shown}");
}

#[test]
fn what_can_reach_no_mail_server_is_refused() {
    let urls = [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org/inbox",
        "smtp://mail.example.org?tls=none",
        "smtp://:hush-hush@mail.example.org",
    ];
    for url in urls {
        let problems = environment(&[("GUILDHALL_SMTP_URL", url)]).unwrap_err().0;
        assert_eq!(problems.len(), 1, "{url}");
        assert!(problems[0].starts_with("GUILDHALL_SMTP_URL: write smtp://"), "{problems:?}");
        assert!(!problems[0].contains("hush-hush"), "{problems:?}");
    }
}

#[test]
fn a_sender_that_is_no_mailbox_or_has_a_line_break_is_refused() {
    let two = "A <a@example.org>, B <b@example.org>";
    let lines = "Guildhall\r\nBcc: eve@example.org <mail@example.org>";
    for from in ["Guildhall", "mail@", "<mail@example.org", two, lines, "a@example.org\u{7f}"] {
        let problems = environment(&[("GUILDHALL_MAIL_FROM", from)]).unwrap_err().0;
        assert!(problems[0].contains("write one address"), "{from:?}: {problems:?}");
    }
}

#[test]
fn authorities_that_cannot_be_read_are_refused() {
    let (missing, key) = (tls("missing.pem"), tls("here.key"));
    let of = |path: &std::path::Path| {
        let path = path.to_str().unwrap().to_owned();
        environment(&[URL, ("GUILDHALL_SMTP_CA_FILE", &path)]).unwrap_err().0
    };
    assert!(of(&missing)[0].starts_with("GUILDHALL_SMTP_CA_FILE: can't read"), "{missing:?}");
    assert!(of(&key)[0].contains("holds no certificate"), "{key:?}");
    let ca = tls("ca.pem");
    let alone = environment(&[("GUILDHALL_SMTP_CA_FILE", ca.to_str().unwrap())]).unwrap_err().0;
    assert!(alone[0].contains("GUILDHALL_SMTP_URL is not"), "{alone:?}");
}
