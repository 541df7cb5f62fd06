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
    /// The blanks it fills, beside `community`, `url` and `name`, each with an example. One whose example is a link
    /// has to stand in every wording: a mail without it would lead nowhere.
    pub variables: &'static [(&'static str, &'static str)],
    /// Language and text; the first is for those whose language is not there.
    pub texts: &'static [(&'static str, &'static str)],
}

macro_rules! texts {
    ($key:literal) => {
        texts!($key, "en", "de")
    };
    ($key:literal, $($language:literal),+) => {
        &[$(($language, include_str!(concat!("../templates/", $language, "/", $key, ".md")))),+]
    };
}

/// All of them, by key.
pub const SYSTEM: &[System] = &[System {
    key: "invitation",
    name: "Invitation",
    purpose: "Somebody invites somebody by their address.",
    variables: &[("inviter", "Ada"), ("note", "Come in!"), ("link", "https://example.org/join/1")],
    texts: texts!("invitation", "en", "de", "es", "fr"),
}];

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
