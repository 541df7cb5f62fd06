//! Channels: who finds and enters them, and what their owners change.

use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::conversation, graph::encode, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{CHANGE, TestApp, key, open_channel};

const CREATE: &str = "mutation($input: ChannelCreateInput!) { channelCreate(input: $input) {
    conversation { id channel title topic visibility memberCount conversationKind viewer { role } }
    userErrors { code path message } } }";

#[tokio::test]
async fn any_member_opens_a_channel_and_owns_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input =
        json!({ "slug": " #Loom-1 ", "title": "Looms", "topic": "All of them", "clientKey": "a" });
    let run = app.run_with(&ada, CREATE, json!({ "input": input })).await.done();
    let made = run.at("channelCreate.conversation");
    let expected = json!({ "id": made["id"], "channel": "loom-1", "title": "Looms",
        "topic": "All of them", "visibility": "PUBLIC", "memberCount": 1,
        "conversationKind": "CHANNEL", "viewer": { "role": "OWNER" } });
    assert_eq!(made, &expected);
    // The same call again is the same channel.
    let again = app.refuses(&ada, CREATE, json!({ "input": input })).await.done();
    assert_eq!(again.at("channelCreate.conversation"), made);
    assert_eq!(app.told(ada.id().unwrap()).await, ["conversation_joined!"]);
}

#[tokio::test]
async fn a_channel_has_a_name_of_its_own() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    open_channel(&app, &ada, "looms", "PRIVATE").await;
    let long = "s".repeat(51);
    for (slug, title, expected) in [
        ("looms", "x", vec!["TAKEN input.slug"]),
        ("#LOOMS", "x", vec!["TAKEN input.slug"]),
        ("a", "x", vec!["TOO_SHORT input.slug"]),
        (long.as_str(), "x", vec!["TOO_LONG input.slug"]),
        ("a b", "x", vec!["INVALID input.slug"]),
        ("ab\u{0}", "", vec!["INVALID input.slug", "REQUIRED input.title"]),
        ("wool", "a\nb", vec!["INVALID input.title"]),
    ] {
        let input = json!({ "input": { "slug": slug, "title": title } });
        let run = app.refuses(&grace, CREATE, input).await;
        assert_eq!(run.refusals(), expected, "{slug:?}");
    }
    let input = json!({ "input": { "slug": "wool", "title": "Wool", "topic": "t".repeat(501) } });
    assert_eq!(app.refuses(&ada, CREATE, input).await.refusals(), ["TOO_LONG input.topic"]);
    let input = json!({ "input": { "slug": "wool", "title": "Wool" } });
    let token = app.by_token(ada, &[Scope::ReadChat]);
    assert_eq!(app.refuses(&Guest, CREATE, input.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.refuses(&token, CREATE, input).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn of_two_who_take_a_name_at_once_one_gets_it() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let input = json!({ "input": { "slug": "wool", "title": "Wool" } });
    let runs =
        join_all([&ada, &grace, &ada, &grace].map(|who| app.run_with(who, CREATE, input.clone())))
            .await;
    let mut codes: Vec<_> = runs.iter().flat_map(crate::kit::Run::refusals).collect();
    codes.sort();
    assert_eq!(codes, ["TAKEN input.slug"; 3]);
    let all = conversation::Column::Id.is_not_null();
    assert_eq!(app.count::<conversation::Entity>(all).await, 1);
}

#[tokio::test]
async fn public_channels_are_found_and_private_ones_do_not_exist() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    for (slug, visibility) in [("looms", "PUBLIC"), ("wool", "PUBLIC"), ("secret-loom", "PRIVATE")]
    {
        open_channel(&app, &ada, slug, visibility).await;
    }
    let old = open_channel(&app, &ada, "old-looms", "PUBLIC").await;
    app.run_with(&ada, CHANGE, json!({ "id": old, "input": { "archived": true } })).await.done();
    let query = "query($text: String) { channels(text: $text) { nodes { channel } } }";
    let found = async |who, text: Value| {
        let run = app.run_with(who, query, json!({ "text": text })).await.ok();
        run.list("channels.nodes", "channel")
    };
    assert_eq!(found(&ada, Value::Null).await, ["secret-loom", "wool", "looms"]);
    assert_eq!(found(&grace, Value::Null).await, ["wool", "looms"]);
    assert_eq!(found(&Guest, Value::Null).await, [""; 0]);
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    assert_eq!(found(&token, Value::Null).await, [""; 0]);
    assert_eq!(found(&ada, json!(" #LOOM ")).await, ["secret-loom", "looms"]);
    assert_eq!(found(&grace, json!("the w")).await, ["wool"]);
    for text in ["%", "_", "\u{0}", "none"] {
        assert_eq!(found(&ada, json!(text)).await, [""; 0], "{text:?}");
    }
    let query = "query($name: String!) { conversation(by: { channel: $name }) { channel viewer { canJoin canSend role } } }";
    let run = app.run_with(&grace, query, json!({ "name": "#Looms" })).await.ok();
    let outside = json!({ "channel": "looms",
        "viewer": { "canJoin": true, "canSend": false, "role": null } });
    assert_eq!(run.at("conversation"), &outside);
    for name in ["secret-loom", "", "\u{0}", "none"] {
        let run = app.run_with(&grace, query, json!({ "name": name })).await.ok();
        assert_eq!(run.at("conversation"), &Value::Null);
    }
}

