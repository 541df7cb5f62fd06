//! Notifications are kept for half a year, those that were read for two months.

use chrono::TimeDelta;
use guildhall::{
    entity::{notification, notification_actor},
    notifications::service::prune,
    work,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _};

use crate::kit::{TestApp, follow, write_comment, write_post};

#[tokio::test]
async fn what_is_old_or_was_read_long_ago_goes_and_nothing_else() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    follow(&app, &ben, &ada).await;
    app.work().await;
    app.reads_all(&ada).await;
    write_comment(&app, &ben, &post, "unread").await;
    app.work().await;
    let kinds = async || -> Vec<String> {
        app.inbox(&ada).await.iter().map(|row| format!("{:?}", row.kind)).collect()
    };
    let moment = TimeDelta::milliseconds(1);
    let (first, then) = (TimeDelta::days(60), TimeDelta::days(120) - moment);
    for (wait, left) in [(first, vec!["Follow", "Comment"]), (then, vec!["Comment"])] {
        app.app.clock.advance(wait);
        prune(&app.app).await.unwrap();
        assert_eq!(kinds().await, left);
        app.app.clock.advance(moment);
        let after = &left[1..];
        assert_eq!(prune(&app.app).await.unwrap(), 1);
        assert_eq!(kinds().await, after);
    }
    let actors = notification_actor::Column::ActorId.is_not_null();
    assert_eq!(app.count::<notification_actor::Entity>(actors).await, 0);
}

#[tokio::test]
async fn the_timer_does_it_in_batches() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    follow(&app, &ben, &ada).await;
    app.work().await;
    let row = app.inbox(&ada).await.remove(0);
    let rows = (0..2_500).map(|n: usize| {
        let mut row = row.clone().into_active_model();
        row.id = Set(app.app.clock.key());
        // Every fifth has news.
        let days = if n.is_multiple_of(5) { 0 } else { 181 };
        row.news_at = Set(app.app.clock.now() - TimeDelta::days(days));
        row
    });
    for rows in rows.collect::<Vec<_>>().chunks(500) {
        let rows = notification::Entity::insert_many(rows.to_vec());
        rows.exec_without_returning(&app.app.db.write).await.unwrap();
    }
    app.statements();
    work::fire(&app.app).await.unwrap();
    app.work().await;
    assert_eq!(app.notifications().await, 501);
    let deletes = app.statements();
    let deletes = deletes.iter().filter(|sql| sql.starts_with("DELETE FROM \"notification\""));
    assert_eq!(deletes.count(), 2);
}
