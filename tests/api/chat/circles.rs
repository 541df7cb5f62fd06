//! Circles: found by their people, named by all of them, left by each.

use guildhall::entity::account::Role;
use serde_json::{Value, json};

use crate::kit::{CHANGE, OPEN, TestApp, block, ids, key};

#[tokio::test]
async fn a_circle_is_found_by_exactly_its_people() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let joan = app.member("joan").await;
    let variables = json!({ "with": ids(&[&grace, &mary]), "title": "  Looms " });
    let run = app.run_with(&ada, OPEN, variables).await.done();
    let circle = run.at("conversationOpen.conversation").clone();
    let expected = json!({ "id": circle["id"], "conversationKind": "CIRCLE", "title": "Looms",
        "memberCount": 3, "viewer": { "title": "Looms", "role": "MEMBER" } });
    assert_eq!(circle, expected);
    // Found again by each of them, and its title stays.
    let variables = json!({ "with": ids(&[&ada, &mary]), "title": "Other" });
    let run = app.refuses(&grace, OPEN, variables).await.done();
    assert_eq!(run.at("conversationOpen.conversation"), &circle);
    let other = app.open_talk(&ada, &[&grace, &mary, &joan]).await;
    assert_ne!(circle["id"], other);
    // Who comes makes it another circle.
    let id = circle["id"].as_str().unwrap();
    app.set(&mary, id, &[&joan], json!("MEMBER")).await.done();
    let again = app.open_talk(&ada, &[&grace, &mary]).await;
    assert!(again != id && again != other);
    assert_eq!(app.open_talk(&joan, &[&grace, &mary, &ada]).await, other);
}

#[tokio::test]
async fn a_circle_without_a_title_goes_by_its_peoples_names() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut others = Vec::new();
    for name in ["b1", "c2", "d3", "e4", "f5", "g6", "h7"] {
        others.push(app.member(name).await);
    }
    let others: Vec<_> = others.iter().collect();
    let query = "query($id: ID!) { conversation(by: { id: $id }) { title viewer { title } } }";
    let titles = async |who, id: &str| {
        let run = app.run_with(who, query, json!({ "id": id })).await.ok();
        let title = |path| run.text(path).to_owned();
        [title("conversation.title"), title("conversation.viewer.title")]
    };
    let three = app.open_talk(&ada, &others[..2]).await;
    assert_eq!(titles(&ada, &three).await, ["Ada, B1, C2", "B1, C2"]);
    assert_eq!(titles(others[0], &three).await, ["Ada, B1, C2", "Ada, C2"]);
    let six = app.open_talk(&ada, &others[..5]).await;
    assert_eq!(titles(&ada, &six).await, ["Ada, B1, C2, D3, E4 and 1 more", "B1, C2, D3, E4, F5"]);
    let eight = app.open_talk(&ada, &others).await;
    let all = "Ada, B1, C2, D3, E4 and 3 more";
    assert_eq!(titles(&ada, &eight).await, [all, "B1, C2, D3, E4, F5 and 2 more"]);
    assert_eq!(titles(others[6], &eight).await, [all, "Ada, B1, C2, D3, E4 and 2 more"]);
    // Alone in what was a circle.
    for other in &others[..2] {
        app.act(other, "conversationLeave", &three).await.done();
    }
    assert_eq!(titles(&ada, &three).await, ["Ada", "Ada"]);
}

#[tokio::test]
async fn everybody_in_a_circle_adds_people_and_changes_its_title() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let joan = app.member("joan").await;
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    let run = app.set(&mary, &circle, &[&joan, &ada], json!("MEMBER")).await.done();
    assert_eq!(run.at("conversationMemberSet.conversation.memberCount"), 4);
    let input = json!({ "id": circle, "input": { "title": "A <b> & \"c\"" } });
    let run = app.run_with(&joan, CHANGE, input.clone()).await.done();
    assert_eq!(run.text("conversationUpdate.conversation.title"), "A <b> & \"c\"");
    app.refuses(&ada, CHANGE, input).await.done();
    app.run_with(&ada, CHANGE, json!({ "id": circle, "input": { "title": null } })).await.done();

    assert_eq!(
        app.lines(&circle).await,
        [
            "MemberJoined joan",
            "TitleChanged joan A &lt;b&gt; &amp; &quot;c&quot;",
            "TitleChanged ada"
        ]
    );
    let told = app.told(key("conversation", &circle)).await;
    let expected = [
        "message_added",
        "members_changed",
        "message_added",
        "conversation_changed",
        "message_added",
        "conversation_changed",
    ];
    assert_eq!(told, expected);
    assert_eq!(app.told(joan.id().unwrap()).await, ["conversation_joined!"]);
    // Nothing of this is news.
    let row = app.room(&circle).await;
    assert_eq!((row.last_position, row.last_number, row.latest), (3, 0, row.id));
}

