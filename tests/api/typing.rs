//! Who types, and who is told.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use chrono::TimeDelta;
use guildhall::{
    Actor, Cx, chat,
    entity::{
        conversation::{self, Kind, Visibility},
        conversation_member::{self, Role},
    },
    graph::encode,
    infra::{
        bus::{Heard, Listener, Note, Passing},
        presence::Keeper,
        reader::Reader,
    },
    scope::Scope,
};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use crate::kit::{TestApp, redis};

const SET: &str = "mutation($id: ID!, $typing: Boolean!) { typingSet(conversation: $id, typing: $typing) \
                   { done userErrors { code message path } } }";
const EVENTS: &str = "subscription($id: ID!) { conversationEvents(id: $id) { __typename \
    ... on StreamEvent { cursor } ... on TypingChanged { profiles { handle } } } }";
/// What comes from another server comes long before this.
const LONG: Duration = Duration::from_secs(20);

fn key(actor: &Actor) -> Uuid {
    actor.id().unwrap()
}

/// A channel with these members.
async fn channel(app: &TestApp, visibility: Visibility, members: &[&Actor]) -> Uuid {
    let id = app.app.clock.key();
    let row = conversation::ActiveModel {
        id: Set(id),
        kind: Set(Kind::Channel),
        slug: Set(Some(id.simple().to_string())),
        title: Set(Some("Looms".to_owned())),
        topic: Set(None),
        visibility: Set(visibility),
        people: Set(None),
        member_count: Set(members.len().try_into().unwrap()),
        last_position: Set(0),
        last_number: Set(0),
        latest: Set(id),
        archived_at: Set(None),
    };
    conversation::Entity::insert(row).exec_without_returning(&app.app.db.write).await.unwrap();
    for member in members {
        let row = conversation_member::ActiveModel {
            id: Set(app.app.clock.key()),
            conversation_id: Set(id),
            profile_id: Set(key(member)),
            role: Set(Role::Member),
            read_position: Set(0),
            read_number: Set(0),
            mention_count: Set(0),
            read_at: Set(None),
        };
        let insert = conversation_member::Entity::insert(row);
        insert.exec_without_returning(&app.app.db.write).await.unwrap();
    }
    id
}

async fn set(app: &TestApp, actor: &Actor, channel: Uuid, typing: bool) {
    let variables = json!({ "id": encode("conversation", channel), "typing": typing });
    let run = app.run_with(actor, SET, variables).await.done();
    assert_eq!(run.at("typingSet.done"), &json!(true));
}

/// Who types, as this actor is shown it.
async fn typing(app: &TestApp, actor: &Actor, channel: Uuid) -> Vec<Uuid> {
    let db = Reader::Pool(app.app.db.read.clone());
    let cx = Cx { app: &app.app, actor, address: IpAddr::V4(Ipv4Addr::LOCALHOST), db: &db };
    chat::service::typing_in(cx, &[channel]).await.unwrap().remove(0)
}

fn note(channel: Uuid, who: &Actor, typing: bool) -> Note {
    Note::Passing { stream: channel, passing: Passing::Typing { profile: key(who), typing } }
}

async fn heard(listener: &mut Listener) -> Note {
    match tokio::time::timeout(LONG, listener.next()).await.unwrap() {
        Some(Heard::Note(note)) => note,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn typing_is_told_when_it_changes_or_is_renewed() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let looms = channel(&app, Visibility::Private, &[&ada, &ben]).await;
    let mut listener = app.app.bus.listen();
    set(&app, &ada, looms, false).await;
    assert_eq!(listener.try_next(), None);
    set(&app, &ada, looms, true).await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ada, true))));
    assert_eq!(typing(&app, &ben, looms).await, [key(&ada)]);
    for _ in 0..20 {
        set(&app, &ada, looms, true).await;
    }
    assert_eq!(listener.try_next(), None);
    app.app.clock.advance(TimeDelta::seconds(1));
    set(&app, &ada, looms, true).await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ada, true))));
    set(&app, &ada, looms, false).await;
    set(&app, &ada, looms, false).await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ada, false))));
    assert_eq!(listener.try_next(), None);
    assert!(typing(&app, &ben, looms).await.is_empty());
}

