//! Who is around: on one server, on several, and after one of them crashed.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use guildhall::{
    Actor,
    config::Secret,
    graph::encode,
    infra::{
        bus::{Heard, Listener, Note, Passing},
        presence::Keeper,
    },
    scope::Scope,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Follower, TestApp, redis};

const STATE: &str = "query($id: ID!) { profile(by: { id: $id }) { presence { state } } }";
const EVENTS: &str = "subscription($ids: [ID!]!) { presenceEvents(profiles: $ids) { __typename \
    ... on StreamEvent { cursor } ... on StreamReady { replayed } \
    ... on PresenceChanged { profile { handle } presence { state } } } }";
/// What comes from another server comes long before this.
const LONG: Duration = Duration::from_secs(20);

fn id(actor: &Actor) -> String {
    encode("profile", actor.id().unwrap()).to_string()
}

fn key(actor: &Actor) -> Uuid {
    actor.id().unwrap()
}

async fn state(app: &TestApp, actor: &Actor, of: &Actor) -> Value {
    let run = app.run_with(actor, STATE, json!({ "id": id(of) })).await.ok();
    run.at("profile.presence").clone()
}

fn is(state: &str) -> Value {
    json!({ "state": state })
}

async fn seconds(app: &TestApp, keeper: &mut Keeper, seconds: i64) {
    app.app.clock.advance(TimeDelta::seconds(seconds));
    keeper.turn().await;
}

async fn watch(app: &TestApp, actor: &Actor, whom: &[&Actor]) -> Follower {
    let ids: Vec<String> = whom.iter().map(|actor| id(actor)).collect();
    app.follow(actor, EVENTS, json!({ "ids": ids })).await
}

/// Watches, and is told that the stream stands and how everybody is.
async fn watching(app: &TestApp, actor: &Actor, whom: &[&Actor], states: &[&str]) -> Follower {
    let mut follower = watch(app, actor, whom).await;
    follower.ready().await;
    for state in states {
        assert_eq!(follower.next().await["presence"], is(state));
    }
    follower
}

/// Waits until what was begun for a member who came has ended.
async fn settled(app: &TestApp) {
    while !app.app.tasks.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until something of this member is passed.
async fn passed(listener: &mut Listener, member: &Actor) {
    let wanted = Passing::Presence { profile: key(member) };
    let until = async {
        loop {
            match listener.next().await.unwrap() {
                Heard::Note(Note::Passing { passing, .. }) if passing == wanted => return,
                _ => {}
            }
        }
    };
    tokio::time::timeout(LONG, until).await.unwrap();
}

#[tokio::test]
async fn a_member_is_online_while_connected_and_ten_seconds_more() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let mut keeper = Keeper::new(&app.app.presence);
    assert_eq!(state(&app, &ben, &ada).await, is("OFFLINE"));
    app.app.presence.arrive(key(&ada));
    app.app.presence.arrive(key(&ada));
    assert_eq!(state(&app, &ben, &ada).await, is("ONLINE"));
    app.app.presence.depart(key(&ada));
    seconds(&app, &mut keeper, 60).await;
    assert_eq!(state(&app, &ben, &ada).await, is("ONLINE"));
    app.app.presence.depart(key(&ada));
    seconds(&app, &mut keeper, 9).await;
    assert_eq!(state(&app, &ben, &ada).await, is("ONLINE"));
    seconds(&app, &mut keeper, 1).await;
    assert_eq!(state(&app, &ben, &ada).await, is("OFFLINE"));
    // Who comes back in time has never left.
    app.app.presence.arrive(key(&ada));
    app.app.presence.depart(key(&ada));
    seconds(&app, &mut keeper, 9).await;
    app.app.presence.arrive(key(&ada));
    seconds(&app, &mut keeper, 9).await;
    assert_eq!(state(&app, &ben, &ada).await, is("ONLINE"));
}

