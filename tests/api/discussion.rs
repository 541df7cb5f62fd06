//! What happens under a post: what is written down of it, who hears it, and as what.

use guildhall::{
    Actor::{self, Audience, Guest},
    entity::account::Role,
    graph::{Happening, StreamResetReason, What},
    infra::bus::{Note, Passing},
    scope::Scope,
    streams::{Cursor, Stream},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{
    TestApp, block, by_id, follow, happening, key, mute, profile_id, write_comment, write_post,
};

const EVENTS: &str = "subscription($id: ID!, $after: EventCursor) { discussionEvents(id: $id, after: $after) { kind: __typename
    ... on StreamEvent { cursor at }
    ... on StreamReady { replayed } ... on StreamReset { reason }
    ... on CommentAdded { comment { id body { source } author { handle } } clientKey }
    ... on CommentChanged { comment { id body { source } } }
    ... on CommentRemoved { id }
    ... on ReactionsChanged { subject { id reactions { emoji count } } }
    ... on SubjectChanged { subject { id ... on Post { body { source } visibility } } } } }";
const COMMENT: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id } userErrors { code path } } }";
const EDIT: &str = "mutation($id: ID!, $body: Markdown!) { commentUpdate(id: $id, body: $body) {
    userErrors { code path } } }";
const CHANGE: &str =
    "mutation($id: ID!, $input: PostUpdateInput!) { postUpdate(id: $id, input: $input) {
    userErrors { code path } } }";
const UNREACT: &str =
    "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"🎉\") { userErrors { code path } } }";

fn under(post: &str) -> Stream {
    Stream::discussion(key("post", post))
}

async fn comment_with_key(app: &TestApp, actor: &Actor, post: &str, client_key: &str) -> String {
    let input = json!({ "subject": post, "body": "hello", "clientKey": client_key });
    let run = app.run_with(actor, COMMENT, json!({ "input": input })).await.done();
    run.text("commentCreate.comment.id").to_owned()
}

/// What is told of each event, without where and when.
async fn told(app: &TestApp, actor: &Actor, post: &str) -> Vec<Value> {
    let mut told = app.tell_all(actor, EVENTS, json!({ "id": post }), under(post)).await;
    for event in &mut told {
        let event = event.as_object_mut().unwrap();
        assert!(event.remove("cursor").unwrap().is_string() && event.remove("at").is_some());
    }
    told
}

#[tokio::test]
async fn each_change_under_a_post_is_written_down_in_order() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &grace, &post, "a").await;
    let answer = app.reply_to(&ada, &post, &comment, "b").await;
    app.run_with(&grace, EDIT, json!({ "id": comment, "body": "c" })).await.done();
    app.react(&ada, &post, "🎉").await;
    app.react(&ada, &comment, "🎉").await;
    app.run_with(&ada, UNREACT, json!({ "id": comment })).await.done();
    let change = async |input| {
        app.run_with(&ada, CHANGE, json!({ "id": post, "input": input })).await.done()
    };
    change(json!({ "body": "hello again" })).await;
    change(json!({ "visibility": "MEMBERS" })).await;
    change(json!({ "visibility": "MEMBERS", "tags": ["loom"] })).await;
    app.act(&ada, "commentDelete", &answer).await.done();
    app.act(&ada, "postDelete", &post).await.done();

    let events = app.events(under(&post).id).await;
    let found: Vec<_> = events
        .iter()
        .map(|event| (event.kind.as_str(), event.subject, event.actor, event.access))
        .collect();
    let about = |kind, id: &str| Some(key(kind, id));
    let (post, comment, answer) =
        (about("post", &post), about("comment", &comment), about("comment", &answer));
    let (ada, grace) = (ada.id(), grace.id());
    let expected = [
        ("comment_added", comment, grace, false),
        ("comment_added", answer, ada, false),
        ("comment_changed", comment, grace, false),
        ("reactions_changed", post, ada, false),
        ("reactions_changed", comment, ada, false),
        ("reactions_changed", comment, ada, false),
        ("post_changed", post, ada, false),
        ("post_changed", post, ada, true),
        ("post_changed", post, ada, false),
        ("comment_removed", answer, ada, false),
        ("post_removed", post, ada, true),
    ];
    assert_eq!(found, expected);
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        (1..=11).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let first = comment_with_key(&app, &grace, &post, "k").await;
    app.react(&ada, &post, "🎉").await;
    let before = app.contents().await;
    let mut listener = app.app.bus.listen();

    assert_eq!(comment_with_key(&app, &grace, &post, "k").await, first);
    app.react(&ada, &post, "🎉").await;
    app.run_with(&grace, UNREACT, json!({ "id": first })).await.done();
    app.run_with(&ada, CHANGE, json!({ "id": post, "input": {} })).await.done();
    app.refuses_act(&grace, "postDelete", &post).await;
    app.refuses(&ada, EDIT, json!({ "id": first, "body": "c" })).await;

    assert!(app.contents().await == before);
    assert_eq!(app.kinds(under(&post)).await, ["comment_added", "reactions_changed"]);
    app.app.bus.publish(Note::Rights { member: Uuid::nil() });
    let next = listener.next().await.unwrap();
    assert_eq!(next, guildhall::infra::bus::Heard::Note(Note::Rights { member: Uuid::nil() }));
}