#[tokio::test]
async fn who_stops_without_a_word_fades_after_six_seconds() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let looms = channel(&app, Visibility::Private, &[&ada, &ben, &cleo]).await;
    let mut keeper = Keeper::new(&app.app.presence);
    set(&app, &ada, looms, true).await;
    keeper.turn().await;
    app.app.clock.advance(TimeDelta::seconds(3));
    set(&app, &ben, looms, true).await;
    assert_eq!(typing(&app, &cleo, looms).await, [key(&ada), key(&ben)]);
    keeper.turn().await;
    let mut listener = app.app.bus.listen();
    app.app.clock.advance(TimeDelta::seconds(3));
    keeper.turn().await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ada, false))));
    assert_eq!(listener.try_next(), None);
    assert_eq!(typing(&app, &cleo, looms).await, [key(&ben)]);
    // Who goes on is not told to have stopped.
    set(&app, &ben, looms, true).await;
    keeper.turn().await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ben, true))));
    app.app.clock.advance(TimeDelta::seconds(5));
    keeper.turn().await;
    assert_eq!(listener.try_next(), None);
    app.app.clock.advance(TimeDelta::seconds(1));
    keeper.turn().await;
    assert_eq!(listener.try_next(), Some(Heard::Note(note(looms, &ben, false))));
}

#[tokio::test]
async fn one_is_shown_neither_oneself_nor_who_is_blocked_either_way() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let looms = channel(&app, Visibility::Public, &[&ada, &ben, &cleo]).await;
    for actor in [&ada, &ben, &cleo] {
        set(&app, actor, looms, true).await;
    }
    app.act(&ada, "profileBlock", encode("profile", key(&ben)).as_str()).await.done();
    assert_eq!(typing(&app, &ada, looms).await, [key(&cleo)]);
    assert_eq!(typing(&app, &ben, looms).await, [key(&cleo)]);
    assert_eq!(typing(&app, &cleo, looms).await, [key(&ada), key(&ben)]);
    assert_eq!(typing(&app, &Actor::Audience, looms).await.len(), 3);
}

#[tokio::test]
async fn who_follows_a_conversation_is_told_who_types_there() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let looms = channel(&app, Visibility::Private, &[&ada, &ben, &cleo]).await;
    app.act(&cleo, "profileBlock", encode("profile", key(&ada)).as_str()).await.done();
    let mut keeper = Keeper::new(&app.app.presence);
    let id = json!({ "id": encode("conversation", looms) });
    // Ben hears what all hear; Cleo, who blocked somebody, what is for her.
    let mut of_ben = app.follow(&ben, EVENTS, id.clone()).await;
    let mut of_cleo = app.follow(&cleo, EVENTS, id.clone()).await;
    of_ben.ready().await;
    of_cleo.ready().await;
    let told = |handles: &[&str]| {
        let profiles: Vec<_> = handles.iter().map(|handle| json!({ "handle": handle })).collect();
        json!({ "__typename": "TypingChanged", "cursor": null, "profiles": profiles })
    };
    set(&app, &ada, looms, true).await;
    assert_eq!(of_ben.next().await, told(&["ada"]));
    set(&app, &ben, looms, true).await;
    assert_eq!(of_ben.next().await, told(&["ada", "ben"]));
    assert_eq!(of_cleo.next().await, told(&["ben"]));
    for (actor, handles) in [(&ben, vec!["ada"]), (&cleo, vec!["ben"])] {
        let query = "query($id: ID!) { conversation(by: { id: $id }) { typing { handle } } }";
        let run = app.run_with(actor, query, id.clone()).await.ok();
        assert_eq!(run.list("conversation.typing", "handle"), handles);
    }
    set(&app, &ada, looms, false).await;
    assert_eq!(of_ben.next().await, told(&["ben"]));
    keeper.turn().await;
    app.app.clock.advance(TimeDelta::seconds(6));
    keeper.turn().await;
    assert_eq!(of_ben.next().await, told(&[]));
    assert_eq!(of_cleo.next().await, told(&[]));
    of_cleo.hears_nothing().await;
}