#[tokio::test]
async fn guests_and_who_is_blocked_are_not_shown_who_is_around() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    app.app.presence.arrive(key(&ada));
    app.app.presence.arrive(key(&ben));
    assert_eq!(state(&app, &Actor::Guest, &ada).await, Value::Null);
    let social = app.by_token(cleo, &[Scope::WriteSocial]);
    assert_eq!(state(&app, &social, &ada).await, Value::Null);
    let reads = app.by_token(cleo, &[Scope::ReadPublic]);
    assert_eq!(state(&app, &reads, &ada).await, is("ONLINE"));

    app.act(&ada, "profileBlock", &id(&ben)).await.done();
    // Ada may still look at whom she blocked; Ben does not see her at all.
    assert_eq!(state(&app, &ada, &ben).await, is("OFFLINE"));
    let run = app.run_with(&ben, STATE, json!({ "id": id(&ada) })).await.ok();
    assert_eq!(run.at("profile"), &Value::Null);
    assert_eq!(state(&app, &cleo, &ben).await, is("ONLINE"));
}

#[tokio::test]
async fn the_presence_of_a_page_is_one_statement() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "{ profiles(first: 100) { nodes { handle presence { state } } } }";
    let few = app.run(&ada, query).await.ok();
    for number in 0..40 {
        let member = app.member(&format!("member_{number}")).await;
        if number % 2 == 0 {
            app.app.presence.arrive(key(&member));
        }
    }
    settled(&app).await;
    let many = app.run(&ada, query).await.ok();
    let online = many.list("profiles.nodes", "presence.state");
    assert_eq!(online.iter().filter(|state| *state == "ONLINE").count(), 20);
    assert_eq!((few.sql.len(), many.sql.len()), (2, 2), "{:#?}", many.sql);
    let without = app.run(&ada, "{ profiles(first: 100) { nodes { handle } } }").await.ok();
    assert_eq!(without.sql.len(), 1);
}

#[tokio::test]
async fn watchers_are_told_how_it_is_and_then_of_every_change() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let mut keeper = Keeper::new(&app.app.presence);
    app.app.presence.arrive(key(&ben));
    settled(&app).await;
    let mut follower = watch(&app, &ada, &[&ben, &cleo, &ben]).await;
    let ready = follower.next().await;
    assert_eq!(ready["__typename"], "StreamReady");
    let told = |handle, state| {
        json!({ "__typename": "PresenceChanged", "cursor": null, "profile": { "handle": handle },
            "presence": { "state": state } })
    };
    assert_eq!(follower.take(2).await, [told("ben", "ONLINE"), told("cleo", "OFFLINE")]);

    app.app.presence.arrive(key(&cleo));
    assert_eq!(follower.next().await, told("cleo", "ONLINE"));
    // Another tab, one that closes, a page that loads again: nothing has changed.
    app.app.presence.arrive(key(&cleo));
    app.app.presence.depart(key(&cleo));
    app.app.presence.depart(key(&cleo));
    app.app.presence.arrive(key(&cleo));
    // Whom nobody watches is told to nobody.
    app.app.presence.arrive(key(&ada));
    seconds(&app, &mut keeper, 30).await;
    follower.hears_nothing().await;

    app.app.presence.depart(key(&ben));
    seconds(&app, &mut keeper, 10).await;
    assert_eq!(follower.next().await, told("ben", "OFFLINE"));
    seconds(&app, &mut keeper, 60).await;
    follower.hears_nothing().await;
}

#[tokio::test]
async fn a_hundred_who_leave_at_once_are_all_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut keeper = Keeper::new(&app.app.presence);
    let mut members = Vec::new();
    for number in 0..100 {
        let member = app.member(&format!("member_{number}")).await;
        app.app.presence.arrive(key(&member));
        members.push(member);
    }
    settled(&app).await;
    let whom: Vec<&Actor> = members.iter().collect();
    let mut follower = watching(&app, &ada, &whom, &["ONLINE"; 100]).await;
    for member in &members {
        app.app.presence.depart(key(member));
    }
    seconds(&app, &mut keeper, 10).await;
    for event in follower.take(100).await {
        assert_eq!(event["presence"], is("OFFLINE"));
    }
    follower.hears_nothing().await;
}

