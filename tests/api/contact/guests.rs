//! What guests may send with files, over a real connection.

use guildhall::entity::{blob, file};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::kit::hello;
use crate::door::{Door, Reply};

const SEND: &str =
    "mutation($files: [Upload!]!) { formSubmit(input: { form: { slug: \"hello\" }, values: [
    { field: \"cv\", uploads: $files }] }) { receipt { number } userErrors { code path } } }";

async fn open() -> Door {
    let door = Door::with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]);
    let door = door.await;
    let staff = door.test.staff().await;
    let cv = json!({ "key": "cv", "label": "CV", "type": "FILE", "maxFiles": 3 });
    door.test.form(&staff, hello("hello", json!({ "fields": [cv] }))).await;
    door
}

/// Sends one text file, or none, from an address of this number.
async fn send(door: &Door, address: u8, query: &str, variables: Value, map: Value) -> Reply {
    let operations = json!({ "query": query, "variables": variables });
    let part = |name: &str, body: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{body}\r\n")
    };
    let mut body = part("operations", &operations.to_string()) + &part("map", &map.to_string());
    if map != json!({}) {
        body += &part("0\"; filename=\"cv.txt", "who I am");
    }
    let post = door.post().header("graphql-require-preflight", "1");
    let post = post.header("x-forwarded-for", format!("192.0.2.{address}"));
    let post = post.header("content-type", "multipart/form-data; boundary=x");
    Reply::of(post.body(body + "--x--\r\n")).await
}

async fn nothing(door: &Door, address: u8) -> Reply {
    send(door, address, "{ __typename }", json!({}), json!({})).await
}

/// Begins to send, from an address of this number, and never ends.
async fn begin(door: &Door, address: u8) -> tokio::net::TcpStream {
    let mut stream = door.connect().await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nGraphQL-Require-Preflight: 1\r\nX-Forwarded-For: 192.0.2.{address}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn an_address_sends_two_forms_with_files_at_a_time_and_its_places_are_free_when_it_hangs_up()
{
    let door = open().await;
    let waiting = [begin(&door, 1).await, begin(&door, 1).await];
    let message = "you are sending as many forms as one may at a time: wait for one to end";
    assert_eq!(nothing(&door, 1).await.error(), (429, "RATE_LIMITED", message));
    assert_eq!(nothing(&door, 2).await.status, 200, "another address has places of its own");
    drop(waiting);
    for _ in 0..200 {
        if nothing(&door, 1).await.status == 200 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the places of those who went away are free again");
}

#[tokio::test]
async fn all_guests_together_send_sixteen_forms_with_files_at_a_time() {
    let door = open().await;
    let mut waiting = Vec::new();
    for address in 0..16 {
        waiting.push(begin(&door, address / 2).await);
    }
    let message = "as many files come in as this server takes at a time: try again";
    assert_eq!(nothing(&door, 16).await.error(), (503, "UNAVAILABLE", message));
    drop(waiting);
    for _ in 0..200 {
        if nothing(&door, 16).await.status == 200 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the places of those who went away are free again");
}

#[tokio::test]
async fn an_address_sends_sixty_forms_with_files_an_hour_whatever_stands_in_them() {
    let door = open().await;
    for _ in 0..60 {
        assert_eq!(nothing(&door, 1).await.status, 200);
    }
    let refused = nothing(&door, 1).await;
    let message = "too many files came from here in a short time: try again later";
    assert_eq!(refused.error(), (429, "RATE_LIMITED", message));
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 3_000);
    assert_eq!(nothing(&door, 2).await.status, 200);
    door.test.app.clock.advance(chrono::TimeDelta::hours(1));
    assert_eq!(nothing(&door, 1).await.status, 200);
}

#[tokio::test]
async fn a_file_that_is_named_too_often_is_refused_and_nothing_is_kept() {
    let door = open().await;
    let named = async |query: &str, count: usize| {
        let paths: Vec<_> = (0..count).map(|at| format!("variables.files.{at}")).collect();
        let variables = json!({ "files": vec![Value::Null; count] });
        send(&door, 1, query, variables, json!({ "0": paths })).await.body["data"].take()
    };
    let codes = |data: &Value| -> Vec<String> {
        let errors = data["formSubmit"]["userErrors"].as_array().unwrap().iter();
        errors.map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    };
    let data = named(SEND, 4).await;
    assert_eq!(codes(&data), ["TOO_LONG"]);
    // As often as `map` has room for, in each of twenty answers: were each opened, no process would have the handles.
    let answer = "{ field: \"cv\", uploads: $files }";
    let data = named(&SEND.replace(answer, &answer.repeat(20)), 2_500).await;
    let codes = codes(&data);
    assert_eq!(codes.iter().filter(|code| *code == "TOO_LONG").count(), 2, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "DUPLICATE").count(), 19, "{codes:?}");
    assert_eq!(door.test.submissions().await.len(), 0);
    assert_eq!(door.test.count::<file::Entity>(Expr::val(1).eq(1)).await, 0);
    assert_eq!(door.test.count::<blob::Entity>(Expr::val(1).eq(1)).await, 0);
    assert_eq!(named(SEND, 1).await["formSubmit"]["receipt"]["number"], 1);
}
