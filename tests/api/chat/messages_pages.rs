//! Pages of a conversation's messages: both ways, around a message, around what is unread.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use guildhall::{
    Actor,
    entity::conversation::{Kind, Visibility},
    page::Place,
};
use serde_json::{Value, json};

use super::messages_kit::{Hall, hall, has_read, row, say, show, talk, thread};
use crate::kit::{Run, TestApp};

/// A channel in which ada said as many things, with a thread after every third, and their ids.
async fn said(many: usize) -> (Hall, Vec<String>) {
    let hall = hall(Visibility::Public).await;
    let mut ids = Vec::new();
    for n in 0..many {
        ids.push(say(&hall.app, &hall.ada, &hall.room, &format!("message {n}")).await);
        if n % 3 == 0 {
            thread(&hall.app, &hall.ada, &hall.room, &ids[n], "aside").await;
        }
    }
    (hall, ids)
}

/// The page that these arguments ask for: which messages, and whether there are more before and after it.
async fn page(
    hall: &Hall,
    who: &Actor,
    arguments: &str,
    ids: &[String],
) -> (Vec<usize>, bool, bool) {
    let run = ask(hall, who, arguments).await.ok();
    let found = run.list("node.messages.nodes", "id");
    let number = |id: &String| ids.iter().position(|known| known == id).unwrap();
    let more = |field| run.at(&format!("node.messages.pageInfo.{field}")).as_bool().unwrap();
    let (found, more) =
        (found.iter().map(number).collect(), (more("hasPreviousPage"), more("hasNextPage")));
    (found, more.0, more.1)
}

async fn ask(hall: &Hall, who: &Actor, arguments: &str) -> Run {
    let fields = format!(
        "messages{arguments} {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
    );
    show(&hall.app, who, &hall.room, &fields).await
}

async fn cursor(hall: &Hall, id: &str) -> String {
    let row = row(&hall.app, id).await;
    Place::at(row.position, row.id).encode()
}

fn all(from: usize, to: usize) -> Vec<usize> {
    (from..to).collect()
}

#[tokio::test]
async fn pages_are_read_both_ways_and_know_what_lies_around_them() {
    let (hall, ids) = said(10).await;
    let eve = &hall.eve;
    let at = async |n: usize| cursor(&hall, &ids[n]).await;
    let (third, last) = (at(3).await, at(9).await);
    let first = at(0).await;
    for (arguments, from, to) in [
        ("(first: 4)".to_owned(), 0, 4),
        ("(first: 100)".to_owned(), 0, 10),
        ("(last: 4)".to_owned(), 6, 10),
        ("(last: 10)".to_owned(), 0, 10),
        (format!("(first: 3, after: {third:?})"), 4, 7),
        (format!("(after: {third:?})"), 4, 10),
        (format!("(first: 6, after: {third:?})"), 4, 10),
        (format!("(last: 2, before: {third:?})"), 1, 3),
        (format!("(last: 3, before: {third:?})"), 0, 3),
        (format!("(before: {third:?})"), 0, 3),
        (format!("(first: 3, after: {last:?})"), 10, 10),
        (format!("(last: 3, before: {first:?})"), 0, 0),
        (format!("(last: 20, before: {last:?})"), 0, 9),
    ] {
        let (found, previous, next) = page(&hall, eve, &arguments, &ids).await;
        assert_eq!(found, all(from, to), "{arguments}");
        let (before, after) = match from == to {
            true => (from > 0, to < 10),
            false => (from > 0, to < 10),
        };
        assert_eq!((previous, next), (before, after), "{arguments}");
    }
}

#[tokio::test]
async fn every_step_reads_all_messages_once() {
    let (hall, ids) = said(11).await;
    for step in [1, 2, 3, 5, 10, 11, 12] {
        for (size, place, of, more) in [
            ("first", "after", "endCursor", "hasNextPage"),
            ("last", "before", "startCursor", "hasPreviousPage"),
        ] {
            let (mut pages, mut arguments): (Vec<Vec<String>>, _) =
                (Vec::new(), format!("({size}: {step})"));
            loop {
                let run = ask(&hall, &hall.eve, &arguments).await.ok();
                pages.push(run.list("node.messages.nodes", "id"));
                if run.at(&format!("node.messages.pageInfo.{more}")) == false {
                    break;
                }
                let cursor = run.text(&format!("node.messages.pageInfo.{of}"));
                arguments = format!("({size}: {step}, {place}: {cursor:?})");
            }
            if size == "last" {
                pages.reverse();
            }
            assert_eq!(pages.concat(), ids, "{size} {step}");
        }
    }
}