#[tokio::test]
async fn each_event_is_told_as_what_it_is_about_is_now() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = comment_with_key(&app, &grace, &post, "k 1").await;
    let answer = app.reply_to(&ada, &post, &comment, "b").await;
    app.run_with(&ada, EDIT, json!({ "id": answer, "body": "c" })).await.done();
    app.react(&ada, &post, "🎉").await;
    app.react(&ada, &comment, "👍").await;
    let change = json!({ "id": post, "input": { "body": "hello again" } });
    app.run_with(&ada, CHANGE, change).await.done();
    let gone = app.reply_to(&ada, &post, &comment, "d").await;
    app.act(&ada, "commentDelete", &gone).await.done();

    let expected = json!([
        { "kind": "CommentAdded", "clientKey": "k 1", "comment": { "id": comment,
            "body": { "source": "hello" }, "author": { "handle": "grace" } } },
        { "kind": "CommentAdded", "clientKey": null, "comment": { "id": answer,
            "body": { "source": "c" }, "author": { "handle": "ada" } } },
        { "kind": "CommentChanged", "comment": { "id": answer, "body": { "source": "c" } } },
        { "kind": "ReactionsChanged", "subject": { "id": post, "reactions": [{ "emoji": "🎉", "count": 1 }] } },
        { "kind": "ReactionsChanged", "subject": { "id": comment, "reactions": [{ "emoji": "👍", "count": 1 }] } },
        { "kind": "SubjectChanged", "subject": { "id": post,
            "body": { "source": "hello again" }, "visibility": "PUBLIC" } },
        { "kind": "CommentRemoved", "id": gone },
    ]);
    for actor in [&Guest, &ada, &grace] {
        assert_eq!(json!(told(&app, actor, &post).await), expected, "{actor:?}");
    }
    app.act(&ada, "postDelete", &post).await.done();
    for event in app.events(under(&post).id).await {
        let is_removal = event.kind == "comment_removed";
        for actor in [&ada, &Audience] {
            let happening = happening(under(&post), event.clone());
            let told = app.tell(actor, EVENTS, json!({ "id": post }), happening).await;
            assert_eq!(told.is_some(), is_removal, "of the rest nothing is left: {told:?}");
        }
    }
}

#[tokio::test]
async fn an_event_shows_its_place_and_its_time() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    write_comment(&app, &ada, &post, "a").await;
    app.app.clock.advance(chrono::TimeDelta::minutes(1));
    let (stream, at) = (under(&post), app.app.clock.now());
    let event = app.events(stream.id).await.remove(0);
    let told =
        app.tell(&Guest, EVENTS, json!({ "id": post }), happening(stream, event)).await.unwrap();
    let first = Cursor { seq: 1 }.encode(stream);
    assert_eq!((&told["cursor"], &told["at"]), (&json!(first), &json!("2026-05-04T09:30:00.000Z")));

    let say = async |cursor, what| {
        let happening = Happening { stream, cursor, at, what };
        app.tell(&Guest, EVENTS, json!({ "id": post }), happening).await
    };
    let ready = say(Some(Cursor { seq: 1 }), What::Ready { replayed: 3 }).await;
    let expected = json!({ "kind": "StreamReady", "cursor": first, "at": "2026-05-04T09:31:00.000Z", "replayed": 3 });
    assert_eq!(ready, Some(expected));
    let reset = say(None, What::Reset(StreamResetReason::AccessChanged)).await;
    let expected = json!({ "kind": "StreamReset", "cursor": null, "at": "2026-05-04T09:31:00.000Z", "reason": "ACCESS_CHANGED" });
    assert_eq!(reset, Some(expected));
    let typing = Passing::Typing { profile: ada.id().unwrap(), typing: true };
    assert_eq!(say(None, What::Passing(typing)).await, None);
}

