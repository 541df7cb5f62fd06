//! What is shown of tasks, in how many statements.

use guildhall::{Actor, entity::board::Visibility};
use serde_json::json;

use super::kit::{add, desk, new_label};
use crate::kit::profile_id;

#[tokio::test]
async fn parts_with_all_that_hangs_on_them_cost_the_same_for_few_and_many() {
    let desk = desk(Visibility::Members).await;
    let app = &desk.app;
    let label = new_label(app, &desk.board, "Bug").await;
    let query = "query($id: ID!) { task(by: { id: $id }) { children {
        key url taskCategory column { id } board { id } creator { handle } assignees { handle } labels { name }
        reminders parent { title } relations { kind } isBlocked attachments { name } checklist { text }
        activity(first: 3) { nodes { actor { handle } } } children { title }
        viewer { canEdit canMove canDelete canComment } } } }";
    let mut counts = Vec::new();
    for many in [2, 12] {
        let whole = add(app, &desk.eve, &desk.board, json!({ "title": "whole" })).await;
        for n in 0..many {
            let part = json!({ "title": n.to_string(), "parent": whole, "labels": [label],
                "assignees": [profile_id(&desk.cora)], "reminders": ["2026-06-01T00:00:00Z"] });
            add(app, &desk.eve, &desk.board, part).await;
        }
        let run = app.run_with(&desk.eve, query, json!({ "id": whole })).await.ok();
        assert_eq!(run.list("task.children", "parent.title").len(), many);
        assert_eq!(run.at("task.children.0.viewer.canEdit"), true);
        counts.push(run.sql.len());
    }
    assert_eq!(counts[0], counts[1], "{counts:?}");
    assert_eq!(
        counts[0], 17,
        "one for each kind of thing, and the board once more for the viewers"
    );
}

#[tokio::test]
async fn everybody_is_told_what_they_may() {
    let desk = desk(Visibility::Public).await;
    let id = add(&desk.app, &desk.eve, &desk.board, json!({ "title": "one" })).await;
    let query = "query($id: ID!) { task(by: { id: $id }) { viewer { canEdit canMove canDelete canComment } } }";
    for (actor, edits, comments) in [
        (&desk.ada, true, true),
        (&desk.eve, true, true),
        (&desk.cora, false, true),
        (&desk.vic, false, true),
        (&desk.stan, false, true),
    ] {
        let run = desk.app.run_with(actor, query, json!({ "id": id })).await.ok();
        let may = json!({ "canEdit": edits, "canMove": edits, "canDelete": edits, "canComment": comments });
        assert_eq!(run.at("task.viewer"), &may);
    }
    let run = desk.app.run_with(&Actor::Guest, query, json!({ "id": id })).await.ok();
    assert_eq!(run.data, json!({ "task": { "viewer": null } }));
}
