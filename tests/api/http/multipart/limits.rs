//! How much a form may hold, and how long it may take.

use std::time::Duration;

use guildhall::server::Patience;
use tokio::io::AsyncWriteExt as _;

use super::{Part, Sender, form, one};
use crate::{
    door::{Door, until_closed},
    http::hello,
};

#[tokio::test]
async fn a_form_has_its_limits() {
    let sender = Sender::at(Door::with(|config| config.limits.body_bytes = 10_000).await).await;
    let one = one();
    let operations: Part = ("operations", None, one.as_bytes());
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let large = |message: &'static str| (413, "BAD_REQUEST", message);
    let long = format!("{{\"query\":\"{{ __typename }}\",\"x\":\"{}\"}}", "x".repeat(10_000));
    let refusal = large("`operations` is larger than this server takes: see `limit_body_bytes`");
    sender.refuses(form(&[("operations", None, long.as_bytes()), map]), refusal).await;
    let wide = format!("{{\"0\":[\"{}\"]}}", "x".repeat(64 * 1024));
    let refusal = large("`map` is larger than 64 KB");
    sender.refuses(form(&[operations, ("map", None, wide.as_bytes())]), refusal).await;

    let many =
        (0..11).map(|n| format!("\"{n}\":[\"variables.file\"]")).collect::<Vec<_>>().join(",");
    let many = format!("{{{many}}}");
    let refusal = large("send at most 10 files in a request");
    sender.refuses(form(&[operations, ("map", None, many.as_bytes())]), refusal).await;

    let name = "n".repeat(9_000);
    let refusal = large("the headers of a part are larger than 8 KB");
    sender.refuses(form(&[(&name, None, b"")]), refusal).await;
    sender
        .refuses(form(&[operations, map, ("0", Some(&"n".repeat(1_000_000)), b"a")]), refusal)
        .await;
    // Before the first part, and after what is none.
    sender.refuses([vec![b'x'; 1_000_000], form(&[operations, map])].concat(), refusal).await;

    let most = vec![b'a'; 8 * 1024 * 1024];
    let over = [most.as_slice(), b"a"].concat();
    let refusal = large("a file is larger than 8 MB: send it by `uploadStart`");
    sender.refuses(form(&[operations, map, ("0", Some("a.txt"), &over)]), refusal).await;
    let reply = sender.send(&[operations, map, ("0", Some("a.txt"), &most)]).await;
    assert_eq!(reply.body["data"]["fileUpload"]["file"]["size"], most.len(), "{reply:#?}");
}

#[tokio::test]
async fn two_thousand_parts_are_refused_at_the_first_too_many() {
    let sender = Sender::new().await;
    let one = one();
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let mut parts = vec![("operations", None, one.as_bytes()), map];
    parts.extend((0..2_000).map(|_| ("0", Some("a.txt"), b"a".as_slice())));
    sender.refuses(form(&parts), (400, "BAD_REQUEST", "a file was sent twice")).await;
    // The parts behind are not even waited for.
    let start = form(&parts[..4]);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 10000000\r\nConnection: close\r\n\r\n",
        sender.token
    );
    let mut stream = sender.door.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&start).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("a file was sent twice"), "{answer}");
}

#[tokio::test]
async fn lengths_that_are_not_true_do_no_harm() {
    let patience = Patience { body: Duration::from_millis(300), ..Patience::default() };
    let sender = Sender::at(Door::patient(|_| (), patience).await).await;
    let one = one();
    let body = form(&[
        ("operations", None, one.as_bytes()),
        ("map", None, br#"{"0":["variables.file"]}"#),
        ("0", Some("a.txt"), b"hello"),
    ]);
    let send = async |length: String, body: &[u8]| {
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
             Content-Type: multipart/form-data; boundary=cut\r\n{length}\r\nConnection: close\r\n\r\n",
            sender.token
        );
        let mut stream = sender.door.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        until_closed(&mut stream).await
    };
    let short = send(format!("Content-Length: {}", body.len() - 20), &body).await;
    assert!(short.starts_with("HTTP/1.1 400 "), "{short}");
    let long = send(format!("Content-Length: {}", body.len() + 20), &body[..body.len() - 20]).await;
    assert!(long.starts_with("HTTP/1.1 408 "), "{long}");
    assert!(long.contains("the body took too long to arrive"), "{long}");
    let huge = send("Content-Length: 99999999999".to_owned(), b"").await;
    assert!(huge.starts_with("HTTP/1.1 413 "), "{huge}");
    let twice = format!("Content-Length: {}\r\nTransfer-Encoding: chunked", body.len());
    let twice = send(twice, &body).await;
    assert!(twice.starts_with("HTTP/1.1 400 "), "{twice}");
    assert_eq!(sender.files().await, 0);
    // In chunks of one byte each, which come quickly enough.
    let mut chunks = Vec::new();
    for byte in &body {
        chunks.extend(b"1\r\n");
        chunks.push(*byte);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    let chunked = send("Transfer-Encoding: chunked".to_owned(), &chunks).await;
    assert!(chunked.starts_with("HTTP/1.1 200 "), "{chunked}");
    assert_eq!(sender.files().await, 1);
}

#[tokio::test]
async fn who_sends_a_byte_now_and_then_is_cut_off() {
    let patience = Patience { body: Duration::from_millis(400), ..Patience::default() };
    let sender = Sender::at(Door::patient(|_| (), patience).await).await;
    let one = one();
    let body = form(&[("operations", None, one.as_bytes())]);
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 1000000\r\n\r\n",
        sender.token
    );
    let mut stream = sender.door.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let began = std::time::Instant::now();
    let trickle = async {
        for byte in body.iter().cycle() {
            // Never as long as one may pause.
            tokio::time::sleep(Duration::from_millis(50)).await;
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    };
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answer);
    tokio::select! {
        () = trickle => {}
        _ = read => {}
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(sender.door.ask("{ __typename }").await.body, hello());
}

#[tokio::test]
async fn nobody_sends_more_than_eight_forms_at_a_time() {
    let sender = Sender::new().await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: 100000\r\n\
         Expect: 100-continue\r\n\r\n",
        sender.token
    );
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let mut stream = sender.door.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut go_on).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        waiting.push(stream);
    }
    let operations = br#"{"query":"{ __typename }"}"#;
    let parts: [Part; 2] = [("operations", None, operations), ("map", None, b"{}")];
    let reply = sender.send(&parts).await;
    let message = "you are sending as many forms as one may at a time: wait for one to end";
    assert_eq!(reply.error(), (429, "RATE_LIMITED", message));
    assert_eq!(reply.header("retry-after"), "5");
    drop(waiting);
    for _ in 0..200 {
        if sender.send(&parts).await.status == 200 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the places of those who went away are free again");
}
