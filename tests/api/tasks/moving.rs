//! Moving: between neighbours, though they are elsewhere by now.

use guildhall::entity::{board::Visibility, board_column, task};
use sea_orm::{
    ActiveValue::Set,
    EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::{Value, json};

use super::kit::{Desk, MOVE, UPDATE, add, desk, miscounted, row, standing_in, update};
use crate::kit::{Run, key};

async fn four() -> (Desk, Vec<String>) {
    let desk = desk(Visibility::Members).await;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d"] {
        ids.push(add(&desk.app, &desk.eve, &desk.board, json!({ "title": title })).await);
    }
    (desk, ids)
}

impl Desk {
    async fn drag(&self, id: &str, column: usize, after: Value, before: Value) -> Run {
        let column = &self.board.columns[column];
        let place = json!({ "id": id, "column": column, "after": after, "before": before });
        self.app.run_with(&self.eve, MOVE, place).await
    }

    async fn order(&self, column: usize) -> String {
        standing_in(&self.app, &self.board.columns[column]).await.concat()
    }
}

#[tokio::test]
async fn a_task_comes_between_its_neighbours_and_no_other_is_written() {
    let (desk, ids) = four().await;
    assert_eq!(desk.order(0).await, "abcd");
    let mut before = Vec::new();
    for id in &ids[..3] {
        before.push(row(&desk.app, id).await);
    }
    desk.drag(&ids[3], 0, json!(ids[0]), json!(ids[1])).await.done();
    assert_eq!(desk.order(0).await, "adbc");
    desk.drag(&ids[3], 0, Value::Null, json!(ids[0])).await.done();
    assert_eq!(desk.order(0).await, "dabc");
    desk.drag(&ids[3], 0, json!(ids[1]), Value::Null).await.done();
    assert_eq!(desk.order(0).await, "abdc");
    for (id, before) in ids.iter().zip(before) {
        assert_eq!(row(&desk.app, id).await, before, "nobody else was written");
    }
    desk.drag(&ids[3], 0, Value::Null, Value::Null).await.done();
    assert_eq!(desk.order(0).await, "abcd");
}

#[tokio::test]
async fn what_stands_there_already_is_not_written() {
    let (desk, ids) = four().await;
    let place =
        json!({ "id": ids[1], "column": desk.board.columns[0], "after": ids[0], "before": ids[2] });
    let run = desk.app.refuses(&desk.eve, MOVE, place).await.done();
    assert_eq!(run.text("taskMove.task.id"), ids[1]);
}

#[tokio::test]
async fn neighbours_that_left_are_passed_over() {
    let (desk, ids) = four().await;
    desk.drag(&ids[1], 1, Value::Null, Value::Null).await.done();
    // b is elsewhere: ahead of c.
    desk.drag(&ids[3], 0, json!(ids[1]), json!(ids[2])).await.done();
    assert_eq!(desk.order(0).await, "adc");
    // Neither stands there: to the foot.
    update(&desk.app, &desk.eve, &ids[2], json!({ "archived": true })).await.done();
    desk.drag(&ids[0], 0, json!(ids[2]), json!(ids[1])).await.done();
    assert_eq!(desk.order(0).await, "da");
    // No neighbours of each other any more: right behind the first.
    let (desk, ids) = four().await;
    desk.drag(&ids[3], 0, json!(ids[0]), json!(ids[2])).await.done();
    assert_eq!(desk.order(0).await, "adbc");
    // A task is not its own neighbour; what is nowhere is passed over.
    desk.drag(&ids[3], 0, json!(ids[3]), json!("task_nowhere")).await.done();
    assert_eq!(desk.order(0).await, "abcd");
}

#[tokio::test]
async fn a_category_says_when_it_was_begun_and_done() {
    let (desk, ids) = four().await;
    desk.drag(&ids[0], 1, Value::Null, Value::Null).await.done();
    let begun = row(&desk.app, &ids[0]).await;
    assert_eq!((begun.started_at, begun.completed_at), (Some(desk.app.app.clock.now()), None));
    desk.drag(&ids[0], 2, Value::Null, Value::Null).await.done();
    let done = row(&desk.app, &ids[0]).await;
    assert_eq!(done.completed_at, Some(desk.app.app.clock.now()));
    assert_eq!(done.version, 1, "a move is no change of a field");
    desk.drag(&ids[0], 0, Value::Null, Value::Null).await.done();
    assert_eq!(row(&desk.app, &ids[0]).await.completed_at, None);
    assert_eq!(miscounted(&desk.app).await, [""; 0]);
    let query =
        "query($id: ID!) { task(by: { id: $id }) { activity { nodes { kind before after } } } }";
    let run = desk.app.run_with(&desk.eve, query, json!({ "id": ids[0] })).await.ok();
    let kinds = run.list("task.activity.nodes", "kind");
    assert_eq!(kinds, ["REOPENED", "MOVED", "COMPLETED", "MOVED", "MOVED", "CREATED"]);
    assert_eq!(run.at("task.activity.nodes.1.before"), "Done");
}

