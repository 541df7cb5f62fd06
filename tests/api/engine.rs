//! What the engine does to every operation, whichever way it came in.

use std::{
    io,
    sync::{Arc, Mutex},
};

use guildhall::Actor::Guest;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::{door::Door, kit::TestApp};

const FEED: &str = "query Feed($first: Int!) { feed(first: $first) { nodes { id } } }";

#[tokio::test]
async fn a_wrong_variable_is_refused_the_second_time_too() {
    let app = TestApp::new().await;
    for _ in 0..3 {
        app.run_with(&Guest, FEED, json!({ "first": 2 })).await.ok();
        for wrong in [json!({}), json!({ "first": null }), json!({ "first": "2" })] {
            let run = app.run_with(&Guest, FEED, wrong).await;
            assert_eq!(run.error_code(), "BAD_VARIABLES");
            assert_eq!(run.sql, [""; 0]);
        }
        let run = app.run_with(&Guest, FEED, json!({ "first": 101 })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "it fits its type: the resolver refuses it");
    }
}

#[tokio::test]
async fn a_wrong_document_is_refused_the_second_time_too() {
    let app = TestApp::new().await;
    for _ in 0..3 {
        for wrong in [
            "{ feed(first: \"2\") { nodes { id } } }",
            "{ feed(sort: WORST) { nodes { id } } }",
            "{ feed { nodes { nothing } } }",
            "{ feed { nodes } }",
            "query($first: String!) { feed(first: $first) { nodes { id } } }",
        ] {
            let run = app.run_with(&Guest, wrong, json!({ "first": "2" })).await;
            assert_eq!(run.error_code(), "VALIDATION_FAILED", "{wrong}");
        }
    }
}

#[tokio::test]
async fn what_costs_too_much_is_refused_by_what_its_variables_say() {
    let app = TestApp::new().await;
    let deep = "query($n: Int!) { feed(first: $n) { nodes { author { posts(first: $n) { nodes { \
                comments(first: $n) { nodes { id } } } } } } } }";
    app.run_with(&Guest, deep, json!({ "n": 2 })).await.ok();
    let run = app.run_with(&Guest, deep, json!({ "n": 100 })).await;
    assert_eq!(run.error_code(), "TOO_COMPLEX");
    assert_eq!(run.sql, [""; 0]);
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn an_operation_is_one_line_of_the_log_without_what_was_sent() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::INFO);
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let door = Door::open().await;
    let secret = "hunter2hunter2";
    let body = json!({
        "query": "query Find($name: String!) { profile(by: { handle: $name }) { name } }",
        "variables": { "name": secret },
    });
    let reply = door.ask_with(body).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["target"] == "guildhall::request")
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    let fields = &lines[0]["fields"];
    assert_eq!(fields["request"], reply.header("x-request-id"));
    assert_eq!((&fields["operation"], &fields["kind"]), (&json!("Find"), &json!("query")));
    assert_eq!((&fields["cost"], &fields["status"]), (&json!(1), &json!(200)));
    assert!(!text.contains(secret), "{text}");
}
