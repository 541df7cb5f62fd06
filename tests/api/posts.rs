//! Posts: what may be published, who changes and deletes them, and what stays of earlier wordings.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::{account::Role, post, revision},
    graph::encode,
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{CREATE, TestApp, by_id, follow, key, write_comment, write_post};

pub const UPDATE: &str = "mutation($id: ID!, $input: PostUpdateInput!, $expected: Int) {
    postUpdate(id: $id, input: $input, expectedVersion: $expected) {
    post { title hasOwnTitle body { source mentions { handle } } visibility contentWarning
        version editedAt tags { name } }
    userErrors { code path message ... on StaleVersionError { currentVersion } } } }";

fn input(input: Value) -> Value {
    json!({ "input": input })
}

fn change(id: &str, input: Value) -> Value {
    json!({ "id": id, "input": input })
}

#[tokio::test]
async fn a_post_shows_what_its_author_wrote() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let article = json!({
        "kind": "ARTICLE", "title": " On Engines ", "body": "Hello **world**", "visibility": "PUBLIC",
        "contentWarning": "long", "tags": ["#History", "history", "C++"],
    });
    let id = app.publish(&ada, article).await;

    let run = app.run_with(&Guest, "query($id: ID!) { post(by: { id: $id }) { id postKind title hasOwnTitle
        body { source html } contentWarning author { handle postCount } visibility tags { name label }
        createdAt editedAt version reactionCount commentCount viewer { isAuthor } } }", json!({ "id": id })).await.ok();

    let post = json!({
        "id": id, "postKind": "ARTICLE", "title": "On Engines", "hasOwnTitle": true,
        "body": { "source": "Hello **world**", "html": "<p>Hello <strong>world</strong></p>" },
        "contentWarning": "long", "author": { "handle": "ada", "postCount": 1 }, "visibility": "PUBLIC",
        "tags": [{ "name": "c++", "label": "C++" }, { "name": "history", "label": "History" }],
        "createdAt": "2026-05-04T09:30:00.000Z", "editedAt": null, "version": 1, "reactionCount": 0,
        "commentCount": 0, "viewer": null,
    });
    assert_eq!(run.at("post"), &post);
}

#[tokio::test]
async fn a_note_is_for_members_unless_it_says_otherwise() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let id = app.publish(&ada, json!({ "body": "words of a note that is short" })).await;
    let query =
        "query($id: ID!) { post(by: { id: $id }) { postKind visibility title hasOwnTitle } }";
    let note = json!({ "postKind": "NOTE", "visibility": "MEMBERS",
        "title": "words of a note that is short", "hasOwnTitle": false });
    let id = json!({ "id": id });
    assert_eq!(app.run_with(&grace, query, id.clone()).await.ok().at("post"), &note);
    assert_eq!(app.run_with(&Guest, query, id).await.ok().at("post"), &Value::Null);
}

#[tokio::test]
async fn everything_wrong_with_a_post_is_said_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let eleven: Vec<_> = (0..11).map(|n| format!("tag{n}")).collect();
    let hashtags = (0..8).map(|n| format!("#in{n} ")).collect::<String>();
    for (wrong, refusals) in [
        (json!({ "body": "" }), vec!["REQUIRED input.body"]),
        (json!({ "body": " \n\u{3000}\u{200b}" }), vec!["REQUIRED input.body"]),
        (json!({ "body": "a\u{0}b" }), vec!["INVALID input.body"]),
        (json!({ "body": "bell \u{7}" }), vec!["INVALID input.body"]),
        (json!({ "body": "<!-- -->\n\n[](https://a.example)", "tags": [] }), vec![]),
        (json!({ "body": "[](https://a.example)" }), vec!["REQUIRED input.body"]),
        (json!({ "body": "b".repeat(5_001) }), vec!["TOO_LONG input.body"]),
        (json!({ "body": "b", "title": "T" }), vec!["INVALID input.title"]),
        (json!({ "body": "b", "kind": "ARTICLE" }), vec!["REQUIRED input.title"]),
        (json!({ "body": "b", "kind": "ARTICLE", "title": " " }), vec!["REQUIRED input.title"]),
        (
            json!({ "body": "b".repeat(100_001), "kind": "ARTICLE", "title": "t".repeat(201),
                "contentWarning": "c".repeat(201), "tags": ["ok", "", "a b!", "x".repeat(51)] }),
            vec![
                "TOO_LONG input.title",
                "TOO_LONG input.body",
                "TOO_LONG input.contentWarning",
                "INVALID input.tags.1",
                "INVALID input.tags.2",
                "INVALID input.tags.3",
            ],
        ),
        (json!({ "body": "b", "tags": eleven }), vec!["TOO_LONG input.tags"]),
        (json!({ "body": hashtags, "tags": ["a1", "a2", "a3"] }), vec!["TOO_LONG input.tags"]),
        (json!({ "body": "b", "clientKey": "" }), vec!["INVALID input.clientKey"]),
        (json!({ "body": "b", "clientKey": "k".repeat(101) }), vec!["INVALID input.clientKey"]),
        (json!({ "body": "b", "clientKey": "a\u{0}" }), vec!["INVALID input.clientKey"]),
    ] {
        if refusals.is_empty() {
            app.publish(&ada, wrong).await;
            continue;
        }
        let run = app.refuses(&ada, CREATE, input(wrong.clone())).await;
        assert_eq!(run.refusals(), refusals, "{wrong}");
        assert_eq!(run.at("postCreate.post"), &Value::Null);
    }
    let run = app.refuses(&ada, CREATE, input(json!({ "body": "b".repeat(5_001) }))).await;
    let error = run.at("postCreate.userErrors.0");
    assert_eq!([&error["min"], &error["max"], &error["actual"]], [1.0, 5_000.0, 5_001.0]);
    let longest = json!({ "body": "ж".repeat(5_000), "tags": (0..10).map(|n| format!("tag{n}")).collect::<Vec<_>>() });
    app.publish(&ada, longest).await;
}

