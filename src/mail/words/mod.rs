//! What mails say: templates filled with values, in HTML and in plain text.

mod body;
pub mod fill;
mod layout;
pub mod phrases;
mod plain;
mod scan;
pub mod system;
mod template;

pub use layout::Leave;
pub use template::{Template, USUAL, Variable, Wording, used};

use template::Letterhead;

use crate::config::Config;

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The whole HTML page.
    pub html: String,
}

/// A mail of somebody's own words: a subject and Markdown.
pub fn own(
    config: &Config,
    locale: &str,
    subject: &str,
    markdown: &str,
    leave: Option<&Leave>,
) -> Result<Words, fill::Fault> {
    Letterhead { config, locale, leave }.around(subject, None, markdown, true)
}

/// Who mails are from.
pub fn sender(config: &Config) -> String {
    config.mail_from.clone().unwrap_or_else(|| {
        let name: String = config.name.chars().filter(|c| !"\"\\<>".contains(*c)).collect();
        format!("\"{name}\" <guildhall@{}>", domain(config))
    })
}

/// The domain that Message-IDs end in.
pub fn domain(config: &Config) -> String {
    let url = url::Url::parse(&config.public_url()).ok();
    let host = url.as_ref().and_then(|url| url.domain()).unwrap_or("localhost");
    host.to_owned()
}
