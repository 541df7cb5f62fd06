//! Making, changing, putting away and deleting boards, and who is on them.

use guildhall::{Actor::Guest, entity::task_activity};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{ARCHIVE, LABEL, LABEL_DELETE, MAKE, SET, UPDATE};
use crate::kit::{TestApp, block, key, profile_id};

#[tokio::test]
async fn a_board_begins_with_the_usual_columns_and_its_maker_is_admin() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "input": { "name": "The old looms" } });
    let run = app.run_with(&ada, MAKE, input.clone()).await.done();
    let board = run.at("boardCreate.board");
    assert_eq!((&board["key"], &board["visibility"]), (&json!("TOL"), &json!("PRIVATE")));
    assert_eq!(board["viewer"]["role"], "ADMIN");
    let columns = run.list("boardCreate.board.columns", "category");
    assert_eq!(columns, ["BACKLOG", "TODO", "DOING", "REVIEW", "DONE"]);
    // The same name again has the next key.
    let again = app.run_with(&ada, MAKE, input).await.done();
    assert_eq!(again.text("boardCreate.board.key"), "TOL2");
}

#[tokio::test]
async fn a_board_is_made_as_it_was_asked_for_and_once_for_one_client_key() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "input": { "name": "Looms", "key": " gld ", "visibility": "PUBLIC", "color": "#AABBCC",
        "clientKey": "one", "columns": [
            { "name": "Now", "category": "DOING", "limit": 3, "color": "#000000" },
            { "name": "Never", "category": "CANCELLED" } ] } });
    let run = app.run_with(&ada, MAKE, input.clone()).await.done();
    let board = run.at("boardCreate.board");
    assert_eq!((&board["key"], &board["color"]), (&json!("GLD"), &json!("#aabbcc")));
    assert_eq!(board["columns"][0]["limit"], 3);
    assert_eq!(board["columns"][1]["position"], 1);
    let again = app.refuses(&ada, MAKE, input).await.done();
    assert_eq!(again.at("boardCreate.board.id"), &board["id"]);
    let taken = json!({ "input": { "name": "Other", "key": "GLD" } });
    assert_eq!(app.refuses(&ada, MAKE, taken).await.refusals(), ["TAKEN input.key"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_board_is_said_all_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let column = |name: &str| json!({ "name": name, "category": "TODO" });
    let many: Vec<Value> = (0..31).map(|n| column(&format!("c{n}"))).collect();
    for (input, expected) in [
        (
            json!({ "name": " ", "key": "a", "color": "red" }),
            vec!["REQUIRED input.name", "TOO_SHORT input.key", "INVALID input.color"],
        ),
        (json!({ "name": "x", "key": "ABCDEFGHIJK" }), vec!["TOO_LONG input.key"]),
        (json!({ "name": "x", "key": "1AB" }), vec!["INVALID input.key"]),
        (json!({ "name": "x", "key": "A-B" }), vec!["INVALID input.key"]),
        (json!({ "name": "x", "columns": [] }), vec!["REQUIRED input.columns"]),
        (json!({ "name": "x", "columns": many }), vec!["TOO_LONG input.columns"]),
        (
            json!({ "name": "x", "columns": [{ "name": "a" }] }),
            vec!["REQUIRED input.columns.0.category"],
        ),
        (
            json!({ "name": "x", "columns": [{ "name": "a", "category": "TODO", "after": null }] }),
            vec!["INVALID input.columns.0.after"],
        ),
        (
            json!({ "name": "x", "columns": [{ "name": "", "category": "TODO", "limit": 0, "color": "#12345g" }] }),
            vec![
                "REQUIRED input.columns.0.name",
                "INVALID input.columns.0.color",
                "OUT_OF_RANGE input.columns.0.limit",
            ],
        ),
        (
            json!({ "name": "x", "description": "d".repeat(10_001) }),
            vec!["TOO_LONG input.description"],
        ),
    ] {
        let run = app.refuses(&ada, MAKE, json!({ "input": input })).await;
        assert_eq!(run.refusals(), expected, "{input}");
    }
}

#[tokio::test]
async fn a_change_says_what_changed_and_the_same_again_says_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    let input = json!({ "name": "New looms", "description": "**bold**", "visibility": "MEMBERS", "color": "#00FF00" });
    let variables = json!({ "id": board.id, "input": input, "version": 1 });
    let run = app.run_with(&ada, UPDATE, variables.clone()).await.done();
    let row = run.at("boardUpdate.board");
    assert_eq!((&row["version"], &row["color"]), (&json!(2), &json!("#00ff00")));
    assert_eq!(row["description"]["html"].as_str().unwrap().trim(), "<p><strong>bold</strong></p>");
    let history = app.history(&board).await;
    assert_eq!(
        history[2..],
        [
            "BoardUpdated name Looms New looms",
            "BoardUpdated description - -",
            "BoardUpdated visibility private members",
            "BoardUpdated color - #00ff00"
        ]
    );
    assert_eq!(app.told(board.key()).await, ["board_changed", "board_changed!"]);
    let stale = app.refuses(&ada, UPDATE, variables).await;
    assert_eq!(stale.refusals(), ["STALE_VERSION expectedVersion"]);
    let same = json!({ "id": board.id, "input": input });
    assert_eq!(
        app.refuses(&ada, UPDATE, same).await.done().at("boardUpdate.board.version"),
        &json!(2)
    );
    let clear = json!({ "id": board.id, "input": { "color": null, "description": null } });
    let run = app.run_with(&ada, UPDATE, clear).await.done();
    assert_eq!(run.at("boardUpdate.board.color"), &Value::Null);
    assert_eq!(run.text("boardUpdate.board.description.source"), "");
}

