//! Threads: where they hang, what they count, and that they are no news.

use chrono::TimeDelta;
use guildhall::entity::conversation::Visibility;
use serde_json::json;

use super::messages_kit::{SEND, hall, input, room_row, row, say, seat, show, thread, told};

#[tokio::test]
async fn a_thread_hangs_on_its_root_and_is_counted_there() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "root").await;
    let other = say(app, &hall.ada, room, "other").await;
    let before = (room_row(app, room).await, seat(app, room, &hall.bob).await);
    app.app.clock.advance(TimeDelta::minutes(1));
    let a = thread(app, &hall.bob, room, &root, "a").await;
    app.app.clock.advance(TimeDelta::minutes(1));
    let b = thread(app, &hall.ada, room, &root, "b").await;

    let fields = "messages { nodes { id replyCount lastReplyAt
            replies { nodes { id body { source } author { handle } threadRoot { id body { source } } } } } }
        threads { nodes { id } } lastMessage { id }";
    let run = show(app, &hall.eve, room, fields).await.ok();
    let reply = |id: &str, body: &str, author: &str| {
        json!({ "id": id, "body": { "source": body },
        "author": { "handle": author }, "threadRoot": { "id": root, "body": { "source": "root" } } })
    };
    let expected = json!({
        "messages": { "nodes": [
            { "id": root, "replyCount": 2, "lastReplyAt": "2026-05-04T09:32:00.000Z",
              "replies": { "nodes": [reply(&a, "a", "bob"), reply(&b, "b", "ada")] } },
            { "id": other, "replyCount": 0, "lastReplyAt": null, "replies": { "nodes": [] } },
        ] },
        "threads": { "nodes": [{ "id": root }] },
        "lastMessage": { "id": other },
    });
    assert_eq!(run.at("node"), &expected, "threads stand beside the main line");

    let (now, bob) = (room_row(app, room).await, seat(app, room, &hall.bob).await);
    assert_eq!((now.last_position, now.last_number, now.latest), (4, 2, before.0.latest));
    assert_eq!(bob, before.1, "who answers in a thread has not read the main line");
    assert_eq!((row(app, &b).await.position, row(app, &b).await.number), (4, 2));
    let expected = [
        "message_added 1",
        "message_added 2",
        "message_added 3",
        "message_changed 1",
        "message_added 4",
        "message_changed 1",
    ];
    assert_eq!(told(app, room).await, expected);
}

#[tokio::test]
async fn no_thread_hangs_in_a_thread() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "root").await;
    let reply = thread(app, &hall.bob, room, &root, "reply").await;
    let mut nested = input(room, "nested");
    nested["input"]["threadRoot"] = json!(reply);
    let run = app.refuses(&hall.ada, SEND, nested).await;
    assert_eq!(run.refusals(), ["INVALID input.threadRoot"]);
    let mut answer = input(room, "answer");
    answer["input"]["threadRoot"] = json!(root);
    answer["input"]["replyTo"] = json!(reply);
    let run = app.run_with(&hall.ada, SEND, answer).await.done();
    let answer = row(app, run.text("messageSend.message.id")).await;
    assert_eq!(
        answer.reply_to_id,
        Some(row(app, &reply).await.id),
        "a thread's message can be answered"
    );
}

#[tokio::test]
async fn threads_come_by_their_last_answer() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let mut roots = Vec::new();
    for n in 0..5 {
        roots.push(say(app, &hall.ada, room, &format!("root {n}")).await);
    }
    // Two at the same moment: the later root comes first.
    for at in [3, 1, 4, 0] {
        thread(app, &hall.bob, room, &roots[at], "reply").await;
        if at != 1 {
            app.app.clock.advance(TimeDelta::milliseconds(7));
        }
    }
    let expected: Vec<_> = [0, 4, 1, 3].map(|at: usize| roots[at].clone()).to_vec();
    for step in [1, 2, 3, 4] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let fields = format!(
                "threads(first: {step} {after}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }}"
            );
            let run = show(app, &hall.eve, room, &fields).await.ok();
            found.extend(run.list("node.threads.nodes", "id"));
            if run.at("node.threads.pageInfo.hasNextPage") == false {
                break;
            }
            after = format!(", after: {:?}", run.text("node.threads.pageInfo.endCursor"));
        }
        assert_eq!(found, expected, "{step}");
    }
    thread(app, &hall.bob, room, &roots[3], "again").await;
    let run = show(app, &hall.eve, room, "threads(first: 1) { nodes { id } }").await.ok();
    assert_eq!(run.text("node.threads.nodes.0.id"), roots[3]);
}

#[tokio::test]
async fn a_deleted_answer_is_taken_from_the_counts() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "root").await;
    let first = thread(app, &hall.bob, room, &root, "first").await;
    let at = row(app, &root).await.last_reply_at;
    app.app.clock.advance(TimeDelta::minutes(1));
    let second = thread(app, &hall.bob, room, &root, "second").await;
    app.act(&hall.bob, "messageDelete", &second).await.done();
    let now = row(app, &root).await;
    assert_eq!((now.reply_count, now.last_reply_at), (1, at));
    app.act(&hall.ada, "messageDelete", &root).await.done();
    app.act(&hall.bob, "messageDelete", &first).await.done();
    let now = row(app, &root).await;
    assert_eq!((now.reply_count, now.last_reply_at), (0, None), "also under a root that is gone");
    let fields = "messages { nodes { deletedAt replies { nodes { deletedAt body { html } } } } } threads { nodes { id } }";
    let run = show(app, &hall.eve, room, fields).await.ok();
    let replies = run.at("node.messages.nodes.0.replies.nodes").as_array().unwrap();
    assert_eq!(replies.len(), 2, "their marks stay");
    assert!(replies.iter().all(|reply| reply["body"].is_null() && reply["deletedAt"].is_string()));
    assert_eq!(run.at("node.threads.nodes"), &json!([]));
    let expected = [
        "message_added 1",
        "message_added 2",
        "message_changed 1",
        "message_added 3",
        "message_changed 1",
        "message_removed 3",
        "message_changed 1",
        "message_removed 1",
        "message_removed 2",
        "message_changed 1",
    ];
    assert_eq!(told(app, room).await, expected);
}
