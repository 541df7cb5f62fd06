//! What happens above the feed; where streams begin; and whose rights changed.

use guildhall::{
    Actor::{self, Guest},
    entity::account::Role,
    graph::encode,
    infra::bus::{Heard, Listener, Note},
    scope::Scope,
    streams::{Cursor, Stream},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{TestApp, block, by_id, follow, key, mute, profile_id, write_comment, write_post};

const EVENTS: &str =
    "subscription($after: EventCursor) { feedEvents(after: $after) { kind: __typename
    ... on StreamEvent { cursor at } ... on FeedGrew { post { id author { handle } } } } }";

/// The posts that an actor is told of.
async fn told(app: &TestApp, actor: &Actor) -> Vec<String> {
    let told = app.tell_all(actor, EVENTS, json!({}), Stream::feed()).await.into_iter();
    told.map(|event| {
        assert_eq!(event["kind"], "FeedGrew");
        event["post"]["id"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[tokio::test]
async fn the_feed_grows_for_those_who_may_read_the_post() {
    let app = TestApp::new().await;
    let (ada, grace, eve) =
        (app.member("ada").await, app.member("grace").await, app.member("eve").await);
    let mo = app.with_role("mo", Role::Moderator).await;
    follow(&app, &grace, &ada).await;
    let public = write_post(&app, &ada, "public", "PUBLIC").await;
    let members = write_post(&app, &ada, "members", "MEMBERS").await;
    let followers = write_post(&app, &ada, "followers", "FOLLOWERS").await;
    let token = app.by_token(eve, &[Scope::WriteSocial]);

    for (actor, expected) in [
        (&Guest, vec![&public]),
        (&token, vec![&public]),
        (&eve, vec![&public, &members]),
        (&grace, vec![&public, &members, &followers]),
        (&mo, vec![&public, &members, &followers]),
        (&ada, vec![&public, &members, &followers]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(told(&app, actor).await, expected, "{actor:?}");
        // The feed itself says the same.
        let mut feed =
            app.run(actor, "{ feed { nodes { id } } }").await.ok().list("feed.nodes", "id");
        feed.reverse();
        assert_eq!(feed, expected, "{actor:?}");
    }
}

#[tokio::test]
async fn the_feed_does_not_grow_by_the_muted_the_blocked_and_the_deleted() {
    let app = TestApp::new().await;
    let (ada, grace, eve) =
        (app.member("ada").await, app.member("grace").await, app.member("eve").await);
    let by_ada = write_post(&app, &ada, "by ada", "PUBLIC").await;
    let by_grace = write_post(&app, &grace, "by grace", "PUBLIC").await;
    let gone = write_post(&app, &ada, "gone", "PUBLIC").await;
    mute(&app, &eve, &ada).await;
    block(&app, &grace, &eve).await;
    app.act(&ada, "postDelete", &gone).await.done();
    assert_eq!(told(&app, &Guest).await, [by_ada.clone(), by_grace.clone()]);
    assert_eq!(told(&app, &eve).await, [""; 0]);
    assert_eq!(told(&app, &ada).await, [by_ada, by_grace]);
}

#[tokio::test]
async fn a_published_post_is_written_down_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "body": "hello", "clientKey": "k" });
    let post = app.publish(&ada, input.clone()).await;
    assert_eq!(app.publish(&ada, input).await, post);
    let create = "mutation { postCreate(input: { body: \"\" }) { userErrors { code path } } }";
    assert_eq!(app.refuses(&ada, create, json!({})).await.refusals(), ["REQUIRED input.body"]);

    let events = app.events(Stream::feed().id).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].kind.as_str(), events[0].access), ("post_published", false));
    assert_eq!((events[0].subject, events[0].actor), (Some(key("post", &post)), ada.id()));
}

#[tokio::test]
async fn everybody_may_follow_the_feed() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let actors = [Guest, ada, app.by_token(ada, &[])];
    for actor in &actors {
        let opened = app.open(actor, EVENTS, json!({ "after": "x" })).await.unwrap();
        assert_eq!(opened.topic.stream, Stream::feed());
        assert_eq!(opened.after.as_deref(), Some("x"));
        assert!(opened.topic.each, "what is told hangs on the post");
        app.statements();
        let hears = (opened.topic.hears)(&app.app, opened.topic.stream.id, &actors).await.unwrap();
        assert_eq!(hears, [true; 3]);
        assert_eq!(app.statements().len(), 0);
    }
}

