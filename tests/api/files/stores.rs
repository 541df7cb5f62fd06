//! Files on this machine's disk and on S3: nobody outside can tell.

use serde_json::{Value, json};

use super::{Got, get};
use crate::{
    accounts::{access, actor, joined},
    door::{Door, Reply},
    kit::{
        picture,
        s3::{Fault, S3},
        sha256,
    },
};

const UPLOAD: &str =
    "mutation($file: Upload!) { fileUpload(input: { upload: $file, visibility: MEMBERS }) {
    file { id sha256 url thumbnail(width: 10, format: PNG) } userErrors { code path } } }";

/// Sends a file as a browser does, and answers what is said of it.
async fn upload(door: &Door, token: &str, name: &str, bytes: &[u8]) -> Value {
    let operations = json!({ "query": UPLOAD, "variables": { "file": null } });
    let start = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{operations}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{{\"0\":[\"variables.file\"]}}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"0\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let body = [start.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
    let request = door.post().bearer_auth(token).header("graphql-require-preflight", "1");
    let request = request.header("content-type", "multipart/form-data; boundary=cut").body(body);
    let reply = Reply::of(request).await;
    assert_eq!(reply.body["data"]["fileUpload"]["userErrors"], json!([]), "{reply:#?}");
    reply.body["data"]["fileUpload"]["file"].clone()
}

async fn the_life_of_a_file(door: &Door) {
    let answer = joined(&door.test, "ada").await;
    let ada = actor(&door.test, &answer).await;
    let base = door.app.config.public_url();
    let link = |file: &Value, field: &str| file[field].as_str().unwrap().replace(&base, "");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| b'a' + u8::try_from(n % 23).unwrap()).collect();
    let text = upload(door, access(&answer), "long.txt", &bytes).await;
    assert_eq!(text["sha256"], sha256(&bytes));
    let got = get(door, &link(&text, "url")).await;
    assert!(got.status == 200 && got.bytes == bytes, "{} bytes", got.bytes.len());
    let part = door.get(&link(&text, "url")).header("range", "bytes=1000000-1999999");
    let part = Got::of(part).await;
    assert!(part.status == 206 && part.bytes == bytes[1_000_000..2_000_000]);
    let last = Got::of(door.get(&link(&text, "url")).header("range", "bytes=-1")).await;
    assert_eq!((last.status, last.bytes.as_slice()), (206, &bytes[2_999_999..]));

    let png = upload(door, access(&answer), "sea.png", &picture(40, 20, 255)).await;
    for _ in 0..2 {
        let small = get(door, &link(&png, "thumbnail")).await;
        let small = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (10, 5));
    }
    let delete =
        "mutation($ids: [ID!]!) { filesDelete(ids: $ids) { deletedIds userErrors { code path } } }";
    let ids = json!({ "ids": [text["id"], png["id"]] });
    door.test.run_with(&ada, delete, ids).await.done();
    for gone in [link(&text, "url"), link(&png, "url"), link(&png, "thumbnail")] {
        assert_eq!(get(door, &gone).await.status, 404, "{gone}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_no_missing_file() {
    let s3 = S3::start().await;
    let door = Door::with(|config| s3.set(config, "guild")).await;
    let answer = joined(&door.test, "ada").await;
    let base = door.app.config.public_url();
    let png = upload(&door, access(&answer), "sea.png", &picture(40, 20, 255)).await;
    for field in ["url", "thumbnail"] {
        let link = png[field].as_str().unwrap().replace(&base, "");
        s3.next([Fault::Forbidden]);
        let reply = Reply::of(door.get(&link)).await;
        let message = "a service behind this one is not available, try again later";
        assert_eq!(reply.error(), (503, "UNAVAILABLE", message), "{field}");
        assert_eq!(reply.header("retry-after"), "5");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(get(&door, &link).await.status, 200, "{field}");
    }
}

#[tokio::test]
async fn a_file_lives_and_dies_on_disk() {
    the_life_of_a_file(&Door::open().await).await;
}

#[tokio::test]
async fn a_file_lives_and_dies_on_s3() {
    let s3 = S3::start().await;
    the_life_of_a_file(&Door::with(|config| s3.set(config, "guild")).await).await;
}
