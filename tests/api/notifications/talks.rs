//! Messages: those who are away hear of them after a pause, once for each conversation.

use chrono::TimeDelta;
use guildhall::{
    entity::{
        conversation::{Kind as Talk, Visibility},
        conversation_member::Role,
        watch::Level,
    },
    notice::NOTICE,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::news_kit::about;
use crate::{
    chat::messages_kit::{has_read, room, row, say, talk, thread},
    kit::{TestApp, key},
};

async fn a_minute(app: &TestApp) {
    app.app.clock.advance(TimeDelta::seconds(60));
    app.work().await;
}

#[tokio::test]
async fn who_is_away_hears_once_of_all_that_is_said_in_a_minute() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let room = talk(&app, Talk::Circle, &[&ada, &ben, &cleo]).await;
    for n in 0..5 {
        say(&app, &ada, &room, &format!("ada {n}")).await;
        say(&app, &ben, &room, &format!("ben {n}")).await;
    }
    let kind = guildhall::entity::work_item::Column::Kind.eq(NOTICE.name);
    let items = guildhall::entity::work_item::Entity::find().filter(kind);
    assert_eq!(items.all(&app.app.db.write).await.unwrap().len(), 1);
    app.app.clock.advance(TimeDelta::seconds(59));
    app.work().await;
    assert_eq!(app.notifications().await, 0);
    app.app.clock.advance(TimeDelta::seconds(1));
    app.work().await;
    assert_eq!(app.heard(&cleo).await, ["Message conversation by ada, ben (2): ben 4"]);
    assert_eq!(about(&app.inbox(&cleo).await[0]).1, key("conversation", &room));
    // Ben said the last word; Ada has not read it.
    assert_eq!(app.heard(&ben).await, [""; 0]);
    assert_eq!(app.heard(&ada).await, ["Message conversation by ben (1): ben 4"]);

    // What comes later joins it until it is read.
    say(&app, &ada, &room, "later").await;
    a_minute(&app).await;
    assert_eq!(app.heard(&cleo).await, ["Message conversation by ben, ada (2): later"]);
}

#[tokio::test]
async fn who_is_around_or_has_read_it_hears_nothing() {
    let app = TestApp::new().await;
    let (ada, ben, cleo, dan) = (
        app.member("ada").await,
        app.member("ben").await,
        app.member("cleo").await,
        app.member("dan").await,
    );
    let room = talk(&app, Talk::Circle, &[&ada, &ben, &cleo, &dan]).await;
    app.app.presence.arrive(ben.id().unwrap());
    say(&app, &ada, &room, "one").await;
    let last = say(&app, &ada, &room, "two").await;
    has_read(&app, &room, &cleo, &last).await;
    a_minute(&app).await;
    assert_eq!(app.heard(&ben).await, [""; 0]);
    assert_eq!(app.heard(&cleo).await, [""; 0]);
    assert_eq!(app.heard(&dan).await, ["Message conversation by ada (1): two"]);
}

#[tokio::test]
async fn what_is_deleted_or_said_in_a_thread_is_not_told() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let room = talk(&app, Talk::Direct, &[&ada, &ben]).await;
    let first = say(&app, &ada, &room, "first").await;
    has_read(&app, &room, &ben, &first).await;
    a_minute(&app).await;
    thread(&app, &ada, &room, &first, "aside").await;
    assert_eq!(app.notices().await, 0);
    let gone = say(&app, &ada, &room, "gone").await;
    app.act(&ada, "messageDelete", &gone).await.done();
    a_minute(&app).await;
    assert_eq!(app.notifications().await, 0);
    // What was deleted takes nothing along that was said after it.
    let gone = say(&app, &ada, &room, "gone").await;
    say(&app, &ada, &room, "stays").await;
    app.act(&ada, "messageDelete", &gone).await.done();
    a_minute(&app).await;
    assert_eq!(app.heard(&ben).await, ["Message conversation by ada (1): stays"]);
}

#[tokio::test]
async fn in_a_channel_only_who_wants_everything_hears_of_messages() {
    let app = TestApp::new().await;
    let (ada, ben, cleo, dan) = (
        app.member("ada").await,
        app.member("ben").await,
        app.member("cleo").await,
        app.member("dan").await,
    );
    let people = [(&ada, Role::Owner), (&ben, Role::Member), (&cleo, Role::Member)];
    let room = room(&app, Talk::Channel, Visibility::Private, &people).await;
    app.watches(&ben, &room, Level::All).await;
    // Who watches but is not in there hears nothing.
    app.watches(&dan, &room, Level::All).await;
    say(&app, &ada, &room, "hello").await;
    a_minute(&app).await;
    assert_eq!(app.heard(&ben).await, ["Message conversation by ada (1): hello"]);
    assert_eq!(app.heard(&cleo).await, [""; 0]);
    assert_eq!(app.heard(&dan).await, [""; 0]);
}

#[tokio::test]
async fn who_wants_nothing_of_a_talk_hears_nothing() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    for level in [Level::Nothing, Level::Mentions] {
        let room = talk(&app, Talk::Circle, &[&ada, &ben]).await;
        app.watches(&ben, &room, level).await;
        say(&app, &ada, &room, "hello").await;
        a_minute(&app).await;
        assert_eq!(app.heard(&ben).await, [""; 0], "{level:?}");
    }
}

#[tokio::test]
async fn who_is_named_hears_at_once() {
    let app = TestApp::new().await;
    let (ada, ben, eve) =
        (app.member("ada").await, app.member("ben").await, app.member("eve").await);
    let room = talk(&app, Talk::Direct, &[&ada, &ben]).await;
    app.app.presence.arrive(ben.id().unwrap());
    let message = say(&app, &ada, &room, "@ben and @eve and @ada").await;
    app.work().await;
    assert_eq!(app.heard(&ben).await, ["Mention message by ada (1): @ben and @eve and @ada"]);
    assert_eq!(about(&app.inbox(&ben).await[0]).1, row(&app, &message).await.id);
    assert_eq!(app.heard(&eve).await, [""; 0]);
    assert_eq!(app.heard(&ada).await, [""; 0]);
}
