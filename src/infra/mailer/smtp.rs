use std::{path::Path, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        response::Response,
    },
};
use url::{Host, Url};

use super::{Try, Verdict};
use crate::{Error, Result};

/// How long one step of the talk with a mail server may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Characters that are kept of an answer.
const WORDS: usize = 1_000;

/// A mail server.
#[derive(Debug)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    relay: String,
    tls: bool,
}

impl Smtp {
    /// The server at `smtp://user:password@host:port`, encrypted by STARTTLS, or `smtps://…`, encrypted from the
    /// first byte. On this very machine `smtp://` is not encrypted. `ca_file` holds further authorities, as PEM.
    pub(super) fn open(url: &str, ca_file: Option<&Path>) -> Result<Self> {
        let url = Url::parse(url).map_err(Error::internal)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let at_home = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let implicit = url.scheme() == "smtps";
        let tls = implicit || !at_home;
        let parameters = || -> Result<TlsParameters> {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(path) = ca_file {
                let pem = std::fs::read(path).map_err(|error| {
                    Error::bug(format!("GUILDHALL_SMTP_CA_FILE: {}: {error}", path.display()))
                })?;
                let certificate = Certificate::from_pem(&pem).map_err(Error::internal)?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters.build_rustls().map_err(Error::internal)
        };
        let security = match (implicit, tls) {
            (true, _) => Tls::Wrapper(parameters()?),
            (false, true) => Tls::Required(parameters()?),
            (false, false) => Tls::None,
        };
        let port = url.port().unwrap_or(if implicit { 465 } else { 587 });
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(port)
            .tls(security)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(12));
        if !url.username().is_empty() {
            let decoded = |text: &str| {
                percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
            };
            let (name, password) = (decoded(url.username()), decoded(url.password().unwrap_or("")));
            transport = transport.credentials(Credentials::new(name, password));
        }
        Ok(Self { transport: transport.build(), relay: format!("{host}:{port}"), tls })
    }

    pub(super) async fn send(&self, mail: &Message) -> Try {
        let done = self.transport.send(mail.clone()).await;
        let (code, response, verdict) = match &done {
            Ok(response) => (Some(u16::from(response.code())), words(response), Verdict::Taken),
            Err(error) => {
                let code = error.status().map(u16::from);
                let verdict = if error.is_permanent() { Verdict::Never } else { Verdict::Later };
                (code, spoken(error), verdict)
            }
        };
        let enhanced_code = enhanced(&response);
        let response = response.chars().filter(|c| *c != '\0').take(WORDS).collect();
        let (relay, tls) = (self.relay.clone(), self.tls);
        Try { relay, code, enhanced_code, response, took_ms: 0, tls, verdict }
    }
}

fn words(response: &Response) -> String {
    response.message().collect::<Vec<_>>().join("\n")
}

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

/// The enhanced status code in a reply: the first word like `5.1.1`.
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
    text.split_whitespace().find(is_one).map(str::to_owned)
}
