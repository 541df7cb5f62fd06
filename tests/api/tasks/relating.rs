//! Tasks that are tied to others, parts of others, and the steps inside them.

use guildhall::entity::{board::Visibility, board_member::Role, task_relation};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::kit::{Desk, MOVE, RELATE, STEPS, add, desk, miscounted, new_board, row};
use crate::kit::{Run, profile_id};

impl Desk {
    async fn tie(&self, one: &str, kind: &str, other: &str, related: bool) -> Run {
        let tie = json!({ "id": one, "kind": kind, "other": other, "related": related });
        self.app.run_with(&self.eve, RELATE, tie).await
    }

    async fn task(&self, title: &str) -> String {
        add(&self.app, &self.eve, &self.board, json!({ "title": title })).await
    }

    async fn relations(&self, id: &str) -> Value {
        let query = "query($id: ID!) { task(by: { id: $id }) { isBlocked relations { kind task { title } } } }";
        self.app.run_with(&self.vic, query, json!({ "id": id })).await.ok().at("task").clone()
    }
}

#[tokio::test]
async fn each_kind_is_read_from_both_ends() {
    let desk = desk(Visibility::Members).await;
    let (one, two) = (desk.task("one").await, desk.task("two").await);
    for (kind, turned, blocked) in [
        ("BLOCKS", "BLOCKED_BY", [false, true]),
        ("BLOCKED_BY", "BLOCKS", [true, false]),
        ("RELATES_TO", "RELATES_TO", [false, false]),
        ("DUPLICATES", "DUPLICATED_BY", [false, false]),
        ("DUPLICATED_BY", "DUPLICATES", [false, false]),
    ] {
        desk.tie(&one, kind, &two, true).await.done();
        desk.tie(&two, turned, &one, true).await.done();
        let rows = task_relation::Entity::find().all(&desk.app.app.db.write).await.unwrap();
        assert_eq!(rows.len(), 1, "said twice is said once");
        let from = |kind: &str, other: &str, is_blocked: bool| json!({ "isBlocked": is_blocked, "relations": [{ "kind": kind, "task": { "title": other } }] });
        assert_eq!(desk.relations(&one).await, from(kind, "two", blocked[0]));
        assert_eq!(desk.relations(&two).await, from(turned, "one", blocked[1]));
        desk.tie(&one, kind, &two, false).await.done();
        assert_eq!(desk.relations(&one).await, json!({ "isBlocked": false, "relations": [] }));
    }
}

#[tokio::test]
async fn tasks_never_wait_for_each_other() {
    let desk = desk(Visibility::Members).await;
    let other =
        new_board(&desk.app, "OTH", Visibility::Members, &[(&desk.eve, Role::Editor)]).await;
    let (one, two) = (desk.task("one").await, desk.task("two").await);
    let three = add(&desk.app, &desk.eve, &other, json!({ "title": "three" })).await;
    desk.tie(&one, "BLOCKS", &two, true).await.done();
    desk.tie(&two, "BLOCKS", &three, true).await.done();
    for (from, kind, to) in [
        (&three, "BLOCKS", &one),
        (&one, "BLOCKED_BY", &three),
        (&two, "BLOCKS", &one),
        (&one, "BLOCKS", &one),
    ] {
        let tie = json!({ "id": from, "kind": kind, "other": to, "related": true });
        let refused = desk.app.refuses(&desk.eve, RELATE, tie).await.refusals();
        assert_eq!(refused, ["INVALID other"]);
    }
    desk.tie(&one, "BLOCKS", &three, true).await.done();
    // What is done blocks nothing.
    assert_eq!(desk.relations(&two).await["isBlocked"], true);
    let place = json!({ "id": one, "column": desk.board.columns[2] });
    desk.app.run_with(&desk.eve, MOVE, place).await.done();
    assert_eq!(desk.relations(&two).await["isBlocked"], false);
}

