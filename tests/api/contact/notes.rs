//! What a team notes for itself.

use guildhall::{Actor::Guest, graph::encode};
use serde_json::{Value, json};

use super::inbox_kit::{NOTE, office};

#[tokio::test]
async fn the_team_notes_what_the_sender_never_sees() {
    let office = office().await;
    let app = &office.app;
    let came = office.come_from(&office.stranger, "hello").await;
    let variables = json!({ "id": came.id, "text": " ask Grace <b> " });
    let run = app.run_with(&office.tess, NOTE, variables).await.done();
    let expected = json!({ "text": "ask Grace <b>", "author": { "handle": "tess" },
        "createdAt": "2026-05-04T09:30:00.000Z" });
    assert_eq!(run.at("noteAdd.note"), &expected);
    assert_eq!(run.text("noteAdd.subject.id"), came.id);
    app.run_with(&office.moderator, NOTE, json!({ "id": came.id, "text": "done" })).await.done();

    let query = "query($id: ID!) { node(id: $id) { ... on Submission { notes { id text } } } }";
    let run = app.run_with(&office.admin, query, json!({ "id": came.id })).await.ok();
    assert_eq!(run.list("node.notes", "text"), ["ask Grace <b>", "done"]);
    let note = run.text("node.notes.0.id").to_owned();
    let run = app.run_with(&office.stranger, query, json!({ "id": came.id })).await.ok();
    assert_eq!(run.at("node"), &json!({ "notes": null }));
    // By its own id too.
    let query = "query($id: ID!) { node(id: $id) { ... on InternalNote { text } } }";
    for (actor, seen) in [(&office.tess, true), (&office.stranger, false), (&Guest, false)] {
        let run = app.run_with(actor, query, json!({ "id": note })).await.ok();
        assert_eq!(run.at("node") != &Value::Null, seen);
    }
}

#[tokio::test]
async fn a_note_has_words_and_stands_on_what_one_answers_for() {
    let office = office().await;
    let app = &office.app;
    let came = office.come_from(&office.stranger, "hello").await;
    let long = "n".repeat(5_001);
    for (text, code) in
        [("", "REQUIRED"), (" \u{200b}", "REQUIRED"), ("a\u{0}", "INVALID"), (&*long, "TOO_LONG")]
    {
        let run = app.refuses(&office.tess, NOTE, json!({ "id": came.id, "text": text })).await;
        assert_eq!(run.refusals(), [format!("{code} text")]);
    }
    let other = app.member("otto").await;
    let note = json!({ "id": came.id, "text": "hi" });
    assert_eq!(app.refuses(&Guest, NOTE, note.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.refuses(&other, NOTE, note.clone()).await.refusals(), ["NOT_FOUND id"]);
    assert_eq!(app.refuses(&office.stranger, NOTE, note).await.refusals(), ["FORBIDDEN id"]);
    for id in [encode("submission", app.app.clock.key()).to_string(), "x".to_owned()] {
        let run = app.refuses(&office.tess, NOTE, json!({ "id": id, "text": "hi" })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"]);
    }
}
