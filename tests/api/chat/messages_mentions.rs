//! Mentions: whom they count for, and how long.

use guildhall::entity::{
    conversation::{Kind, Visibility},
    conversation_member::Role,
    message_mention,
};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use super::messages_kit::{Hall, UPDATE, enter, hall, has_read, say, seat, show, talk, thread};
use crate::kit::{TestApp, block, key};

async fn counts(hall: &Hall) -> [i32; 4] {
    let (app, room) = (&hall.app, &hall.room);
    let count = async |who| seat(app, room, who).await.mention_count;
    [
        count(&hall.owner).await,
        count(&hall.moderator).await,
        count(&hall.ada).await,
        count(&hall.bob).await,
    ]
}

async fn rows(app: &TestApp, message: &str) -> u64 {
    let of = message_mention::Column::MessageId.eq(key("message", message));
    app.count::<message_mention::Entity>(of).await
}

#[tokio::test]
async fn who_is_named_is_counted_once_a_message_and_authors_never() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let text = "@bob @BOB @ada @mona @eve @nobody `@olga`";
    let message = say(app, &hall.ada, room, text).await;
    assert_eq!(counts(&hall).await, [0, 1, 0, 1]);
    assert_eq!(rows(app, &message).await, 2, "those who are in it, without the author");
    let run = show(
        app,
        &hall.eve,
        room,
        "messages { nodes { body { mentions { handle } } viewer { mentionsMe } } }",
    );
    let run = run.await.ok();
    let handles = run.list("node.messages.nodes.0.body.mentions", "handle");
    assert_eq!(
        handles,
        ["bob", "ada", "mona", "eve"],
        "in a public channel every member may be named"
    );
    assert_eq!(run.at("node.messages.nodes.0.viewer.mentionsMe"), true);
    say(app, &hall.ada, room, "@bob again").await;
    assert_eq!(counts(&hall).await, [0, 1, 0, 2]);
    say(app, &hall.bob, room, "I am here, @ada").await;
    assert_eq!(counts(&hall).await, [0, 1, 1, 0], "who writes has read");
    let root = say(app, &hall.ada, room, "root").await;
    thread(app, &hall.ada, room, &root, "@bob in a thread").await;
    assert_eq!(counts(&hall).await, [0, 1, 0, 1], "threads name people too");
    thread(app, &hall.bob, room, &root, "yes").await;
    assert_eq!(counts(&hall).await, [0, 1, 0, 1], "who answers in a thread has not read the rest");
}

#[tokio::test]
async fn who_may_not_read_a_conversation_is_not_named_in_it() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let message = say(app, &hall.ada, room, "@eve @staffan @bob").await;
    let run =
        show(app, &hall.bob, room, "messages { nodes { body { html mentions { handle } } } }")
            .await
            .ok();
    assert_eq!(run.list("node.messages.nodes.0.body.mentions", "handle"), ["bob"]);
    assert_eq!(rows(app, &message).await, 1);
    let direct = talk(app, Kind::Direct, &[&hall.ada, &hall.eve]).await;
    let message = say(app, &hall.ada, &direct, "@eve @bob").await;
    assert_eq!(rows(app, &message).await, 1);
    assert_eq!(seat(app, &direct, &hall.eve).await.mention_count, 1);
    enter(app, room, &hall.eve, Role::Member).await;
    assert_eq!(
        seat(app, room, &hall.eve).await.mention_count,
        0,
        "what named nobody names nobody later"
    );
}

#[tokio::test]
async fn who_blocked_the_author_is_not_named() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    block(app, &hall.bob, &hall.ada).await;
    let message = say(app, &hall.ada, room, "@bob @mona").await;
    assert_eq!((rows(app, &message).await, counts(&hall).await), (1, [0, 1, 0, 0]));
}

#[tokio::test]
async fn an_edit_counts_whom_it_names_now_and_no_others() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let message = say(app, &hall.ada, room, "@bob @mona").await;
    let edit = async |body: &str| {
        app.run_with(&hall.ada, UPDATE, json!({ "id": message, "body": body })).await.done();
        (counts(&hall).await, rows(app, &message).await)
    };
    assert_eq!(edit("@mona @olga").await, ([1, 1, 0, 0], 2));
    assert_eq!(edit("@olga @mona @ada").await, ([1, 1, 0, 0], 2));
    assert_eq!(edit("nobody").await, ([0, 0, 0, 0], 0));
    assert_eq!(edit("@bob").await, ([0, 0, 0, 1], 1));

    has_read(app, room, &hall.bob, &message).await;
    has_read(app, room, &hall.moderator, &message).await;
    assert_eq!(edit("@mona @olga").await, ([1, 0, 0, 0], 2), "what was read is not counted again");
    assert_eq!(edit("@olga").await, ([1, 0, 0, 0], 1), "and not taken back twice");
    app.act(&hall.ada, "messageDelete", &message).await.done();
    assert_eq!((counts(&hall).await, rows(app, &message).await), ([0, 0, 0, 0], 0));
}
