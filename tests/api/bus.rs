//! The bus between servers of one community, with a Redis that is killed, held still and started again.

use std::{
    io::Read as _,
    time::{Duration, Instant},
};

use guildhall::{
    app::App,
    config::{Config, Secret},
    infra::bus::{Bus, Heard, Listener, Note, Passing},
};
use uuid::Uuid;

use crate::kit::{TestApp, redis};

/// What is waited for comes long before this.
const LONG: Duration = Duration::from_secs(20);

fn note(seq: i64) -> Note {
    Note::Reached { stream: Uuid::from_u128(7), seq, news: false }
}

async fn heard(listener: &mut Listener) -> Heard {
    tokio::time::timeout(LONG, listener.next()).await.unwrap().unwrap()
}

/// What is heard until a note with this number, and how often before it something was lost.
async fn until(listener: &mut Listener, wanted: i64) -> (Vec<Note>, usize) {
    let (mut notes, mut lost) = (Vec::new(), 0);
    loop {
        match heard(listener).await {
            Heard::Lost => lost += 1,
            Heard::Note(found) if found == note(wanted) => return (notes, lost),
            Heard::Note(found) => notes.push(found),
        }
    }
}

async fn becomes(app: &App, whole: bool) {
    let since = Instant::now();
    while app.bus.is_whole() != whole {
        assert!(since.elapsed() < LONG, "the bus does not become whole: {whole}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn with_redis(server: &redis::Server) -> TestApp {
    let url = server.url();
    TestApp::with(|config| config.redis_url = Some(Secret(url))).await
}

#[tokio::test]
async fn without_a_redis_a_server_hears_itself() {
    let app = TestApp::with(|config| config.redis_url = None).await;
    let mut listener = app.app.bus.listen();
    app.app.bus.publish(note(1));
    assert_eq!(listener.next().await, Some(Heard::Note(note(1))));
    assert!(app.app.bus.is_whole());
}

#[tokio::test]
async fn what_one_server_says_the_others_hear_once_and_other_communities_never() {
    if !redis::is_there("what_one_server_says_…") {
        return;
    }
    let (one, stranger) = (TestApp::new().await, TestApp::new().await);
    let other = one.twin().await;
    let (mut here, mut there) = (one.app.bus.listen(), other.app.bus.listen());
    let mut elsewhere = stranger.app.bus.listen();

    for seq in 1..=3_000 {
        one.app.bus.publish(note(seq));
    }
    other.app.bus.publish(note(4_000));
    stranger.app.bus.publish(note(5_000));

    let sent: Vec<Note> = (1..=3_000).map(note).collect();
    let mut at_home = Vec::new();
    while at_home.len() < 3_001 {
        at_home.push(heard(&mut here).await);
    }
    // One's own at once and in order; the other's wherever it came.
    at_home.retain(|heard| *heard != Heard::Note(note(4_000)));
    assert_eq!(at_home, sent.iter().cloned().map(Heard::Note).collect::<Vec<_>>());
    assert_eq!(heard(&mut there).await, Heard::Note(note(4_000)));
    let (before, lost) = until(&mut there, 3_000).await;
    assert_eq!((before.len(), lost), (2_999, 0));
    assert_eq!(before, sent[..2_999]);
    // Nothing comes twice: the next thing that is heard is the next thing said.
    one.app.bus.publish(note(6_000));
    assert_eq!(heard(&mut here).await, Heard::Note(note(6_000)));
    assert_eq!(heard(&mut there).await, Heard::Note(note(6_000)));
    assert_eq!(heard(&mut elsewhere).await, Heard::Note(note(5_000)));
}

#[tokio::test]
async fn what_concerns_one_process_stays_in_it() {
    if !redis::is_there("what_concerns_one_process_…") {
        return;
    }
    let one = TestApp::new().await;
    let other = one.twin().await;
    let mut there = other.app.bus.listen();
    let stream = Uuid::from_u128(7);
    let bumped = Passing::Bumped { conversation: stream };
    let expiring = Passing::Expiring { at: one.app.clock.now() };
    one.app.bus.publish(Note::Passing { stream, passing: bumped });
    one.app.bus.publish(Note::Passing { stream, passing: expiring });
    one.app.bus.publish_local(note(1));
    let typing = Passing::Typing { profile: stream, typing: true };
    one.app.bus.publish(Note::Passing { stream, passing: typing.clone() });
    assert_eq!(heard(&mut there).await, Heard::Note(Note::Passing { stream, passing: typing }));
}

#[tokio::test]
async fn a_redis_that_is_killed_is_lost_at_once_and_found_again() {
    if !redis::is_there("a_redis_that_is_killed_…") {
        return;
    }
    let mut server = redis::Server::start();
    let one = with_redis(&server).await;
    let other = one.twin().await;
    assert!(one.app.bus.is_whole() && other.app.bus.is_whole());
    let (mut here, mut there) = (one.app.bus.listen(), other.app.bus.listen());

    server.kill();
    assert_eq!(heard(&mut here).await, Heard::Lost);
    assert_eq!(heard(&mut there).await, Heard::Lost);
    becomes(&one.app, false).await;
    one.app.bus.publish(note(1));
    assert_eq!(heard(&mut here).await, Heard::Note(note(1)));

    server.restart();
    assert_eq!(heard(&mut here).await, Heard::Lost);
    assert_eq!(heard(&mut there).await, Heard::Lost);
    becomes(&one.app, true).await;
    becomes(&other.app, true).await;
    one.app.bus.publish(note(2));
    other.app.bus.publish(note(3));
    let (before, _) = until(&mut there, 2).await;
    // What was said meanwhile is not told late.
    assert_eq!(before, [note(3)]);
    let (before, _) = until(&mut here, 3).await;
    assert_eq!(before, [note(2)]);
}

#[tokio::test]
async fn who_was_cut_off_alone_tells_the_others_that_they_missed_something() {
    if !redis::is_there("who_was_cut_off_alone_…") {
        return;
    }
    let server = redis::Server::start();
    let one = with_redis(&server).await;
    let other = one.twin().await;
    let mut there = other.app.bus.listen();
    let mut here = one.app.bus.listen();
    let mut cut = one.app.bus.redis().unwrap().connection().unwrap();
    let id: i64 = ::redis::cmd("CLIENT").arg("ID").query_async(&mut cut).await.unwrap();
    let _: Result<(), _> = ::redis::cmd("CLIENT")
        .arg(&["KILL", "ID", &id.to_string(), "SKIPME", "no"])
        .query_async(&mut cut)
        .await;
    assert_eq!(heard(&mut here).await, Heard::Lost);
    assert_eq!(heard(&mut here).await, Heard::Lost);
    // The other's own connection stood all the time.
    assert_eq!(heard(&mut there).await, Heard::Lost);
    one.app.bus.publish(note(1));
    assert_eq!(until(&mut there, 1).await, (Vec::new(), 0));
}

#[tokio::test]
async fn a_redis_that_hangs_holds_nobody_up() {
    if !redis::is_there("a_redis_that_hangs_…") {
        return;
    }
    let server = redis::Server::start();
    let app = with_redis(&server).await;
    let mut here = app.app.bus.listen();
    server.pause();
    // More than the queue holds, and on this thread alone: whoever waited here for another task would wait for ever.
    for seq in 1..=20_000 {
        app.app.bus.publish(note(seq));
    }
    becomes(&app.app, false).await;
    // A server that starts meanwhile does not wait for it either.
    let since = Instant::now();
    let late = app.twin().await;
    assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
    assert!(!late.app.bus.is_whole());

    server.resume();
    becomes(&app.app, true).await;
    becomes(&late.app, true).await;
    // The listener was slow itself: this only empties it.
    while !matches!(heard(&mut here).await, Heard::Note(Note::Reached { seq: 20_000, .. })) {}
    late.app.bus.publish(note(30_000));
    until(&mut here, 30_000).await;
}

#[tokio::test]
async fn a_server_starts_without_its_redis_and_finds_it_later() {
    if !redis::is_there("a_server_starts_without_…") {
        return;
    }
    let mut server = redis::Server::start();
    server.kill();
    let app = with_redis(&server).await;
    assert!(!app.app.bus.is_whole());
    let mut here = app.app.bus.listen();
    server.restart();
    assert_eq!(heard(&mut here).await, Heard::Lost);
    assert!(app.app.bus.is_whole());
}

#[tokio::test]
async fn last_words_are_heard() {
    if !redis::is_there("last_words_…") {
        return;
    }
    let one = TestApp::new().await;
    let other = one.twin().await;
    let mut there = other.app.bus.listen();
    one.app.bus.publish(note(1));
    one.app.bus.flush(LONG).await;
    drop(one);
    assert_eq!(heard(&mut there).await, Heard::Note(note(1)));
}

#[tokio::test]
async fn rediss_speaks_tls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let first = tokio::task::spawn_blocking(move || {
        let mut start = [0; 3];
        listener.accept().unwrap().0.read_exact(&mut start).unwrap();
        start
    });
    let redis_url = Some(Secret(format!("rediss://localhost:{port}")));
    let bus = Bus::open(&Config { redis_url, ..Config::default() }).unwrap();
    bus.reached().await;
    assert!(!bus.is_whole());
    // A handshake record of TLS 1.0 or later.
    assert_eq!(first.await.unwrap()[..2], [22, 3]);
}