#[tokio::test]
async fn a_full_column_takes_no_more_from_elsewhere() {
    let (desk, ids) = four().await;
    let column = board_column::ActiveModel {
        id: Set(key("board_column", &desk.board.columns[1])),
        task_limit: Set(Some(1)),
        ..Default::default()
    };
    board_column::Entity::update(column).exec(&desk.app.app.db.write).await.unwrap();
    let doing = &desk.board.columns[1];
    desk.drag(&ids[0], 1, Value::Null, Value::Null).await.done();
    let place = json!({ "id": ids[1], "column": doing });
    assert_eq!(desk.app.refuses(&desk.ada, MOVE, place).await.refusals(), ["OUT_OF_RANGE column"]);
    let change = json!({ "id": ids[1], "input": { "column": doing } });
    let refused = desk.app.refuses(&desk.ada, UPDATE, change).await.refusals();
    assert_eq!(refused, ["OUT_OF_RANGE input.column"]);
    desk.drag(&ids[0], 1, Value::Null, Value::Null).await.done();
}

#[tokio::test]
async fn ranks_that_grow_too_long_are_spaced_anew_later_and_told() {
    let (desk, ids) = four().await;
    let long = format!("a0{}", "Zz".repeat(30));
    task::Entity::update_many()
        .col_expr(task::Column::Rank, Expr::value(long.clone()))
        .filter(Expr::col(task::Column::Id).eq(key("task", &ids[0])))
        .exec(&desk.app.app.db.write)
        .await
        .unwrap();
    let order = desk.order(0).await;
    // Between the long one and its neighbour no short rank is left.
    let at = order.find('a').unwrap();
    assert_eq!(at, 0);
    let mover = row(&desk.app, &ids[3]).await;
    desk.app.work().await;
    let events = super::converging::events(&desk.app, desk.board.key, 0).await.len();
    guildhall::tasks::service::respace(&desk.app.app, mover.column_id).await.unwrap();
    assert_eq!(desk.order(0).await, order);
    for id in &ids {
        assert!(row(&desk.app, id).await.rank.len() <= 8);
    }
    let told = super::converging::events(&desk.app, desk.board.key, 0).await;
    assert!(told.len() > events && told[events..].iter().all(|event| event.kind == "task_moved"));
    guildhall::tasks::service::respace(&desk.app.app, mover.column_id).await.unwrap();
    assert_eq!(super::converging::events(&desk.app, desk.board.key, 0).await.len(), told.len());
}

#[tokio::test]
async fn a_move_to_a_place_without_room_asks_for_it_in_the_background() {
    let (desk, ids) = four().await;
    // The worst of all orders: between the last two again and again, each time on the other side.
    let (mut low, mut high) = (ids[0].clone(), ids[1].clone());
    let (mut next, mut spare) = (ids[2].clone(), ids[3].clone());
    let mut longest = 0;
    for turn in 0..200 {
        desk.drag(&next, 0, json!(low), json!(high)).await.done();
        longest = row(&desk.app, &next).await.rank.len();
        if longest > 50 {
            break;
        }
        let gone = if turn % 2 == 0 {
            std::mem::replace(&mut low, next.clone())
        } else {
            std::mem::replace(&mut high, next.clone())
        };
        next = std::mem::replace(&mut spare, gone);
    }
    assert!(longest > 50, "{longest}");
    let order = desk.order(0).await;
    assert_eq!(desk.app.work().await, 1);
    assert_eq!(desk.order(0).await, order);
    for id in &ids {
        assert!(row(&desk.app, id).await.rank.len() <= 8);
    }
}

#[tokio::test]
async fn where_no_rank_is_left_that_an_index_takes_a_move_waits_until_the_column_is_spaced() {
    let (desk, ids) = four().await;
    let nested = "Zz".repeat(499);
    for (id, rank) in [(&ids[0], format!("a0{nested}Zz")), (&ids[1], format!("a0{nested}a0"))] {
        let row =
            task::ActiveModel { id: Set(key("task", id)), rank: Set(rank), ..Default::default() };
        task::Entity::update(row).exec(&desk.app.app.db.write).await.unwrap();
    }
    let column = &desk.board.columns[0];
    let place = json!({ "id": ids[3], "column": column, "after": ids[0], "before": ids[1] });
    let run = desk.app.refuses(&desk.eve, MOVE, place).await;
    assert_eq!(run.error_code(), "UNAVAILABLE");
    let column = key("board_column", column);
    guildhall::tasks::service::respace(&desk.app.app, column).await.unwrap();
    desk.drag(&ids[3], 0, json!(ids[0]), json!(ids[1])).await.done();
    let order = desk.order(0).await;
    assert!(order.contains("adb"), "{order}");
}
