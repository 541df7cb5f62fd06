//! Streams of events: how they are written, read again after a cursor, and deleted.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{
    Actor, Cx,
    entity::{event, stream},
    infra::{
        bus::{Heard, Note},
        reader::Reader,
    },
    streams::{self, Cursor, Events, Found, NewEvent, Stream},
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ExprTrait as _};
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

use crate::kit::TestApp;

const NOBODY: Actor = Actor::Guest;

fn cx<'a>(app: &'a TestApp, db: &'a Reader) -> Cx<'a> {
    Cx { app: &app.app, actor: &NOBODY, address: IpAddr::V4(Ipv4Addr::LOCALHOST), db }
}

fn reader(app: &TestApp) -> Reader {
    Reader::Pool(app.app.db.read.clone())
}

/// Writes one event in a transaction of its own.
async fn write(app: &TestApp, stream: Stream) -> i64 {
    let reader = reader(app);
    let cx = cx(app, &reader);
    let tx = cx.begin().await.unwrap();
    let mut events = Events::new();
    let seq = events.append(cx, &tx, stream, NewEvent::new("tested", stream.id)).await.unwrap();
    events.commit(cx, tx).await.unwrap();
    seq
}

/// A stream that has come to `count`, written at once.
async fn filled(app: &TestApp, count: i64) -> Stream {
    let stream = Stream::conversation(app.app.clock.key());
    let row = stream::ActiveModel {
        id: Set(stream.id),
        kind: Set(stream.kind.to_owned()),
        last_seq: Set(count),
    };
    stream::Entity::insert(row).exec_without_returning(&app.app.db.write).await.unwrap();
    let rows = (1..=count).map(|seq| event::ActiveModel {
        stream_id: Set(stream.id),
        seq: Set(seq),
        at: Set(app.app.clock.now()),
        kind: Set("tested".to_owned()),
        actor: Set(None),
        subject: Set(None),
        access: Set(0),
        payload: Set("{}".to_owned()),
    });
    let rows: Vec<_> = rows.collect();
    for part in rows.chunks(1_000) {
        let insert = event::Entity::insert_many(part.to_vec());
        insert.exec_without_returning(&app.app.db.write).await.unwrap();
    }
    stream
}

/// The numbers that follow `seq`, or what there is in their place.
async fn after(app: &TestApp, stream: Stream, seq: i64) -> Result<Vec<i64>, &'static str> {
    match streams::after(&app.app.db.read, stream.id, seq).await.unwrap() {
        Found::Events(events) => Ok(events.iter().map(|event| event.seq).collect()),
        Found::TooOld => Err("too old"),
        Found::Ahead => Err("ahead"),
    }
}

#[tokio::test]
async fn events_are_numbered_without_gaps_however_many_write_at_once() {
    let app = TestApp::new().await;
    let (one, other) = (Stream::viewer(app.app.clock.key()), Stream::viewer(app.app.clock.key()));
    let mut listener = app.app.bus.listen();
    let writes = (0..50).map(|n| write(&app, if n % 5 == 0 { other } else { one }));

    let numbers: Vec<_> = join_all(writes).await;

    assert_eq!(numbers.len(), 50);
    assert_eq!(after(&app, one, 0).await, Ok((1..=40).collect()));
    assert_eq!(after(&app, other, 0).await, Ok((1..=10).collect()));
    assert_eq!(streams::last_seq(&app.app.db.read, one.id).await.unwrap(), 40);
    let mut told = HashSet::new();
    for _ in 0..50 {
        match listener.next().await {
            Some(Heard::Note(Note::Reached { stream, seq, news: false })) => {
                told.insert((stream, seq))
            }
            other => panic!("{other:?}"),
        };
    }
    let each = |stream: Stream, last| (1..=last).map(move |seq| (stream.id, seq));
    assert_eq!(told, each(one, 40).chain(each(other, 10)).collect());
}

#[tokio::test]
async fn nothing_is_left_of_an_event_whose_change_was_not_made() {
    let app = TestApp::new().await;
    let stream = Stream::viewer(app.app.clock.key());
    let mut listener = app.app.bus.listen();
    let before = app.contents().await;
    let reader = reader(&app);
    let cx = cx(&app, &reader);
    let tx = cx.begin().await.unwrap();
    let mut events = Events::new();
    events.append(cx, &tx, stream, NewEvent::new("tested", stream.id)).await.unwrap();
    drop(events);
    tx.rollback().await.unwrap();

    assert!(app.contents().await == before);
    assert_eq!(write(&app, stream).await, 1, "its number is free again");
    let heard = listener.next().await;
    assert_eq!(heard, Some(Heard::Note(Note::Reached { stream: stream.id, seq: 1, news: false })));
}

