use std::collections::HashSet;

use guildhall::{Actor, entity::event, streams};
use sea_orm::{EntityTrait as _, QueryFilter as _, prelude::*};
use serde_json::{Value, json};

use super::{EVENTS, comments, cursor, follow, stage, texts};
use crate::kit::{key, write_comment};

#[tokio::test]
async fn what_happens_is_told_in_order() {
    let (app, ada, post) = stage().await;
    let mut follower = follow(&app, &Actor::Guest, &post, None).await;
    follower.ready().await;
    let ids = comments(&app, &ada, &post, 0..5).await;
    let told = follower.take(5).await;
    assert_eq!(texts(&told), ["0", "1", "2", "3", "4"]);
    assert_eq!(told[4]["comment"]["id"], json!(ids[4]));
    assert_eq!(told[4]["comment"]["author"]["handle"], "ada");
    let cursors: HashSet<String> = told.iter().map(cursor).collect();
    assert_eq!(cursors.len(), 5);
    follower.hears_nothing().await;
}

#[tokio::test]
async fn what_was_missed_is_told_before_the_stream_stands() {
    let (app, ada, post) = stage().await;
    let mut first = follow(&app, &ada, &post, None).await;
    first.ready().await;
    comments(&app, &ada, &post, 0..2).await;
    let seen = cursor(&first.take(2).await[0]);
    drop(first);
    comments(&app, &ada, &post, 2..4).await;

    let mut second = follow(&app, &ada, &post, Some(&seen)).await;
    assert_eq!(texts(&second.take(3).await), ["1", "2", "3"]);
    let ready = second.next().await;
    assert_eq!(
        (ready["__typename"].as_str(), ready["replayed"].as_i64()),
        (Some("StreamReady"), Some(3))
    );
    comments(&app, &ada, &post, 4..5).await;
    assert_eq!(texts(&second.take(1).await), ["4"]);
}

/// Clients that come and go at random moments while many write: each hears everything once, in one order.
#[tokio::test]
async fn who_comes_back_hears_everything_once() {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    let (app, ada, post) = stage().await;
    let app = &app;
    let writers = futures_util::future::join_all((0..WRITERS).map(|writer| {
        let post = &post;
        async move { comments(app, &ada, post, writer * EACH..(writer + 1) * EACH).await }
    }));
    let readers = futures_util::future::join_all((0..6).map(|reader| {
        let post = &post;
        async move {
            let mut heard: Vec<Value> = Vec::new();
            let mut after: Option<String> = None;
            let mut visit = 0;
            while heard.len() < WRITERS * EACH {
                let mut follower = match &after {
                    Some(after) => follow(app, &ada, post, Some(after)).await,
                    None => {
                        let start = streams::Cursor { seq: 0 };
                        let post = key("post", post);
                        let start = start.encode(streams::Stream::discussion(post));
                        follow(app, &ada, &encode(post), Some(&start)).await
                    }
                };
                visit += 1;
                for _ in 0..(reader + visit) % 7 + 1 {
                    let event = follower.next().await;
                    after = Some(cursor(&event));
                    if event["__typename"] == "CommentAdded" {
                        heard.push(event);
                    }
                    if heard.len() == WRITERS * EACH {
                        break;
                    }
                }
            }
            heard
        }
    }));
    let (written, heard) = futures_util::future::join(writers, readers).await;
    let order: Vec<&Value> = heard[0].iter().map(|event| &event["comment"]["id"]).collect();
    let written: HashSet<String> = written.into_iter().flatten().collect();
    let once: HashSet<&str> = order.iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(once.len(), order.len(), "nothing is told twice");
    assert_eq!(once, written.iter().map(String::as_str).collect(), "everything is told");
    for other in &heard {
        let other: Vec<&Value> = other.iter().map(|event| &event["comment"]["id"]).collect();
        assert_eq!(other, order, "everybody hears one order");
    }
}

fn encode(post: Uuid) -> String {
    guildhall::typeid::encode("post", post)
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_resets_the_stream() {
    let (app, ada, post) = stage().await;
    comments(&app, &ada, &post, 0..3).await;
    let mut follower = follow(&app, &ada, &post, None).await;
    let here = follower.ready().await;
    let stream = streams::Stream::discussion(key("post", &post));

    let ahead = streams::Cursor { seq: 99 }.encode(stream);
    for (after, reason) in [("nonsense", "CURSOR_UNKNOWN"), (&ahead, "SERVER_RESTORED")] {
        let mut follower = follow(&app, &ada, &post, Some(after)).await;
        let event = follower.next().await;
        assert_eq!(
            (&event["__typename"], &event["reason"]),
            (&json!("StreamReset"), &json!(reason))
        );
        assert_eq!(cursor(&event), here, "it goes on from where the stream is");
        assert_eq!(follower.ready().await, here);
    }

    // Of the events that were told before, the first two are deleted.
    let old = streams::Cursor { seq: 1 }.encode(stream);
    event::Entity::delete_many()
        .filter(event::Column::Seq.lte(2))
        .filter(event::Column::StreamId.eq(stream.id))
        .exec(&app.app.db.write)
        .await
        .unwrap();
    // Another process has never read them.
    let other = app.twin().await;
    let mut follower = other.follow(&ada, EVENTS, json!({ "id": post, "after": old })).await;
    assert_eq!(follower.next().await["reason"], "CURSOR_TOO_OLD");
    assert_eq!(follower.ready().await, here);
    write_comment(&other, &ada, &post, "on").await;
    assert_eq!(texts(&follower.take(1).await), ["on"]);
}

/// Data and the place in the stream that it was read at belong together, whatever is written meanwhile.
#[tokio::test]
async fn the_cursor_of_a_page_is_of_the_moment_of_its_data() {
    let (app, ada, post) = stage().await;
    let (app, post) = (&app, &post);
    let writing = async {
        for number in 0..60 {
            write_comment(app, &ada, post, &number.to_string()).await;
        }
    };
    let query = "query($id: ID!) { node(id: $id) { ... on Post { commentCount eventCursor \
                 comments(first: 100) { nodes { id } } } } }";
    let stream = streams::Stream::discussion(key("post", post));
    let reading = async {
        loop {
            let run = app.run_with(&ada, query, json!({ "id": post })).await.ok();
            let read = streams::Cursor::decode(stream, run.text("node.eventCursor")).unwrap().seq;
            assert_eq!(run.at("node.commentCount"), &json!(read));
            let shown = run.at("node.comments.nodes").as_array().unwrap().len();
            assert_eq!(i64::try_from(shown).unwrap(), read);
            if read == 60 {
                break;
            }
        }
    };
    futures_util::future::join(writing, reading).await;
}
