use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::Loaders;
use crate::{
    entity::upload,
    files::{
        File,
        service::{self, Storage},
    },
    graph::{ByteSize, ContextExt, DateTime, Result, Url, connection, encode},
};

/// A file on its way: announced, sent in pieces, then made a file. It survives reloads and lost connections, and is thrown
/// away some time after the last of its bytes came. Its owner alone sees it.
#[derive(Clone, Debug)]
pub struct UploadSession(pub Arc<upload::Model>);

/// How bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UploadMethod {
    /// By tus 1.0 (<https://tus.io>): resumable, in as many requests as it takes.
    Tus,
}

/// A file on its way: announced, sent in pieces, then made a file. It survives reloads and lost connections, and is thrown
/// away some time after the last of its bytes came. Its owner alone sees it.
#[Object]
impl UploadSession {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("upload", self.0.id)
    }

    /// How to send the bytes.
    async fn method(&self) -> UploadMethod {
        UploadMethod::Tus
    }

    /// Where to send the bytes; it carries its own permission, so no other is needed: keep it as a secret.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(service::uploads::url(ctx.cx().app, self.0.id))
    }

    /// What the file will be called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Bytes that came and are safe.
    async fn received(&self) -> ByteSize {
        self.0.received.into()
    }

    /// Bytes in all.
    async fn size(&self) -> ByteSize {
        self.0.size.into()
    }

    /// Where it stands.
    async fn upload_state(&self) -> upload::State {
        self.0.state
    }

    /// Why it was refused, for people; null unless it was.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// When it is thrown away unless more of it comes; the file that it became stays.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// What it became; null until it is READY, and when that file was deleted.
    async fn file(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        let file = self.0.file_id?;
        let found = ctx.loaders().of::<Loaders>().file_by_id(file).await;
        found.map(|file| file.map(File)).map_err(Into::into).transpose()
    }
}

connection!(
    /// A page of uploads.
    UploadConnection,
    /// One of the uploads on a page.
    UploadEdge of UploadSession,
);

/// How full your storage is.
#[derive(Debug, SimpleObject)]
pub struct StorageUsage {
    /// Bytes of your files.
    used: ByteSize,
    /// Bytes that you may store.
    quota: ByteSize,
    /// Bytes that your uploads on the way keep room for; they count as used.
    reserved: ByteSize,
    /// How many files you have.
    file_count: i32,
}

impl From<Storage> for StorageUsage {
    fn from(storage: Storage) -> Self {
        Self {
            used: ByteSize(storage.used),
            quota: ByteSize(storage.quota),
            reserved: ByteSize(storage.reserved),
            file_count: i32::try_from(storage.file_count).unwrap_or(i32::MAX),
        }
    }
}