#[tokio::test]
async fn one_enters_public_channels_and_leaves_them() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let hidden = open_channel(&app, &ada, "hidden", "PRIVATE").await;
    app.say(&ada, &room, "before", &[]).await;
    let join = "mutation($id: ID!) { conversationJoin(id: $id) { conversation { memberCount
        viewer { role unreadCount canSend canLeave } } userErrors { code path } } }";
    let run = app.run_with(&grace, join, json!({ "id": room })).await.done();
    let inside = json!({ "memberCount": 2, "viewer": { "role": "MEMBER", "unreadCount": 0,
        "canSend": true, "canLeave": true } });
    assert_eq!(run.at("conversationJoin.conversation"), &inside);
    app.refuses(&grace, join, json!({ "id": room })).await.done();
    assert_eq!(app.refuses_act(&grace, "conversationJoin", &hidden).await, ["NOT_FOUND id"]);
    let none = encode("conversation", app.app.clock.key()).to_string();
    assert_eq!(app.refuses_act(&grace, "conversationJoin", &none).await, ["NOT_FOUND id"]);
    app.say(&ada, &room, "after", &[]).await;
    let query = "query($id: ID!) { conversation(by: { id: $id }) { viewer { unreadCount } } }";
    let run = app.run_with(&grace, query, json!({ "id": room })).await.ok();
    assert_eq!(run.at("conversation.viewer.unreadCount"), 1);

    let leave = "mutation($id: ID!) { conversationLeave(id: $id) { conversation { memberCount viewer { role } } userErrors { code path } } }";
    let run = app.run_with(&grace, leave, json!({ "id": room })).await.done();
    let outside = json!({ "memberCount": 1, "viewer": { "role": null } });
    assert_eq!(run.at("conversationLeave.conversation"), &outside);
    assert_eq!(app.refuses_act(&grace, "conversationLeave", &room).await, ["FORBIDDEN id"]);
    assert_eq!(app.lines(&room).await, ["MemberJoined grace", "MemberLeft grace"]);
    assert_eq!(app.told(grace.id().unwrap()).await, ["conversation_joined!", "conversation_left!"]);
}

#[tokio::test]
async fn owners_change_a_channel_and_others_do_not() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    open_channel(&app, &ada, "wool", "PUBLIC").await;
    app.set(&ada, &room, &[&grace], json!("MODERATOR")).await.done();
    let change = |input: Value| json!({ "id": room, "input": input });
    for who in [&grace, &mary] {
        let run = app.refuses(who, CHANGE, change(json!({ "title": "x" }))).await;
        assert_eq!(run.refusals(), ["FORBIDDEN id"]);
    }
    let input = json!({ "title": "Big looms", "topic": "Only big", "slug": "BIG", "visibility": "PRIVATE" });
    let run = app.run_with(&ada, CHANGE, change(input.clone())).await.done();
    let expected = json!({ "title": "Big looms", "topic": "Only big", "channel": "big",
        "visibility": "PRIVATE", "archivedAt": null });
    assert_eq!(run.at("conversationUpdate.conversation"), &expected);
    app.refuses(&ada, CHANGE, change(input)).await.done();
    let told = app.told(key("conversation", &room)).await;
    assert_eq!(
        told,
        ["message_added", "members_changed", "message_added", "conversation_changed!"]
    );
    assert_eq!(app.lines(&room).await, ["MemberJoined grace", "TitleChanged ada Big looms"]);
    for (input, expected) in [
        (json!({ "slug": "wool" }), "TAKEN input.slug"),
        (json!({ "slug": "" }), "TOO_SHORT input.slug"),
        (json!({ "title": null }), "REQUIRED input.title"),
        (json!({ "topic": "a\u{7}" }), "INVALID input.topic"),
    ] {
        let run = app.refuses(&ada, CHANGE, change(input)).await;
        assert_eq!(run.refusals(), [expected]);
    }
    let run = app.refuses(&mary, CHANGE, change(json!({ "title": "x" }))).await;
    assert_eq!(run.refusals(), ["NOT_FOUND id"], "it is private by now");
}

#[tokio::test]
async fn an_archived_channel_is_read_only() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let change = |input: Value| json!({ "id": room, "input": input });
    let run = app.run_with(&ada, CHANGE, change(json!({ "archived": true }))).await.done();
    let at = run.text("conversationUpdate.conversation.archivedAt").to_owned();
    assert_eq!(at, "2026-05-04T09:30:00.000Z");
    app.refuses(&ada, CHANGE, change(json!({ "archived": true }))).await.done();
    let state = ["STATE_NOT_ALLOWED id"];
    assert_eq!(app.refuses_act(&grace, "conversationJoin", &room).await, state);
    assert_eq!(app.refuses_set(&ada, &room, &[&grace], json!("MEMBER")).await, state);
    let run = app.refuses(&ada, CHANGE, change(json!({ "title": "x" }))).await;
    assert_eq!(run.refusals(), state);
    let query = "query($id: ID!) { conversation(by: { id: $id }) { viewer { canSend canInvite canEdit canPin canJoin } } }";
    let run = app.run_with(&ada, query, json!({ "id": room })).await.ok();
    let may = json!({ "canSend": false, "canInvite": false, "canEdit": true, "canPin": false, "canJoin": false });
    assert_eq!(run.at("conversation.viewer"), &may);
    let both = change(json!({ "archived": false, "title": "Again" }));
    let run = app.run_with(&ada, CHANGE, both).await.done();
    assert_eq!(run.at("conversationUpdate.conversation.archivedAt"), &Value::Null);
    app.act(&grace, "conversationJoin", &room).await.done();
}