#[tokio::test]
async fn who_types_in_a_list_of_conversations_is_two_statements() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let query = "{ viewer { conversations(first: 50) { nodes { id typing { handle } } } } }";
    let mut counts = Vec::new();
    for number in [1, 20] {
        for _ in 0..number {
            let looms = channel(&app, Visibility::Private, &[&ada, &ben]).await;
            set(&app, &ben, looms, true).await;
        }
        let run = app.run(&ada, query).await.ok();
        let all = run.at("viewer.conversations.nodes").as_array().unwrap();
        assert!(all.iter().all(|node| node["typing"] == json!([{ "handle": "ben" }])), "{all:#?}");
        counts.push(run.sql.len());
    }
    let without = app.run(&ada, &query.replace(" typing { handle }", "")).await.ok();
    assert_eq!(counts, [without.sql.len() + 2; 2]);
}

#[tokio::test]
async fn only_who_is_in_an_open_conversation_types_there() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let open = channel(&app, Visibility::Public, &[&ada]).await;
    let private = channel(&app, Visibility::Private, &[&ada]).await;
    let archived = channel(&app, Visibility::Public, &[&ben]).await;
    let away = conversation::ActiveModel {
        id: Set(archived),
        archived_at: Set(Some(app.app.clock.now())),
        ..Default::default()
    };
    conversation::Entity::update(away).exec(&app.app.db.write).await.unwrap();
    let mut listener = app.app.bus.listen();
    for (channel, refusal) in [(open, "FORBIDDEN"), (private, "NOT_FOUND"), (archived, "FORBIDDEN")]
    {
        let variables = json!({ "id": encode("conversation", channel), "typing": true });
        let run = app.refuses(&ben, SET, variables).await;
        assert_eq!(run.refusals(), [format!("{refusal} conversation")]);
    }
    let reads = app.by_token(ada, &[Scope::ReadChat]);
    for (actor, code) in [(Actor::Guest, "UNAUTHENTICATED"), (reads, "SCOPE_MISSING")] {
        let variables = json!({ "id": encode("conversation", open), "typing": true });
        assert_eq!(app.refuses(&actor, SET, variables).await.error_code(), code);
    }
    assert_eq!(listener.try_next(), None);
    for channel in [open, private, archived] {
        assert!(typing(&app, &Actor::Audience, channel).await.is_empty());
    }
}

#[tokio::test]
async fn typing_is_known_on_every_server_and_ends_with_the_one_that_crashed() {
    if !redis::is_there("typing_is_known_on_every_server_…") {
        return;
    }
    let one = TestApp::new().await;
    let two = one.twin().await;
    let (ada, ben) = (one.member("ada").await, one.member("ben").await);
    let looms = channel(&one, Visibility::Private, &[&ada, &ben]).await;
    let mut keeper = Keeper::new(&one.app.presence);
    let mut here = one.app.bus.listen();
    set(&two, &ada, looms, true).await;
    assert_eq!(heard(&mut here).await, note(looms, &ada, true));
    keeper.turn().await;
    assert_eq!(typing(&one, &ben, looms).await, [key(&ada)]);
    // A server that has just started knows it too.
    let three = one.twin().await;
    assert_eq!(typing(&three, &ben, looms).await, [key(&ada)]);
    let mut there = three.app.bus.listen();
    drop(two);
    one.app.clock.advance(TimeDelta::seconds(6));
    assert!(typing(&three, &ben, looms).await.is_empty());
    keeper.turn().await;
    assert_eq!(heard(&mut here).await, note(looms, &ada, false));
    // Each server tells its own of that: nothing of it goes around.
    set(&one, &ben, looms, true).await;
    assert_eq!(heard(&mut there).await, note(looms, &ben, true));
}
