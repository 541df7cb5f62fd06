//! The talk with a sender by mail, and what mails tell of a submission that came.

use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    contact::service::inbox::erase_mails,
    cx::Hand,
    entity::{
        email, email_choice, email_topic, file_use, form, submission::State, submission_mail,
        work_item,
    },
    queue::NewItem,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ExprTrait as _,
    QueryFilter as _,
};
use serde_json::{Value, json};

use super::inbox_kit::{FOLLOW_UP, Office, REPLY, Sent, office};
use crate::kit::{Stored, key};

async fn told(office: &Office) -> u64 {
    let kind = work_item::Column::Kind.eq("notifications.tell");
    office.app.count::<work_item::Entity>(kind).await
}

#[tokio::test]
async fn an_answer_goes_by_mail_to_the_sender_in_one_thread() {
    let office = office().await;
    let came = office.come("hello").await;
    office.app.work().await;
    let run = office.reply(&office.tess, &came, "Dear *Olga*").await.done();
    let expected = json!([{ "submissionState": "WAITING", "thread": [{ "fromTeam": true,
        "body": { "source": "Dear *Olga*" }, "author": { "handle": "tess" }, "emailState": "QUEUED", "files": [] }] }]);
    assert_eq!(run.at("submissionReply.submissions"), &expected);
    assert_eq!(told(&office).await, 1);
    let first_reply = office.row(&came).await.first_reply_at;
    assert_eq!(first_reply, Some(office.app.app.clock.now()));
    office.app.app.clock.advance(TimeDelta::minutes(1));
    let last = json!({ "id": came.id, "body": "And **again**", "close": true });
    let run = office.app.run_with(&office.moderator, REPLY, last).await.done();
    assert_eq!(run.text("submissionReply.submissions.0.submissionState"), "DONE");
    assert_eq!(office.row(&came).await.first_reply_at, first_reply);
    assert_eq!(office.open().await, 0);

    let mails = office.mails("olga@example.net").await;
    let [received, first, second] = &mails[..] else { panic!("{mails:#?}") };
    assert_eq!(received.thread_refs, None);
    assert_eq!(first.thread_refs.as_ref(), Some(&received.message_ref));
    let both = format!("{} {}", received.message_ref, first.message_ref);
    assert_eq!(second.thread_refs, Some(both));
    for mail in [first, second] {
        assert_eq!(mail.subject, "[#1] Say *hello*");
        assert_eq!(mail.reply_to.as_deref(), Some("desk@example.org"));
        assert_eq!(mail.to_name.as_deref(), Some("Olga"));
        assert!(mail.html.as_ref().unwrap().contains(&came.token), "{mail:#?}");
    }
    assert!(first.html.as_ref().unwrap().contains("Dear <em>Olga</em>"), "{first:#?}");
    assert_eq!(first.sender_id, office.tess.id());
    office.app.work().await;
    let query = "query($id: ID!) { node(id: $id) { ... on Submission { thread { emailState } } } }";
    let run = office.app.run_with(&office.tess, query, json!({ "id": came.id })).await.ok();
    assert_eq!(run.list("node.thread", "emailState"), ["SENT", "SENT"]);
}

#[tokio::test]
async fn where_a_mail_stands_is_for_the_team() {
    let office = office().await;
    let came = office.come_from(&office.stranger, "hello").await;
    office.reply(&office.tess, &came, "Dear Stan").await.done();
    let query =
        "query($id: ID!) { node(id: $id) { ... on Submission { thread { id emailState } } } }";
    let run = office.app.run_with(&office.stranger, query, json!({ "id": came.id })).await.ok();
    assert_eq!(run.at("node.thread.0.emailState"), &Value::Null);
    let message = run.text("node.thread.0.id").to_owned();
    let query =
        "query($id: ID!) { node(id: $id) { ... on SubmissionMessage { body { source } } } }";
    let other = office.app.member("otto").await;
    for (actor, seen) in
        [(&office.tess, true), (&office.stranger, true), (&other, false), (&Guest, false)]
    {
        let run = office.app.run_with(actor, query, json!({ "id": message })).await.ok();
        assert_eq!(run.at("node") != &Value::Null, seen);
    }
}