#[tokio::test]
async fn only_a_member_and_a_token_for_social_writes_write() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "hello").await;
    let reader = app.by_token(
        ada,
        &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteProfile, Scope::Moderate],
    );
    let errors = "{ userErrors { code path } }";
    for call in [
        format!("postCreate(input: {{ body: \"b\" }}) {errors}"),
        format!("postUpdate(id: {post:?}, input: {{ body: \"b\" }}) {errors}"),
        format!("commentCreate(input: {{ subject: {post:?}, body: \"b\" }}) {errors}"),
        format!("commentUpdate(id: {comment:?}, body: \"b\") {errors}"),
        format!("reactionAdd(id: {post:?}, emoji: \"🎉\") {errors}"),
        format!("reactionRemove(id: {post:?}, emoji: \"🎉\") {errors}"),
        format!("bookmarkAdd(id: {post:?}) {errors}"),
        format!("bookmarkRemove(id: {post:?}) {errors}"),
        format!("commentDelete(id: {comment:?}) {errors}"),
        format!("postDelete(id: {post:?}) {errors}"),
    ] {
        let query = format!("mutation {{ {call} }}");
        let run = app.refuses(&Guest, &query, json!({})).await;
        assert_eq!((run.error_code(), &run.data), ("UNAUTHENTICATED", &Value::Null), "{call}");
        assert_eq!(run.sql, [""; 0], "{call}");
        let run = app.refuses(&reader, &query, json!({})).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING", "{call}");
        app.run(&app.by_token(ada, &[Scope::ReadPublic, Scope::WriteSocial]), &query).await.done();
    }
}

#[tokio::test]
async fn others_change_no_post_and_moderators_only_delete() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    let post = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    follow(&app, &grace, &ada).await;
    let edit = change(&post, json!({ "body": "mine now" }));
    for other in [&grace, &mo] {
        let run = app.refuses(other, UPDATE, edit.clone()).await;
        assert_eq!(run.refusals(), ["FORBIDDEN id"]);
        assert_eq!(run.at("postUpdate.post"), &Value::Null);
    }
    assert_eq!(app.refuses_act(&grace, "postDelete", &post).await, ["FORBIDDEN id"]);
    let can = "query($id: ID!) { post(by: { id: $id }) { viewer { isAuthor canReact canComment canEdit canDelete } } }";
    for (actor, edit, delete) in [(&ada, true, true), (&grace, false, false), (&mo, false, true)] {
        let run = app.run_with(actor, can, json!({ "id": post })).await.ok();
        let expected = json!({ "isAuthor": edit, "canReact": true, "canComment": true, "canEdit": edit, "canDelete": delete });
        assert_eq!(run.at("post.viewer"), &expected);
    }
    let by_token = app.by_token(mo, &[Scope::ReadPublic, Scope::WriteSocial]);
    let run = app.refuses(&by_token, &by_id("postDelete"), json!({ "id": post })).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");

    let query =
        "mutation($id: ID!) { postDelete(id: $id) { deletedIds userErrors { code path } } }";
    let by_token = app.by_token(mo, &[Scope::ReadPublic, Scope::Moderate]);
    let run = app.run_with(&by_token, query, json!({ "id": post })).await.done();
    assert_eq!(run.at("postDelete.deletedIds"), &json!([post]));
    assert_eq!(app.profile(&ada).await.post_count, 0);
    assert_eq!(app.refuses_act(&mo, "postDelete", &post).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn what_is_hidden_or_no_post_cannot_be_changed() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let hidden = write_post(&app, &ada, "hello", "FOLLOWERS").await;
    let comment = write_comment(&app, &ada, &hidden, "hello").await;
    let unknown = encode("post", app.app.clock.key()).to_string();
    for id in [&hidden, &comment, &unknown, "", "post_", "\u{0}", "' OR ''='"] {
        assert_eq!(app.refuses_act(&grace, "postDelete", id).await, ["NOT_FOUND id"], "{id:?}");
        let run = app.refuses(&grace, UPDATE, change(id, json!({ "body": "b" }))).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"], "{id:?}");
    }
}

