//! Who never hears of something, what is told to nobody, and what telling costs.

use chrono::TimeDelta;
use guildhall::{
    entity::{
        account::{self, State},
        comment, mute,
        notification::{self, Kind},
        notification_box,
        watch::Level,
        work_item,
    },
    notice::Notice,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ExprTrait as _,
    QueryFilter as _,
};

use crate::kit::{TestApp, block, follow, key, mute, write_comment, write_post};

#[tokio::test]
async fn who_wants_no_news_of_somebody_or_may_not_see_it_hears_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let handles = [
        "blocker",
        "blocked",
        "muter",
        "muted_once",
        "suspended",
        "stranger",
        "off",
        "deaf",
        "all",
    ];
    let mut people = Vec::new();
    for handle in handles {
        let one = app.member(handle).await;
        if handle != "stranger" {
            follow(&app, &one, &ada).await;
        }
        people.push(one);
    }
    app.work().await;
    let [blocker, blocked, muter, muted_once, suspended, stranger, off, deaf, all] = &people[..]
    else {
        panic!("nine");
    };
    let names: Vec<_> = handles.iter().map(|handle| format!("@{handle}")).collect();
    let words = names.join(" ");
    let post = write_post(&app, &ada, &words, "FOLLOWERS").await;
    assert_eq!(app.notices().await, 1);
    block(&app, blocker, &ada).await;
    block(&app, &ada, blocked).await;
    mute(&app, muter, &ada).await;
    let row = mute::ActiveModel {
        id: Set(app.app.clock.key()),
        muter_id: Set(muted_once.id().unwrap()),
        muted_id: Set(ada.id().unwrap()),
        until: Set(Some(app.app.clock.now() + TimeDelta::seconds(1))),
    };
    row.insert(&app.app.db.write).await.unwrap();
    let state = account::ActiveModel { state: Set(State::Suspended), ..Default::default() };
    app.set_account(suspended, state).await;
    app.switch_off(off, Kind::Mention).await;
    app.watches(deaf, &post, Level::Nothing).await;
    app.app.clock.advance(TimeDelta::seconds(2));
    app.work().await;
    let mention = format!("Mention post by ada (1): {words}");
    for one in [blocker, blocked, muter, suspended, stranger, off, deaf] {
        let handle = app.profile(one).await.handle;
        assert_eq!(app.heard(one).await, [""; 0], "{handle}");
        assert_eq!(app.told(one.id().unwrap()).await, [""; 0], "{handle}");
        let boxes = notification_box::Column::ProfileId.eq(one.id().unwrap());
        assert_eq!(app.count::<notification_box::Entity>(boxes).await, 0, "{handle}");
    }
    for one in [muted_once, all] {
        assert_eq!(app.heard(one).await, std::slice::from_ref(&mention));
    }
}

#[tokio::test]
async fn of_what_is_gone_by_then_nobody_hears() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let talk = app.open_talk(&ada, &[&ben]).await;
    let kept = write_post(&app, &ben, "kept", "PUBLIC").await;
    let parent = write_comment(&app, &ben, &kept, "kept").await;
    let post = write_post(&app, &ada, "@ben", "PUBLIC").await;
    let comment = app.reply_to(&ada, &kept, &parent, "@ben").await;
    let message = crate::chat::messages_kit::say(&app, &ada, &talk, "@ben").await;
    for (field, id) in
        [("postDelete", &post), ("commentDelete", &comment), ("messageDelete", &message)]
    {
        app.act(&ada, field, id).await.done();
    }
    app.app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    assert_eq!(app.notifications().await, 0);
    assert_eq!(app.count::<work_item::Entity>(work_item::Column::Id.is_not_null()).await, 0);

    // What was told goes with what it was about.
    let post = write_post(&app, &ada, "@ben", "PUBLIC").await;
    app.work().await;
    assert_eq!(app.notifications().await, 1);
    app.act(&ada, "postDelete", &post).await.done();
    assert_eq!(app.notifications().await, 0);
}

#[tokio::test]
async fn to_tell_a_notice_twice_changes_nothing() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "to @ben", "PUBLIC").await;
    let comment = write_comment(&app, &ben, &post, "hi @ada").await;
    app.react(&ben, &post, "👍").await;
    follow(&app, &ben, &ada).await;
    // The mails are written then, too.
    app.two_minutes().await;
    assert_eq!(app.notifications().await, 4);
    let (post, comment) = (key("post", &post), key("comment", &comment));
    let (a, b) = (ada.id().unwrap(), ben.id().unwrap());
    let notices = [
        Notice::PostPublished(post),
        Notice::CommentAdded(comment),
        Notice::Reacted { actor: b, kind: "post".to_owned(), subject: post },
        Notice::Followed { follower: b, followed: a },
    ];
    for is_read in [false, true] {
        if is_read {
            app.reads_all(&ada).await;
            app.reads_all(&ben).await;
        }
        let before = app.told_so_far().await;
        app.app.clock.advance(TimeDelta::hours(2));
        for notice in &notices {
            app.tell_again(notice.clone()).await;
            assert!(app.told_so_far().await == before, "{notice:?} read: {is_read}");
        }
    }
    let rows = comment::Column::Id.eq(comment);
    assert_eq!(app.count::<comment::Entity>(rows).await, 1);
}

#[tokio::test]
async fn two_hundred_who_hear_take_as_many_statements_as_twenty() {
    let mut counts = Vec::new();
    for size in [20, 200] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let post = write_post(&app, &ada, "a post", "MEMBERS").await;
        let mut watching = Vec::new();
        for n in 0..size {
            let one = app.member(&format!("member{n}")).await;
            app.watches(&one, &post, Level::All).await;
            watching.push(one);
        }
        let ben = app.member("ben").await;
        write_comment(&app, &ben, &post, "hello").await;
        app.statements();
        app.work().await;
        let first = app.statements();
        // The second time they join what is there.
        let cleo = app.member("cleo").await;
        write_comment(&app, &cleo, &post, "hello").await;
        app.statements();
        app.work().await;
        let second = app.statements();
        counts.push((first.len(), second.len()));
        let rows = notification::Entity::find()
            .filter(
                notification::Column::ActorCount.eq(2).and(notification::Column::ReadAt.is_null()),
            )
            .all(&app.app.db.write)
            .await
            .unwrap();
        assert_eq!(rows.len(), size + 1, "{second:#?}");
        assert_eq!(app.told(watching[size - 1].id().unwrap()).await.len(), 2);
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[1].0 < 60 && counts[1].1 < 60, "{counts:?}");
}