#[tokio::test]
async fn an_event_is_read_as_it_was_written() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let (reader, subject) = (reader(&app), app.app.clock.key());
    let cx = Cx { actor: &ada, ..cx(&app, &reader) };
    let stream = Stream::conversation(app.app.clock.key());
    let tx = cx.begin().await.unwrap();
    let mut events = Events::new();
    let event = NewEvent::new("tested", subject).with(&("a \"b\" 'c' \u{1f389}", 3)).unwrap();
    events.append(cx, &tx, stream, event.changes_access()).await.unwrap();
    let second = events.append(cx, &tx, stream, NewEvent::new("again", subject)).await.unwrap();
    events.commit(cx, tx).await.unwrap();

    assert_eq!(second, 2);
    let Found::Events(found) = streams::after(cx.db, stream.id, 0).await.unwrap() else {
        panic!("no events")
    };
    let first = &found[0];
    assert_eq!((first.seq, first.kind.as_str(), first.at), (1, "tested", app.app.clock.now()));
    assert_eq!((first.actor, first.subject, first.access), (ada.id(), Some(subject), true));
    let payload: (String, i32) = first.payload().unwrap();
    assert_eq!(payload, ("a \"b\" 'c' \u{1f389}".to_owned(), 3));
    assert!(first.payload::<Vec<i32>>().is_err());
    assert_eq!((found[1].kind.as_str(), found[1].access), ("again", false));
}

#[tokio::test]
async fn what_follows_a_place_is_read_in_pages() {
    let app = TestApp::new().await;
    let stream = filled(&app, 1_203).await;
    let (mut seq, mut pages, mut all) = (0, Vec::new(), Vec::new());
    loop {
        let page = after(&app, stream, seq).await.unwrap();
        pages.push(page.len());
        let Some(last) = page.last() else { break };
        seq = *last;
        all.extend(page);
    }
    assert_eq!(pages, [500, 500, 203, 0]);
    assert_eq!(all, (1..=1_203).collect::<Vec<_>>());
    assert_eq!(after(&app, stream, 1_201).await, Ok(vec![1_202, 1_203]));
}

#[tokio::test]
async fn a_place_that_the_stream_has_not_reached_is_ahead() {
    let app = TestApp::new().await;
    let stream = Stream::viewer(app.app.clock.key());
    assert_eq!(after(&app, stream, 0).await, Ok(vec![]));
    assert_eq!(after(&app, stream, 1).await, Err("ahead"));
    write(&app, stream).await;
    assert_eq!(after(&app, stream, 1).await, Ok(vec![]));
    assert_eq!(after(&app, stream, 2).await, Err("ahead"));
}

#[tokio::test]
async fn events_are_deleted_after_the_replay_window() {
    let app = TestApp::new().await;
    let window = TimeDelta::from_std(app.app.config.replay_window).unwrap();
    // More than are deleted at once.
    let (old, quiet) = (filled(&app, 5_001).await, filled(&app, 1).await);
    app.app.clock.advance(window);
    assert_eq!(streams::prune(&app.app).await.unwrap(), 0, "the window's last moment counts");
    write(&app, old).await;
    app.app.clock.advance(TimeDelta::milliseconds(1));

    assert_eq!(streams::prune(&app.app).await.unwrap(), 5_002);

    let left = event::Column::StreamId.eq(old.id).and(event::Column::Seq.eq(5_002));
    assert_eq!(app.count::<event::Entity>(left).await, 1);
    assert_eq!(app.count::<event::Entity>(event::Column::Seq.gt(0)).await, 1);
    assert_eq!(after(&app, old, 5_001).await, Ok(vec![5_002]));
    for seq in [0, 1, 5_000] {
        assert_eq!(after(&app, old, seq).await, Err("too old"), "{seq}");
    }
    assert_eq!(after(&app, quiet, 0).await, Err("too old"));
    assert_eq!(after(&app, quiet, 1).await, Ok(vec![]), "nothing was missed");
    assert_eq!(write(&app, quiet).await, 2, "numbers go on");
    assert_eq!(streams::prune(&app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn how_far_streams_have_come_is_one_statement() {
    let app = TestApp::new().await;
    let (few, many) = (filled(&app, 2).await, filled(&app, 3).await);
    let empty = app.app.clock.key();
    app.statements();
    let mut found = streams::reached(&app.app.db.read, &[few.id, empty, many.id]).await.unwrap();
    assert_eq!(app.statements().len(), 1);
    found.sort();
    let mut expected = [(few.id, 2), (many.id, 3)];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(streams::last_seq(&app.app.db.read, empty).await.unwrap(), 0);
}

#[test]
fn a_cursor_is_read_by_its_own_stream_only() {
    let (id, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let stream = Stream::discussion(id);
    for seq in [0, 1, i64::MAX] {
        let text = Cursor { seq }.encode(stream);
        assert_eq!(Cursor::decode(stream, &text), Some(Cursor { seq }));
        for stranger in [
            Stream::discussion(other),
            Stream::conversation(id),
            Stream::viewer(id),
            Stream::feed(),
        ] {
            assert_eq!(Cursor::decode(stranger, &text), None, "{stranger:?}");
        }
    }
    let text = Cursor { seq: 1 }.encode(stream);
    let negative = Cursor { seq: -1 }.encode(stream);
    let (shorter, longer) = (&text[..text.len() - 2], format!("{text}AA"));
    for text in ["", "AAAA", "not a cursor", "\u{0}", shorter, &longer, &negative] {
        assert_eq!(Cursor::decode(stream, text), None, "{text:?}");
    }
}
