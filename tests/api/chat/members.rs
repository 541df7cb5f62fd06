//! Who is in a channel: adding, promoting, removing, and the last owner.

use futures_util::future::join_all;
use guildhall::entity::conversation_member::{self, Role};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{SET, TestApp, ids, key, open_channel, profile_id};

const MEMBERS: &str = "query($id: ID!, $first: Int! = 30, $after: String) { conversation(by: { id: $id }) { memberCount
    members(first: $first, after: $after) { edges { cursor role joinedAt node { handle } } pageInfo { hasNextPage endCursor } } } }";

async fn roles(app: &TestApp, who: &guildhall::Actor, id: &str) -> Vec<String> {
    let run = app.run_with(who, MEMBERS, json!({ "id": id })).await.ok();
    let edges = run.at("conversation.members.edges").as_array().unwrap().clone();
    assert_eq!(run.at("conversation.memberCount"), edges.len());
    let word = |edge: &Value| {
        format!("{} {}", edge["node"]["handle"].as_str().unwrap(), edge["role"].as_str().unwrap())
    };
    edges.iter().map(word).collect()
}

#[tokio::test]
async fn moderators_add_and_remove_members_and_owners_everybody() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let (joan, lise) = (app.member("joan").await, app.member("lise").await);
    let room = open_channel(&app, &ada, "looms", "PRIVATE").await;
    app.set(&ada, &room, &[&grace, &mary], json!("MODERATOR")).await.done();
    app.set(&grace, &room, &[&joan, &lise], json!("MEMBER")).await.done();
    let all = ["ada OWNER", "grace MODERATOR", "mary MODERATOR", "joan MEMBER", "lise MEMBER"];
    assert_eq!(roles(&app, &lise, &room).await, all);

    let none = || Value::Null;
    for (who, whom, role, expected) in [
        (&lise, &joan, none(), "FORBIDDEN id"),
        (&lise, &joan, json!("MODERATOR"), "FORBIDDEN id"),
        (&grace, &joan, json!("MODERATOR"), "FORBIDDEN id"),
        (&grace, &grace, json!("OWNER"), "FORBIDDEN id"),
        (&grace, &mary, json!("MEMBER"), "FORBIDDEN id"),
        (&grace, &ada, json!("MEMBER"), "FORBIDDEN id"),
        (&grace, &mary, none(), "FORBIDDEN profiles.0"),
        (&grace, &ada, none(), "FORBIDDEN profiles.0"),
        (&grace, &grace, none(), "INVALID profiles.0"),
        (&ada, &ada, none(), "INVALID profiles.0"),
        (&ada, &ada, json!("MODERATOR"), "STATE_NOT_ALLOWED profiles"),
    ] {
        assert_eq!(app.refuses_set(who, &room, &[whom], role.clone()).await, [expected], "{role}");
    }
    // Of several all are removed, or none.
    let both = app.refuses_set(&grace, &room, &[&joan, &mary], none()).await;
    assert_eq!(both, ["FORBIDDEN profiles.1"]);
    app.set(&grace, &room, &[&joan], none()).await.done();
    assert_eq!(app.refuses_set(&ada, &room, &[&joan], none()).await, ["NOT_FOUND profiles.0"]);
    app.set(&ada, &room, &[&mary, &lise], none()).await.done();
    assert_eq!(roles(&app, &ada, &room).await, ["ada OWNER", "grace MODERATOR"]);
    assert_eq!(app.refuses_set(&lise, &room, &[&joan], json!("MEMBER")).await, ["NOT_FOUND id"]);
    let told = app.told(lise.id().unwrap()).await;
    assert_eq!(told, ["conversation_joined!", "conversation_left!"]);
    let lines = app.lines(&room).await;
    assert_eq!(lines[4..], ["MemberLeft joan", "MemberLeft mary", "MemberLeft lise"]);
    let told = app.told(key("conversation", &room)).await;
    assert_eq!(told.last().unwrap(), "members_changed!");
}

#[tokio::test]
async fn a_new_role_is_told_and_writes_no_line() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.set(&ada, &room, &[&grace], json!("MEMBER")).await.done();
    app.set(&ada, &room, &[&grace], json!("OWNER")).await.done();
    let same = json!({ "id": room, "profiles": ids(&[&grace, &ada]), "role": "OWNER" });
    app.refuses(&ada, SET, same).await.done();
    assert_eq!(roles(&app, &ada, &room).await, ["ada OWNER", "grace OWNER"]);
    assert_eq!(app.lines(&room).await, ["MemberJoined grace"]);
    let told = app.told(key("conversation", &room)).await;
    assert_eq!(told, ["message_added", "members_changed", "members_changed"]);
}

