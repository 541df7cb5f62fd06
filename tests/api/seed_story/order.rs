//! The demo's story is told in the order of time, counted right, and told to nobody.

use std::collections::HashMap;

use guildhall::{
    clock::{first_key, made_at},
    entity::{
        application, application_event, board, comment, email, job, notification, organization,
        profile, task, task_activity, work_item,
    },
};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use uuid::Uuid;

use super::demo;
use crate::{
    kit::TestApp,
    seed::{Rows, assert_counters},
};

#[tokio::test]
async fn everything_that_is_counted_is_counted_right() {
    let app = demo().await;
    assert_counters(&app, &Rows::of(&app).await).await;
}

async fn all<E: sea_orm::EntityTrait>(app: &TestApp) -> Vec<E::Model> {
    E::find().all(&app.app.db.write).await.unwrap()
}

#[tokio::test]
async fn nobody_does_anything_before_they_join_or_before_there_is_something_to_do() {
    let app = demo().await;
    let now = app.app.clock.now();
    let people: Vec<Uuid> = all::<profile::Entity>(&app).await.iter().map(|row| row.id).collect();
    let boards: HashMap<Uuid, board::Model> =
        all::<board::Entity>(&app).await.into_iter().map(|row| (row.id, row)).collect();
    let tasks: HashMap<Uuid, task::Model> =
        all::<task::Entity>(&app).await.into_iter().map(|row| (row.id, row)).collect();
    for row in tasks.values() {
        assert!(row.board_id < row.id && row.creator_id.unwrap() < row.id, "{}", row.title);
        assert!(row.parent_id.is_none_or(|parent| parent < row.id));
        assert!(made_at(row.id) <= row.updated_at && row.updated_at <= now);
        assert!(row.started_at.is_none_or(|at| made_at(row.id) < at && at < now));
        assert!(row.completed_at.is_none_or(|at| row.started_at.is_none_or(|begun| begun <= at)));
    }
    let activity = task_activity::Entity::find().order_by_asc(task_activity::Column::Id);
    for row in activity.all(&app.app.db.write).await.unwrap() {
        assert!(boards[&row.board_id].id < row.id && row.actor_id.unwrap() < row.id);
        assert!(row.task_id.is_none_or(|task| task < row.id) && made_at(row.id) < now);
    }
    for row in all::<comment::Entity>(&app).await {
        assert!(row.task_id.is_none_or(|task| task < row.id && row.author_id < row.id));
    }
    let jobs: HashMap<Uuid, job::Model> =
        all::<job::Entity>(&app).await.into_iter().map(|row| (row.id, row)).collect();
    for row in jobs.values() {
        assert!(row.organization_id < row.id && row.posted_by_id.unwrap() < row.id);
        assert!(row.published_at.is_none_or(|at| made_at(row.id) < at && at < now));
    }
    for row in all::<organization::Entity>(&app).await {
        assert!(people.iter().any(|person| *person < row.id) && made_at(row.id) < now);
    }
    let applications: HashMap<Uuid, application::Model> =
        all::<application::Entity>(&app).await.into_iter().map(|row| (row.id, row)).collect();
    for row in applications.values() {
        assert!(row.applicant_id < row.id);
        assert!(jobs[&row.job_id].published_at.unwrap() < row.submitted_at);
        assert!(row.submitted_at <= row.updated_at && row.updated_at < now);
    }
    for row in all::<application_event::Entity>(&app).await {
        assert!(row.application_id < row.id && made_at(row.id) < now);
    }
    assert_eq!((jobs.len(), applications.len(), boards.len()), (10, 10, 3));
}

#[tokio::test]
async fn nobody_is_told_and_nothing_waits() {
    let app = demo().await;
    assert!(all::<work_item::Entity>(&app).await.is_empty());
    assert!(all::<email::Entity>(&app).await.is_empty());
    assert!(all::<notification::Entity>(&app).await.is_empty());
    // Nor do the timers find something to tell: what is due, what a search found, what ended.
    let open = async || {
        let jobs = all::<job::Entity>(&app).await;
        jobs.iter().filter(|row| row.state == job::State::Open).count()
    };
    let before = open().await;
    guildhall::work::fire(&app.app).await.unwrap();
    assert!(app.work().await > 0, "timers were fired");
    assert!(all::<email::Entity>(&app).await.is_empty());
    assert!(all::<notification::Entity>(&app).await.is_empty());
    assert_eq!(open().await, before);
}

#[tokio::test]
async fn keys_made_in_the_past_are_of_their_time() {
    let app = demo().await;
    let now = app.app.clock.now();
    let boards = all::<board::Entity>(&app).await;
    let days = |row: &board::Model| (now - made_at(row.id)).num_days();
    let mut found: Vec<_> = boards.iter().map(|row| (&*row.key, days(row))).collect();
    found.sort_unstable();
    assert_eq!(found, [("MEET", 43), ("SITE", 89), ("STAFF", 59)]);
    assert!(app.app.clock.key() > first_key(now));
}
