//! The server's own templates, one Markdown file a language: `templates/<language>/<key>.md`, whose first line is the
//! subject.

use uuid::Uuid;

use crate::infra::secrets;

/// A template of the server's own.
#[derive(Debug)]
pub struct System {
    /// What programs call it.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// When it is sent.
    pub purpose: &'static str,
    /// The blanks it fills, beside `community`, `url` and `name`, each with an example: JSON, or else a text as it
    /// stands. One whose example is a link has to stand in every wording: a mail without it would lead nowhere.
    pub variables: &'static [(&'static str, &'static str)],
    /// Language and text; the first is for those whose language is not there.
    pub texts: &'static [(&'static str, &'static str)],
}

macro_rules! texts {
    ($key:literal) => {
        texts!($key, "en", "de", "es", "fr")
    };
    ($key:literal, $($language:literal),+) => {
        &[$(($language, include_str!(concat!("../templates/", $language, "/", $key, ".md")))),+]
    };
}

/// All of them, by key.
pub const SYSTEM: &[System] = &[
    System {
        key: "application_received",
        name: "Application: received",
        purpose: "Thanks somebody who applied to a job.",
        variables: &[
            ("title", "Weaver"),
            ("organization", "Loom & Sons"),
            ("link", "https://example.org/applications/1"),
        ],
        texts: texts!("application_received"),
    },
    System {
        key: "application_update",
        name: "Application: news",
        purpose: "Tells an applicant where their application stands now (one part of state is true), and what the team wrote.",
        variables: &[
            ("title", "Weaver"),
            ("organization", "Loom & Sons"),
            (
                "state",
                r#"{ "submitted": false, "review": false, "interview": true, "offer": false, "hired": false, "rejected": false }"#,
            ),
            ("message", "When would you like to talk?"),
            ("link", "https://example.org/applications/1"),
        ],
        texts: texts!("application_update"),
    },
    System {
        key: "email_change",
        name: "New address",
        purpose: "Proves an address that is to take the place of an account's.",
        variables: &[("link", "https://example.org/account/verify/1")],
        texts: texts!("email_change"),
    },
    System {
        key: "email_changed",
        name: "Address changed",
        purpose: "Tells the old address that another is to take its place (done: false), or did (done: true).",
        variables: &[("address", "ada@example.org"), ("done", "false")],
        texts: texts!("email_changed"),
    },
    System {
        key: "email_taken",
        name: "Address in use",
        purpose: "Tells whose address it is that somebody wanted to change theirs to it.",
        variables: &[],
        texts: texts!("email_taken"),
    },
    System {
        key: "email_verification",
        name: "Proof of address",
        purpose: "Proves the address of a new account.",
        variables: &[("link", "https://example.org/account/verify/1")],
        texts: texts!("email_verification"),
    },
    System {
        key: "invitation",
        name: "Invitation",
        purpose: "Somebody invites somebody by their address.",
        variables: &[
            ("inviter", "Ada"),
            ("note", "Come in!"),
            ("link", "https://example.org/join/1"),
        ],
        texts: texts!("invitation"),
    },
    System {
        key: "job_alert",
        name: "New jobs",
        purpose: "Tells of new jobs that fit a search that somebody keeps; more: there are others that fit.",
        variables: &[
            ("search", "Weaving in Berlin"),
            (
                "jobs",
                r#"[{ "title": "Weaver", "organization": "Mill", "link": "https://example.org/jobs/1" }]"#,
            ),
            ("more", "false"),
            ("link", "https://example.org/jobs/searches/1"),
        ],
        texts: texts!("job_alert"),
    },
    System {
        key: "notification",
        name: "Notification",
        purpose: "Tells somebody who is away of news for them.",
        variables: &[
            ("summary", "Ada replied to your comment"),
            ("excerpt", "I think so, too."),
            ("link", "https://example.org/comments/1"),
        ],
        texts: texts!("notification"),
    },
    System {
        key: "password_changed",
        name: "Password changed",
        purpose: "Tells somebody that their password is another now.",
        variables: &[],
        texts: texts!("password_changed"),
    },
    System {
        key: "password_reset",
        name: "New password",
        purpose: "Sets a new password for who forgot theirs.",
        variables: &[("link", "https://example.org/account/reset/1")],
        texts: texts!("password_reset"),
    },
    System {
        key: "welcome",
        name: "Welcome",
        purpose: "Greets a new member whose address is proved.",
        variables: &[],
        texts: texts!("welcome"),
    },
    System {
        key: "submission_received",
        name: "Contact form: received",
        purpose: "What somebody sent through a form has come; the form has no words of its own for it.",
        variables: &[
            ("number", "12"),
            ("title", "Say hello"),
            ("link", "https://example.org/contact/1"),
        ],
        texts: texts!("submission_received"),
    },
    System {
        key: "submission_team",
        name: "Contact form: for the team",
        purpose: "Something came through a form.",
        variables: &[
            ("number", "12"),
            ("title", "Say hello"),
            ("sender", "Ada"),
            ("email", "ada@example.org"),
            ("answers", r#"[{ "label": "Your message", "text": "Hello!" }]"#),
            ("link", "https://example.org/inbox/1"),
        ],
        texts: texts!("submission_team"),
    },
    System {
        key: "submission_followed_up",
        name: "Contact form: more from the sender",
        purpose: "Somebody adds something to what they sent through a form.",
        variables: &[
            ("number", "12"),
            ("title", "Say hello"),
            ("sender", "Ada"),
            ("email", "ada@example.org"),
            ("text", "One more thing."),
            ("link", "https://example.org/inbox/1"),
        ],
        texts: texts!("submission_followed_up"),
    },
];

/// A template in one language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The subject, with blanks.
    pub subject: &'static str,
    /// The text, with blanks.
    pub markdown: &'static str,
}

/// The template with this key.
pub fn named(key: &str) -> Option<&'static System> {
    SYSTEM.iter().find(|system| system.key == key)
}

/// The key that the id of a template of the server's is made of; the same in every community.
pub fn id(key: &str) -> Uuid {
    let hash = secrets::hash(&format!("email_template:{key}"));
    let bytes = hash.first_chunk::<16>().copied().unwrap_or_default();
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

impl System {
    /// The words in this very language.
    pub fn text(&self, language: &str) -> Option<Text> {
        let (_, text) = self.texts.iter().find(|(name, _)| *name == language)?;
        let (subject, markdown) = text.split_once('\n')?;
        Some(Text { subject: subject.trim(), markdown: markdown.trim() })
    }
}
