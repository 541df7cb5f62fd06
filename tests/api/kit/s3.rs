//! An S3 of a test's own, in this process, that can be told to fail.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use guildhall::config::{Config, Secret};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    Body,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

const ACCESS_KEY: &str = "AKIATESTTESTTEST";
pub const SECRET_KEY: &str = "tests/secretSecretSECRET+of+the+store";

const BUCKET: &str = "community";

/// A running S3 with one bucket; what was kept goes when it ends.
pub struct S3 {
    address: std::net::SocketAddr,
    folder: TempDir,
    told: Arc<Mutex<Told>>,
    serving: JoinHandle<()>,
}

/// What the S3 was told, and what it was asked.
#[derive(Default)]
struct Told {
    faults: VecDeque<Fault>,
    asked: Vec<String>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It is answered 500.
    Error,
    /// It is answered 403, with what real ones say of the signature.
    Forbidden,
    /// It is never answered.
    Silence,
    /// The connection is closed.
    Close,
    /// It is done, but its answer gets lost.
    Lost,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::<Mutex<Told>>::default();
        let serving = tokio::spawn(serve(listener, service, told.clone()));
        Self { address, folder, told, serving }
    }

    /// Makes `config` keep files here, all names beginning with `prefix`.
    pub fn set(&self, config: &mut Config, prefix: &str) {
        config.store_url = Some(format!("s3://{BUCKET}/{prefix}").parse().unwrap());
        config.store_endpoint = Some(format!("http://{}", self.address).parse().unwrap());
        config.store_access_key = Some(ACCESS_KEY.to_owned());
        config.store_secret_key = Some(Secret(SECRET_KEY.to_owned()));
    }

    /// What becomes of the next requests, one each; those behind are answered well again.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.told.lock().unwrap().faults.extend(faults);
    }

    /// What follows is answered well, and forgets what was asked.
    pub fn heal(&self) {
        *self.told.lock().unwrap() = Told::default();
    }

    /// The method and path of each request so far.
    pub fn asked(&self) -> Vec<String> {
        self.told.lock().unwrap().asked.clone()
    }

    /// The folder of the bucket.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// Parts of what is not finished.
    pub fn unfinished(&self) -> usize {
        let names = std::fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".upload")).count()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service, told: Arc<Mutex<Told>>) {
    // What serves the connections ends with the server.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (service, told) = (service.clone(), told.clone());
        connections.spawn(async move {
            let answer = service_fn(move |request| answer(service.clone(), told.clone(), request));
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(
    service: S3Service,
    told: Arc<Mutex<Told>>,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let fault = {
        let mut told = told.lock().unwrap();
        told.asked.push(format!("{} {}", request.method(), request.uri()));
        told.faults.pop_front()
    };
    let said = |status: u16, code: &str, more: &str| {
        let body = format!("<Error><Code>{code}</Code>{more}</Error>");
        Ok(Response::builder().status(status).body(Body::from(body)).unwrap())
    };
    match fault {
        None => Ok(service
            .call(request.map(Body::from))
            .await
            .unwrap_or_else(|error| panic!("{error:?}"))),
        Some(Fault::Error) => said(500, "InternalError", ""),
        Some(Fault::Forbidden) => {
            let more = format!("<AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId>");
            said(403, "SignatureDoesNotMatch", &more)
        }
        Some(Fault::Silence) => {
            std::future::pending::<Result<_, Infallible>>().await.map_err(|never| match never {})
        }
        Some(Fault::Close) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::Lost) => {
            let _ = service.call(request.map(Body::from)).await;
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}