#[tokio::test]
async fn an_empty_place_is_told_again_when_it_goes() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let a = write_comment(&app, &ada, &post, "a").await;
    let b = app.reply_to(&ada, &post, &a, "b").await;
    let c = app.reply_to(&ada, &post, &b, "c").await;
    for id in [&b, &a, &c] {
        app.act(&ada, "commentDelete", id).await.done();
    }
    let removed: Vec<_> = told(&app, &Guest, &post).await;
    let ids = |ids: &[&String]| -> Vec<Value> {
        ids.iter().map(|id| json!({ "kind": "CommentRemoved", "id": id })).collect()
    };
    assert_eq!(removed, ids(&[&b, &a, &c, &b, &a]));
}

#[tokio::test]
async fn comments_of_the_blocked_are_not_told_either_way() {
    let app = TestApp::new().await;
    let (ada, grace, eve) =
        (app.member("ada").await, app.member("grace").await, app.member("eve").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let by_grace = write_comment(&app, &grace, &post, "by grace").await;
    app.run_with(&grace, EDIT, json!({ "id": by_grace, "body": "again" })).await.done();
    app.react(&ada, &by_grace, "🎉").await;
    let by_eve = write_comment(&app, &eve, &post, "by eve").await;
    block(&app, &grace, &eve).await;
    block(&app, &mo, &grace).await;

    let comments = async |actor| -> Vec<Value> {
        let told = told(&app, actor, &post).await.into_iter();
        let id =
            |event: &Value| event.pointer("/comment/id").or(event.pointer("/subject/id")).cloned();
        told.map(|event| id(&event).unwrap()).collect()
    };
    let all = json!([by_grace, by_grace, by_grace, by_eve]);
    for actor in [&ada, &mo, &Guest] {
        assert_eq!(json!(comments(actor).await), all, "{actor:?}");
    }
    assert_eq!(comments(&eve).await, [by_eve.as_str()]);
    assert_eq!(json!(comments(&grace).await), json!([by_grace, by_grace, by_grace]));
}

#[tokio::test]
async fn a_discussion_is_opened_by_those_who_may_read_the_post() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let public = write_post(&app, &ada, "public", "PUBLIC").await;
    let members = write_post(&app, &ada, "members", "MEMBERS").await;
    let followers = write_post(&app, &ada, "followers", "FOLLOWERS").await;
    let comment = write_comment(&app, &ada, &public, "a").await;
    let open =
        async |actor, id: &str| app.open(actor, EVENTS, json!({ "id": id, "after": "x" })).await;
    let token = app.by_token(grace, &[Scope::WriteSocial]);
    for (actor, id) in
        [(&Guest, &public), (&token, &public), (&grace, &members), (&ada, &followers)]
    {
        let opened = open(actor, id).await.unwrap();
        assert_eq!(opened.topic.stream, under(id));
        assert_eq!(opened.after.as_deref(), Some("x"));
    }
    let unknown = guildhall::graph::encode("post", app.app.clock.key()).to_string();
    for (actor, id) in [
        (&Guest, &members),
        (&token, &members),
        (&grace, &followers),
        (&ada, &comment),
        (&ada, &unknown),
        (&ada, &profile_id(&ada)),
        (&ada, &String::new()),
    ] {
        assert_eq!(open(actor, id).await.unwrap_err(), "BAD_REQUEST", "{actor:?} {id}");
    }
    block(&app, &ada, &grace).await;
    assert_eq!(open(&grace, &members).await.unwrap_err(), "BAD_REQUEST");
    assert!(open(&Guest, &public).await.is_ok());
}

/// Another process hides a post while this one has not heard of what happened before.
#[tokio::test]
async fn what_is_hidden_by_now_is_not_told_as_what_happened_before() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "a").await;
    let (mut guest, mut follower) = (
        app.follow(&Guest, EVENTS, json!({ "id": post })).await,
        app.follow(&grace, EVENTS, json!({ "id": post })).await,
    );
    for follower in [&mut guest, &mut follower] {
        assert_eq!(follower.next().await["kind"], "StreamReady");
    }
    let other = app.stranger().await;
    other.run_with(&ada, CHANGE, json!({ "id": post, "input": { "body": "open" } })).await.done();
    other.run_with(&ada, EDIT, json!({ "id": comment, "body": "open" })).await.done();
    let hide = json!({ "body": "secret", "visibility": "MEMBERS" });
    other.run_with(&ada, CHANGE, json!({ "id": post, "input": hide })).await.done();
    other.run_with(&ada, EDIT, json!({ "id": comment, "body": "secret" })).await.done();
    let stream = under(&post).id;
    app.app.bus.publish(Note::Reached { stream, seq: 5, news: false });

    let event = guest.next().await;
    assert_eq!(
        (&event["kind"], &event["reason"]),
        (&json!("StreamReset"), &json!("ACCESS_CHANGED"))
    );
    guest.ends().await;
    let told = follower.take(4).await;
    assert_eq!(told[3]["comment"]["body"]["source"], "secret");
}