#[tokio::test]
async fn a_page_lies_around_a_message() {
    let (hall, ids) = said(10).await;
    let app = &hall.app;
    let root = show(app, &hall.eve, &hall.room, "messages { nodes { replies { nodes { id } } } }")
        .await
        .ok();
    let in_thread = root.text("node.messages.nodes.6.replies.nodes.0.id");
    for (message, size, from, to) in [
        (ids[5].as_str(), 4, 3, 7),
        (&ids[5], 5, 3, 8),
        (&ids[5], 1, 5, 6),
        (&ids[0], 4, 0, 4),
        (&ids[1], 4, 0, 4),
        (&ids[9], 4, 6, 10),
        (&ids[8], 4, 6, 10),
        (&ids[5], 100, 0, 10),
        (in_thread, 3, 5, 8),
    ] {
        for argument in ["first", "last"] {
            let arguments = format!("({argument}: {size}, around: {message:?})");
            let found = page(&hall, &hall.eve, &arguments, &ids).await;
            assert_eq!(found, (all(from, to), from > 0, to < 10), "{arguments}");
        }
    }
    let circle = talk(app, Kind::Circle, &[&hall.ada]).await;
    let elsewhere = say(app, &hall.ada, &circle, "elsewhere").await;
    let unknown = guildhall::graph::encode("message", app.app.clock.key()).to_string();
    for id in [elsewhere.as_str(), &unknown, &hall.room, "message_x", ""] {
        let run = ask(&hall, &hall.ada, &format!("(around: {id:?})")).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{id}");
    }
}

#[tokio::test]
async fn the_page_without_arguments_lies_around_what_is_unread() {
    let (hall, ids) = said(120).await;
    let (app, room) = (&hall.app, &hall.room);
    let viewer = "viewer { lastReadMessage { id } firstUnreadMessage { id } } lastMessage { id }";
    let marks = async |who: &Actor| {
        let run = show(app, who, room, viewer).await.ok();
        let number = |path: &str| {
            run.at(path).as_str().map(|id| ids.iter().position(|known| known == id).unwrap())
        };
        assert_eq!(number("node.lastMessage.id"), Some(119));
        (number("node.viewer.lastReadMessage.id"), number("node.viewer.firstUnreadMessage.id"))
    };
    assert_eq!(
        page(&hall, &hall.eve, "", &ids).await,
        (all(70, 120), true, false),
        "a mere reader"
    );
    assert_eq!(marks(&hall.eve).await, (None, None));
    assert_eq!(page(&hall, &hall.ada, "", &ids).await, (all(70, 120), true, false), "all is read");
    assert_eq!(marks(&hall.ada).await, (Some(119), None));
    assert_eq!(
        page(&hall, &hall.bob, "", &ids).await,
        (all(0, 50), false, true),
        "nothing is read"
    );
    assert_eq!(marks(&hall.bob).await, (None, Some(0)));
    for (read, from) in [(59, 35), (10, 0), (110, 70), (0, 0), (118, 70)] {
        has_read(app, room, &hall.bob, &ids[read]).await;
        let expected = (all(from, from + 50), from > 0, from + 50 < 120);
        assert_eq!(page(&hall, &hall.bob, "", &ids).await, expected, "{read}");
        assert_eq!(marks(&hall.bob).await, (Some(read), Some(read + 1)));
    }
    app.act(&hall.ada, "messageDelete", &ids[119]).await.done();
    assert_eq!(
        marks(&hall.bob).await,
        (Some(118), Some(119)),
        "the mark of a deleted message counts on"
    );
}