#[tokio::test]
async fn an_edit_keeps_the_old_wording_and_tells_the_new_version() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app
        .publish(
            &ada,
            json!({ "kind": "ARTICLE", "title": "One", "body": "first", "visibility": "PUBLIC" }),
        )
        .await;
    app.app.clock.advance(TimeDelta::minutes(5));
    app.run_with(&ada, UPDATE, change(&id, json!({ "body": "second" }))).await.done();
    app.app.clock.advance(TimeDelta::minutes(5));
    let run = app.run_with(&ada, UPDATE, change(&id, json!({ "title": "Two" }))).await.done();
    assert_eq!(run.at("postUpdate.post.version"), 3);
    assert_eq!(run.text("postUpdate.post.editedAt"), "2026-05-04T09:40:00.000Z");

    let run = app
        .run_with(
            &Guest,
            "query($id: ID!) { post(by: { id: $id }) { title body { source }
        revisions { nodes { version title body { source } at editor { handle } } } } }",
            json!({ "id": id }),
        )
        .await
        .ok();
    let expected = json!({ "title": "Two", "body": { "source": "second" }, "revisions": { "nodes": [
        { "version": 2, "title": "One", "body": { "source": "second" }, "at": "2026-05-04T09:40:00.000Z", "editor": { "handle": "ada" } },
        { "version": 1, "title": "One", "body": { "source": "first" }, "at": "2026-05-04T09:35:00.000Z", "editor": { "handle": "ada" } },
    ] } });
    assert_eq!(run.at("post"), &expected);
}

#[tokio::test]
async fn what_changes_no_word_makes_no_version() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.publish(&ada, json!({ "body": "same #one", "tags": ["two"] })).await;
    for same in [
        json!({}),
        json!({ "body": " same #one " }),
        json!({ "title": null }),
        json!({ "visibility": "PUBLIC", "contentWarning": "w" }),
        json!({ "contentWarning": null }),
    ] {
        let run = app.run_with(&ada, UPDATE, change(&id, same.clone())).await.done();
        assert_eq!(run.at("postUpdate.post.version"), 1, "{same}");
        assert_eq!(run.at("postUpdate.post.editedAt"), &Value::Null, "{same}");
        assert_eq!(run.list("postUpdate.post.tags", "name"), ["one", "two"]);
    }
    assert_eq!(app.count::<revision::Entity>(revision::Column::Version.gt(0)).await, 0);
}

#[tokio::test]
async fn an_edit_of_another_version_than_was_read_is_refused() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = write_post(&app, &ada, "first", "PUBLIC").await;
    let edit = |version: i32, body: &str| json!({ "id": id, "input": { "body": body }, "expected": version });
    app.run_with(&ada, UPDATE, edit(1, "second")).await.done();
    for version in [0, 1, 3, -1] {
        let run = app.refuses(&ada, UPDATE, edit(version, "third")).await;
        assert_eq!(run.refusals(), ["STALE_VERSION expectedVersion"]);
        assert_eq!(run.at("postUpdate.userErrors.0.currentVersion"), 2);
    }
    let texts: Vec<_> = (0..8).map(|n| format!("wins {n}")).collect();
    let edits = texts.iter().map(|body| app.run_with(&ada, UPDATE, edit(2, body)));
    let won = join_all(edits).await.iter().filter(|run| run.refusals().is_empty()).count();
    assert_eq!(won, 1, "of eight at once one wins");
}

