//! A page of messages, and a message that is sent, are a fixed number of statements.

use guildhall::entity::conversation::{Kind, Visibility};
use serde_json::json;

use super::messages_kit::{Hall, PIN, SEND, UPDATE, answer, hall, input, say, show, talk, thread};
use crate::kit::{Run, TestApp};

/// A channel with as many messages, each of which answers another, has a thread, reactions, an earlier wording
/// and a pin.
async fn full(many: usize) -> Hall {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let people = [&hall.owner, &hall.moderator, &hall.ada, &hall.bob];
    let mut before = say(app, &hall.owner, room, "the first one").await;
    for n in 1..many {
        let who = people[n % 4];
        let id = answer(app, who, room, &before, &format!("@ada message {n}")).await;
        app.run_with(who, UPDATE, json!({ "id": id, "body": format!("@bob message {n} now") }))
            .await
            .done();
        for who in people {
            app.react(who, &id, "🎉").await;
        }
        app.react(&hall.ada, &id, "👍").await;
        let reply = thread(app, people[(n + 1) % 4], room, &id, "reply").await;
        app.react(&hall.bob, &reply, "👍").await;
        before = id;
    }
    hall
}

fn same(few: &Run, many: &Run, nodes: &str) -> usize {
    let length = |run: &Run| run.at(nodes).as_array().unwrap().len();
    assert!(length(many) >= 8 * length(few), "{} {}", length(few), length(many));
    assert_eq!(few.sql.len(), many.sql.len(), "{:#?}\n{:#?}", few.sql, many.sql);
    many.sql.len()
}

#[tokio::test]
async fn a_page_of_messages_with_everything_in_it() {
    let viewer = "viewer { reactions isAuthor mentionsMe isAuthorBlocked canEdit canDelete canPin canReact canReply }";
    let base =
        format!("id body {{ html }} author {{ handle }} reactions {{ emoji count }} {viewer}");
    let (few, many) = (full(5).await, full(50).await);
    for (fields, expected) in [
        ("id body { html } author { handle } reactions { emoji count }".to_owned(), 2),
        (base.clone(), 5),
        (format!("{base} replyTo {{ id body {{ html }} author {{ handle }} }}"), 6),
        (format!("{base} replyTo {{ {base} }} conversation {{ id }}"), 9),
        (
            format!(
                "{base} body {{ source }} reactions {{ reactors(first: 2) {{ nodes {{ handle }} }} }}"
            ),
            7,
        ),
        (format!("{base} revisions(first: 2) {{ nodes {{ version }} }}"), 6),
        (format!("{base} replies(first: 2) {{ nodes {{ {base} threadRoot {{ {base} }} }} }}"), 13),
    ] {
        let fields = format!("messages(last: 50) {{ nodes {{ {fields} }} }}");
        let runs = [
            show(&few.app, &few.ada, &few.room, &fields).await.ok(),
            show(&many.app, &many.ada, &many.room, &fields).await.ok(),
        ];
        assert_eq!(same(&runs[0], &runs[1], "node.messages.nodes"), expected, "{fields}");
    }
    let lists = "messages { nodes { id } } threads { nodes { id } } lastMessage { id } pinned { id }
        search(text: \"message\") { nodes { id } } viewer { firstUnreadMessage { id } lastReadMessage { id } }";
    let run = show(&many.app, &many.bob, &many.room, lists).await.ok();
    assert_eq!(run.sql.len(), 9, "{:#?}", run.sql);
}

#[tokio::test]
async fn lists_of_conversations_read_their_messages_together() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let mut rooms = Vec::new();
    for n in 0..20 {
        let room = talk(&app, Kind::Circle, &[&ada, &bob]).await;
        for m in 0..=n % 3 {
            let id = say(&app, &ada, &room, &format!("needle {n} {m}")).await;
            thread(&app, &bob, &room, &id, "reply").await;
            app.run_with(&bob, PIN, json!({ "id": id })).await.done();
        }
        rooms.push(room);
    }
    for (fields, statements) in [
        ("messages(last: 1) { nodes { id author { handle } } }", 1),
        ("messages(first: 2) { nodes { id author { handle } } }", 1),
        ("messages { nodes { id author { handle } } }", 1),
        ("lastMessage { id author { handle } } messages(last: 1) { nodes { id } }", 1),
        ("threads(first: 1) { nodes { id author { handle } } }", 1),
        ("pinned { id author { handle } }", 1),
        ("search(text: \"needle\", first: 1) { nodes { id author { handle } } }", 1),
        ("viewer { firstUnreadMessage { id } lastReadMessage { id } }", 3),
    ] {
        let query = format!(
            "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Conversation {{ {fields} }} }} }}"
        );
        for many in [2, 20] {
            let run = app.run_with(&bob, &query, json!({ "ids": rooms[..many] })).await.ok();
            assert_eq!(run.sql.len(), 1 + statements, "{fields} {:#?}", run.sql);
            let whole = run.data.to_string();
            assert!(!whole.contains("\"nodes\":[]"), "every list holds something: {whole}");
        }
        let run = app.run_with(&bob, &query, json!({ "ids": rooms })).await.ok();
        for (at, room) in rooms.iter().enumerate() {
            let alone = app.run_with(&bob, &query, json!({ "ids": [room] })).await.ok();
            assert_eq!(run.at(&format!("nodes.{at}")), alone.at("nodes.0"), "{fields}");
        }
    }
}

#[tokio::test]
async fn sending_is_a_fixed_number_of_statements() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    // SQLite has one writer and locks nothing; but it numbers an event and writes it in two statements.
    let events = usize::from(!app.is_postgres());
    let lock = usize::from(app.is_postgres());
    // Where a notice of the room waits already, PostgreSQL looks that it goes on waiting.
    let waits = usize::from(app.is_postgres());
    let ask = SEND.replace("message { id }", "message { id author { handle } body { html } }");
    let count = async |who, input| app.run_with(who, &ask, input).await.done().sql;
    let root = say(app, &hall.ada, room, "root").await;
    let plain = count(&hall.ada, input(room, "hello")).await;
    assert_eq!(plain.len(), 9 + lock + waits + events, "{plain:#?}");
    let mut reply = input(room, "hello");
    reply["input"]["replyTo"] = json!(root);
    let sql = count(&hall.bob, reply).await;
    assert_eq!(sql.len(), 10 + lock + waits + events, "{sql:#?}");
    let mut in_thread = input(room, "hello");
    in_thread["input"]["threadRoot"] = json!(root);
    in_thread["input"]["replyTo"] = json!(root);
    let sql = count(&hall.bob, in_thread).await;
    assert_eq!(sql.len(), 10 + lock + 2 * events, "{sql:#?}");
    for text in ["@bob", "@bob @mona @olga @eve"] {
        let sql = count(&hall.ada, input(room, text)).await;
        assert_eq!(sql.len(), 13 + lock + waits + events, "{sql:#?}");
    }
    let direct = talk(app, Kind::Direct, &[&hall.ada, &hall.bob]).await;
    let sql = count(&hall.ada, input(&direct, "hello")).await;
    assert_eq!(sql.len(), 9 + lock + events, "{sql:#?}");
}
