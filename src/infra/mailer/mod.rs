//! Hands mails to a mail server by SMTP, or keeps them to be read by developers.

mod letter;
mod smtp;

use std::time::Instant;

pub use letter::{Attached, Letter};
pub use smtp::{Patience, Smtp};

use crate::{Result, config::Config};

/// Who takes mails.
#[derive(Debug)]
pub enum Mailer {
    /// Nobody: they stay in the outbox, to be read there.
    Capture,
    /// A mail server.
    Smtp(Box<Smtp>),
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
    /// How far it came.
    pub step: Step,
}

/// A step of the talk with a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To connect, encrypt and sign in.
    Connecting,
    /// To name the sender.
    Sender,
    /// To name the recipient.
    Recipient,
    /// To ask whether the mail may come.
    Data,
    /// To hand it over: from here on the server may have it, whatever it says.
    Handing,
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
        Self::open_with(config, Patience::default())
    }

    /// [`Mailer::open`] with other patience.
    pub fn open_with(config: &Config, patience: Patience) -> Result<Self> {
        match &config.smtp_url {
            Some(url) => {
                let ca_file = config.smtp_ca_file.as_deref();
                Ok(Self::Smtp(Box::new(Smtp::open(&url.0, ca_file, patience)?)))
            }
            None => Ok(Self::Capture),
        }
    }

    /// Whether mails are kept for developers instead of being sent.
    pub fn is_capture(&self) -> bool {
        matches!(self, Self::Capture)
    }

    /// Tries once to hand a mail over. What could never be a mail, no server is asked about.
    pub async fn send(&self, letter: &Letter) -> Try {
        let begun = Instant::now();
        let done = match (letter.message(), self) {
            (Err(why), _) => self.never(format!("no mail can be made of this: {why}")),
            (Ok(_), Self::Capture) => Try {
                code: Some(250),
                verdict: Verdict::Taken,
                ..self.never("kept in the outbox".to_owned())
            },
            (Ok(mail), Self::Smtp(smtp)) => smtp.send(&mail).await,
        };
        let took_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        Try { took_ms, ..done }
    }

    /// A try that came to nothing before any server was asked.
    pub fn never(&self, why: String) -> Try {
        Try {
            relay: match self {
                Self::Capture => "capture".to_owned(),
                Self::Smtp(smtp) => smtp.name(),
            },
            code: None,
            enhanced_code: None,
            response: why,
            took_ms: 0,
            tls: false,
            verdict: Verdict::Never,
            step: Step::Connecting,
        }
    }
}
