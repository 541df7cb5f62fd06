//! Saying how much one wants to hear of a task.

use guildhall::{
    Actor::Guest,
    entity::{board::Visibility, watch},
};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use super::kit::{Crew, new_task, refusal};

const SET: &str = "mutation($id: ID!) { watchSet(id: $id, level: ALL) {
    subject { id __typename ... on Task { viewer { watching } } } level userErrors { code path } } }";

#[tokio::test]
async fn who_sees_a_task_watches_it_and_nobody_else() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    let show = "query($id: ID!) { node(id: $id) { ... on Task { viewer { watching } } } }";
    let run = app.run_with(&crew.viewer, show, json!({ "id": task })).await.ok();
    assert!(run.at("node.viewer.watching").is_null());
    let run = app.run_with(&crew.viewer, SET, json!({ "id": task })).await.done();
    let expected = json!({ "subject": { "id": task, "__typename": "Task", "viewer": { "watching": "ALL" } },
        "level": "ALL", "userErrors": [] });
    assert_eq!(run.at("watchSet"), &expected);
    let run = app.run_with(&crew.viewer, show, json!({ "id": task })).await.ok();
    assert_eq!(run.at("node.viewer.watching"), "ALL");
    for (actor, refused) in [
        (&Guest, "UNAUTHENTICATED"),
        (&crew.stranger, "NOT_FOUND id"),
        (&crew.staff, "NOT_FOUND id"),
    ] {
        assert_eq!(refusal(app, actor, SET, json!({ "id": task })).await, refused);
    }
    assert_eq!(app.count::<watch::Entity>(watch::Column::TaskId.is_not_null()).await, 1);
}
