//! The talk with a mail server. The steps of a mail are taken one by one, each within its time, so that what failed is
//! known: whether the server has the mail, may have it, or never had it.

mod bounded;
mod server;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    Address, Message,
    transport::smtp::{
        Error as SmtpError,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use server::Server;

use super::{Step, Try, Verdict};
use crate::Result;

/// Connections that are kept for the next mail: as many as mails are sent at a time.
const KEPT: usize = 12;
/// How long a connection is kept: less than the time after which servers hang up.
const IDLE: Duration = Duration::from_secs(20);
/// Characters that are kept of an answer.
const WORDS: usize = 1_000;

/// How long a mail server is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until a connection stands, encrypted and signed in.
    pub connect: Duration,
    /// Until it answers one step.
    pub step: Duration,
    /// Until it has a whole mail, files and all.
    pub hand_over: Duration,
    /// Until a try ends, however many steps it takes.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(30),
            step: seconds(30),
            hand_over: seconds(120),
            whole: seconds(240),
        }
    }
}

/// A mail server.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    patience: Patience,
    kept: Mutex<Vec<Kept>>,
}

/// A connection that waits for the next mail.
struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("since", &self.since).finish_non_exhaustive()
    }
}

/// What went wrong, and where.
#[derive(Debug)]
pub(super) struct Broken {
    code: Option<u16>,
    words: String,
    /// Whether the connection is of no use any more.
    is_over: bool,
    /// Whether it would be the same at every try.
    is_for_good: bool,
    step: Step,
}

impl Broken {
    /// Words of our own.
    fn said(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { code: None, words, is_over: true, is_for_good: false, step: Step::Connecting }
    }

    fn of(error: impl std::error::Error) -> Self {
        Self::said(spoken(&error))
    }

    /// What the talk ended with.
    #[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
    fn smtp(error: SmtpError) -> Self {
        let code = error.status().map(u16::from);
        // What a server said stands behind lettre's own words.
        let words = match (code, std::error::Error::source(&error)) {
            (Some(_), Some(words)) => words.to_string(),
            _ => spoken(&error),
        };
        let is_over = code.is_none_or(|code| code == 421);
        let is_for_good = code.is_some_and(|code| code >= 500);
        Self { code, words, is_over, is_for_good, step: Step::Connecting }
    }

    fn at(self, step: Step) -> Self {
        Self { step, ..self }
    }

    /// Whether a connection that was kept may have been over before it was used, so that another is worth a try.
    fn may_be_stale(&self) -> bool {
        self.is_over && self.step != Step::Handing
    }

    fn verdict(&self) -> Verdict {
        // What a server says before there is a mail is about us: it is put right here, and the mail waits.
        if self.is_for_good && self.step != Step::Connecting {
            Verdict::Never
        } else {
            Verdict::Later
        }
    }
}

impl Smtp {
    /// The server at `smtp://user:password@host:port`, encrypted by STARTTLS, or `smtps://…`, encrypted from the
    /// first byte. On this very machine `smtp://` is not encrypted. `ca_file` holds further authorities, as PEM.
    pub(super) fn open(url: &str, ca_file: Option<&Path>, patience: Patience) -> Result<Self> {
        Ok(Self { server: Server::at(url, ca_file)?, patience, kept: Mutex::default() })
    }

    /// Host and port.
    pub(super) fn name(&self) -> String {
        self.server.name()
    }

    pub(super) async fn send(&self, mail: &Message) -> Try {
        let whole = tokio::time::timeout(self.patience.whole, self.try_once(mail));
        let done = whole.await.unwrap_or_else(|_| Err(silence(self.patience.whole)));
        let (code, response, verdict, step) = match done {
            Ok((code, words)) => (Some(code), words, Verdict::Taken, Step::Handing),
            Err(broken) => {
                let verdict = broken.verdict();
                (broken.code, broken.words, verdict, broken.step)
            }
        };
        let enhanced_code = enhanced(&response);
        let response = response.chars().filter(|c| *c != '\0').take(WORDS).collect();
        let (relay, tls) = (self.name(), self.server.is_encrypted());
        Try { relay, code, enhanced_code, response, took_ms: 0, tls, verdict, step }
    }

