//! What a sender reads and adds without an account, by the token of the receipt.

use guildhall::{
    Actor::Guest,
    entity::{submission::State, work_item},
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::inbox_kit::{FOLLOW_UP, NOTE, Sent, office};

const RECEIPT: &str =
    "query($token: String!) { submissionReceipt(token: $token) { number token submissionState
    submittedAt redirectUrl thread { fromTeam body { source } author { handle } emailState } } }";

#[tokio::test]
async fn the_token_shows_the_talk_and_nothing_internal() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    office.come("somebody else's").await;
    app.run_with(&office.tess, NOTE, json!({ "id": came.id, "text": "secret" })).await.done();
    office.reply(&office.tess, &came, "Dear Olga").await.done();
    let more = json!({ "token": came.token, "body": "One *more*" });
    let run = app.run_with(&Guest, FOLLOW_UP, more).await.done();
    let talk = json!([{ "fromTeam": true, "body": { "source": "Dear Olga" } },
        { "fromTeam": false, "body": { "source": "One *more*" } }]);
    let expected =
        json!({ "number": 1, "submissionState": "OPEN", "token": came.token, "thread": talk });
    assert_eq!(run.at("submissionFollowUp.receipt"), &expected);

    let run = app.run_with(&Guest, RECEIPT, json!({ "token": came.token })).await.ok();
    let expected = json!({ "number": 1, "token": came.token, "submissionState": "OPEN",
        "submittedAt": "2026-05-04T09:30:00.000Z", "redirectUrl": "https://example.org/thanks", "thread": [
        { "fromTeam": true, "body": { "source": "Dear Olga" }, "author": { "handle": "tess" }, "emailState": null },
        { "fromTeam": false, "body": { "source": "One *more*" }, "author": null, "emailState": null }] });
    assert_eq!(run.at("submissionReceipt"), &expected);
    for wrong in ["", "none", &came.token[1..], &came.id, "\u{0}"] {
        let run = app.run_with(&Guest, RECEIPT, json!({ "token": wrong })).await.ok();
        assert_eq!(run.at("submissionReceipt"), &Value::Null);
    }
    // The database knows its hash.
    assert_ne!(office.row(&came).await.receipt, came.token.as_bytes());
}

#[tokio::test]
async fn what_a_sender_adds_opens_what_waited_or_was_done_and_the_team_is_told() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    app.work().await;
    for (before, after) in [("NEW", "NEW"), ("OPEN", "OPEN"), ("WAITING", "OPEN"), ("DONE", "OPEN")]
    {
        office.update(&office.tess, &[&came], json!({ "state": before })).await.done();
        let more = json!({ "token": came.token, "body": format!("after {before} <b>") });
        let run = app.run_with(&Guest, FOLLOW_UP, more).await.done();
        assert_eq!(run.text("submissionFollowUp.receipt.submissionState"), after, "{before}");
        assert_eq!(office.open().await, 1);
    }
    let mails = office.mails("desk@example.org").await;
    assert_eq!(mails.len(), 5);
    assert_eq!(mails[1].thread_refs.as_ref(), Some(&mails[0].message_ref));
    assert!(mails[4].text.as_ref().unwrap().contains("after DONE"), "{:#?}", mails[4]);
    let told = work_item::Column::Kind.eq("notifications.tell");
    assert_eq!(app.count::<work_item::Entity>(told).await, 4);
}

#[tokio::test]
async fn a_member_who_sent_it_is_named_and_nobody_else_who_holds_the_token() {
    let office = office().await;
    let came = office.come_from(&office.stranger, "hello").await;
    for actor in [&office.stranger, &office.moderator] {
        let more = json!({ "token": came.token, "body": "more" });
        office.app.run_with(actor, FOLLOW_UP, more).await.done();
    }
    let query =
        "query($id: ID!) { node(id: $id) { ... on Submission { thread { author { handle } } } } }";
    let run = office.app.run_with(&office.tess, query, json!({ "id": came.id })).await.ok();
    let authors = json!([{ "author": { "handle": "stan" } }, { "author": null }]);
    assert_eq!(run.at("node.thread"), &authors);
}

#[tokio::test]
async fn nobody_hears_of_what_spam_adds() {
    let office = office().await;
    let came = office.come_as(Sent { state: State::Spam, ..Sent::default() }).await;
    office.app.work().await;
    let more = json!({ "token": came.token, "body": "more" });
    let run = office.app.run_with(&Guest, FOLLOW_UP, more).await.done();
    assert_eq!(run.text("submissionFollowUp.receipt.submissionState"), "NEW");
    assert_eq!(office.row(&came).await.state, State::Spam);
    assert_eq!(office.mails("desk@example.org").await.len(), 0);
    assert_eq!(office.app.work().await, 0);
}

#[tokio::test]
async fn additions_have_words_and_lead_somewhere() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    let long = "f".repeat(10_001);
    for (body, code) in [("", "REQUIRED"), ("a\u{0}", "INVALID"), (&*long, "TOO_LONG")] {
        let run =
            app.refuses(&Guest, FOLLOW_UP, json!({ "token": came.token, "body": body })).await;
        assert_eq!(run.refusals(), [format!("{code} body")]);
    }
    for token in ["", "none", "\u{0}"] {
        let run = app.refuses(&Guest, FOLLOW_UP, json!({ "token": token, "body": "hi" })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND token"]);
    }
}

#[tokio::test]
async fn tokens_are_not_guessed_and_teams_are_not_flooded() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    let add = |token: &str| json!({ "token": token, "body": "more" });
    for _ in 0..10 {
        app.run_with(&Guest, FOLLOW_UP, add(&came.token)).await.done();
    }
    let run = app.refuses(&Guest, FOLLOW_UP, add(&came.token)).await;
    assert_eq!(run.refusals(), ["RATE_LIMITED "]);
    assert_eq!(run.text("submissionFollowUp.userErrors.0.retryAfter"), "PT2S");
    // Another sender from the same address is not held up by that, but by guesses.
    let other = office.come("other").await;
    app.run_with(&Guest, FOLLOW_UP, add(&other.token)).await.done();
    for _ in 0..10 {
        assert_eq!(
            app.refuses(&Guest, FOLLOW_UP, add("guess")).await.refusals(),
            ["NOT_FOUND token"]
        );
    }
    assert_eq!(app.refuses(&Guest, FOLLOW_UP, add("guess")).await.refusals(), ["RATE_LIMITED "]);
    assert_eq!(
        app.refuses(&Guest, FOLLOW_UP, add(&other.token)).await.refusals(),
        ["RATE_LIMITED "]
    );
}
