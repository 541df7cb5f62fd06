//! Lists of tasks show what their reader may see, and nothing else.

use guildhall::{
    Actor,
    entity::{account::Role, board::Visibility},
    graph::encode,
    scope::Scope,
};
use serde_json::json;

use super::kit::{ids, plain, task_id};
use crate::kit::{Run, TestApp};

#[tokio::test]
async fn everybody_sees_the_tasks_of_boards_that_they_may_see() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let root = app.with_role("root", Role::Admin).await;
    let mut tasks = Vec::new();
    for (key, visibility) in
        [("PUB", Visibility::Public), ("MEM", Visibility::Members), ("PRI", Visibility::Private)]
    {
        let board = app.board_of(key, visibility, &[&ada]).await;
        let task = app.put_task(plain(&app, &board, 1)).await;
        app.assign(task, &ada).await;
        app.assign(task, &grace).await;
        tasks.push((task_id(task), board));
    }
    let token = app.by_token(ada, &[Scope::ReadPublic]);
    let private = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate]);
    let readers: [(&Actor, usize); 6] =
        [(&Actor::Guest, 1), (&grace, 2), (&root, 2), (&ada, 3), (&token, 2), (&private, 3)];
    let order = json!({ "field": "CREATED" });
    for (reader, seen) in readers {
        let expected: Vec<_> = tasks.iter().take(seen).map(|(id, _)| id.clone()).collect();
        assert_eq!(app.found(reader, json!({}), order.clone(), 10).await, expected, "{reader:?}");
        let any = json!({ "or": [{ "text": "task" }, { "not": { "text": "task" } }] });
        assert_eq!(app.found(reader, any, order.clone(), 10).await, expected, "{reader:?}");
        for (at, (id, board)) in tasks.iter().enumerate() {
            let query = "query($id: ID!) { node(id: $id) { ... on Board {
                tasks { nodes { id } } columns { tasks { nodes { id } } } } } }";
            let variables = json!({ "id": encode("board", board.id).as_str() });
            let run = app.run_with(reader, query, variables).await.ok();
            if at < seen {
                assert_eq!(ids(&run, "node.tasks.nodes"), std::slice::from_ref(id));
                assert_eq!(ids(&run, "node.columns.0.tasks.nodes"), std::slice::from_ref(id));
            } else {
                assert_eq!(run.at("node"), &json!(null), "{reader:?}");
            }
        }
    }
    let mine = async |actor: &Actor| -> Run {
        let order = "{ field: CREATED }";
        let query = format!("{{ viewer {{ tasks(orderBy: {order}) {{ nodes {{ id }} }} }} }}");
        app.run(actor, &query).await
    };
    let run = mine(&ada).await.ok();
    assert_eq!(ids(&run, "viewer.tasks.nodes").len(), 3);
    let run = mine(&grace).await.ok();
    assert_eq!(ids(&run, "viewer.tasks.nodes").len(), 2, "not of the board that she may not see");
    assert_eq!(mine(&token).await.error_code(), "SCOPE_MISSING");
    assert_eq!(mine(&private).await.ok().at("viewer.tasks.nodes").as_array().unwrap().len(), 3);
    assert_eq!(mine(&Actor::Guest).await.ok().at("viewer"), &json!(null));
}
