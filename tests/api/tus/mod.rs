//! Files sent by tus 1.0, over a real connection.

mod create;
mod faults;
mod finish;
#[cfg(unix)]
mod killed;
#[cfg(target_os = "linux")]
mod memory;
mod protocol;
mod sending;

use guildhall::{
    Actor,
    entity::{file, upload},
};
use reqwest::{Method, RequestBuilder};
use sea_orm::EntityTrait as _;
use serde_json::Value;

use crate::{
    door::{Door, Reply},
    kit::{key, s3::S3},
};

/// A server to send files to.
pub async fn door() -> Door {
    Door::open().await
}

/// The same with its files on a disk, and with its files on an S3.
pub async fn doors() -> [(Door, Option<S3>); 2] {
    let s3 = S3::start().await;
    let elsewhere = Door::with(|config| s3.set(config, "files")).await;
    [(door().await, None), (elsewhere, Some(s3))]
}

/// An upload, and a client that sends its bytes.
pub struct Tus<'a> {
    pub door: &'a Door,
    pub id: String,
    /// Its address on this server.
    pub path: String,
}

impl<'a> Tus<'a> {
    /// Announces these bytes in the graph.
    pub async fn start(door: &'a Door, owner: &Actor, bytes: &[u8], input: Value) -> Self {
        let run = door.test.start_upload(owner, bytes.len(), input).await.done();
        let id = run.text("uploadStart.upload.id").to_owned();
        let base = door.app.config.public_url();
        let path = run.text("uploadStart.upload.url").strip_prefix(&base).unwrap().to_owned();
        Self { door, id, path }
    }

    pub fn request(&self, method: Method) -> RequestBuilder {
        let request = self.door.client.request(method, self.door.url(&self.path));
        request.header("tus-resumable", "1.0.0")
    }

    pub fn patch(&self, offset: usize) -> RequestBuilder {
        self.request(Method::PATCH)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset)
    }

    /// Sends bytes that stand at `offset`.
    pub async fn send(&self, offset: usize, bytes: &[u8]) -> Reply {
        Reply::of(self.patch(offset).body(bytes.to_vec())).await
    }

    pub async fn head(&self) -> Reply {
        Reply::of(self.request(Method::HEAD)).await
    }

    /// How many bytes came, as the server says.
    pub async fn offset(&self) -> usize {
        let reply = self.head().await;
        assert_eq!(reply.status, 200, "{reply:#?}");
        reply.header("upload-offset").parse().unwrap()
    }

    /// The upload as it is now.
    pub async fn row(&self) -> upload::Model {
        let id = key("upload", &self.id);
        let row = upload::Entity::find_by_id(id).one(&self.door.app.db.write).await;
        row.unwrap().unwrap()
    }

    /// The file that it became.
    pub async fn file(&self) -> file::Model {
        let id = self.row().await.file_id.unwrap();
        file::Entity::find_by_id(id).one(&self.door.app.db.write).await.unwrap().unwrap()
    }
}

/// Status and message of an answer that refuses.
#[track_caller]
pub fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.header("tus-resumable"), "1.0.0", "{reply:#?}");
    let message = reply.body["errors"][0]["message"].as_str().unwrap_or_default();
    (reply.status.as_u16(), message.to_owned())
}
