//! Reactions on tasks.

use guildhall::entity::{board::Visibility, reaction};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use super::kit::{ALL, Crew, new_task, put_away, refusal, task_row};

const ADD: &str = "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") {
    subject { __typename id reactionCount } reactions { emoji count } userErrors { code path } } }";
const REMOVE: &str = "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"🎉\") {
    subject { reactionCount } userErrors { code path } } }";

#[tokio::test]
async fn who_may_comment_on_the_board_reacts_and_nobody_else() {
    let crew = Crew::new().await;
    for visibility in ALL {
        let task = new_task(&crew.app, crew.board(visibility).await, &crew.admin, &[]).await;
        for (name, actor) in crew.all() {
            let variables = json!({ "id": task });
            match Crew::refusal(visibility, name, "id") {
                Some(refused) => {
                    for query in [ADD, REMOVE] {
                        let found = refusal(&crew.app, &actor, query, variables.clone()).await;
                        assert_eq!(found, refused, "{visibility:?} {name}");
                    }
                }
                None => {
                    let run = crew.app.run_with(&actor, ADD, variables).await.done();
                    assert_eq!(run.at("reactionAdd.subject.__typename"), "Task");
                }
            }
        }
    }
}

#[tokio::test]
async fn reactions_on_a_task_are_counted_once_each_and_taken_back() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Members).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    for emoji in ["🎉", "🎉", "👍"] {
        app.react(&crew.editor, &task, emoji).await;
    }
    assert_eq!(app.react(&crew.stranger, &task, "👍").await, ["👍 2", "🎉 1"]);
    let query = "query($id: ID!) { node(id: $id) { ... on Task { reactionCount
        reactions { emoji count reactors { nodes { handle } } } viewer { reactions } } } }";
    let run = app.run_with(&crew.editor, query, json!({ "id": task })).await.ok();
    assert_eq!(run.at("node.reactionCount"), 3);
    assert_eq!(run.list("node.reactions.0.reactors.nodes", "handle"), ["sam", "eli"]);
    assert_eq!(run.at("node.viewer.reactions"), &json!(["🎉", "👍"]));
    for _ in 0..2 {
        let run = app.run_with(&crew.editor, REMOVE, json!({ "id": task })).await.done();
        assert_eq!(run.at("reactionRemove.subject.reactionCount"), 2);
    }
    assert_eq!(app.count::<reaction::Entity>(reaction::Column::TaskId.is_not_null()).await, 2);
    assert_eq!(task_row(app, &task).await.version, 1);
    put_away(app, board).await;
    let refused = refusal(app, &crew.admin, ADD, json!({ "id": task })).await;
    assert_eq!(refused, "STATE_NOT_ALLOWED id");
}
