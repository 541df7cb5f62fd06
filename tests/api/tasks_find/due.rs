//! Reminders of tasks.

use chrono::{DateTime, TimeDelta, Utc};
use guildhall::{
    entity::{
        board::{self, Visibility},
        task, task_reminder, work_item,
    },
    notice::{NOTICE, Notice},
    tasks,
    work::{self, Crew},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::kit::{Board, at, plain};
use crate::kit::TestApp;

const NOTHING: [Uuid; 0] = [];

/// Lets the clock fire and the slice do its work; answers the tasks of which it told.
async fn told(app: &TestApp) -> Vec<Uuid> {
    work::fire(&app.app).await.unwrap();
    let crew = Crew::new(tasks::work::HANDLERS, []);
    work::drain_with(&app.app, &crew).await.unwrap();
    let of_news = work_item::Column::Kind.eq(NOTICE.name);
    let news = work_item::Entity::find()
        .filter(of_news.clone())
        .order_by_asc(work_item::Column::Id)
        .all(&app.app.db.write)
        .await
        .unwrap();
    work_item::Entity::delete_many().filter(of_news).exec(&app.app.db.write).await.unwrap();
    let told = news.iter().map(|item| match serde_json::from_str(&item.payload).unwrap() {
        Notice::TaskDue(task) => task,
        other => panic!("{other:?}"),
    });
    told.collect()
}

/// It is 2026-05-04T09:30:00Z.
async fn floor() -> (TestApp, Board) {
    let app = TestApp::new().await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    (app, board)
}

fn due(app: &TestApp, board: &Board, at: DateTime<Utc>, has_time: bool) -> task::Model {
    task::Model { due_at: Some(at), due_has_time: has_time.into(), ..plain(app, board, 1) }
}

async fn set(app: &TestApp, id: Uuid, change: impl FnOnce(&mut task::ActiveModel)) {
    let row = task::Entity::find_by_id(id).one(&app.app.db.write).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    change(&mut row);
    row.update(&app.app.db.write).await.unwrap();
}

#[tokio::test]
async fn a_task_that_is_due_at_a_time_is_told_of_a_day_before_and_once() {
    let (app, board) = floor().await;
    let task = app.put_task(due(&app, &board, at("2026-05-05T10:00:00Z"), true)).await;
    assert_eq!(told(&app).await, NOTHING);
    app.pass(29);
    assert_eq!(told(&app).await, NOTHING);
    app.pass(1);
    assert_eq!(told(&app).await, [task]);
    for _ in 0..3 {
        app.pass(10);
        assert_eq!(told(&app).await, NOTHING);
    }
    let row = task::Entity::find_by_id(task).one(&app.app.db.write).await.unwrap().unwrap();
    assert_eq!((row.due_told_at, row.version), (row.due_at, 1));
}

#[tokio::test]
async fn a_task_that_is_due_on_a_day_is_told_of_at_eight_of_that_day() {
    let (app, board) = floor().await;
    let task = app.put_task(due(&app, &board, at("2026-05-05T00:00:00Z"), false)).await;
    assert_eq!(told(&app).await, NOTHING);
    app.app.clock.advance(TimeDelta::hours(22) + TimeDelta::minutes(29));
    assert_eq!(told(&app).await, NOTHING, "it is 07:59");
    app.pass(1);
    assert_eq!(told(&app).await, [task]);
    app.pass(5);
    assert_eq!(told(&app).await, NOTHING);
}

#[tokio::test]
async fn a_task_that_was_moved_to_another_date_is_told_of_again() {
    let (app, board) = floor().await;
    let task = app.put_task(due(&app, &board, at("2026-05-04T12:00:00Z"), true)).await;
    assert_eq!(told(&app).await, [task]);
    set(&app, task, |row| row.due_at = Set(Some(at("2026-05-06T12:00:00Z")))).await;
    app.pass(5);
    assert_eq!(told(&app).await, NOTHING, "not before its time");
    app.app.clock.advance(TimeDelta::days(1) + TimeDelta::hours(3));
    assert_eq!(told(&app).await, [task]);
    app.pass(5);
    assert_eq!(told(&app).await, NOTHING);
}

#[tokio::test]
async fn nobody_hears_of_what_is_done_or_put_away() {
    let (app, board) = floor().await;
    let away = app.board_of("OLD", Visibility::Public, &[]).await;
    let row = board::Entity::find_by_id(away.id).one(&app.app.db.write).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.archived_at = Set(Some(app.app.clock.now()));
    row.update(&app.app.db.write).await.unwrap();
    let soon = at("2026-05-04T12:00:00Z");
    let now = Some(app.app.clock.now());
    let done = task::Model { completed_at: now, ..due(&app, &board, soon, true) };
    app.put_task(done).await;
    let archived = task::Model { archived_at: now, number: 2, ..due(&app, &board, soon, true) };
    let archived = app.put_task(archived).await;
    let on_old = app.put_task(due(&app, &away, soon, true)).await;
    for task_id in [archived, on_old] {
        let row = task_reminder::Model { task_id, remind_at: app.app.clock.now() };
        let row = row.into_active_model();
        task_reminder::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    }
    assert_eq!(told(&app).await, NOTHING);
    assert_eq!(app.count::<task::Entity>(task::Column::DueToldAt.is_not_null()).await, 0);
    let left = app.count::<task_reminder::Entity>(task_reminder::Column::TaskId.is_not_null());
    assert_eq!(left.await, 0, "a reminder is gone once its time has come");
    set(&app, archived, |row| row.archived_at = Set(None)).await;
    app.pass(5);
    assert_eq!(told(&app).await, [archived], "it came back");
}

#[tokio::test]
async fn reminders_are_told_of_when_their_time_has_come_and_are_gone() {
    let (app, board) = floor().await;
    let task_id = app.put_task(plain(&app, &board, 1)).await;
    let other = app.put_task(plain(&app, &board, 2)).await;
    let times = ["2026-05-04T09:45:00Z", "2026-05-04T09:50:00Z", "2026-05-04T11:00:00Z"];
    for (task_id, time) in times.map(|time| (task_id, time)).into_iter().chain([(other, times[0])])
    {
        let row = task_reminder::Model { task_id, remind_at: at(time) }.into_active_model();
        task_reminder::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    }
    assert_eq!(told(&app).await, NOTHING);
    app.pass(15);
    let mut both = [task_id, other];
    both.sort_unstable();
    assert_eq!(told(&app).await, both);
    app.pass(5);
    assert_eq!(told(&app).await, [task_id]);
    app.pass(5);
    assert_eq!(told(&app).await, NOTHING);
    let rows = task_reminder::Entity::find().all(&app.app.db.write).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.remind_at).collect::<Vec<_>>(), [at(times[2])]);
}

#[tokio::test]
async fn more_than_a_batch_is_told_of_at_one_firing() {
    let (app, board) = floor().await;
    let soon = at("2026-05-04T12:00:00Z");
    let row = |number| task::Model { number, ..due(&app, &board, soon, true) };
    let rows: Vec<_> = (1..=1_001).map(|number| row(number).into_active_model()).collect();
    for rows in rows.chunks(200) {
        task::Entity::insert_many(rows.to_vec()).exec(&app.app.db.write).await.unwrap();
    }
    let mut all = told(&app).await;
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 1_001);
    app.pass(5);
    assert_eq!(told(&app).await, NOTHING);
}
