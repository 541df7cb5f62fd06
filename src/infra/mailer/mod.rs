//! Hands mails to a mail server by SMTP, or keeps them to be read by developers.

mod letter;
mod smtp;

use std::time::Instant;

pub use letter::{Attached, Letter};
use smtp::Smtp;

use crate::{Error, Result, config::Config};

/// Who takes mails.
#[derive(Debug)]
pub enum Mailer {
    /// Nobody: they stay in the outbox, to be read there.
    Capture,
    /// A mail server.
    Smtp(Smtp),
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The mail server, as host and port; `capture` when there is none.
    pub relay: String,
    /// The SMTP reply code; none when there was no reply.
    pub code: Option<u16>,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub enhanced_code: Option<String>,
    /// What it said, or what broke.
    pub response: String,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
    /// Whether the connection was encrypted.
    pub tls: bool,
    /// What it means.
    pub verdict: Verdict,
}

/// What the answer of a mail server means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It took the mail.
    Taken,
    /// Not now: the same mail may be taken later.
    Later,
    /// Never.
    Never,
}

impl Mailer {
    /// The one that is configured.
    pub fn open(config: &Config) -> Result<Self> {
        match &config.smtp_url {
            Some(url) => Ok(Self::Smtp(Smtp::open(&url.0, config.smtp_ca_file.as_deref())?)),
            None => Ok(Self::Capture),
        }
    }

    /// Whether mails are kept for developers instead of being sent.
    pub fn is_capture(&self) -> bool {
        matches!(self, Self::Capture)
    }

    /// Tries once to hand a mail over. That it is not taken is no error; one is what could never be a mail.
    pub async fn send(&self, letter: &Letter) -> Result<Try> {
        let begun = Instant::now();
        let mail =
            letter.message().map_err(|why| Error::bug(format!("no mail can be made: {why}")))?;
        let done = match self {
            Self::Capture => Try {
                relay: "capture".to_owned(),
                code: Some(250),
                enhanced_code: None,
                response: "kept in the outbox".to_owned(),
                took_ms: 0,
                tls: false,
                verdict: Verdict::Taken,
            },
            Self::Smtp(smtp) => smtp.send(&mail).await,
        };
        let took_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        Ok(Try { took_ms, ..done })
    }
}
