//! The same change to many tasks: all or none, in as many statements as for few.

use guildhall::entity::{board::Visibility, board_member::Role};
use serde_json::json;

use super::kit::{UPDATE_ALL, add, desk, miscounted, new_board, row, standing_in};
use crate::kit::profile_id;

#[tokio::test]
async fn all_are_changed_or_none() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(add(app, &desk.eve, &desk.board, json!({ "title": n.to_string() })).await);
    }
    let other = new_board(app, "OTH", Visibility::Members, &[(&desk.eve, Role::Admin)]).await;
    let away = add(app, &desk.eve, &other, json!({ "title": "away" })).await;
    let change = json!({ "priority": "HIGH" });
    for (named, refused) in [
        (vec![ids[0].clone(), away], vec!["INVALID ids.1"]),
        (vec![ids[0].clone(), "task_none".to_owned()], vec!["NOT_FOUND ids.1"]),
        (vec![], vec!["REQUIRED ids"]),
        (vec![ids[0].clone(); 201], vec!["TOO_LONG ids"]),
    ] {
        let call = json!({ "ids": named, "input": change });
        assert_eq!(app.refuses(&desk.eve, UPDATE_ALL, call).await.refusals(), refused);
    }
    let call = json!({ "ids": [ids[2], ids[0], ids[2]], "input": {
        "column": desk.board.columns[2], "addAssignees": [profile_id(&desk.cora)], "parent": ids[1] } });
    let run = app.run_with(&desk.eve, UPDATE_ALL, call).await.done();
    assert_eq!(run.list("tasksUpdate.tasks", "id"), [ids[2].clone(), ids[0].clone()]);
    assert_eq!(standing_in(app, &desk.board.columns[2]).await, ["2", "0"]);
    let parent = row(app, &ids[1]).await;
    assert_eq!((parent.child_count, parent.done_child_count), (2, 2));
    assert_eq!(miscounted(app).await, [""; 0]);
}

#[tokio::test]
async fn many_cost_as_many_statements_as_few() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let mut counts = Vec::new();
    for many in [2, 40] {
        let mut ids = Vec::new();
        for n in 0..many {
            ids.push(add(app, &desk.eve, &desk.board, json!({ "title": n.to_string() })).await);
        }
        let call = json!({ "ids": ids, "input": { "priority": "HIGH", "column": desk.board.columns[1],
            "addAssignees": [profile_id(&desk.eve)] } });
        let run = app.run_with(&desk.eve, UPDATE_ALL, call).await.done();
        counts.push(run.sql.len());
    }
    assert_eq!(counts[0], counts[1], "{counts:?}");
    assert!(counts[0] <= 24, "{counts:?}");
    assert_eq!(miscounted(app).await, [""; 0]);
}
