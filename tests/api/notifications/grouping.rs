//! Alike news gather to one notification, for a day and until it is read.

use chrono::TimeDelta;
use guildhall::{Actor, entity::notification, work::drain};

use super::news_kit::about;
use crate::kit::{TestApp, key, write_comment, write_post};

async fn people(app: &TestApp, count: usize) -> Vec<Actor> {
    let mut people = Vec::new();
    for n in 0..count {
        people.push(app.member(&format!("member{n}")).await);
    }
    people
}

#[tokio::test]
async fn alike_news_gather_and_come_to_the_top() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let who = people(&app, 3).await;
    let (one, two) = (
        write_post(&app, &ada, "one", "PUBLIC").await,
        write_post(&app, &ada, "two", "PUBLIC").await,
    );
    write_comment(&app, &who[0], &one, "first").await;
    app.work().await;
    let begun = app.app.clock.now();
    app.app.clock.advance(TimeDelta::hours(1));
    write_comment(&app, &who[0], &two, "elsewhere").await;
    app.react(&who[0], &one, "👍").await;
    app.work().await;
    app.app.clock.advance(TimeDelta::hours(1));
    write_comment(&app, &who[1], &one, "second").await;
    app.work().await;
    app.app.clock.advance(TimeDelta::hours(1));
    // Who did it before is not counted again.
    write_comment(&app, &who[0], &one, "third").await;
    app.work().await;
    let heard = [
        "Comment post by member1, member0 (2): third",
        "Comment post by member0 (1): elsewhere",
        "Reaction post by member0 (1): 👍",
    ];
    let mut now = app.heard(&ada).await;
    now[1..].sort();
    assert_eq!(now, heard);
    let row = &app.inbox(&ada).await[0];
    assert_eq!(about(row).1, key("post", &one));
    assert_eq!(row.news_at, begun + TimeDelta::hours(3));
    assert_eq!(app.told(ada.id().unwrap()).await, ["notification_added"; 5]);
}

#[tokio::test]
async fn what_comes_after_it_was_read_or_a_day_later_is_a_new_one() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let who = people(&app, 4).await;
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    for (n, wait) in [(0, 0), (1, 23), (2, 1), (3, 1)] {
        app.app.clock.advance(TimeDelta::hours(wait));
        app.react(&who[n], &post, "👍").await;
        app.work().await;
        if n == 2 {
            app.reads_all(&ada).await;
        }
    }
    let heard = [
        "Reaction post by member0, member1 (2): 👍",
        "Reaction post by member2 (1): 👍",
        "Reaction post by member3 (1): 👍",
    ];
    assert_eq!(app.heard(&ada).await, heard);
}

#[tokio::test]
async fn who_does_it_again_after_it_was_read_is_told_of_again() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    write_comment(&app, &ben, &post, "one").await;
    app.work().await;
    app.reads_all(&ada).await;
    app.app.clock.advance(TimeDelta::seconds(1));
    write_comment(&app, &ben, &post, "two").await;
    app.work().await;
    let heard = ["Comment post by ben (1): one", "Comment post by ben (1): two"];
    assert_eq!(app.heard(&ada).await, heard);
}

#[tokio::test]
async fn comments_told_together_are_one_with_the_words_of_the_last() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let who = people(&app, 5).await;
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    for (n, one) in who.iter().enumerate() {
        write_comment(&app, one, &post, &format!("number {n}")).await;
    }
    app.work().await;
    let heard = app.heard(&ada).await;
    let all = "member0, member1, member2, member3, member4";
    assert_eq!(heard, [format!("Comment post by {all} (5): number 4")]);
}

#[tokio::test]
async fn workers_that_tell_at_the_same_time_write_one() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let who = people(&app, 12).await;
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    for one in &who {
        app.react(one, &post, "👍").await;
    }
    // A batch belongs to whoever claims it first, so the workers take turns at claiming.
    let workers = (0..4).map(|_| {
        let app = app.app.clone();
        tokio::spawn(async move { drain(&app).await.unwrap() })
    });
    let mut done = 0;
    for worker in workers.collect::<Vec<_>>() {
        done += worker.await.unwrap();
    }
    assert_eq!(done, 12);
    let rows: Vec<notification::Model> = app.inbox(&ada).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].actor_count, 12);
    assert_eq!(app.told(ada.id().unwrap()).await.len(), 12);
}