#[tokio::test]
async fn nobody_removes_others_from_a_circle() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let staff = app.with_role("staff", Role::Admin).await;
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    assert_eq!(app.refuses_set(&ada, &circle, &[&mary], Value::Null).await, ["FORBIDDEN id"]);
    assert_eq!(app.refuses_set(&ada, &circle, &[&mary], json!("OWNER")).await, ["INVALID role"]);
    assert_eq!(app.refuses_set(&staff, &circle, &[&mary], Value::Null).await, ["NOT_FOUND id"]);
    assert_eq!(
        app.refuses_set(&staff, &circle, &[&staff], json!("MEMBER")).await,
        ["NOT_FOUND id"]
    );
    assert_eq!(app.refuses_act(&staff, "conversationJoin", &circle).await, ["NOT_FOUND id"]);
    for (input, expected) in [
        (json!({ "topic": "x" }), "INVALID input.topic"),
        (json!({ "slug": "xy" }), "INVALID input.slug"),
        (json!({ "visibility": "PUBLIC" }), "INVALID input.visibility"),
        (json!({ "archived": true }), "INVALID input.archived"),
        (json!({ "title": "t".repeat(81) }), "TOO_LONG input.title"),
    ] {
        let run = app.refuses(&ada, CHANGE, json!({ "id": circle, "input": input })).await;
        assert_eq!(run.refusals(), [expected]);
    }
    let input = json!({ "id": circle, "input": { "title": "x" } });
    assert_eq!(app.refuses(&staff, CHANGE, input).await.refusals(), ["NOT_FOUND id"]);
}

#[tokio::test]
async fn who_leaves_a_circle_reads_it_no_more() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    let query = "mutation($id: ID!) { conversationLeave(id: $id) { conversation { id } userErrors { code path } } }";
    let run = app.run_with(&grace, query, json!({ "id": circle })).await.done();
    assert_eq!(run.at("conversationLeave.conversation"), &Value::Null);
    let query = "query($id: ID!) { conversation(by: { id: $id }) { memberCount members { nodes { handle } } } }";
    let run = app.run_with(&grace, query, json!({ "id": circle })).await.ok();
    assert_eq!(run.at("conversation"), &Value::Null);
    let run = app.run_with(&mary, query, json!({ "id": circle })).await.ok();
    assert_eq!(run.at("conversation.memberCount"), 2);
    assert_eq!(run.list("conversation.members.nodes", "handle"), ["ada", "mary"]);
    assert_eq!(app.lines(&circle).await, ["MemberLeft grace"]);
    assert_eq!(app.told(key("conversation", &circle)).await, ["message_added", "members_changed!"]);
    assert_eq!(app.told(grace.id().unwrap()).await, ["conversation_joined!", "conversation_left!"]);
    assert_eq!(app.refuses_act(&grace, "conversationLeave", &circle).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn a_direct_talk_stays_between_two() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    assert_eq!(app.refuses_act(&ada, "conversationLeave", &talk).await, ["FORBIDDEN id"]);
    assert_eq!(app.refuses_act(&ada, "conversationJoin", &talk).await, [""; 0]);
    assert_eq!(app.refuses_act(&mary, "conversationJoin", &talk).await, ["NOT_FOUND id"]);
    assert_eq!(app.refuses_set(&ada, &talk, &[&mary], json!("MEMBER")).await, ["FORBIDDEN id"]);
    assert_eq!(app.refuses_set(&ada, &talk, &[&grace], Value::Null).await, ["FORBIDDEN id"]);
    let input = json!({ "id": talk, "input": { "title": "x" } });
    assert_eq!(app.refuses(&ada, CHANGE, input).await.refusals(), ["FORBIDDEN id"]);
    let query = "query($id: ID!) { conversation(by: { id: $id }) { viewer {
        canSend canInvite canEdit canPin canModerate canLeave canJoin } } }";
    let run = app.run_with(&ada, query, json!({ "id": talk })).await.ok();
    let may = json!({ "canSend": true, "canInvite": false, "canEdit": false, "canPin": true,
        "canModerate": false, "canLeave": false, "canJoin": false });
    assert_eq!(run.at("conversation.viewer"), &may);
}

#[tokio::test]
async fn whom_one_blocks_one_does_not_add() {
    let app = TestApp::new().await;
    let (ada, grace, mary) =
        (app.member("ada").await, app.member("grace").await, app.member("mary").await);
    let (joan, lise) = (app.member("joan").await, app.member("lise").await);
    let circle = app.open_talk(&ada, &[&grace, &mary]).await;
    block(&app, &ada, &joan).await;
    block(&app, &lise, &ada).await;
    for (people, expected) in [
        ([&joan].as_slice(), "BLOCKED profiles.0"),
        (&[&grace, &lise], "NOT_FOUND profiles.1"),
        (&[], "REQUIRED profiles"),
    ] {
        assert_eq!(app.refuses_set(&ada, &circle, people, json!("MEMBER")).await, [expected]);
    }
    app.set(&mary, &circle, &[&joan, &lise], json!("MEMBER")).await.done();
}

#[tokio::test]
async fn a_circle_has_fifty_people_at_most() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut others = Vec::new();
    for n in 0..50 {
        others.push(app.member(&format!("other{n}")).await);
    }
    let others: Vec<_> = others.iter().collect();
    let run = app.refuses(&ada, OPEN, json!({ "with": ids(&others) })).await;
    assert_eq!(run.refusals(), ["TOO_LONG with"]);
    let circle = app.open_talk(&ada, &others[..49]).await;
    assert_eq!(app.room(&circle).await.member_count, 50);
    assert_eq!(
        app.refuses_set(&ada, &circle, &[others[49]], json!("MEMBER")).await,
        ["TOO_LONG profiles"]
    );
}