    async fn try_once(&self, mail: &Message) -> Said {
        let bytes = mail.formatted();
        match self.take() {
            None => self.anew(mail, &bytes).await,
            Some(kept) => match self.hand_over(kept, mail, &bytes).await {
                Err(broken) if broken.may_be_stale() => self.anew(mail, &bytes).await,
                done => done,
            },
        }
    }

    /// A connection that was kept, the one used last.
    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.since.elapsed() < IDLE);
        kept.pop().map(|one| one.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }

    async fn anew(&self, mail: &Message, bytes: &[u8]) -> Said {
        let most = self.patience.connect;
        let connecting = tokio::time::timeout(most, self.server.connect());
        let connection = connecting.await.unwrap_or_else(|_| Err(silence(most)))?;
        self.hand_over(connection, mail, bytes).await
    }

    /// Hands a mail over. A connection that is in order afterwards is kept; any other ends with this.
    async fn hand_over(
        &self,
        mut connection: AsyncSmtpConnection,
        mail: &Message,
        bytes: &[u8],
    ) -> Said {
        match self.steps(&mut connection, mail, bytes).await {
            Ok(response) => {
                self.keep(connection);
                let words = response.message().collect::<Vec<_>>().join("\n");
                Ok((u16::from(response.code()), words))
            }
            Err(broken) => {
                let reset = within(self.patience.step, connection.command(Rset));
                if !broken.is_over && reset.await.is_ok() {
                    self.keep(connection);
                }
                Err(broken)
            }
        }
    }

    async fn steps(
        &self,
        to: &mut AsyncSmtpConnection,
        mail: &Message,
        bytes: &[u8],
    ) -> std::result::Result<Response, Broken> {
        let (envelope, mut extras) = (mail.envelope(), Vec::new());
        let knows = |extension| to.server_info().supports_feature(extension);
        let lacks = |what| Broken {
            is_over: false,
            is_for_good: true,
            step: Step::Sender,
            ..Broken::said(what)
        };
        let is_plain = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !envelope.from().into_iter().chain(envelope.to()).all(is_plain) {
            if !knows(Extension::SmtpUtfEight) {
                let what = "the mail server takes only addresses of plain letters (no SMTPUTF8)";
                return Err(lacks(what));
            }
            extras.push(MailParameter::SmtpUtfEight);
        }
        if !bytes.is_ascii() {
            if !knows(Extension::EightBitMime) {
                return Err(lacks("the mail server takes only 7 bits (no 8BITMIME)"));
            }
            extras.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let step = self.patience.step;
        let sender = Mail::new(envelope.from().cloned(), extras);
        within(step, to.command(sender)).await.map_err(|e| e.at(Step::Sender))?;
        for address in envelope.to() {
            let recipient = Rcpt::new(address.clone(), Vec::new());
            within(step, to.command(recipient)).await.map_err(|e| e.at(Step::Recipient))?;
        }
        within(step, to.command(Data)).await.map_err(|e| e.at(Step::Data))?;
        within(self.patience.hand_over, to.message(bytes)).await.map_err(|e| e.at(Step::Handing))
    }
}

async fn within<T>(
    most: Duration,
    step: impl Future<Output = std::result::Result<T, SmtpError>>,
) -> std::result::Result<T, Broken> {
    match tokio::time::timeout(most, step).await {
        Ok(done) => done.map_err(Broken::smtp),
        Err(_) => Err(silence(most)),
    }
}

fn silence(most: Duration) -> Broken {
    Broken::said(format!("no answer within {most:?}"))
}

/// The reply code and words of a server that took a mail, or why it did not.
type Said = std::result::Result<(u16, String), Broken>;

/// An error with what it came of.
fn spoken(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

/// The enhanced status code of a reply, which begins with it: `5.1.1`.
fn enhanced(text: &str) -> Option<String> {
    let is_one = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        let digits = |part: &&str| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        parts.len() == 3
            && matches!(parts.first(), Some(&"2" | &"4" | &"5"))
            && parts.iter().all(digits)
    };
    text.split_whitespace().next().filter(is_one).map(str::to_owned)
}