#[tokio::test]
async fn an_empty_conversation_has_an_empty_page() {
    let hall = hall(Visibility::Public).await;
    let fields = "lastMessage { id } pinned { id } threads { nodes { id } } search(text: \"x\") { nodes { id } }
        messages { nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
        viewer { lastReadMessage { id } firstUnreadMessage { id } }";
    let run = show(&hall.app, &hall.ada, &hall.room, fields).await.ok();
    let none = json!({ "nodes": [] });
    let expected = json!({ "lastMessage": null, "pinned": [], "threads": none, "search": none,
        "messages": { "nodes": [], "edges": [], "pageInfo": { "hasNextPage": false,
            "hasPreviousPage": false, "startCursor": null, "endCursor": null } },
        "viewer": { "lastReadMessage": null, "firstUnreadMessage": null } });
    assert_eq!(run.at("node"), &expected);
}

#[tokio::test]
async fn what_asks_for_no_page_is_refused() {
    let (hall, ids) = said(2).await;
    let cursor = cursor(&hall, &ids[0]).await;
    let around = format!("around: {:?}", ids[0]);
    for arguments in [
        "first: 0".to_owned(),
        "first: -1".to_owned(),
        "first: 101".to_owned(),
        "last: 0".to_owned(),
        "last: 2147483647".to_owned(),
        "first: 1, last: 1".to_owned(),
        format!("first: 1, before: {cursor:?}"),
        format!("last: 1, after: {cursor:?}"),
        format!("after: {cursor:?}, before: {cursor:?}"),
        format!("{around}, after: {cursor:?}"),
        format!("{around}, before: {cursor:?}"),
        format!("{around}, first: 1, last: 1"),
        format!("{around}, first: 101"),
    ] {
        let run = ask(&hall, &hall.ada, &format!("({arguments})")).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{arguments}");
    }
    let key = [7; 16];
    let with = |tail: &[u8]| URL_SAFE_NO_PAD.encode([&key[..], tail].concat());
    for bad in
        [with(b""), with(b"n12"), with(b"tabc"), with(b"m12345678"), "x".into(), "'; --".into()]
    {
        for arguments in ["first: 1, after", "last: 1, before"] {
            let run = ask(&hall, &hall.ada, &format!("({arguments}: {bad:?})")).await;
            assert_eq!(run.error_code(), "BAD_REQUEST", "{bad}");
        }
        for list in ["threads(first: 1", "search(text: \"message\", first: 1"] {
            if list.starts_with("threads") && bad == with(b"m12345678") {
                continue;
            }
            let fields = format!("{list}, after: {bad:?}) {{ nodes {{ id }} }}");
            let run = show(&hall.app, &hall.ada, &hall.room, &fields).await;
            assert_eq!(run.error_code(), "BAD_REQUEST", "{bad} {list}");
        }
    }
    let beyond = with(&[b"m".as_slice(), &i64::MAX.to_be_bytes()].concat());
    let fields = format!("threads(after: {beyond:?}) {{ nodes {{ id }} }}");
    let run = show(&hall.app, &hall.ada, &hall.room, &fields).await;
    assert_eq!(run.error_code(), "BAD_REQUEST", "a moment that is none");
    for edge in [i32::MAX, i32::MIN] {
        let place = with(&[b"n".as_slice(), &edge.to_be_bytes()].concat());
        for arguments in ["first: 1, after", "last: 1, before"] {
            ask(&hall, &hall.ada, &format!("({arguments}: {place:?})")).await.ok();
        }
    }
}

#[tokio::test]
async fn replies_come_oldest_first_in_pages() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "root").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(thread(app, &hall.bob, room, &root, &format!("reply {n}")).await);
    }
    for step in [1, 3, 7, 8] {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let query = "query($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on Message {
                replies(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }";
            let input = json!({ "id": root, "first": step, "after": after });
            let run = app.run_with(&hall.eve, query, input).await.ok();
            found.extend(run.list("node.replies.nodes", "id"));
            if run.at("node.replies.pageInfo.hasNextPage") == false {
                break;
            }
            after = run.at("node.replies.pageInfo.endCursor").clone();
        }
        assert_eq!(found, ids, "{step}");
    }
}

#[tokio::test]
async fn the_guard_counts_the_larger_page() {
    let app = TestApp::with(|config| config.guest_cost_per_minute = 100_000_000).await;
    let id = guildhall::graph::encode("conversation", app.app.clock.key());
    let cost = async |arguments: &str| {
        let query = format!(
            "query($none: Int) {{ node(id: {:?}) {{ id ... on Conversation {{ a: messages{arguments} {{ nodes {{
             author {{ handle }} replies(first: 100) {{ nodes {{ replyTo {{ id }} author {{ handle }} }} }} }} }} }} }} }}",
            id.as_str()
        );
        let query = match arguments.contains("$none") {
            true => query,
            false => query.replacen("query($none: Int) ", "", 1),
        };
        app.run(&Actor::Guest, &query).await
    };
    // A document that costs too much is refused before it is read; what lies below passes.
    let refused = async |arguments: &str| !cost(arguments).await.errors.is_empty();
    assert!(!refused("(first: 20)").await);
    assert!(refused("(last: 100)").await);
    assert!(refused("(first: null, last: 100)").await, "null is no size");
    assert!(refused("(first: $none, last: 100)").await, "nor is a variable that holds none");
}