#[tokio::test]
async fn what_was_put_away_is_read_and_taken_out_and_deleted_but_not_changed() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    assert_eq!(app.refuses_act(&ada, "boardDelete", &board.id).await, ["STATE_NOT_ALLOWED id"]);
    let run = app.run_with(&ada, ARCHIVE, json!({ "id": board.id })).await.done();
    assert!(run.at("boardArchive.board.archivedAt").is_string());
    app.refuses(&ada, ARCHIVE, json!({ "id": board.id, "archived": true })).await.done();
    let change = json!({ "id": board.id, "input": { "name": "x" } });
    assert_eq!(app.refuses(&ada, UPDATE, change).await.refusals(), ["STATE_NOT_ALLOWED id"]);
    let label = json!({ "board": board.id, "name": "x", "color": "#000000" });
    assert_eq!(app.refuses(&ada, LABEL, label).await.refusals(), ["STATE_NOT_ALLOWED board"]);
    let query = "query($id: ID!) { board(by: { id: $id }) { columns { id } viewer { canEdit canAddTasks canComment } }
        boards { nodes { id } } archived: boards(archived: true) { nodes { id } } }";
    let run = app.run_with(&ada, query, json!({ "id": board.id })).await.ok();
    assert_eq!(
        run.at("board.viewer"),
        &json!({ "canEdit": false, "canAddTasks": false, "canComment": false })
    );
    assert_eq!(run.at("boards.nodes"), &json!([]));
    assert_eq!(run.list("archived.nodes", "id"), std::slice::from_ref(&board.id));
    app.run_with(&ada, ARCHIVE, json!({ "id": board.id, "archived": false })).await.done();
    app.run_with(&ada, ARCHIVE, json!({ "id": board.id })).await.done();
    app.put_in_column(&board.columns[0], "a0", |_| ()).await;
    app.act(&ada, "boardDelete", &board.id).await.done();
    let left = guildhall::entity::task::Column::Id.is_not_null();
    assert_eq!(app.count::<guildhall::entity::task::Entity>(left).await, 0);
    let left = task_activity::Column::Id.is_not_null();
    assert_eq!(app.count::<task_activity::Entity>(left).await, 0);
    assert_eq!(app.told(board.key()).await.last().unwrap(), "board_changed!");
}