#[tokio::test]
async fn nothing_is_told_of_who_is_blocked() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    app.act(&ada, "profileBlock", &id(&ben)).await.done();
    let mut of_ada = watching(&app, &ada, &[&ben, &cleo], &["OFFLINE"]).await;
    let mut of_ben = watching(&app, &ben, &[&ada, &cleo], &["OFFLINE"]).await;
    app.app.presence.arrive(key(&ada));
    app.app.presence.arrive(key(&ben));
    settled(&app).await;
    app.app.presence.arrive(key(&cleo));
    for follower in [&mut of_ada, &mut of_ben] {
        assert_eq!(follower.next().await["profile"]["handle"], "cleo");
        follower.hears_nothing().await;
    }
    // A block that comes later ends it, and one that goes brings the present state.
    app.act(&cleo, "profileBlock", &id(&ada)).await.done();
    of_ada.hears_nothing().await;
    app.act(&ada, "profileUnblock", &id(&ben)).await.done();
    let event = of_ada.next().await;
    assert_eq!((&event["profile"]["handle"], &event["presence"]), (&json!("ben"), &is("ONLINE")));
    of_ada.hears_nothing().await;
}

#[tokio::test]
async fn only_members_watch_and_at_most_a_hundred() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let try_to = async |actor: &Actor, ids: Vec<String>| {
        let refused = app.try_to_follow(actor, EVENTS, json!({ "ids": ids })).await;
        refused.err().map(|answer| answer["errors"][0]["extensions"]["code"].clone())
    };
    let some =
        |number: u128| (0..number).map(|n| encode("profile", Uuid::from_u128(n)).to_string());
    assert_eq!(try_to(&Actor::Guest, vec![id(&ada)]).await, Some(json!("UNAUTHENTICATED")));
    let token = app.by_token(ada, &[Scope::WriteSocial]);
    assert_eq!(try_to(&token, vec![id(&ada)]).await, Some(json!("SCOPE_MISSING")));
    assert_eq!(try_to(&ada, some(101).collect()).await, Some(json!("BAD_REQUEST")));
    // Nobody, and what is no profile, are passed over.
    let ids: Vec<String> = some(100).collect();
    let mut follower = app.follow(&ada, EVENTS, json!({ "ids": ids })).await;
    follower.ready().await;
    follower.hears_nothing().await;
    assert_eq!(try_to(&ada, vec!["post_01j00000000000000000000000".to_owned()]).await, None);
}

#[tokio::test]
async fn a_member_is_around_while_any_server_says_so() {
    if !redis::is_there("a_member_is_around_while_any_server_says_so") {
        return;
    }
    let one = TestApp::new().await;
    let two = one.twin().await;
    let (ada, ben) = (one.member("ada").await, one.member("ben").await);
    let (mut first, mut second) = (Keeper::new(&one.app.presence), Keeper::new(&two.app.presence));
    let mut follower = watching(&two, &ben, &[&ada], &["OFFLINE"]).await;

    one.app.presence.arrive(key(&ada));
    assert_eq!(follower.next().await["presence"], is("ONLINE"));
    assert_eq!(state(&two, &ben, &ada).await, is("ONLINE"));
    two.app.presence.arrive(key(&ada));
    settled(&two).await;
    one.app.presence.depart(key(&ada));
    seconds(&one, &mut first, 10).await;
    assert_eq!(state(&one, &ben, &ada).await, is("ONLINE"));
    // It is said again and again, so it does not end by itself.
    for _ in 0..6 {
        seconds(&two, &mut second, 15).await;
        first.turn().await;
    }
    assert_eq!(state(&one, &ben, &ada).await, is("ONLINE"));
    follower.hears_nothing().await;
    two.app.presence.depart(key(&ada));
    seconds(&two, &mut second, 10).await;
    assert_eq!(follower.next().await["presence"], is("OFFLINE"));
    assert_eq!(state(&one, &ben, &ada).await, is("OFFLINE"));
    first.turn().await;
    seconds(&two, &mut second, 60).await;
    follower.hears_nothing().await;
}

