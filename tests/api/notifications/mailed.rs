//! What a mail tells of: news that nobody read for a while, to those who want it, once.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        account::{self, State},
        email, email_choice, email_topic,
        notification::Kind,
        work_item,
    },
    notice::Notice,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::{
    chat::messages_kit::{has_read, say, talk},
    kit::{TestApp, block, key, write_comment, write_post},
};

impl TestApp {
    /// The mails that tell somebody of news, the oldest first.
    async fn told_by_mail(&self, whom: &Actor) -> Vec<email::Model> {
        let rows = email::Entity::find()
            .filter(email::Column::RecipientId.eq(whom.id().unwrap()))
            .filter(email::Column::TemplateKey.eq("notification"))
            .order_by_asc(email::Column::Id);
        rows.all(&self.app.db.write).await.unwrap()
    }

    /// Somebody takes mail of a topic, or none.
    pub async fn subscribes(&self, who: &Actor, topic: &str, on: bool) {
        let db = &self.app.db.write;
        let rows = email_topic::Entity::find().filter(email_topic::Column::Key.eq(topic));
        let topic = rows.one(db).await.unwrap().unwrap();
        let account = account::Entity::find_by_id(who.id().unwrap()).one(db).await.unwrap();
        let row = email_choice::ActiveModel {
            email_key: Set(account.unwrap().email_key),
            topic_id: Set(topic.id),
            subscribed: Set(i32::from(on)),
            chosen_at: Set(self.app.clock.now()),
        };
        row.insert(db).await.unwrap();
    }

    async fn waiting_mails(&self) -> u64 {
        self.count::<work_item::Entity>(work_item::Column::Kind.eq("notifications.mail")).await
    }
}

#[tokio::test]
async fn a_mail_tells_who_is_away_after_two_minutes_and_once() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    write_comment(&app, &ben, &post, "two *words* & <more>").await;
    app.work().await;
    app.app.clock.advance(TimeDelta::seconds(119));
    app.work().await;
    assert_eq!(app.told_by_mail(&ada).await.len(), 0);
    app.app.clock.advance(TimeDelta::seconds(1));
    app.work().await;
    let mails = app.told_by_mail(&ada).await;
    let [mail] = &mails[..] else { panic!("{mails:#?}") };
    assert_eq!(mail.to_email, "ada@example.org");
    assert_eq!(mail.subject, "Ben commented on a post");
    assert_eq!((mail.state, mail.is_secret), (email::State::Sent, 0));
    let (text, html) = (mail.text.as_deref().unwrap(), mail.html.as_deref().unwrap());
    let link = format!("{}/posts/{post}", app.app.config.public_url());
    for words in [text, html] {
        assert!(words.contains(&link), "{words}");
        assert!(words.contains("/mail/unsubscribe/"), "{words}");
    }
    assert!(text.contains("> two words & <more>"), "{text}");
    assert!(html.contains("two words &amp; &lt;more&gt;"), "{html}");
    let topic =
        email_topic::Entity::find_by_id(mail.topic_id.unwrap()).one(&app.app.db.write).await;
    assert_eq!(topic.unwrap().unwrap().key, "comment");
    assert_eq!(app.inbox(&ada).await[0].mailed_at, Some(app.app.clock.now()));

    // What joins it is not mailed, however long it stays unread.
    let cleo = app.member("cleo").await;
    write_comment(&app, &cleo, &post, "more").await;
    app.two_minutes().await;
    app.tell_again(Notice::PostPublished(key("post", &post))).await;
    assert_eq!(app.inbox(&ada).await.len(), 1);
    assert_eq!(app.waiting_mails().await, 0);
    assert_eq!(app.told_by_mail(&ada).await.len(), 1);
    // Once it was read, news is mailed again.
    app.reads_all(&ada).await;
    write_comment(&app, &cleo, &post, "and more").await;
    app.two_minutes().await;
    assert_eq!(app.told_by_mail(&ada).await.len(), 2);
}

#[tokio::test]
async fn news_of_two_minutes_is_one_mail_in_the_readers_language() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let german = account::ActiveModel { locale: Set("de-AT".to_owned()), ..Default::default() };
    app.set_account(&ada, german).await;
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    for who in [&ben, &cleo, &ben] {
        write_comment(&app, who, &post, "Grüße").await;
        app.work().await;
        app.app.clock.advance(TimeDelta::seconds(30));
    }
    assert_eq!(app.waiting_mails().await, 1);
    app.two_minutes().await;
    let mails = app.told_by_mail(&ada).await;
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["Ben und Cleo haben zu einem Beitrag kommentiert"]);
    assert!(mails[0].html.as_deref().unwrap().contains("Öffnen"));
}

