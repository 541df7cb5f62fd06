use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::Path,
    pin::Pin,
    task::{Context, Poll, ready},
};

#[expect(
    deprecated,
    reason = "the one way to TLS from the first byte over a connection of our own"
)]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::{
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    extension::{ClientId, Extension},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use url::Url;

use super::{Broken, bounded::Bounded};
use crate::{Error, Result};

/// A mail server, and how it is reached.
#[derive(Debug)]
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
}

/// When a connection is encrypted.
#[derive(Clone)]
enum Tls {
    /// Never: it does not leave this machine.
    None,
    /// After STARTTLS, before anything is told.
    Later(TlsParameters),
    /// From the first byte.
    AtOnce(TlsParameters),
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Later(_) => "Later",
            Self::AtOnce(_) => "AtOnce",
        })
    }
}

impl Server {
    /// The one at `smtp://user:password@host:port` or `smtps://…`.
    pub(super) fn at(url: &str, ca_file: Option<&Path>) -> Result<Self> {
        let url = Url::parse(url).map_err(Error::internal)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let implicit = url.scheme() == "smtps";
        let tls = match (implicit, is_here(&host)) {
            (true, _) => Tls::AtOnce(parameters(&host, ca_file)?),
            (false, false) => Tls::Later(parameters(&host, ca_file)?),
            (false, true) => Tls::None,
        };
        let port = url.port().unwrap_or(if implicit { 465 } else { 587 });
        let credentials = (!url.username().is_empty()).then(|| {
            let decoded = |text: &str| {
                percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
            };
            Credentials::new(decoded(url.username()), decoded(url.password().unwrap_or_default()))
        });
        Ok(Self { host, port, tls, credentials })
    }

    /// Host and port.
    pub(super) fn name(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Connects, encrypts and signs in. Nothing but a greeting goes over the wire before it is encrypted.
    pub(super) async fn connect(&self) -> std::result::Result<AsyncSmtpConnection, Broken> {
        let hello = ClientId::default();
        let (stream, peer) = self.reach().await.map_err(Broken::of)?;
        let mut connection = match &self.tls {
            Tls::AtOnce(parameters) => {
                let bounded = Box::new(Bounded::new(stream, peer));
                #[expect(deprecated, reason = "as above")]
                let mut stream = AsyncNetworkStream::use_existing_tokio1(bounded);
                stream.upgrade_tls(parameters.clone()).await.map_err(Broken::smtp)?;
                let stream = Box::new(Bounded::new(Encrypted(stream), peer));
                AsyncSmtpConnection::connect_with_transport(stream, &hello).await
            }
            Tls::Later(_) | Tls::None => {
                let stream = Box::new(Bounded::new(stream, peer));
                AsyncSmtpConnection::connect_with_transport(stream, &hello).await
            }
        }
        .map_err(Broken::smtp)?;
        if let Tls::Later(parameters) = &self.tls {
            if !connection.server_info().supports_feature(Extension::StartTls) {
                return Err(Broken::said("it offers no STARTTLS, so nothing was sent to it"));
            }
            connection.starttls(parameters.clone(), &hello).await.map_err(Broken::smtp)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(Broken::smtp)?;
        }
        Ok(connection)
    }

    /// Whether what is sent is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        !matches!(self.tls, Tls::None)
    }

    async fn reach(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let peer = stream.peer_addr()?;
        Ok((stream, peer))
    }
}

/// Whether a host is this very machine.
fn is_here(host: &str) -> bool {
    // Of a scheme that it does not know, `url` takes an IPv4 address for a name.
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn parameters(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let failed = |why: &dyn std::fmt::Display| {
            Error::bug(format!("GUILDHALL_SMTP_CA_FILE: {}: {why}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| failed(&error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| failed(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(Error::internal)
}

/// An encrypted connection, as tokio has them.
#[expect(deprecated, reason = "as above")]
#[derive(Debug)]
struct Encrypted(AsyncNetworkStream);

impl AsyncRead for Encrypted {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        use futures_util::io::AsyncRead as _;
        let inner = Pin::new(&mut self.get_mut().0);
        let read = ready!(inner.poll_read(cx, into.initialize_unfilled()))?;
        into.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        use futures_util::io::AsyncWrite as _;
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        use futures_util::io::AsyncWrite as _;
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        use futures_util::io::AsyncWrite as _;
        Pin::new(&mut self.get_mut().0).poll_close(cx)
    }
}