#[tokio::test]
async fn files_of_ones_own_come_with_an_answer_and_are_seen_by_its_readers() {
    let office = office().await;
    let app = &office.app;
    let came = office.come_from(&office.stranger, "hello").await;
    let file = app.keep(&office.tess, &Stored::text("plan.txt", "the plan")).await;
    let theirs = app.keep(&office.moderator, &Stored::text("theirs.txt", "theirs")).await;
    let reply = |files: Value| json!({ "id": came.id, "body": "see there", "files": files });
    for wrong in [json!([file, theirs]), json!([file, "x"])] {
        let run = app.refuses(&office.tess, REPLY, reply(wrong)).await;
        assert_eq!(run.refusals(), ["NOT_FOUND files.1"]);
    }
    let run = app.run_with(&office.tess, REPLY, reply(json!([file]))).await.done();
    assert_eq!(run.text("submissionReply.submissions.0.thread.0.files.0.name"), "plan.txt");
    let mail = office.mails("olga@example.net").await.remove(0);
    let attached =
        file_use::Column::EmailId.eq(mail.id).and(file_use::Column::FileId.eq(key("file", &file)));
    assert_eq!(app.count::<file_use::Entity>(attached).await, 1);
    let query = "query($id: ID!) { node(id: $id) { ... on File { name } } }";
    let other = app.member("otto").await;
    for (actor, seen) in
        [(&office.stranger, true), (&office.moderator, true), (&other, false), (&Guest, false)]
    {
        let run = app.run_with(actor, query, json!({ "id": file })).await.ok();
        assert_eq!(run.at("node") != &Value::Null, seen);
    }
}

