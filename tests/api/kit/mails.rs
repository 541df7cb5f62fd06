//! Mails in the outbox, and what became of them.

use guildhall::{
    cx::Hand,
    entity::{
        email::{self, State},
        email_attempt, suppression,
    },
    graph::encode,
    mail::service::{NewMail, To, Written, put},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use super::TestApp;

/// A mail to an address, in words of its own.
pub fn mail_to(address: &str) -> NewMail {
    let to = To {
        email: address.to_owned(),
        name: Some("Ada".to_owned()),
        profile: None,
        locale: "en".to_owned(),
    };
    let (subject, markdown) = ("A subject".to_owned(), "Some *words*.".to_owned());
    NewMail { written: Written::Own { subject, markdown }, ..NewMail::of(to, "", json!({})) }
}

impl TestApp {
    /// Puts a mail into the outbox.
    pub async fn put(&self, new: NewMail) -> email::Model {
        let hand = Hand::of_server(&self.app);
        let cx = hand.cx(&self.app);
        let tx = cx.begin().await.unwrap();
        let mail = put(cx, &tx, new).await.unwrap();
        tx.commit().await.unwrap();
        mail
    }

    /// The same of [`mail_to`].
    pub async fn put_mail(&self, address: &str) -> email::Model {
        self.put(mail_to(address)).await
    }

    /// A mail as it is now.
    pub async fn mail(&self, id: Uuid) -> email::Model {
        email::Entity::find_by_id(id).one(&self.app.db.write).await.unwrap().unwrap()
    }

    /// Where it stands now.
    pub async fn mail_state(&self, id: Uuid) -> State {
        self.mail(id).await.state
    }

    /// Sets where it stands.
    pub async fn set_mail(&self, id: Uuid, state: State) {
        let row = email::ActiveModel { id: Unchanged(id), state: Set(state), ..Default::default() };
        row.update(&self.app.db.write).await.unwrap();
    }

    /// The attempts to send it, the first first.
    pub async fn attempts(&self, id: Uuid) -> Vec<email_attempt::Model> {
        let rows = email_attempt::Entity::find().filter(email_attempt::Column::EmailId.eq(id));
        rows.order_by_asc(email_attempt::Column::Id).all(&self.app.db.write).await.unwrap()
    }

    /// An address that gets no mail, because staff said so.
    pub async fn suppress(&self, address: &str) -> Uuid {
        let id = self.app.clock.key();
        let row = suppression::ActiveModel {
            id: Set(id),
            email: Set(address.to_owned()),
            email_key: Set(address.to_lowercase()),
            reason: Set(suppression::Reason::Manual),
            detail: Set(None),
        };
        row.insert(&self.app.db.write).await.unwrap();
        id
    }

    /// A document with the ids of a mail and of an address that gets none in place of `{email}` and `{suppression}`.
    pub async fn name_mails(&self, document: &str, role: &str) -> String {
        let email = self.put_mail("ada@example.org").await;
        if document.contains("emailsRetry") {
            self.set_mail(email.id, State::Failed).await;
        }
        let closed = self.suppress(&format!("closed-{role}@example.org")).await;
        let closed = encode("suppression", closed).to_string();
        document
            .replace("{email}", &format!("{:?}", mail_id(&email)))
            .replace("{suppression}", &format!("{closed:?}"))
    }

    /// Whoever reads an address closed it themselves.
    pub async fn closed_by_reader(&self, suppression: Uuid) {
        let row = suppression::ActiveModel {
            id: Unchanged(suppression),
            reason: Set(suppression::Reason::UnsubscribedAll),
            ..Default::default()
        };
        row.update(&self.app.db.write).await.unwrap();
    }
}

/// The id of a mail.
pub fn mail_id(mail: &email::Model) -> String {
    encode("email", mail.id).to_string()
}
