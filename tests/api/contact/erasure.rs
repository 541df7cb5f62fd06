//! Submissions are kept as long as their form says, and no longer.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    contact::service::mail_tag,
    entity::{blob, email, file, file_use, submission_message},
    work,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    EntityTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::json;

use super::kit::{SAVE, hello, words};
use crate::kit::TestApp;

const DAY: &str = "PT86400S";

#[tokio::test]
async fn what_is_past_its_time_is_erased_with_all_that_belongs_to_it() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    let more = json!({ "retention": DAY, "consentText": "You may keep this for a day." });
    let id = app.form(&staff, hello("hello", more)).await;
    app.form(&staff, hello("kept", json!({}))).await;
    let query = "mutation($file: Upload!) { formSubmit(input: { form: { slug: \"hello\" }, consent: true, values: [
        { field: \"email\", text: \"ada@example.com\" }, { field: \"message\", text: \"Hello\" },
        { field: \"cv\", uploads: [$file] } ] }) { receipt { number } userErrors { code path } } }";
    let fields = json!([
        { "key": "email", "label": "Address", "type": "EMAIL" },
        { "key": "message", "label": "Message", "type": "LONG_TEXT" },
        { "key": "cv", "label": "CV", "type": "FILE" },
    ]);
    app.run_with(&staff, SAVE, json!({ "id": id, "input": { "fields": fields } })).await.ok();
    let run =
        app.run_with_file(&Actor::Guest, query, json!({}), ("cv.txt", b"who I am")).await.ok();
    assert_eq!(run.at("formSubmit.receipt.number"), &json!(1), "{run:#?}");
    app.send(&Actor::Guest, "kept", words(), json!({})).await;
    let sent = app.submissions().await;
    let erased = sent.iter().find(|row| row.erase_at.is_some()).unwrap().clone();
    assert_eq!(erased.consent_text.as_deref(), Some("You may keep this for a day."));
    assert_eq!(erased.consented_at, Some(app.app.clock.now()));
    // A mail that answered it, and one about something else.
    let (about, other) = (
        app.mail_to("ada@example.com", &[mail_tag(erased.id)]).await,
        app.mail_to("ada@example.com", &[]).await,
    );
    let message = submission_message::ActiveModel {
        id: Set(app.app.clock.key()),
        submission_id: Set(erased.id),
        from_team: Set(1),
        author_id: Set(None),
        email_id: Set(None),
        body_source: Set("Hi".to_owned()),
        body_html: Set("<p>Hi</p>".to_owned()),
    };
    message.insert(&app.app.db.write).await.unwrap();

    app.app.clock.advance(TimeDelta::hours(23));
    work::fire(&app.app).await.unwrap();
    app.work().await;
    assert_eq!(app.submissions().await.len(), 2, "nothing is erased too early");
    app.app.clock.advance(TimeDelta::hours(2));
    work::fire(&app.app).await.unwrap();
    app.work().await;
    let left = app.submissions().await;
    assert_eq!((left.len(), left[0].erase_at), (1, None));
    let all = || Expr::val(1).eq(1);
    assert_eq!(app.count::<submission_message::Entity>(all()).await, 0);
    assert_eq!(app.count::<file_use::Entity>(all()).await, 0);
    assert_eq!(app.count::<file::Entity>(all()).await, 0);
    let form = app.form_row(&id).await;
    assert_eq!((form.submission_count, form.open_count, form.last_number), (0, 0, 1));
    let text = |id| email::Entity::find_by_id(id).one(&app.app.db.write);
    let (about, other) = (text(about).await.unwrap().unwrap(), text(other).await.unwrap().unwrap());
    assert_eq!((about.text, about.html), (None, None));
    assert!(other.text.is_some());
    // The bytes go with the sweep, as all that no file uses.
    app.app.clock.advance(TimeDelta::hours(2));
    work::fire(&app.app).await.unwrap();
    app.work().await;
    assert_eq!(app.count::<blob::Entity>(all()).await, 0);
}

impl TestApp {
    /// A mail in the outbox with these tags.
    async fn mail_to(&self, address: &str, tags: &[String]) -> uuid::Uuid {
        use guildhall::mail::service::{NewMail, To, put};
        let hand = guildhall::cx::Hand::of_server(&self.app);
        let cx = hand.cx(&self.app);
        let to =
            To { email: address.to_owned(), name: None, profile: None, locale: "en".to_owned() };
        let blanks = json!({ "link": "https://example.org", "inviter": "Ada", "note": "Come in" });
        let mut new = NewMail::of(to, "invitation", blanks);
        new.tags = tags.to_vec();
        let tx = cx.begin().await.unwrap();
        let mail = put(cx, &tx, new).await.unwrap();
        tx.commit().await.unwrap();
        mail.id
    }
}