#[tokio::test]
async fn who_hears_a_discussion_is_who_may_read_the_post() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut actors = vec![Guest, ada, app.with_role("root", Role::Admin).await];
    for n in 0..3 {
        let [stranger, follower, blocked, blocker, muter] = [
            app.member(&format!("stranger{n}")).await,
            app.member(&format!("follower{n}")).await,
            app.member(&format!("blocked{n}")).await,
            app.member(&format!("blocker{n}")).await,
            app.member(&format!("muter{n}")).await,
        ];
        let mo = app.with_role(&format!("mo{n}"), Role::Moderator).await;
        follow(&app, &follower, &ada).await;
        follow(&app, &ada, &stranger).await;
        block(&app, &ada, &blocked).await;
        block(&app, &blocker, &ada).await;
        block(&app, &ada, &mo).await;
        mute(&app, &muter, &ada).await;
        let tokens =
            [stranger, follower, mo].map(|member| app.by_token(member, &[Scope::WriteSocial]));
        let reading = app.by_token(follower, &[Scope::ReadPublic]);
        actors.extend([stranger, follower, blocked, blocker, muter, mo, reading]);
        actors.extend(tokens);
    }
    let mut heard = 0;
    for (visibility, statements) in [("PUBLIC", 2), ("MEMBERS", 2), ("FOLLOWERS", 3)] {
        let post = write_post(&app, &ada, "hello", visibility).await;
        let topic = app.open(&ada, EVENTS, json!({ "id": post })).await.unwrap().topic;
        app.statements();
        let hears = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(app.statements().len(), statements);
        assert_eq!(hears.len(), actors.len());
        for (actor, hears) in actors.iter().zip(hears) {
            let query = "query($id: ID!) { node(id: $id) { id } }";
            let reads =
                !app.run_with(actor, query, json!({ "id": post })).await.ok().at("node").is_null();
            assert_eq!(hears, reads, "{visibility} {actor:?}");
            heard += usize::from(hears);
        }
        assert_eq!(
            (topic.hears)(&app.app, topic.stream.id, &[Guest]).await.unwrap(),
            [visibility == "PUBLIC"]
        );
        app.act(&ada, "postDelete", &post).await.done();
        let gone = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(gone, vec![false; actors.len()]);
    }
    assert_eq!(heard, 27 + 17 + 11);
}

#[tokio::test]
async fn a_write_costs_as_many_statements_as_it_must() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    // PostgreSQL numbers and writes an event in one statement, SQLite in two.
    let event = if app.is_postgres() { 1 } else { 2 };
    let input = json!({ "input": { "subject": post, "body": "a" } });
    let run = app.run_with(&grace, COMMENT, input).await.done();
    assert_eq!(run.sql.len(), 4 + event, "{:#?}", run.sql);
    let id = json!({ "id": run.text("commentCreate.comment.id") });
    let run = app.run_with(&grace, EDIT, json!({ "id": id["id"], "body": "b" })).await.done();
    assert_eq!(run.sql.len(), 2 + event, "{:#?}", run.sql);
    let react =
        "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") { userErrors { code path } } }";
    let run = app.run_with(&ada, react, id.clone()).await.done();
    assert_eq!(run.sql.len(), 4 + event, "{:#?}", run.sql);
    let run = app.run_with(&ada, react, id.clone()).await.done();
    assert_eq!(run.sql.len(), 2, "nothing to tell: {:#?}", run.sql);
    let run = app.run_with(&grace, &by_id("commentDelete"), id).await.done();
    assert_eq!(run.sql.len(), 6 + event, "{:#?}", run.sql);
    let create = "mutation { postCreate(input: { body: \"plain\" }) { userErrors { code path } } }";
    let run = app.run(&ada, create).await.done();
    assert_eq!(run.sql.len(), 3 + event, "{:#?}", run.sql);
}