#[tokio::test]
async fn an_answer_needs_words_a_team_and_somebody_who_can_be_reached() {
    let office = office().await;
    let app = &office.app;
    let came = office.come_from(&office.stranger, "hello").await;
    let long = "r".repeat(10_001);
    for (body, code) in [("", "REQUIRED"), (" \u{200b}", "REQUIRED"), (&*long, "TOO_LONG")] {
        let run = app.refuses(&office.tess, REPLY, json!({ "id": came.id, "body": body })).await;
        assert_eq!(run.refusals(), [format!("{code} body")]);
    }
    let other = app.member("otto").await;
    let reply = json!({ "id": came.id, "body": "hi" });
    assert_eq!(app.refuses(&Guest, REPLY, reply.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.refuses(&other, REPLY, reply.clone()).await.refusals(), ["NOT_FOUND id"]);
    assert_eq!(app.refuses(&office.stranger, REPLY, reply).await.refusals(), ["FORBIDDEN id"]);
    let spam = office.come_as(Sent { state: State::Spam, ..Sent::default() }).await;
    let mute = office.come_as(Sent { email: None, ..Sent::default() }).await;
    for came in [spam, mute] {
        let run = app.refuses(&office.tess, REPLY, json!({ "id": came.id, "body": "hi" })).await;
        assert_eq!(run.refusals(), ["STATE_NOT_ALLOWED id"]);
    }
    // A member without an address is told within.
    let sent = Sent { email: None, sender: office.stranger.id(), ..Sent::default() };
    let within = office.come_as(sent).await;
    office.reply(&office.tess, &within, "hi").await.done();
    assert_eq!(told(&office).await, 1);
    assert_eq!(app.count::<email::Entity>(email::Column::Id.is_not_null()).await, 0);
}

#[tokio::test]
async fn the_team_hears_what_came_and_nothing_in_it_is_markup() {
    let office = office().await;
    let text = "<script>x</script>\n\n# Big [win](http://evil.example)\n\n    code `a`";
    office.come(text).await;
    office.app.work().await;
    let mails = office.mails("desk@example.org").await;
    let [mail] = &mails[..] else { panic!("{mails:#?}") };
    assert_eq!(mail.subject, "[#1] Say *hello*");
    assert!(mail.topic_id.is_some());
    let html = mail.html.as_ref().unwrap();
    for (markup, why) in [
        ("<script", "a script"),
        ("<h1", "a heading"),
        ("href=\"http://evil", "a link"),
        ("<code", "code"),
    ] {
        assert!(!html.contains(markup), "{why}: {html}");
    }
    assert!(html.contains("Big [win]") && html.contains("Your message"), "{html}");
    assert!(html.contains("/inbox/submission_"), "{html}");
}

#[tokio::test]
async fn nobody_is_told_twice_of_what_came_though_the_work_is_done_again() {
    let office = office().await;
    let came = office.come("hello").await;
    office.app.work().await;
    let hand = Hand::of_server(&office.app.app);
    let again = NewItem::new(&guildhall::contact::work::RECEIVED, &came.key).unwrap();
    let (cx, db) = (hand.cx(&office.app.app), &office.app.app.db.write);
    guildhall::queue::add(cx, db, again).await.unwrap();
    assert_eq!(office.app.work().await, 1);
    assert_eq!(office.mails("desk@example.org").await.len(), 1);
    assert_eq!(office.mails("olga@example.net").await.len(), 1);
}

#[tokio::test]
async fn who_left_the_topic_hears_nothing() {
    let office = office().await;
    let db = &office.app.app.db.write;
    let topic = email_topic::Entity::find().filter(email_topic::Column::Key.eq("submission"));
    let choice = email_choice::ActiveModel {
        email_key: Set("desk@example.org".to_owned()),
        topic_id: Set(topic.one(db).await.unwrap().unwrap().id),
        subscribed: Set(0),
        chosen_at: Set(office.app.app.clock.now()),
    };
    choice.insert(db).await.unwrap();
    office.come("hello").await;
    office.app.work().await;
    let mails = office.mails("desk@example.org").await;
    assert_eq!(mails[0].state, email::State::Suppressed);
}

#[tokio::test]
async fn a_sender_is_told_that_it_came_in_their_language_once_an_hour() {
    let office = office().await;
    let sent = Sent { locale: Some("de-AT"), name: Some("WIN NOW"), ..Sent::default() };
    let came = office.come_as(sent).await;
    office.come("and more").await;
    office.app.work().await;
    let mails = office.mails("olga@example.net").await;
    let [mail] = &mails[..] else { panic!("{mails:#?}") };
    assert_eq!(mail.subject, "Wir haben Ihre Nachricht: Say *hello*");
    assert!(mail.text.as_ref().unwrap().contains(&format!("/contact/{}", came.token)), "{mail:#?}");
    // Nothing of what a guest writes goes to an address that may be somebody else's.
    assert_eq!(mail.to_name, None);
    assert!(!format!("{mail:?}").contains("WIN NOW"));
    assert_eq!(office.mails("desk@example.org").await.len(), 2);
    office.app.app.clock.advance(TimeDelta::minutes(59));
    office.come("soon").await;
    office.app.work().await;
    assert_eq!(office.mails("olga@example.net").await.len(), 1);
    office.app.app.clock.advance(TimeDelta::minutes(2));
    office.come("later").await;
    office.app.work().await;
    assert_eq!(office.mails("olga@example.net").await.len(), 2);
}

#[tokio::test]
async fn spam_and_machines_are_not_answered_at_once() {
    let office = office().await;
    office.come_as(Sent { state: State::Spam, ..Sent::default() }).await;
    for machine in [
        "MAILER-DAEMON@example.net",
        "no-reply@example.net",
        "desk@example.org",
        "guildhall@localhost",
    ] {
        office.come_as(Sent { email: Some(machine), ..Sent::default() }).await;
    }
    office.app.work().await;
    assert_eq!(office.mails("olga@example.net").await.len(), 0);
    let to_sender = submission_mail::Column::ToSender.eq(1);
    assert_eq!(office.app.count::<submission_mail::Entity>(to_sender).await, 0);
    // Of the four that are no spam the team heard.
    assert_eq!(office.mails("desk@example.org").await.len(), 4);
}

#[tokio::test]
async fn what_is_erased_leaves_no_mail() {
    let office = office().await;
    let (came, other) = (office.come("hello").await, office.come("other").await);
    office.app.work().await;
    office.reply(&office.tess, &came, "an answer").await.done();
    office.reply(&office.tess, &other, "another one").await.done();
    office
        .app
        .run_with(&Guest, FOLLOW_UP, json!({ "token": came.token, "body": "more" }))
        .await
        .done();
    let hand = Hand::of_server(&office.app.app);
    let cx = hand.cx(&office.app.app);
    let tx = cx.begin().await.unwrap();
    erase_mails(&tx, &[came.key]).await.unwrap();
    tx.commit().await.unwrap();
    let left: Vec<_> =
        office.mails("olga@example.net").await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(left, ["[#2] Say *hello*"]);
    let left = office.mails("desk@example.org").await;
    assert_eq!(left.len(), 1, "{left:#?}");
    assert!(left[0].text.as_ref().unwrap().contains("other"));
    // What was to be sent is passed over.
    office.app.work().await;
}

#[tokio::test]
async fn a_form_without_addresses_tells_its_sender_alone() {
    let office = office().await;
    let db = &office.app.app.db.write;
    let row = form::Entity::find_by_id(office.form).one(db).await.unwrap().unwrap();
    let mut row: form::ActiveModel = row.into();
    row.notify_emails = Set("[]".to_owned());
    row.update(db).await.unwrap();
    let came = office.come("hello").await;
    office.app.work().await;
    office.reply(&office.tess, &came, "hi").await.done();
    let mails = office.mails("olga@example.net").await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1].reply_to, None);
}