#[tokio::test]
async fn the_last_owner_stays_while_others_are_there() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.act(&grace, "conversationJoin", &room).await.done();
    let query = "query($id: ID!) { conversation(by: { id: $id }) { viewer { canLeave } } }";
    let can_leave = async |who| {
        let run = app.run_with(who, query, json!({ "id": room })).await.ok();
        run.at("conversation.viewer.canLeave").as_bool().unwrap()
    };
    assert!(!can_leave(&ada).await && can_leave(&grace).await);
    assert_eq!(app.refuses_act(&ada, "conversationLeave", &room).await, ["STATE_NOT_ALLOWED id"]);
    let down = app.refuses_set(&ada, &room, &[&ada], json!("MEMBER")).await;
    assert_eq!(down, ["STATE_NOT_ALLOWED profiles"]);
    app.set(&ada, &room, &[&grace], json!("OWNER")).await.done();
    assert!(can_leave(&ada).await);
    let down = app.refuses_set(&ada, &room, &[&ada, &grace], json!("MEMBER")).await;
    assert_eq!(down, ["STATE_NOT_ALLOWED profiles"]);
    app.set(&ada, &room, &[&ada], json!("MEMBER")).await.done();
    app.act(&ada, "conversationLeave", &room).await.done();
    // Alone, the last owner may go.
    assert!(can_leave(&grace).await);
    app.act(&grace, "conversationLeave", &room).await.done();
    assert_eq!(app.room(&room).await.member_count, 0);
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    app.set(&ada, &room, &[&grace], json!("OWNER")).await.done();
    app.act(&mary, "conversationJoin", &room).await.done();
    let runs = join_all([&ada, &grace].map(|who| app.act(who, "conversationLeave", &room))).await;
    let refused: Vec<_> = runs.iter().flat_map(crate::kit::Run::refusals).collect();
    assert_eq!(refused, ["STATE_NOT_ALLOWED id"]);
    let owner = conversation_member::Column::Role.eq(Role::Owner);
    assert_eq!(app.count::<conversation_member::Entity>(owner).await, 1);
}

#[tokio::test]
async fn those_who_come_at_once_are_all_counted() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let mut others = Vec::new();
    for n in 0..10 {
        others.push(app.member(&format!("other{n}")).await);
    }
    join_all(others.iter().map(|who| app.act(who, "conversationJoin", &room))).await;
    let row = app.room(&room).await;
    assert_eq!((row.member_count, row.last_position, row.last_number), (11, 10, 0));
    let here = conversation_member::Column::ConversationId.eq(row.id);
    assert_eq!(app.count::<conversation_member::Entity>(here).await, 11);
}

#[tokio::test]
async fn members_are_read_by_pages_in_the_order_in_which_they_came() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    for name in ["one", "two", "three"] {
        app.app.clock.advance(chrono::TimeDelta::minutes(1));
        let other = app.member(name).await;
        app.act(&other, "conversationJoin", &room).await.done();
    }
    let run = app.run_with(&ada, MEMBERS, json!({ "id": room, "first": 3 })).await.ok();
    let edges = "conversation.members.edges";
    assert_eq!(run.list(edges, "node.handle"), ["ada", "one", "two"]);
    let times =
        ["2026-05-04T09:30:00.000Z", "2026-05-04T09:31:00.000Z", "2026-05-04T09:32:00.000Z"];
    assert_eq!(run.list(edges, "joinedAt"), times);
    assert_eq!(run.at("conversation.members.pageInfo.hasNextPage"), true);
    let after = run.at("conversation.members.pageInfo.endCursor");
    let run =
        app.run_with(&ada, MEMBERS, json!({ "id": room, "first": 3, "after": after })).await.ok();
    assert_eq!(run.list(edges, "node.handle"), ["three"]);
    assert_eq!(run.at("conversation.members.pageInfo.hasNextPage"), false);
}

#[tokio::test]
async fn people_are_named_and_not_too_many() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let set = |profiles: Value| json!({ "id": room, "profiles": profiles, "role": "MEMBER" });
    for (profiles, expected) in [
        (json!([]), "REQUIRED profiles"),
        (json!([profile_id(&grace), ""]), "NOT_FOUND profiles.1"),
        (json!([room]), "NOT_FOUND profiles.0"),
        (json!(vec![""; 51]), "TOO_LONG profiles"),
    ] {
        let run = app.refuses(&ada, SET, set(profiles)).await;
        assert_eq!(run.refusals(), [expected]);
    }
    let twice = set(json!([profile_id(&grace), profile_id(&grace)]));
    app.run_with(&ada, SET, twice).await.done();
    assert_eq!(app.room(&room).await.member_count, 2);
    assert_eq!(app.refuses_set(&grace, &room, &[&ada], json!("MEMBER")).await, ["FORBIDDEN id"]);
}