#[tokio::test]
async fn the_members_of_a_server_that_crashed_go_by_themselves() {
    if !redis::is_there("the_members_of_a_server_that_crashed_go_by_themselves") {
        return;
    }
    let one = TestApp::new().await;
    let two = one.twin().await;
    let (ada, ben, cleo) =
        (one.member("ada").await, one.member("ben").await, one.member("cleo").await);
    two.app.presence.arrive(key(&ada));
    one.app.presence.arrive(key(&cleo));
    settled(&two).await;
    settled(&one).await;
    let mut keeper = Keeper::new(&one.app.presence);
    let mut follower = watching(&one, &ben, &[&ada, &cleo], &["ONLINE", "ONLINE"]).await;
    drop(two);
    for _ in 0..4 {
        seconds(&one, &mut keeper, 9).await;
    }
    follower.hears_nothing().await;
    assert_eq!(state(&one, &ben, &ada).await, is("ONLINE"));
    seconds(&one, &mut keeper, 5).await;
    let event = follower.next().await;
    assert_eq!((&event["profile"]["handle"], &event["presence"]), (&json!("ada"), &is("OFFLINE")));
    assert_eq!(state(&one, &ben, &ada).await, is("OFFLINE"));
    assert_eq!(state(&one, &ben, &cleo).await, is("ONLINE"));
    seconds(&one, &mut keeper, 5).await;
    follower.hears_nothing().await;
}

#[tokio::test]
async fn a_server_that_ends_leaves_its_members_ten_seconds_to_come_to_another() {
    if !redis::is_there("a_server_that_ends_leaves_its_members_ten_seconds_…") {
        return;
    }
    let one = TestApp::new().await;
    let two = one.twin().await;
    let (ada, ben) = (one.member("ada").await, one.member("ben").await);
    two.app.presence.arrive(key(&ada));
    two.app.presence.arrive(key(&ben));
    settled(&two).await;
    two.app.presence.retire().await;
    drop(two);
    one.app.presence.arrive(key(&ben));
    settled(&one).await;
    one.app.clock.advance(TimeDelta::seconds(9));
    assert_eq!(one.app.presence.online(&[key(&ada), key(&ben)]).await, [true, true]);
    one.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(one.app.presence.online(&[key(&ada), key(&ben)]).await, [false, true]);
}

#[tokio::test]
async fn without_its_redis_a_server_knows_its_own_and_waits_for_nobody() {
    if !redis::is_there("without_its_redis_a_server_knows_its_own_…") {
        return;
    }
    let mut server = redis::Server::start();
    let url = server.url();
    let one = TestApp::with(|config| config.redis_url = Some(Secret(url))).await;
    let two = one.twin().await;
    let (ada, ben) = (one.member("ada").await, one.member("ben").await);
    let mut keeper = Keeper::new(&two.app.presence);
    let mut there = one.app.bus.listen();
    one.app.presence.arrive(key(&ada));
    two.app.presence.arrive(key(&ben));
    passed(&mut there, &ben).await;
    assert_eq!(one.app.presence.online(&[key(&ada), key(&ben)]).await, [true, true]);

    server.pause();
    let since = Instant::now();
    assert_eq!(one.app.presence.online(&[key(&ada), key(&ben)]).await, [true, false]);
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    server.kill();
    server.restart();
    // The new one knows nothing: what is so is said again.
    let since = Instant::now();
    while one.app.presence.online(&[key(&ben)]).await == [false] {
        assert!(since.elapsed() < LONG);
        keeper.turn().await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
