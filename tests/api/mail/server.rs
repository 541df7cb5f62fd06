//! A mail server of a test's own, which behaves as it is told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use guildhall::config::{Config, Secret};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// How connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Plain,
    /// After STARTTLS.
    Starttls,
    /// From the first byte.
    Tls,
}

/// Something that goes wrong once.
#[derive(Clone, Debug)]
pub enum Fault {
    /// In answer to this command (`GREETING`, `MAIL`, `RCPT`; `.` is the end of a mail), these bytes.
    Say(&'static str, Vec<u8>),
    /// At this command, or at the end of the mail (`.`), the connection ends. The mail is kept.
    Hang(&'static str),
    /// At this command, nothing.
    Silence(&'static str),
    /// The connection ends as soon as it is idle.
    Idle,
}

/// A mail that was taken, or may have been.
#[derive(Clone, Debug)]
pub struct Got {
    pub from: String,
    pub to: String,
    /// Its text as it came, dots and all.
    pub text: String,
}

impl Got {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        head.lines().find_map(|line| {
            let (is, value) = line.split_once(": ")?;
            is.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// What it saw, and what goes wrong next.
#[derive(Debug, Default)]
struct Seen {
    got: Mutex<Vec<Got>>,
    /// Everything that came in the clear.
    clear: Mutex<String>,
    faults: Mutex<VecDeque<Fault>>,
    connections: AtomicUsize,
    /// How long it thinks about each mail.
    pace: Mutex<Duration>,
}

/// A mail server.
pub struct Server {
    pub address: SocketAddr,
    wire: Wire,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn open(wire: Wire) -> Self {
        Self::named(wire, "here").await
    }

    /// One that shows the certificate of this name.
    pub async fn named(wire: Wire, name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Seen>::default();
        let (acceptor, held) = (acceptor(name), seen.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                held.connections.fetch_add(1, Ordering::Relaxed);
                let talk = talk(stream, wire, acceptor.clone(), held.clone());
                tokio::spawn(async move {
                    let _ = talk.await;
                });
            }
        });
        Self { address, wire, seen, task }
    }

    /// The settings that lead to it.
    pub fn set(&self, config: &mut Config) {
        let port = self.address.port();
        // Only what is not this machine must be encrypted, and this address is not known for being it.
        let url = match self.wire {
            Wire::Plain => format!("smtp://127.0.0.1:{port}"),
            Wire::Starttls => format!("smtp://ada:pass%20word@0.0.0.0:{port}"),
            Wire::Tls => format!("smtps://ada:pass%20word@localhost:{port}"),
        };
        config.smtp_url = Some(Secret(url));
        config.smtp_ca_file = Some(tls("ca.pem"));
        config.mail_from = Some("Guildhall <mail@guildhall.example>".to_owned());
    }

    /// These go wrong next, one after the other.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.seen.faults.lock().unwrap().extend(faults);
    }

    /// It thinks so long about each mail from now on.
    pub fn pace(&self, pace: Duration) {
        *self.seen.pace.lock().unwrap() = pace;
    }

    pub fn got(&self) -> Vec<Got> {
        self.seen.got.lock().unwrap().clone()
    }

    pub fn clear(&self) -> String {
        self.seen.clear.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }
}

/// A file of certificates or keys.
pub fn tls(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/api/mail/tls").join(name)
}

fn acceptor(name: &str) -> TlsAcceptor {
    let chain = CertificateDer::from_pem_file(tls(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(tls(&format!("{name}.key"))).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

async fn talk(
    stream: TcpStream,
    wire: Wire,
    acceptor: TlsAcceptor,
    seen: Arc<Seen>,
) -> std::io::Result<()> {
    let mut encrypted = wire == Wire::Tls;
    let mut stream: BufStream<Box<dyn Stream>> = BufStream::new(if encrypted {
        Box::new(acceptor.accept(stream).await?)
    } else {
        Box::new(stream)
    });
    if !obey(&mut stream, &seen, "GREETING", "220 here\r\n").await? {
        return Ok(());
    }
    let mut got = Got { from: String::new(), to: String::new(), text: String::new() };
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(()) };
        if !encrypted {
            seen.clear.lock().unwrap().push_str(&line);
        }
        let line = line.trim_end();
        let command = line.split([' ', ':']).next().unwrap().to_uppercase();
        let (command, answer) = match command.as_str() {
            "EHLO" if wire == Wire::Starttls && !encrypted => {
                ("EHLO", "250-here\r\n250 STARTTLS\r\n")
            }
            "EHLO" => ("EHLO", "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n"),
            "STARTTLS" => ("STARTTLS", "220 go on\r\n"),
            "AUTH" if line == "AUTH PLAIN AGFkYQBwYXNzIHdvcmQ=" => {
                ("AUTH", "235 2.7.0 welcome\r\n")
            }
            "AUTH" => ("AUTH", "535 5.7.8 who are you?\r\n"),
            "MAIL" => {
                got.from = line.to_owned();
                ("MAIL", "250 2.1.0 ok\r\n")
            }
            "RCPT" => {
                got.to = line.to_owned();
                ("RCPT", "250 2.1.5 ok\r\n")
            }
            "DATA" => ("DATA", "354 go on\r\n"),
            "RSET" | "NOOP" => ("RSET", "250 ok\r\n"),
            "QUIT" => ("QUIT", "221 bye\r\n"),
            _ => ("", "500 what?\r\n"),
        };
        if !obey(&mut stream, &seen, command, answer).await? || command == "QUIT" {
            return Ok(());
        }
        if command == "STARTTLS" {
            let inner = stream.into_inner();
            stream = BufStream::new(Box::new(acceptor.accept(inner).await?));
            encrypted = true;
        }
        if command == "DATA" {
            got.text = text(&mut stream).await?;
            let pace = *seen.pace.lock().unwrap();
            tokio::time::sleep(pace).await;
            let is_taken = !will_refuse(&seen);
            if is_taken {
                seen.got.lock().unwrap().push(got.clone());
            }
            if !obey(&mut stream, &seen, ".", "250 2.0.0 it is mine\r\n").await? {
                return Ok(());
            }
            let mut faults = seen.faults.lock().unwrap();
            if matches!(faults.front(), Some(Fault::Idle)) {
                faults.pop_front();
                return Ok(());
            }
        }
    }
}

/// Answers a command, or does what is to go wrong there; `false` ends the connection.
async fn obey(
    stream: &mut BufStream<Box<dyn Stream>>,
    seen: &Seen,
    command: &str,
    answer: &str,
) -> std::io::Result<bool> {
    let fault = {
        let mut faults = seen.faults.lock().unwrap();
        let is_now = match faults.front() {
            Some(Fault::Say(at, _) | Fault::Hang(at) | Fault::Silence(at)) => *at == command,
            Some(Fault::Idle) | None => false,
        };
        is_now.then(|| faults.pop_front().unwrap())
    };
    match fault {
        None => stream.write_all(answer.as_bytes()).await?,
        Some(Fault::Say(_, bytes)) => stream.write_all(&bytes).await?,
        Some(Fault::Silence(_)) => std::future::pending().await,
        Some(Fault::Hang(_) | Fault::Idle) => return Ok(false),
    }
    stream.flush().await?;
    Ok(true)
}

/// Whether the mail that just came is refused.
fn will_refuse(seen: &Seen) -> bool {
    matches!(seen.faults.lock().unwrap().front(), Some(Fault::Say(".", bytes)) if bytes[0] != b'2')
}

async fn line(stream: &mut BufStream<Box<dyn Stream>>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\n") {
        match stream.read_u8().await {
            Ok(byte) => line.push(byte),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// The text of a mail, up to the lone dot.
async fn text(stream: &mut BufStream<Box<dyn Stream>>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let Some(line) = line(stream).await? else {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        };
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