#[tokio::test]
async fn a_page_says_where_its_streams_stand() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "{ feed { eventCursor nodes { eventCursor } } }";
    let run = app.run(&Guest, query).await.ok();
    assert_eq!(run.text("feed.eventCursor"), Cursor { seq: 0 }.encode(Stream::feed()));

    let quiet = write_post(&app, &ada, "quiet", "PUBLIC").await;
    let loud = write_post(&app, &ada, "loud", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &loud, "a").await;
    app.react(&ada, &loud, "🎉").await;
    app.act(&ada, "commentDelete", &comment).await.done();

    let run = app.run(&Guest, query).await.ok();
    let at = |post: &str, seq| Cursor { seq }.encode(Stream::discussion(key("post", post)));
    assert_eq!(run.text("feed.eventCursor"), Cursor { seq: 2 }.encode(Stream::feed()));
    assert_eq!(run.list("feed.nodes", "eventCursor"), [at(&loud, 3), at(&quiet, 0)]);
    let few = selects(&run.sql);
    for n in 0..10 {
        let post = write_post(&app, &ada, &format!("post {n}"), "PUBLIC").await;
        write_comment(&app, &ada, &post, "a").await;
    }
    let run = app.run(&Guest, query).await.ok();
    assert_eq!(
        (few, selects(&run.sql)),
        (3, 3),
        "posts, their streams, the feed's: {:#?}",
        run.sql
    );
}

/// How many statements read; what opens and closes a snapshot is none.
fn selects(sql: &[String]) -> usize {
    sql.iter().filter(|text| text.starts_with("SELECT")).count()
}

/// Whose rights are told to have changed, up to now.
async fn rights(app: &TestApp, listener: &mut Listener) -> Vec<Uuid> {
    app.app.bus.publish(Note::Rights { member: Uuid::nil() });
    let mut members = Vec::new();
    loop {
        match listener.next().await {
            Some(Heard::Note(Note::Rights { member })) if member.is_nil() => return members,
            Some(Heard::Note(Note::Rights { member })) => members.push(member),
            Some(Heard::Note(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn whose_rights_changed_is_told_once_it_is_so() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let root = app.with_role("root", Role::Admin).await;
    let (a, g) = (ada.id().unwrap(), grace.id().unwrap());
    let mut listener = app.app.bus.listen();
    for (field, by, whom, expected) in [
        ("profileFollow", &ada, &grace, vec![a]),
        ("profileFollow", &ada, &grace, vec![]),
        ("profileMute", &ada, &grace, vec![]),
        ("profileUnfollow", &ada, &grace, vec![a]),
        ("profileUnfollow", &ada, &grace, vec![]),
        ("profileUnblock", &ada, &grace, vec![]),
        ("profileBlock", &ada, &grace, vec![a, g]),
        ("profileBlock", &ada, &grace, vec![]),
        ("profileUnblock", &ada, &grace, vec![a, g]),
    ] {
        app.act(by, field, &profile_id(whom)).await.done();
        assert_eq!(rights(&app, &mut listener).await, expected, "{field}");
    }
    let run = app.refuses(&ada, &by_id("profileBlock"), json!({ "id": profile_id(&ada) })).await;
    assert_eq!(run.refusals(), ["INVALID id"]);
    assert_eq!(rights(&app, &mut listener).await, Vec::<Uuid>::new());

    let run = app.run(&root, "{ admin { roles { id key } } }").await.ok();
    let roles = run.at("admin.roles").as_array().unwrap();
    let role = |key: &str| -> Value {
        roles.iter().find(|role| role["key"] == key).map(|role| role["id"].clone()).unwrap()
    };
    let set = "mutation($account: ID!, $roles: [ID!]!) { memberRolesSet(account: $account, roles: $roles) {
        userErrors { code path } } }";
    let account = encode("account", g).to_string();
    let variables = json!({ "account": account, "roles": [role("moderator")] });
    app.run_with(&root, set, variables).await.done();
    assert_eq!(rights(&app, &mut listener).await, [g]);
    app.refuses(&root, set, json!({ "account": account, "roles": [] })).await;
    assert_eq!(rights(&app, &mut listener).await, Vec::<Uuid>::new());
}
