//! A server that is killed in the middle, again and again: what was acknowledged is there, and what is there is whole.

use std::{collections::BTreeSet, io, net::SocketAddr, time::Duration};

use chrono::{TimeDelta, Utc};
use guildhall::{
    app::App,
    clock::Clock,
    config::Config,
    entity::{blob, file, storage, upload, upload_part},
    files,
    infra::{db::Db, store::Place},
};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

use crate::{
    chaos::community::{Community, Server},
    kit::{SECRET, START, announced, lines, s3::S3, sha256},
};

const SIZE: usize = 48 * 1024 * 1024;

/// An upload as a client far away sees it.
pub(super) struct Far {
    pub path: String,
    pub id: String,
}

impl Far {
    pub async fn start(server: &Server, token: &str, bytes: &[u8]) -> Self {
        let known = announced(bytes.len(), json!({ "clientKey": format!("{}", bytes.len()) }));
        let answer = server.ask(token, START, known).await;
        let upload = &answer["uploadStart"]["upload"];
        let url = upload["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
        let path = url.strip_prefix("http://guildhall.localhost").unwrap().to_owned();
        Self { path, id: upload["id"].as_str().unwrap().to_owned() }
    }

    /// How many bytes came.
    pub async fn offset(&self, address: SocketAddr) -> usize {
        let request = reqwest::Client::new().head(format!("http://{address}{}", self.path));
        let answer = request.header("tus-resumable", "1.0.0").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    }

    /// Sends what is still to come; answers the status, unless the connection breaks.
    pub async fn pour(&self, address: SocketAddr, offset: usize, bytes: &[u8]) -> io::Result<u16> {
        let mut stream = TcpStream::connect(address).await?;
        let head = format!(
            "PATCH {} HTTP/1.1\r\nhost: a\r\ntus-resumable: 1.0.0\r\nupload-offset: {offset}\r\nconnection: close\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            self.path,
            bytes.len() - offset
        );
        stream.write_all(head.as_bytes()).await?;
        for piece in bytes[offset..].chunks(64 * 1024) {
            stream.write_all(piece).await?;
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// The rows and the store of a community whose server is down.
async fn open(community: &Community, s3: Option<&S3>, clock: Clock) -> App {
    let mut config = Config {
        data_dir: community.folder().to_owned(),
        database_url: community.database(),
        ..Config::default()
    };
    if let Some(s3) = s3 {
        s3.set(&mut config, "files");
    }
    let db = Db::connect(&config, None).await.unwrap();
    App::new(config, db, clock, SECRET).unwrap()
}

/// Every row has its bytes, and the parts of an upload lie one behind the other.
async fn everything_is_whole(app: &App) {
    let db = &app.db.write;
    for upload in upload::Entity::find().all(db).await.unwrap() {
        let parts = upload_part::Entity::find().order_by_asc(upload_part::Column::Start).all(db);
        let mut end = 0;
        for part in parts.await.unwrap() {
            assert_eq!(part.start, end, "a gap");
            let size = app.store.size(&Place::Part(part.id)).await.unwrap();
            assert_eq!(size, u64::try_from(part.size).ok(), "a part without its bytes");
            end += part.size;
        }
        if upload.file_id.is_none() {
            assert_eq!(upload.received, end);
        }
    }
    for file in file::Entity::find().all(db).await.unwrap() {
        let bytes = app.store.bytes(&Place::Blob(file.sha256.clone())).await.unwrap().unwrap();
        assert_eq!(sha256(&bytes), file.sha256, "a file of other bytes");
    }
    let counted = storage::Entity::find().all(db).await.unwrap();
    let reserved: i64 = counted.iter().map(|row| row.reserved).sum();
    assert!(reserved == 0 || Ok(reserved) == i64::try_from(SIZE), "{reserved}");
}

/// Makes a server keep its files on an S3.
pub(super) fn settings(s3: &S3) -> Vec<(&'static str, String)> {
    let mut config = Config::default();
    s3.set(&mut config, "files");
    let url = |url: Option<url::Url>| url.unwrap().to_string();
    vec![
        ("GUILDHALL_STORE_URL", url(config.store_url)),
        ("GUILDHALL_STORE_ENDPOINT", url(config.store_endpoint)),
        ("GUILDHALL_STORE_ACCESS_KEY", config.store_access_key.unwrap()),
        ("GUILDHALL_STORE_SECRET_KEY", config.store_secret_key.unwrap().0),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_survives_a_server_that_is_killed_again_and_again() {
    survives(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_to_an_s3_survives_a_server_that_is_killed_again_and_again() {
    survives(Some(&S3::start().await)).await;
}

async fn survives(s3: Option<&S3>) {
    let others = s3.map(settings).unwrap_or_default();
    let (community, mut server) = Community::with(None, others).await;
    let bytes = lines(1, SIZE);
    let token = community.tokens[0].clone();
    // The pictures of the demo are there from the start.
    let used = used(&server, &token).await["used"].as_u64().unwrap();
    let far = Far::start(&server, &token, &bytes).await;
    let (mut kills, mut last) = (0, 0);
    loop {
        let offset = far.offset(server.address).await;
        assert!(offset >= last, "{offset} of {last}: what had come is gone");
        last = offset;
        if offset == SIZE {
            break;
        }
        let address = server.address;
        let pour = far.pour(address, offset, &bytes);
        let patience =
            Duration::from_millis(if kills < 8 { rand::random_range(20..400) } else { 60_000 });
        tokio::select! {
            status = pour => assert!(matches!(status, Ok(204)), "{status:?}"),
            () = sleep(patience) => {
                server.kill();
                kills += 1;
                let app = open(&community, s3, Clock::default()).await;
                everything_is_whole(&app).await;
                app.db.clone().close().await;
                drop(app);
                server.restart();
            }
        }
    }
    assert!(kills > 0, "nothing was killed");
    let answer = server
        .ask(
            &token,
            "query($id: ID!) { node(id: $id) { ... on UploadSession {
        uploadState failure file { name } } } }",
            json!({ "id": far.id }),
        )
        .await;
    let ready = json!({ "uploadState": "READY", "failure": null, "file": { "name": "notes.txt" } });
    assert_eq!(answer["node"], ready, "after {kills} kills");
    let size = u64::try_from(SIZE).unwrap();
    let counted = self::used(&server, &token).await;
    assert_eq!(counted, json!({ "used": used + size, "reserved": 0 }));
    server.kill();

    let app = open(&community, s3, Clock::held(Utc::now() + TimeDelta::hours(25))).await;
    everything_is_whole(&app).await;
    files::sweep(&app).await.unwrap();
    let blobs = blob::Entity::find().all(&app.db.write).await.unwrap();
    let kept: BTreeSet<String> = blobs.into_iter().map(|blob| blob.sha256).collect();
    assert!(kept.contains(&sha256(&bytes)));
    let mut left = BTreeSet::new();
    let mut folders = vec![match s3 {
        None => community.folder().join("files"),
        Some(s3) => s3.bucket(),
    }];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() { folders.push(path) } else { assert!(left.insert(name)) }
        }
    }
    assert_eq!(left, kept);
}

/// How much the member stores.
async fn used(server: &Server, token: &str) -> Value {
    let query = "{ viewer { storage { used reserved } } }";
    let answer = server.ask(token, query, Value::Null).await;
    answer["viewer"]["storage"].clone()
}
