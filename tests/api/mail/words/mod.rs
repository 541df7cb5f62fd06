//! What mails say, who wants them, and the pages around them.

mod choices;
mod pages;
mod sending;
mod templates;

use guildhall::{
    cx::Hand,
    entity::email,
    mail::service::{NewMail, To, put},
};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::kit::TestApp;

/// An invitation about mentions to an address, in this language; answers its row.
pub async fn mentioned(app: &TestApp, email: &str, locale: &str) -> email::Model {
    write(app, email, locale, json!("hello"), Some("mention")).await
}

pub async fn write(
    app: &TestApp,
    email: &str,
    locale: &str,
    note: Value,
    topic: Option<&'static str>,
) -> email::Model {
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    let to = To { email: email.to_owned(), name: None, profile: None, locale: locale.to_owned() };
    let values = json!({ "inviter": "Grace", "note": note, "link": "https://a.example/join/1" });
    let mail = NewMail { topic: topic.map(Into::into), ..NewMail::of(to, "invitation", values) };
    let tx = cx.begin().await.unwrap();
    let row = put(cx, &tx, mail).await.unwrap();
    tx.commit().await.unwrap();
    row
}

/// The token at the foot of a mail.
pub fn token_of(mail: &email::Model) -> String {
    let text = mail.text.as_deref().unwrap();
    let (_, rest) = text.split_once("/mail/unsubscribe/").unwrap();
    rest.lines().next().unwrap().to_owned()
}

/// All mails.
pub async fn mails(app: &TestApp) -> Vec<email::Model> {
    use sea_orm::QueryOrder as _;
    let rows = email::Entity::find().order_by_asc(email::Column::Id);
    rows.all(&app.app.db.write).await.unwrap()
}
