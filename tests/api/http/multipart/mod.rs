//! Operations with files: the GraphQL multipart request specification, and what is made of forms that break it.

mod broken;
mod forms;
mod limits;

use guildhall::{
    Actor,
    entity::{
        blob,
        file::{self, Column},
    },
};
use reqwest::RequestBuilder;
use sea_orm::ColumnTrait as _;
use serde_json::json;

use crate::{
    accounts::{access, actor, joined},
    door::{Door, Reply},
};

const UPLOAD: &str = "mutation($file: Upload!) { fileUpload(input: { upload: $file }) {
    file { name size } userErrors { code path } } }";

/// A server, somebody who has signed in, and their forms.
struct Sender {
    door: Door,
    token: String,
    ada: Actor,
}

/// A part of a form.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    body
}

/// The operation that stores one file.
fn one() -> String {
    json!({ "query": UPLOAD, "variables": { "file": null } }).to_string()
}

impl Sender {
    async fn new() -> Self {
        Self::at(Door::open().await).await
    }

    async fn at(door: Door) -> Self {
        let answer = joined(&door.test, "ada").await;
        let ada = actor(&door.test, &answer).await;
        Self { token: access(&answer).to_owned(), ada, door }
    }

    fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request =
            self.door.post().bearer_auth(&self.token).header("graphql-require-preflight", "1");
        request.header("content-type", "multipart/form-data; boundary=cut").body(body)
    }

    async fn send(&self, parts: &[Part<'_>]) -> Reply {
        Reply::of(self.post(form(parts))).await
    }

    async fn files(&self) -> u64 {
        self.door.test.count::<file::Entity>(Column::OwnerId.eq(self.ada.id().unwrap())).await
    }

    /// Sends something that is refused so, and nothing is kept of it.
    async fn refuses(&self, body: Vec<u8>, expected: (u16, &str, &str)) {
        let shown = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let reply = Reply::of(self.post(body)).await;
        assert_eq!(reply.error(), expected, "{shown}");
        assert_eq!(self.files().await, 0, "{shown}");
        assert_eq!(self.door.test.count::<blob::Entity>(blob::Column::Size.gte(0)).await, 0);
    }
}
