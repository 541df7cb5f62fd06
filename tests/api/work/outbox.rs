//! A mail is asked for in its change's transaction, and sent by the queue.

use chrono::TimeDelta;
use guildhall::{
    cx::Hand,
    entity::{email, work_item},
    mail::service::{NewMail, To, put},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde_json::json;

use crate::kit::TestApp;

#[tokio::test]
async fn a_mail_is_written_with_its_change_and_sent_by_the_queue() {
    let app = TestApp::new().await;
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    let to = To {
        email: "Ada@Example.org".to_owned(),
        name: Some("Ada [x](http://evil.example)".to_owned()),
        profile: None,
        locale: "en".to_owned(),
    };
    let variables =
        json!({ "inviter": "B*ob*", "note": "", "link": "https://a.example/join/1_2_3" });
    let tx = cx.begin().await.unwrap();
    put(cx, &tx, NewMail::of(to.clone(), "invitation", variables.clone())).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(app.work().await, 0);
    let tx = cx.begin().await.unwrap();
    let mail = put(cx, &tx, NewMail::of(to, "invitation", variables)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(app.work().await, 1);
    let sent = email::Entity::find_by_id(mail.id).one(&app.app.db.write).await.unwrap().unwrap();
    assert_eq!(sent.state, email::State::Sent);
    assert_eq!(sent.subject, "B*ob* invites you to Guildhall");
    assert!(sent.html.as_ref().unwrap().contains("B*ob* invites you"), "{sent:#?}");
    assert!(sent.html.as_ref().unwrap().contains("href=\"https://a.example/join/1_2_3\""));
    assert_eq!(app.count::<work_item::Entity>(work_item::Column::Kind.is_not_null()).await, 0);
    app.app.clock.advance(TimeDelta::days(3));
    assert_eq!(app.work().await, 0);
}
