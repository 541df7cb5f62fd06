//! Many who write at once: positions, numbers, counts and events stay exact.

use futures_util::future::join_all;
use guildhall::{
    Actor,
    entity::{
        conversation::{Kind, Visibility},
        conversation_member::Role,
        message, message_mention,
    },
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::messages_kit::{enter, hall, room_row, row, say, seat, talk, thread, told};
use crate::kit::{TestApp, key};

const WRITERS: usize = 50;

async fn writers(app: &TestApp, room: &str) -> Vec<Actor> {
    let handles: Vec<_> = (0..WRITERS).map(|n| format!("writer{n}")).collect();
    let mut writers = Vec::new();
    for handle in &handles {
        let writer = app.member(handle).await;
        enter(app, room, &writer, Role::Member).await;
        writers.push(writer);
    }
    writers
}

async fn rows(app: &TestApp, room: &str) -> Vec<message::Model> {
    message::Entity::find()
        .filter(message::Column::ConversationId.eq(key("conversation", room)))
        .order_by_asc(message::Column::Position)
        .all(&app.app.db.write)
        .await
        .unwrap()
}

#[tokio::test]
async fn fifty_who_write_at_once_are_counted_one_by_one() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let writers = writers(app, room).await;
    let bodies: Vec<_> = (0..WRITERS).map(|n| format!("message {n} @bob")).collect();
    let ids =
        join_all(writers.iter().zip(&bodies).map(|(who, body)| say(app, who, room, body))).await;

    let rows = rows(app, room).await;
    let many = i32::try_from(WRITERS).unwrap();
    let dense: Vec<_> = (1..=many).collect();
    assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), dense);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), dense);
    let now = room_row(app, room).await;
    assert_eq!((now.last_position, now.last_number), (many, many));
    assert_eq!(now.latest, rows.last().unwrap().id);
    let told = told(app, room).await;
    assert_eq!(told, dense.iter().map(|n| format!("message_added {n}")).collect::<Vec<_>>());

    let silent = seat(app, room, &hall.bob).await;
    assert_eq!((now.last_number - silent.read_number, silent.mention_count), (many, many));
    for (who, id) in writers.iter().zip(&ids) {
        let (seat, own) = (seat(app, room, who).await, row(app, id).await);
        assert_eq!((seat.read_position, seat.read_number), (own.position, own.number));
        assert_eq!(now.last_number - seat.read_number, many - own.number);
    }
}

#[tokio::test]
async fn threads_deletions_and_reactions_at_once_leave_exact_counts() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "root").await;
    let writers = writers(app, room).await;
    let replies = join_all(writers.iter().map(|who| thread(app, who, room, &root, "@bob")));
    let lines = join_all(writers.iter().map(|who| say(app, who, room, "@bob")));
    let (replies, lines) = tokio::join!(replies, lines);
    let many = i32::try_from(WRITERS).unwrap();
    assert_eq!(row(app, &root).await.reply_count, many);
    assert_eq!(seat(app, room, &hall.bob).await.mention_count, 2 * many);

    let gone = join_all(writers.iter().zip(&replies).take(20).map(async |(who, id)| {
        app.act(who, "messageDelete", id).await.done();
    }));
    let reacted = join_all(writers.iter().map(|who| app.react(who, &root, "🎉")));
    let removed = join_all(writers.iter().zip(&lines).take(10).map(async |(who, id)| {
        app.act(who, "messageDelete", id).await.done();
    }));
    tokio::join!(gone, reacted, removed);
    let now = row(app, &root).await;
    assert_eq!((now.reply_count, now.reaction_count), (many - 20, many));
    assert_eq!(seat(app, room, &hall.bob).await.mention_count, 2 * many - 30);
    let of_room = message_mention::Column::ConversationId.eq(key("conversation", room));
    assert_eq!(app.count::<message_mention::Entity>(of_room).await, 70);
    let rows = rows(app, room).await;
    assert_eq!(
        rows.iter().map(|row| row.position).collect::<Vec<_>>(),
        (1..=2 * many + 1).collect::<Vec<_>>()
    );
    assert_eq!(room_row(app, room).await.last_number, many + 1, "threads are no news");
    let told = told(app, room).await;
    let count = |kind: &str| told.iter().filter(|event| event.starts_with(kind)).count();
    let counts =
        ["message_added", "message_changed", "message_removed", "reactions_changed"].map(count);
    assert_eq!(counts, [101, 70, 30, 50]);
}

#[tokio::test]
async fn conversations_are_written_to_side_by_side() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let mut rooms = Vec::new();
    for _ in 0..5 {
        rooms.push(talk(&app, Kind::Circle, &[&ada, &bob]).await);
    }
    let all = (0..50).map(|n| say(&app, if n % 2 == 0 { &ada } else { &bob }, &rooms[n % 5], "hi"));
    join_all(all).await;
    for room in &rooms {
        let found = rows(&app, room).await;
        assert_eq!(
            found.iter().map(|row| row.position).collect::<Vec<_>>(),
            (1..=10).collect::<Vec<_>>()
        );
        assert_eq!(told(&app, room).await.len(), 10);
    }
}