#[tokio::test]
async fn admins_say_who_works_on_a_board_and_everybody_may_leave() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let eve = app.member("eve").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    let refuse = async |who, whom, role: Value| {
        let variables = json!({ "id": board.id, "profile": profile_id(whom), "role": role });
        app.refuses(who, SET, variables).await.refusals()
    };
    block(&app, &eve, &ada).await;
    assert_eq!(refuse(&ada, &eve, json!("VIEWER")).await, ["NOT_FOUND profile"]);
    block(&app, &ada, &cleo).await;
    assert_eq!(refuse(&ada, &cleo, json!("VIEWER")).await, ["BLOCKED profile"]);
    app.act(&ada, "profileUnblock", &profile_id(&cleo)).await.done();
    assert_eq!(refuse(&ada, &ben, Value::Null).await, ["NOT_FOUND profile"]);
    assert_eq!(refuse(&ben, &ben, json!("ADMIN")).await, ["NOT_FOUND id"]);
    for role in [Value::Null, json!("EDITOR")] {
        assert_eq!(refuse(&ada, &ada, role).await, ["STATE_NOT_ALLOWED profile"]);
    }
    app.set_on(&ada, &board.id, &ben, json!("EDITOR")).await.done();
    app.set_on(&ada, &board.id, &cleo, json!("VIEWER")).await.done();
    assert_eq!(refuse(&ada, &ben, json!("EDITOR")).await, [""; 0], "it is so already");
    assert_eq!(refuse(&ben, &cleo, Value::Null).await, ["FORBIDDEN id"]);
    app.set_on(&ada, &board.id, &ben, json!("ADMIN")).await.done();
    let query = "query($id: ID!) { board(by: { id: $id }) { members { edges { role since node { handle } } } } }";
    let run = app.run_with(&cleo, query, json!({ "id": board.id })).await.ok();
    assert_eq!(run.list("board.members.edges", "node.handle"), ["ada", "ben", "cleo"]);
    assert_eq!(run.list("board.members.edges", "role"), ["ADMIN", "ADMIN", "VIEWER"]);
    let mine = app.run(&cleo, "{ viewer { boards { nodes { id viewer { role } } } } }").await.ok();
    assert_eq!(mine.at("viewer.boards.nodes.0.viewer.role"), &json!("VIEWER"));
    // Out of a private board nothing is seen any more, and its answer has no board.
    let left = app.set_on(&cleo, &board.id, &cleo, Value::Null).await.done();
    assert_eq!(left.at("boardMemberSet.board"), &Value::Null);
    let run = app.run_with(&cleo, query, json!({ "id": board.id })).await.ok();
    assert_eq!(run.at("board"), &Value::Null);
    let mine = app.run(&cleo, "{ viewer { boards { nodes { id } } } }").await.ok();
    assert_eq!(mine.at("viewer.boards.nodes"), &json!([]));
    assert_eq!(app.told(board.key()).await.last().unwrap(), "board_changed!");
    let history = app.history(&board).await;
    assert_eq!(history.last().unwrap(), "MemberRemoved role viewer -");
}

#[tokio::test]
async fn labels_are_one_of_their_kind_and_can_be_changed_and_deleted() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PUBLIC").await;
    let label = |id: Value, name: &str, color: &str| json!({ "board": board.id, "id": id, "name": name, "color": color });
    let refused = app.refuses(&ada, LABEL, label(Value::Null, "BUG", "blue")).await;
    assert_eq!(refused.refusals(), ["INVALID color", "TAKEN name"]);
    let other = app.make_board(&ada, "Other", "PUBLIC").await;
    let refused = app.refuses(&ada, LABEL, label(json!(other.label), "x", "#000000")).await;
    assert_eq!(refused.refusals(), ["NOT_FOUND id"]);
    let run = app.run_with(&ada, LABEL, label(json!(board.label), "Bugs", "#00ff00")).await.done();
    assert_eq!(run.text("taskLabelSave.board.labels.0.name"), "Bugs");
    app.refuses(&ada, LABEL, label(json!(board.label), "Bugs", "#00FF00")).await.done();
    app.run_with(&ada, LABEL, label(Value::Null, "a", "#000000")).await.done();
    let query = "query($id: ID!) { board(by: { id: $id }) { labels { name } } }";
    let run = app.run_with(&Guest, query, json!({ "id": board.id })).await.ok();
    assert_eq!(run.list("board.labels", "name"), ["a", "Bugs"]);
    app.run_with(&ada, LABEL_DELETE, json!({ "id": board.label })).await.done();
    assert_eq!(
        app.refuses(&ada, LABEL_DELETE, json!({ "id": board.label })).await.refusals(),
        ["NOT_FOUND id"]
    );
    assert_eq!(key("task_label", &board.label).get_version_num(), 7);
    assert_eq!(app.history(&board).await.last().unwrap(), "BoardUpdated label Bugs -");
}
