//! How much there may be of boards: one more is refused, and nothing is written.

use guildhall::entity::{board_member, board_member::Role, profile, task_label};
use sea_orm::{ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::kit::{COLUMN, LABEL, MAKE, UPDATE};
use crate::kit::TestApp;

#[tokio::test]
async fn nobody_makes_more_than_a_hundred_boards() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    for n in 0..100 {
        let input = json!({ "input": { "name": format!("Board {n}") } });
        app.run_with(&ada, MAKE, input).await.done();
    }
    let more = json!({ "input": { "name": "One more" } });
    assert_eq!(app.refuses(&ada, MAKE, more.clone()).await.refusals(), ["QUOTA_EXCEEDED "]);
    app.run_with(&ben, MAKE, more).await.done();
}

#[tokio::test]
async fn a_board_has_at_most_five_hundred_members() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let board = app.make_board(&ada, "Looms", "MEMBERS").await;
    let (face, now) = (app.profile(&ada).await, app.app.clock.now());
    let db = &app.app.db.write;
    let faces: Vec<_> = (0..499)
        .map(|n| profile::Model {
            id: app.app.clock.key(),
            handle: format!("m{n}"),
            ..face.clone()
        })
        .collect();
    let rows = faces.iter().map(|face| board_member::ActiveModel {
        board_id: Set(board.key()),
        profile_id: Set(face.id),
        role: Set(Role::Viewer),
        since: Set(now),
    });
    let rows: Vec<_> = rows.collect();
    let last = faces.last().unwrap().id;
    profile::Entity::insert_many(faces.iter().cloned().map(|face| face.into_active_model()))
        .exec_without_returning(db)
        .await
        .unwrap();
    board_member::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
    let run = app.refuses(
        &ada,
        super::kit::SET,
        json!({
        "id": board.id, "profile": crate::kit::profile_id(&ben), "role": "VIEWER" }),
    );
    assert_eq!(run.await.refusals(), ["QUOTA_EXCEEDED profile"]);
    // Those who are there may be given another role, or make room.
    let last = guildhall::graph::encode("profile", last).to_string();
    for role in [json!("EDITOR"), Value::Null] {
        let set = json!({ "id": board.id, "profile": last, "role": role });
        app.run_with(&ada, super::kit::SET, set).await.done();
    }
    app.set_on(&ada, &board.id, &ben, json!("VIEWER")).await.done();
}

#[tokio::test]
async fn a_board_has_at_most_a_hundred_labels() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    // One is there already.
    let rows = (1..100).map(|n| {
        let name = format!("label {n}");
        let (id, board_id, name_key) = (app.app.clock.key(), board.key(), name.clone());
        let color = "#000000".to_owned();
        task_label::Model { id, board_id, name, name_key, color, description: None }
            .into_active_model()
    });
    task_label::Entity::insert_many(rows).exec_without_returning(&app.app.db.write).await.unwrap();
    let save =
        |id: Value| json!({ "board": board.id, "id": id, "name": "more", "color": "#ffffff" });
    let run = app.refuses(&ada, LABEL, save(Value::Null)).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED board"]);
    app.run_with(&ada, LABEL, save(json!(board.label))).await.done();
}

#[tokio::test]
async fn texts_of_boards_have_ends() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let (name, text) = ("x".repeat(100), "y".repeat(10_000));
    let input = json!({ "name": name, "description": text });
    app.run_with(&ada, MAKE, json!({ "input": input })).await.done();
    let board = app.make_board(&ada, "Looms", "PRIVATE").await;
    for (field, long) in [("name", format!("{name}x")), ("description", format!("{text}y"))] {
        let mut input = json!({ "name": "Looms" });
        input[field] = json!(long);
        let refused = [format!("TOO_LONG input.{field}")];
        let run = app.refuses(&ada, MAKE, json!({ "input": input })).await;
        assert_eq!(run.refusals(), refused);
        let run = app.refuses(&ada, UPDATE, json!({ "id": board.id, "input": input })).await;
        assert_eq!(run.refusals(), refused);
    }
    let columns = |many: usize| {
        let columns = vec![json!({ "name": "x", "category": "TODO" }); many];
        json!({ "input": { "name": "Looms", "columns": columns } })
    };
    let run = app.refuses(&ada, MAKE, columns(31)).await;
    assert_eq!(run.refusals(), ["TOO_LONG input.columns"]);
    app.run_with(&ada, MAKE, columns(30)).await.done();
    let column =
        json!({ "board": board.id, "input": { "name": "x".repeat(101), "category": "TODO" } });
    assert_eq!(app.refuses(&ada, COLUMN, column).await.refusals(), ["TOO_LONG input.name"]);
    for (field, long) in [("name", 101), ("description", 501)] {
        let mut label = json!({ "board": board.id, "name": "new", "color": "#000000" });
        label[field] = json!("x".repeat(long));
        let run = app.refuses(&ada, LABEL, label).await;
        assert_eq!(run.refusals(), [format!("TOO_LONG {field}")]);
    }
}
