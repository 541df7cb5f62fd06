//! Files that a test stores, and what of them lies in the store.

use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
};

use futures_util::TryStreamExt as _;
use guildhall::{
    Actor, Cx, Result,
    entity::file::{self, Visibility},
    files::service::{NewFile, store_small},
    infra::{
        reader::Reader,
        secrets::{HashKind, Hasher},
        store::Place,
    },
};
use serde_json::{Value, json};

use super::{Run, TestApp, s3::S3};

/// Announces what `$input` says.
pub const START: &str = "mutation($input: UploadStartInput!) { uploadStart(input: $input) {
    upload { id method url name received size uploadState failure expiresAt file { id } }
    file { id name mediaType altText }
    userErrors { code path message ... on LimitError { max actual } } } }";

/// An app with its files on a disk, and one with its files on an S3.
pub async fn apps() -> [(TestApp, Option<S3>); 2] {
    let s3 = S3::start().await;
    let elsewhere = TestApp::with(|config| s3.set(config, "files")).await;
    [(TestApp::new().await, None), (elsewhere, Some(s3))]
}

/// Lines of text, so many bytes in all; those of another `seed` are others.
pub fn lines(seed: u32, bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 32);
    let mut line = 0u64;
    while text.len() < bytes {
        writeln!(text, "line {line} of text {seed}").unwrap();
        line += 1;
    }
    text.truncate(bytes);
    text
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(HashKind::Sha256);
    hasher.take(bytes);
    hasher.finish_hex()
}

impl TestApp {
    /// Stores bytes in one go.
    pub async fn store(&self, actor: &Actor, name: &str, bytes: &[u8]) -> Result<file::Model> {
        let mut spooled = tempfile::tempfile().unwrap();
        spooled.write_all(bytes).unwrap();
        let new =
            NewFile { name: name.to_owned(), alt_text: None, visibility: Visibility::Private };
        self.store_as(actor, new, spooled).await
    }

    pub async fn store_as(
        &self,
        actor: &Actor,
        new: NewFile,
        spooled: std::fs::File,
    ) -> Result<file::Model> {
        let db = Reader::Pool(self.app.db.fresh().clone());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let cx = Cx { app: &self.app, actor, address, db: &db };
        Box::pin(store_small(cx, new, spooled, &["input", "file"], None)).await
    }

    /// Announces a file of so many bytes, and what else `input` says.
    pub async fn start_upload(&self, actor: &Actor, size: usize, input: Value) -> Run {
        self.run_with(actor, START, announced(size, input)).await
    }

    /// What lies in the store, in order: `blob e3b0…`, `part`, `thumbnail e3b0… name`.
    pub async fn kept(&self) -> Vec<String> {
        let mut kept = Vec::new();
        for kind in [Place::BLOBS, Place::PARTS, Place::THUMBNAILS] {
            let places: Vec<_> = self.app.store.list(kind).try_collect().await.unwrap();
            kept.extend(places.into_iter().map(|kept| match kept.place {
                Place::Blob(sha256) => format!("blob {sha256}"),
                Place::Part(_) => "part".to_owned(),
                Place::Thumbnail(sha256, name) => format!("thumbnail {sha256} {name}"),
            }));
        }
        kept.sort();
        kept
    }

    /// The bytes of a file.
    pub async fn bytes_of(&self, file: &file::Model) -> Vec<u8> {
        let place = Place::Blob(file.sha256.clone());
        self.app.store.bytes(&place).await.unwrap().unwrap().to_vec()
    }

    /// How full somebody's storage is: bytes used, bytes reserved, files.
    pub async fn storage(&self, actor: &Actor) -> [u64; 3] {
        let query = "{ viewer { storage { used reserved quota fileCount } } }";
        let run = self.run(actor, query).await.ok();
        let storage = run.at("viewer.storage");
        ["used", "reserved", "fileCount"].map(|field| storage[field].as_u64().unwrap())
    }
}

/// The variables of [`START`].
pub fn announced(size: usize, mut input: Value) -> Value {
    input["size"] = json!(size);
    if input["name"].is_null() {
        input["name"] = json!("notes.txt");
    }
    json!({ "input": input })
}