#[tokio::test]
async fn who_has_read_it_is_around_or_cannot_be_reached_gets_no_mail() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut people = Vec::new();
    for handle in ["reader", "present", "unproved", "suspended", "late", "apart", "all"] {
        people.push(app.member(handle).await);
    }
    let [reader, present, unproved, suspended, late, apart, all] = &people[..] else {
        panic!("seven");
    };
    let unknown = || account::ActiveModel { email_verified_at: Set(None), ..Default::default() };
    app.set_account(unproved, unknown()).await;
    let words = "@reader @present @unproved @suspended @late @apart @all";
    write_post(&app, &ada, words, "PUBLIC").await;
    app.work().await;
    for one in &people {
        assert_eq!(app.inbox(one).await.len(), 1);
    }
    assert_eq!(app.waiting_mails().await, 6);
    app.reads_all(reader).await;
    app.app.presence.arrive(present.id().unwrap());
    let state = account::ActiveModel { state: Set(State::Suspended), ..Default::default() };
    app.set_account(suspended, state).await;
    // Whose address is another by now has to prove that one first.
    app.set_account(late, unknown()).await;
    block(&app, &ada, apart).await;
    app.two_minutes().await;
    for one in [reader, present, unproved, suspended, late, apart] {
        let handle = app.profile(one).await.handle;
        assert_eq!(app.told_by_mail(one).await.len(), 0, "{handle}");
        assert_eq!(app.inbox(one).await[0].mailed_at, None, "{handle}");
    }
    assert_eq!(app.told_by_mail(all).await.len(), 1);
}

#[tokio::test]
async fn what_is_gone_by_then_is_not_mailed() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "@ben", "PUBLIC").await;
    let kept = write_post(&app, &ada, "kept", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &kept, "@ben").await;
    app.work().await;
    assert_eq!(app.waiting_mails().await, 2);
    app.act(&ada, "postDelete", &post).await.done();
    app.act(&ada, "commentDelete", &comment).await.done();
    app.two_minutes().await;
    assert_eq!(app.told_by_mail(&ben).await.len(), 0);
    assert_eq!(app.waiting_mails().await, 0);
}

#[tokio::test]
async fn who_does_not_take_mail_of_the_topic_gets_none() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    app.subscribes(&ada, "comment", false).await;
    app.subscribes(&ada, "reaction", true).await;
    for author in [&ada, &ben] {
        let post = write_post(&app, author, "a post", "PUBLIC").await;
        write_comment(&app, &cleo, &post, "hello").await;
        app.react(&cleo, &post, "👍").await;
    }
    app.two_minutes().await;
    let subjects = async |who: &Actor| -> Vec<String> {
        app.told_by_mail(who).await.into_iter().map(|mail| mail.subject).collect()
    };
    // Comments are mailed unless somebody says otherwise, reactions only if they do.
    assert_eq!(subjects(&ada).await, ["Cleo reacted to your post"]);
    assert_eq!(subjects(&ben).await, ["Cleo commented on a post"]);
    let kinds = app.inbox(&ada).await;
    assert_eq!(kinds.len(), 2);
    // Who leaves the topic between the news and its mail gets none.
    let post = write_post(&app, &ben, "another", "PUBLIC").await;
    write_comment(&app, &cleo, &post, "hello").await;
    app.work().await;
    app.subscribes(&ben, "comment", false).await;
    app.two_minutes().await;
    let last = app.told_by_mail(&ben).await.pop().unwrap();
    assert_eq!(last.state, email::State::Suppressed);
}

#[tokio::test]
async fn what_is_switched_off_is_neither_told_nor_mailed() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    app.switch_off(&ben, Kind::Mention).await;
    write_post(&app, &ada, "@ben", "PUBLIC").await;
    app.two_minutes().await;
    assert_eq!(app.inbox(&ben).await.len(), 0);
    assert_eq!(app.told_by_mail(&ben).await.len(), 0);
}

#[tokio::test]
async fn messages_that_were_read_meanwhile_are_not_mailed() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let room =
        talk(&app, guildhall::entity::conversation::Kind::Circle, &[&ada, &ben, &cleo]).await;
    let message = say(&app, &ada, &room, "hello").await;
    app.app.clock.advance(TimeDelta::minutes(1));
    app.work().await;
    assert_eq!(app.waiting_mails().await, 2);
    has_read(&app, &room, &ben, &message).await;
    app.two_minutes().await;
    assert_eq!(app.told_by_mail(&ben).await.len(), 0);
    let mails = app.told_by_mail(&cleo).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Ada wrote to you");
    let link = format!("{}/conversations/{room}", app.app.config.public_url());
    assert!(mails[0].text.as_deref().unwrap().contains(&link));
}

#[tokio::test]
async fn a_name_cannot_write_into_a_mail() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let rename = "mutation { profileUpdate(input: { name: \"[B](https://evil.example) <b>x</b>\" }) { userErrors { code path } } }";
    app.run(&ben, rename).await.done();
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    write_comment(&app, &ben, &post, "[here](https://evil.example)").await;
    app.two_minutes().await;
    let mail = app.told_by_mail(&ada).await.remove(0);
    let html = mail.html.unwrap();
    assert!(!html.contains("href=\"https://evil.example"), "{html}");
    assert!(!html.contains("<b>"), "{html}");
}
