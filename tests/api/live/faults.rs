//! What fails beneath subscriptions: they wait, and go on.

use std::net::{IpAddr, Ipv4Addr};

use guildhall::{
    Actor, Cx,
    infra::reader::Reader,
    streams::{Events, NewEvent, Stream},
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::{EVENTS, comments, follow, stage, texts};
use crate::kit::{TestApp, key};

/// Takes a table away from everybody who reads it.
async fn take_away(app: &TestApp, table: &str) {
    let db = &app.app.db.write;
    db.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO away")).await.unwrap();
}

/// Puts it back where it was.
async fn put_back(app: &TestApp, table: &str) {
    let db = &app.app.db.write;
    db.execute_unprepared(&format!("ALTER TABLE away RENAME TO {table}")).await.unwrap();
}

/// An event at which everybody who hears it is asked for their right to.
async fn something_that_changes_access(app: &TestApp, post: &str) {
    let (stream, db) = (key("post", post), Reader::Pool(app.app.db.write.clone()));
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let cx = Cx { app: &app.app, actor: &Actor::Guest, address, db: &db };
    let tx = cx.begin().await.unwrap();
    let mut events = Events::new();
    let event = NewEvent::new("post_changed", stream).changes_access();
    events.append(cx, &tx, Stream::discussion(stream), event).await.unwrap();
    events.commit(cx, tx).await.unwrap();
}

#[tokio::test]
async fn nobody_is_sent_away_because_it_cannot_be_found_out_who_may_hear() {
    let (app, ada, post) = stage().await;
    let mut follower = follow(&app, &ada, &post, None).await;
    follower.ready().await;
    take_away(&app, "post").await;
    something_that_changes_access(&app, &post).await;
    for _ in 0..15 {
        follower.hears_nothing().await;
    }
    put_back(&app, "post").await;
    assert_eq!(follower.next().await["__typename"], "SubjectChanged");
    comments(&app, &ada, &post, 0..1).await;
    assert_eq!(texts(&follower.take(1).await), ["0"]);
}

#[tokio::test]
async fn who_comes_while_the_streams_cannot_be_read_is_told_once_they_can() {
    let (app, ada, post) = stage().await;
    take_away(&app, "stream").await;
    let mut follower = follow(&app, &ada, &post, None).await;
    for _ in 0..3 {
        follower.hears_nothing().await;
    }
    put_back(&app, "stream").await;
    follower.ready().await;
    comments(&app, &ada, &post, 0..1).await;
    assert_eq!(texts(&follower.take(1).await), ["0"]);
}

/// Who may not hear any more and does not read either holds up none of those who may.
#[tokio::test]
async fn who_is_sent_away_and_does_not_read_holds_nobody_up() {
    let (app, ada, post) = stage().await;
    let ben = app.member("ben").await;
    let mut slow = app.follow_with(&ben, EVENTS, json!({ "id": post }), 2).await.ok().unwrap();
    slow.ready().await;
    let mut quick = follow(&app, &ada, &post, None).await;
    quick.ready().await;
    comments(&app, &ada, &post, 0..2).await;
    quick.take(2).await;
    let query = "mutation($id: ID!) { postUpdate(id: $id, input: { visibility: FOLLOWERS }) \
        { userErrors { code } } }";
    app.run_with(&ada, query, json!({ "id": post })).await.ok();
    assert_eq!(quick.next().await["__typename"], "SubjectChanged");
    comments(&app, &ada, &post, 2..3).await;
    assert_eq!(texts(&quick.take(1).await), ["2"]);
    assert_eq!(texts(&slow.take(2).await), ["0", "1"]);
    assert_eq!(slow.next().await["reason"], "ACCESS_CHANGED");
}

/// A copy of the database that had not everything took the place of the one that did.
#[tokio::test]
async fn who_follows_a_stream_that_was_set_back_is_told_so() {
    let (app, ada, post) = stage().await;
    comments(&app, &ada, &post, 0..4).await;
    let mut follower = follow(&app, &ada, &post, None).await;
    follower.ready().await;
    let db = &app.app.db.write;
    db.execute_unprepared("DELETE FROM event WHERE seq > 2").await.unwrap();
    db.execute_unprepared("UPDATE stream SET last_seq = 2 WHERE last_seq > 2").await.unwrap();
    app.lose_notes();
    assert_eq!(follower.next().await["reason"], "SERVER_RESTORED");
    comments(&app, &ada, &post, 4..6).await;
    assert_eq!(texts(&follower.take(2).await), ["4", "5"]);
}

/// However few results wait: they are megabytes.
#[tokio::test]
async fn what_waits_for_a_connection_is_bounded_by_its_size_too() {
    use guildhall::engine::live::{Next, Sent, Told, outbox};
    let (outbox, mut inbox) = outbox(256);
    let told = std::sync::Arc::new(Told { payload: vec![b' '; 1 << 20].into(), cursor: None });
    let large = || Sent::Next { operation: 1, told: told.clone() };
    for _ in 0..4 {
        assert!(outbox.push(large()));
    }
    assert!(matches!(inbox.next().await, Next::Send(_)), "what is taken makes room");
    assert!(outbox.push(large()));
    assert!(!outbox.push(large()), "the fifth does not wait");
    assert!(matches!(inbox.next().await, Next::Slow));
}
