//! Mails that tell of new postings.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    cx::Hand,
    entity::{account, email, job::State, organization_member::Role, saved_search_job},
    jobs::saved::published,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use super::kit::Post;
use crate::kit::TestApp;

impl TestApp {
    /// The mails that tell somebody of postings, the oldest first.
    pub async fn alerts(&self, who: &Actor) -> Vec<email::Model> {
        let rows = email::Entity::find()
            .filter(email::Column::RecipientId.eq(who.id().unwrap()))
            .filter(email::Column::TemplateKey.eq("job_alert"))
            .order_by_asc(email::Column::Id);
        rows.all(&self.app.db.write).await.unwrap()
    }

    /// A posting is first open, or said to be.
    async fn publishes(&self, job: Uuid) {
        let hand = Hand::of_server(&self.app);
        published(hand.cx(&self.app), &self.app.db.write, job).await.unwrap();
        self.work().await;
    }

    /// The timers of now, and what they leave to be done.
    async fn ticks(&self) {
        guildhall::work::fire(&self.app).await.unwrap();
        self.work().await;
    }

    async fn named(&self) -> u64 {
        self.count::<saved_search_job::Entity>(saved_search_job::Column::JobId.is_not_null()).await
    }
}

#[tokio::test]
async fn who_wants_to_hear_at_once_does_and_never_twice() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let cleo = app.member("cleo").await;
    let german = account::ActiveModel { locale: Set("de".to_owned()), ..Default::default() };
    app.set_account(&ben, german).await;
    let mill = app.hirer("Mill", &[]).await;
    app.keeps(&ada, json!({ "text": "loom" }), "INSTANT").await;
    app.keeps(&ben, json!({ "countries": ["DE"] }), "INSTANT").await;
    app.keeps(&cleo, json!({ "text": "soup" }), "INSTANT").await;
    app.keeps(&cleo, json!({}), "OFF").await;
    let post =
        Post { title: "A *weaver* <b>", body: "looms", countries: &["DE"], ..Post::default() };
    let job = app.post_job(mill, post).await;
    app.publishes(job).await;
    let mails = app.alerts(&ada).await;
    let [mail] = &mails[..] else { panic!("{mails:#?}") };
    assert_eq!(mail.subject, "New jobs: Mine");
    let link = format!("/jobs/{}", guildhall::graph::encode("job", job).as_str());
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains(&link), "{html}");
    assert!(html.contains("A *weaver* &lt;b&gt;"), "{html}");
    assert!(html.contains("Mill") && html.contains("/mail/unsubscribe/"), "{html}");
    assert_eq!(app.alerts(&ben).await[0].subject, "Neue Stellen: Mine");
    assert_eq!(app.alerts(&cleo).await.len(), 0);
    assert_eq!(app.named().await, 2);
    // The worker comes again, and the job closes and opens again.
    app.publishes(job).await;
    app.set_job(job, State::Closed).await;
    app.set_job(job, State::Open).await;
    app.publishes(job).await;
    assert_eq!((app.alerts(&ada).await.len(), app.alerts(&ben).await.len()), (1, 1));
    assert_eq!(app.named().await, 2);
}

#[tokio::test]
async fn once_a_day_and_once_a_week_is_told_what_was_not_named_before() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let mill = app.hirer("Mill", &[]).await;
    app.post_job(mill, Post { title: "Old", ..Post::default() }).await;
    app.ticks().await;
    app.app.clock.advance(TimeDelta::minutes(1));
    app.keeps(&ada, json!({}), "DAILY").await;
    app.keeps(&ben, json!({}), "WEEKLY").await;
    app.post_job(mill, Post { title: "First", ..Post::default() }).await;
    app.post_job(mill, Post { title: "Hidden", state: State::Draft, ..Post::default() }).await;
    // It is Monday, 9:31: not before Tuesday, 7:00.
    app.app.clock.advance(TimeDelta::hours(21));
    app.ticks().await;
    assert_eq!(app.alerts(&ada).await.len(), 0);
    app.app.clock.advance(TimeDelta::minutes(30));
    for _ in 0..3 {
        app.ticks().await;
    }
    let mails = app.alerts(&ada).await;
    assert_eq!(mails.len(), 1);
    let text = mails[0].text.as_deref().unwrap();
    assert!(text.contains("First") && !text.contains("Old") && !text.contains("Hidden"), "{text}");
    assert_eq!(app.alerts(&ben).await.len(), 0);
    // Nothing new is no mail.
    app.app.clock.advance(TimeDelta::days(1));
    app.ticks().await;
    assert_eq!(app.alerts(&ada).await.len(), 1);
    app.app.clock.advance(TimeDelta::days(5));
    app.ticks().await;
    assert_eq!(app.alerts(&ben).await.len(), 1);
    app.app.clock.advance(TimeDelta::days(7));
    app.ticks().await;
    assert_eq!((app.alerts(&ada).await.len(), app.alerts(&ben).await.len()), (1, 1));
}

#[tokio::test]
async fn what_is_not_open_any_more_is_not_told_and_no_more_than_ten_are_named() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mill = app.hirer("Mill", &[(&ada, Role::Owner)]).await;
    app.ticks().await;
    app.keeps(&ada, json!({ "states": ["OPEN", "CLOSED", "DRAFT"] }), "DAILY").await;
    let shut = app.post_job(mill, Post { title: "Shut", ..Post::default() }).await;
    app.set_job(shut, State::Closed).await;
    app.app.clock.advance(TimeDelta::days(1));
    app.ticks().await;
    assert_eq!((app.alerts(&ada).await.len(), app.named().await), (0, 0));
    for _ in 0..12 {
        app.post_job(mill, Post::default()).await;
    }
    for (mails, named, more) in [(1, 10, true), (2, 12, false)] {
        app.app.clock.advance(TimeDelta::days(1));
        app.ticks().await;
        let alerts = app.alerts(&ada).await;
        assert_eq!((alerts.len(), app.named().await), (mails, named));
        let text = alerts.last().unwrap().text.as_deref().unwrap();
        assert_eq!(text.contains("There are more."), more, "{text}");
    }
}

#[tokio::test]
async fn who_is_suspended_unproved_or_left_the_topic_is_not_told() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    let mut people = Vec::new();
    for handle in ["suspended", "unproved", "left"] {
        let one = app.member(handle).await;
        app.keeps(&one, json!({}), "INSTANT").await;
        people.push(one);
    }
    let state = Set(account::State::Suspended);
    app.set_account(&people[0], account::ActiveModel { state, ..Default::default() }).await;
    let unproved = account::ActiveModel { email_verified_at: Set(None), ..Default::default() };
    app.set_account(&people[1], unproved).await;
    app.subscribes(&people[2], "job_alert", false).await;
    let job = app.post_job(mill, Post::default()).await;
    app.publishes(job).await;
    for one in &people {
        assert_eq!(app.alerts(one).await.len(), 0);
    }
    assert_eq!(app.named().await, 0);
}