#[tokio::test]
async fn another_board_has_to_be_seen_and_is_hidden_from_who_does_not_see_it() {
    let desk = desk(Visibility::Members).await;
    let hidden =
        new_board(&desk.app, "HID", Visibility::Private, &[(&desk.eve, Role::Editor)]).await;
    let one = desk.task("one").await;
    let secret = add(&desk.app, &desk.eve, &hidden, json!({ "title": "secret" })).await;
    let tie = json!({ "id": one, "kind": "BLOCKED_BY", "other": secret, "related": true });
    let refused = desk.app.refuses(&desk.ada, RELATE, tie).await.refusals();
    assert_eq!(refused, ["NOT_FOUND other"]);
    desk.tie(&one, "BLOCKED_BY", &secret, true).await.done();
    let shown = desk.relations(&one).await;
    assert_eq!(
        shown,
        json!({ "isBlocked": true, "relations": [{ "kind": "BLOCKED_BY", "task": null }] })
    );
    let query =
        "query($id: ID!) { task(by: { id: $id }) { activity(first: 1) { nodes { kind after } } } }";
    let run = desk.app.run_with(&desk.vic, query, json!({ "id": one })).await.ok();
    assert_eq!(
        run.at("task.activity.nodes"),
        &json!([{ "kind": "LINKED", "after": "is blocked by" }])
    );
}

#[tokio::test]
async fn parts_of_a_task_that_is_deleted_are_tasks_of_their_own() {
    let desk = desk(Visibility::Members).await;
    let whole = desk.task("whole").await;
    let part =
        add(&desk.app, &desk.eve, &desk.board, json!({ "title": "part", "parent": whole })).await;
    desk.app.act(&desk.eve, "taskDelete", &whole).await.done();
    assert_eq!(row(&desk.app, &part).await.parent_id, None);
    assert_eq!(miscounted(&desk.app).await, [""; 0]);
    let found = desk.app.run(&desk.vic, r#"{ task(by: { key: "GLD-1" }) { id } }"#).await.ok();
    assert_eq!(found.at("task"), &Value::Null);
}

#[tokio::test]
async fn steps_keep_their_ids() {
    let desk = desk(Visibility::Private).await;
    let app = &desk.app;
    let id =
        add(app, &desk.eve, &desk.board, json!({ "title": "one", "checklist": ["a", "b"] })).await;
    let query = "query($id: ID!) { task(by: { id: $id }) { checklist { id text done assignee { handle } dueOn } } }";
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    let steps = run.list("task.checklist", "id");
    let items = json!([{ "text": "new", "assignee": profile_id(&desk.vic), "dueOn": "2026-05-06" },
        { "id": steps[1], "text": "b", "done": true }]);
    app.run_with(&desk.eve, STEPS, json!({ "task": id, "items": items })).await.done();
    let run = app.run_with(&desk.vic, query, json!({ "id": id })).await.ok();
    let list = run.at("task.checklist");
    assert_eq!(
        list[1],
        json!({ "id": steps[1], "text": "b", "done": true, "assignee": null, "dueOn": null })
    );
    assert_eq!(
        (&list[0]["assignee"]["handle"], &list[0]["dueOn"]),
        (&json!("vic"), &json!("2026-05-06"))
    );
    let many: Vec<_> = (0..101).map(|_| json!({ "text": "x" })).collect();
    for (items, refused) in [
        (json!(many), "TOO_LONG items"),
        (json!([{ "text": "" }]), "REQUIRED items.0.text"),
        (json!([{ "id": steps[0], "text": "gone" }]), "NOT_FOUND items.0.id"),
        (
            json!([{ "id": steps[1], "text": "b" }, { "id": steps[1], "text": "b" }]),
            "DUPLICATE items.1.id",
        ),
        (json!([{ "text": "x", "assignee": profile_id(&desk.stan) }]), "INVALID items.0.assignee"),
    ] {
        let set = json!({ "task": id, "items": items });
        assert_eq!(app.refuses(&desk.eve, STEPS, set).await.refusals(), [refused]);
    }
}
