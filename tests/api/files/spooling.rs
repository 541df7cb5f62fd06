//! Files that come within a request are never held in memory.

#![cfg(target_os = "linux")]

use std::path::Path;

use futures_util::StreamExt as _;
use guildhall::infra::store::Place;
use serde_json::json;

use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    accounts::{access, joined},
    door::{Door, until_closed},
    serve::Server,
};

/// Bytes of memory that a process has taken at most (`VmHWM`) or has now (`VmRSS`).
fn memory(process: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

/// Files of a process that are open and have no name.
fn nameless(process: u32) -> usize {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let links = open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    links.filter(|link| link.to_string_lossy().ends_with(" (deleted)")).count()
}

fn head(name: &str, file: &str) -> Vec<u8> {
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes()
}

/// Sends the pieces of a form, and answers what comes back; the whole is never in memory.
async fn send(
    address: &str,
    token: &str,
    pieces: impl Iterator<Item = Vec<u8>> + Clone,
) -> serde_json::Value {
    let length: usize = pieces.clone().map(|piece| piece.len()).sum();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request(token, length).as_bytes()).await.unwrap();
    for piece in pieces {
        stream.write_all(&piece).await.unwrap();
    }
    let answer = until_closed(&mut stream).await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

fn request(token: &str, length: usize) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

/// A form with ten files of 8 MB, in pieces.
fn form(operations: &str) -> impl Iterator<Item = Vec<u8>> + Clone {
    let map: Vec<_> = (0..10).map(|n| format!("\"{n}\":[\"variables.f{n}\"]")).collect();
    let map = format!("{{{}}}", map.join(","));
    let end = || b"\r\n".to_vec();
    let start = [
        head("operations", ""),
        operations.as_bytes().to_vec(),
        end(),
        head("map", ""),
        map.into_bytes(),
        end(),
    ];
    let files = (0..10_u8).flat_map(move |n| {
        let head = head(&n.to_string(), &format!("; filename=\"{n}.txt\""));
        let pieces = (0..128).map(move |_| vec![b'a' + n; 64 * 1024]);
        std::iter::once(head).chain(pieces).chain(std::iter::once(end()))
    });
    start.into_iter().chain(files).chain(std::iter::once(b"--cut--\r\n".to_vec()))
}

/// Where a server listens.
fn address(server: &Server) -> String {
    server.url.trim_start_matches("http://").trim_end_matches("/graphql").to_owned()
}

#[tokio::test]
async fn ten_files_of_8_mb_take_no_memory_worth_mentioning() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let variables =
        [("GUILDHALL_DEMO_PASSWORD", "four-walnut-trees"), ("TMPDIR", temporary.to_str().unwrap())];
    let server = Server::start(folder.path(), &["serve", "--demo"], &variables);
    let ada = server.sign_in("ada", "four-walnut-trees").await;
    let address = address(&server);
    let send = async |operations: String| send(&address, &ada, form(&operations)).await;
    let variables: serde_json::Map<_, _> =
        (0..10).map(|n| (format!("f{n}"), json!(null))).collect();
    let declared: Vec<_> = (0..10).map(|n| format!("$f{n}: Upload!")).collect();
    let fields: Vec<_> = (0..10)
        .map(|n| format!("f{n}: fileUpload(input: {{ upload: $f{n} }}) {{ file {{ size }} }}"))
        .collect();
    let query = format!("mutation({}) {{ {} }}", declared.join(", "), fields.join(" "));
    let store = json!({ "query": query, "variables": variables }).to_string();
    let read = json!({ "query": "{ __typename }", "variables": variables }).to_string();
    // Once, so that what is only ever taken once is there.
    assert_eq!(send(read.clone()).await["data"]["__typename"], "Query");
    let process = server.process.id();
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    let before = memory(process, "VmRSS");
    assert_eq!(send(read).await["data"]["__typename"], "Query");
    let most = memory(process, "VmHWM");
    let more = most.saturating_sub(before);
    assert!(more < 20_000_000, "{more} bytes more while 80 MB came in");
    let answer = send(store).await;
    assert_eq!(answer["data"]["f9"]["file"]["size"], 8 * 1024 * 1024, "{answer}");
    let most = memory(process, "VmHWM");
    println!("while they were stored: {} bytes more", most.saturating_sub(before));
    assert_eq!(nameless(process), 0, "nothing is left open");
    assert_eq!(names(&temporary), [""; 0], "nothing ever had a name");
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn who_goes_away_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let variables =
        [("GUILDHALL_DEMO_PASSWORD", "four-walnut-trees"), ("TMPDIR", temporary.to_str().unwrap())];
    let server = Server::start(folder.path(), &["serve", "--demo"], &variables);
    let ada = server.sign_in("ada", "four-walnut-trees").await;
    let process = server.process.id();
    let idle = nameless(process);
    let start = [
        head("operations", ""),
        br#"{"query":"{ __typename }","variables":{"f":null}}"#.to_vec(),
        b"\r\n".to_vec(),
        head("map", ""),
        br#"{"0":["variables.f"]}"#.to_vec(),
        b"\r\n".to_vec(),
        head("0", "; filename=\"a.txt\""),
        vec![b'a'; 1024 * 1024],
    ];
    let mut stream = TcpStream::connect(address(&server)).await.unwrap();
    stream.write_all(request(&ada, 8_000_000).as_bytes()).await.unwrap();
    stream.write_all(&start.concat()).await.unwrap();
    let open = async |expected: bool| {
        for _ in 0..2_000 {
            if (nameless(process) > idle) == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("expected a file without a name: {expected}");
    };
    open(true).await;
    assert_eq!(names(&temporary), [""; 0]);
    drop(stream);
    open(false).await;
}

#[tokio::test]
async fn a_form_that_is_refused_leaves_no_bytes_behind() {
    let door = Door::open().await;
    let token = access(&joined(&door.test, "ada").await).to_owned();
    let operations = json!({ "query": "{ nothing }", "variables": {} }).to_string();
    let answer = send(&door.address.to_string(), &token, form(&operations)).await;
    let message = "a path in `map` leads to nothing in the variables: put null there";
    assert_eq!(answer["errors"][0]["message"], message);
    assert_eq!(door.app.store.list(Place::BLOBS).count().await, 0);
}
