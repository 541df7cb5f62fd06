//! News of contact forms: for their teams, and for members who sent something.

use guildhall::{
    Actor::Guest,
    entity::{
        account::Role,
        notification::Kind,
        submission::{self, State},
    },
    notice::Notice,
};
use sea_orm::{ColumnTrait as _, ExprTrait as _};
use serde_json::json;

use super::news_kit::about;
use crate::{
    contact::{
        inbox_kit::{FOLLOW_UP, Sent, office},
        kit::{hello, words},
    },
    kit::TestApp,
};

#[tokio::test]
async fn of_what_comes_through_a_form_without_a_team_the_staff_hears() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let (root, ada) = (app.with_role("root", Role::Admin).await, app.member("ada").await);
    app.form(&staff, hello("hi", json!({}))).await;
    app.send(&Guest, "hi", words(), json!({})).await;
    assert_eq!(app.notices().await, 1);
    app.work().await;
    for one in [&staff, &root] {
        assert_eq!(app.heard(one).await, ["SubmissionReceived submission by  (0): "]);
        assert_eq!(about(&app.inbox(one).await[0]).1, app.submissions().await[0].id);
    }
    assert_eq!(app.heard(&ada).await, [""; 0]);
    // A member who sends it is known.
    app.send(&ada, "hi", words(), json!({})).await;
    app.work().await;
    assert_eq!(app.heard(&root).await[1..], ["SubmissionReceived submission by ada (1): "]);
    assert_eq!(app.heard(&ada).await, [""; 0]);
    // Told again, read or not, it is the same.
    let ids: Vec<_> = app.submissions().await.into_iter().map(|row| row.id).collect();
    for is_read in [false, true] {
        if is_read {
            app.reads_all(&root).await;
        }
        let before = app.told_so_far().await;
        for id in &ids {
            app.tell_again(Notice::SubmissionReceived(*id)).await;
        }
        assert!(app.told_so_far().await == before);
    }
}

#[tokio::test]
async fn a_team_hears_of_its_form_alone_and_not_of_spam() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    let spam = office.come_as(Sent { state: State::Spam, ..Sent::default() }).await;
    for came in [&came, &spam] {
        app.tell_again(Notice::SubmissionReceived(came.key)).await;
    }
    assert_eq!(app.heard(&office.tess).await, ["SubmissionReceived submission by  (0): "]);
    assert_eq!(about(&app.inbox(&office.tess).await[0]).1, came.key);
    for other in [&office.admin, &office.moderator, &office.stranger] {
        assert_eq!(app.heard(other).await, [""; 0]);
    }
}

#[tokio::test]
async fn what_a_sender_adds_is_news_again() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("hello").await;
    app.tell_again(Notice::SubmissionReceived(came.key)).await;
    let first = app.inbox(&office.tess).await;
    assert_eq!(first.len(), 1);
    let follow_up = json!({ "token": came.token, "body": "one more" });
    app.app.clock.advance(chrono::TimeDelta::minutes(10));
    app.run_with(&Guest, FOLLOW_UP, follow_up.clone()).await.done();
    app.work().await;
    // While it is unread it comes to the top, …
    let moved = app.inbox(&office.tess).await;
    assert_eq!(moved.len(), 1);
    assert!(moved[0].news_at > first[0].news_at);
    app.reads_all(&office.tess).await;
    // … and is a new one then.
    app.app.clock.advance(chrono::TimeDelta::minutes(10));
    app.run_with(&Guest, FOLLOW_UP, follow_up).await.done();
    app.work().await;
    assert_eq!(app.inbox(&office.tess).await.len(), 2);
    let before = app.told_so_far().await;
    app.tell_again(Notice::SubmissionReceived(came.key)).await;
    assert!(app.told_so_far().await == before);
}

#[tokio::test]
async fn a_member_hears_of_the_answer_to_what_they_sent() {
    let office = office().await;
    let app = &office.app;
    let ada = app.member("ada").await;
    let came = office.come_from(&ada, "hello").await;
    app.work().await;
    office.reply(&office.tess, &came, "here you are").await.done();
    app.work().await;
    assert_eq!(app.heard(&ada).await, ["SubmissionReply submission by tess (1): here you are"]);
    assert_eq!(about(&app.inbox(&ada).await[0]).1, came.key);
    // A guest is written to, and hears nothing here.
    let guest = office.come("hello").await;
    let before = app.notifications().await;
    office.reply(&office.tess, &guest, "here you are").await.done();
    app.work().await;
    assert_eq!(app.notifications().await, before);
    assert_eq!(app.inbox(&ada).await[0].kind, Kind::SubmissionReply);
}

#[tokio::test]
async fn who_gets_the_mail_of_the_form_gets_no_second_one() {
    let office = office().await;
    let app = &office.app;
    let ada = app.member("ada").await;
    // Ada left the address of her account, Ben another.
    let ben = app.member("ben").await;
    let by = |email, sender: &guildhall::Actor| Sent {
        email: Some(email),
        sender: sender.id(),
        ..Sent::default()
    };
    let of_ada = office.come_as(by("ada@example.org", &ada)).await;
    let of_ben = office.come_as(by("other@example.org", &ben)).await;
    app.work().await;
    for came in [&of_ada, &of_ben] {
        office.reply(&office.tess, came, "here you are").await.done();
    }
    app.work().await;
    app.app.clock.advance(chrono::TimeDelta::minutes(2));
    app.work().await;
    let told = |mails: Vec<guildhall::entity::email::Model>| {
        let of = |mail: &&guildhall::entity::email::Model| {
            mail.template_key.as_deref() == Some("notification")
        };
        mails.iter().filter(of).count()
    };
    assert_eq!(app.heard(&ada).await.len(), 1);
    assert_eq!(told(office.mails("ada@example.org").await), 0);
    assert_eq!(told(office.mails("ben@example.org").await), 1);
    let id = submission::Column::SenderId.eq(ada.id().unwrap());
    assert_eq!(
        app.count::<submission::Entity>(id.and(submission::Column::Id.is_not_null())).await,
        1
    );
}