#[tokio::test]
async fn an_edit_with_what_is_wrong_writes_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let note = write_post(&app, &ada, "note", "PUBLIC").await;
    let article = app.publish(&ada, json!({ "kind": "ARTICLE", "title": "T", "body": "b" })).await;
    for (id, wrong, refusals) in [
        (
            &note,
            json!({ "title": "T", "body": " " }),
            vec!["INVALID input.title", "REQUIRED input.body"],
        ),
        (
            &note,
            json!({ "tags": ["a", ","], "contentWarning": "a\u{0}" }),
            vec!["INVALID input.contentWarning", "INVALID input.tags.1"],
        ),
        (&article, json!({ "title": null }), vec!["REQUIRED input.title"]),
        (&article, json!({ "body": "b".repeat(100_001) }), vec!["TOO_LONG input.body"]),
    ] {
        let run = app.refuses(&ada, UPDATE, change(id, wrong.clone())).await;
        assert_eq!(run.refusals(), refusals, "{wrong}");
    }
    let with_gap = "mutation($id: ID!, $b: Markdown, $w: String) { postUpdate(id: $id, input: { body: $b, contentWarning: $w }) {
        post { body { source } contentWarning version } userErrors { code path } } }";
    app.run_with(&ada, with_gap, json!({ "id": note, "w": "careful" })).await.done();
    let run = app.run_with(&ada, with_gap, json!({ "id": note })).await.done();
    assert_eq!(
        run.at("postUpdate.post"),
        &json!({ "body": { "source": "note" }, "contentWarning": "careful", "version": 1 })
    );
}

#[tokio::test]
async fn a_deleted_post_takes_all_that_is_its_own() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let empty = app.contents_without_events().await;
    let post = write_post(&app, &ada, "hello @grace", "PUBLIC").await;
    app.run_with(&ada, UPDATE, change(&post, json!({ "body": "second" }))).await.done();
    let comment = write_comment(&app, &grace, &post, "comment").await;
    app.reply_to(&ada, &post, &comment, "answer").await;
    for id in [&post, &comment] {
        app.react(&grace, id, "🎉").await;
        app.act(&grace, "bookmarkAdd", id).await.done();
    }

    app.act(&ada, "postDelete", &post).await.done();

    app.work().await;
    assert_eq!(app.contents_without_events().await, empty);
    assert_eq!(app.count::<post::Entity>(post::Column::Id.eq(key("post", &post))).await, 0);
}

async fn with_key(app: &TestApp, actor: &Actor, body: &str, client_key: &str) -> String {
    app.publish(actor, json!({ "body": body, "clientKey": client_key })).await
}

#[tokio::test]
async fn the_same_client_key_answers_the_first_post_and_writes_nothing() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let first = with_key(&app, &ada, "hello", "k1").await;
    let before = app.contents().await;
    assert_eq!(with_key(&app, &ada, "other words", "k1").await, first);
    assert_eq!(app.contents().await, before);
    assert_ne!(with_key(&app, &grace, "hello", "k1").await, first, "another account's key");
    assert_ne!(with_key(&app, &ada, "hello", "k2").await, first, "another key");

    let comment = "mutation($id: ID!) { commentCreate(input: { subject: $id, body: \"b\", clientKey: \"k1\" }) { userErrors { code path } } }";
    let run = app.refuses(&ada, comment, json!({ "id": first })).await;
    assert_eq!(run.refusals(), ["DUPLICATE input.clientKey"]);

    app.app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
    assert_eq!(with_key(&app, &ada, "hello", "k1").await, first);
    app.app.clock.advance(TimeDelta::milliseconds(1));
    let second = with_key(&app, &ada, "hello", "k1").await;
    assert_ne!(second, first, "a day later");
    assert_eq!(with_key(&app, &ada, "hello", "k1").await, second);
    app.act(&ada, "postDelete", &second).await.done();
    let run = app.refuses(&ada, CREATE, input(json!({ "body": "b", "clientKey": "k1" }))).await;
    assert_eq!(run.refusals(), ["NOT_FOUND input.clientKey"]);
}

#[tokio::test]
async fn a_client_key_is_not_used_up_by_a_refusal() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.refuses(&ada, CREATE, input(json!({ "body": "", "clientKey": "k" }))).await;
    with_key(&app, &ada, "words", "k").await;
    assert_eq!(app.profile(&ada).await.post_count, 1);
}

#[tokio::test]
async fn of_many_calls_with_one_client_key_at_once_one_writes() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for count in 1..=2 {
        let calls = (0..10).map(|_| with_key(&app, &ada, "hello #once", "k"));
        let ids = join_all(calls).await;
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(app.profile(&ada).await.post_count, count);
        app.app.clock.advance(TimeDelta::hours(24));
    }
}
