//! Rooms with people in them, and what the tests of messages do again and again.

use guildhall::{
    Actor,
    entity::{
        account,
        conversation::{self, Kind, Visibility},
        conversation_member::{self, Role},
        event, message,
    },
    graph::encode,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp, key};

pub const SEND: &str = "mutation($input: MessageSendInput!) { messageSend(input: $input) {
    message { id } userErrors { code path message ... on LimitError { max actual } } } }";
pub const UPDATE: &str =
    "mutation($id: ID!, $body: Markdown!) { messageUpdate(id: $id, body: $body) {
    message { id body { source html } editedAt } userErrors { code path } } }";
pub const PIN: &str =
    "mutation($id: ID!, $pinned: Boolean! = true) { messagePin(id: $id, pinned: $pinned) {
    message { id pinnedAt } userErrors { code path } } }";

/// A room that was there before the test began.
pub async fn room(
    app: &TestApp,
    kind: Kind,
    visibility: Visibility,
    people: &[(&Actor, Role)],
) -> String {
    let id = app.app.clock.key();
    let is_channel = kind == Kind::Channel;
    let row = conversation::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        slug: Set(is_channel.then(|| format!("room-{}", id.simple()))),
        title: Set(is_channel.then(|| "A room".to_owned())),
        topic: Set(None),
        visibility: Set(visibility),
        people: Set(None),
        member_count: Set(i32::try_from(people.len()).unwrap()),
        last_position: Set(0),
        last_number: Set(0),
        latest: Set(id),
        archived_at: Set(None),
    };
    row.insert(&app.app.db.write).await.unwrap();
    for (who, role) in people {
        enter(app, &encode("conversation", id), who, *role).await;
    }
    encode("conversation", id).to_string()
}

/// Puts somebody into a room.
pub async fn enter(app: &TestApp, room: &str, who: &Actor, role: Role) {
    let row = conversation_member::ActiveModel {
        id: Set(app.app.clock.key()),
        conversation_id: Set(key("conversation", room)),
        profile_id: Set(who.id().unwrap()),
        role: Set(role),
        read_position: Set(0),
        read_number: Set(0),
        mention_count: Set(0),
        read_at: Set(None),
    };
    row.insert(&app.app.db.write).await.unwrap();
}

/// Takes somebody out of a room.
pub async fn leave(app: &TestApp, room: &str, who: &Actor) {
    conversation_member::Entity::delete_many()
        .filter(conversation_member::Column::ConversationId.eq(key("conversation", room)))
        .filter(conversation_member::Column::ProfileId.eq(who.id().unwrap()))
        .exec(&app.app.db.write)
        .await
        .unwrap();
}

/// Puts a room away.
pub async fn archive(app: &TestApp, room: &str) {
    let row = conversation::ActiveModel {
        id: sea_orm::ActiveValue::Unchanged(key("conversation", room)),
        archived_at: Set(Some(app.app.clock.now())),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
}

/// A channel with everybody whom a rule may treat apart.
pub struct Hall {
    pub app: TestApp,
    pub room: String,
    pub owner: Actor,
    pub moderator: Actor,
    pub ada: Actor,
    pub bob: Actor,
    /// A member of the community who is not in the channel.
    pub eve: Actor,
    /// A moderator of the community who is not in the channel.
    pub staff: Actor,
}

pub async fn hall(visibility: Visibility) -> Hall {
    let app = TestApp::new().await;
    let owner = app.member("olga").await;
    let moderator = app.member("mona").await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let eve = app.member("eve").await;
    let staff = app.with_role("staffan", account::Role::Moderator).await;
    let people = [
        (&owner, Role::Owner),
        (&moderator, Role::Moderator),
        (&ada, Role::Member),
        (&bob, Role::Member),
    ];
    let room = room(&app, Kind::Channel, visibility, &people).await;
    Hall { app, room, owner, moderator, ada, bob, eve, staff }
}

/// A direct talk or a circle of these.
pub async fn talk(app: &TestApp, kind: Kind, people: &[&Actor]) -> String {
    let people: Vec<_> = people.iter().map(|who| (*who, Role::Member)).collect();
    room(app, kind, Visibility::Private, &people).await
}

/// What `messageSend` is given; every message has a key of its own.
pub fn input(room: &str, body: &str) -> Value {
    json!({ "input": { "conversation": room, "body": body, "clientKey": Uuid::now_v7() } })
}

/// Says something and answers the message's id.
pub async fn say(app: &TestApp, who: &Actor, room: &str, body: &str) -> String {
    send(app, who, input(room, body)).await
}

/// The same, in answer to a message.
pub async fn answer(app: &TestApp, who: &Actor, room: &str, to: &str, body: &str) -> String {
    let mut input = input(room, body);
    input["input"]["replyTo"] = json!(to);
    send(app, who, input).await
}

/// The same, in the thread of a message.
pub async fn thread(app: &TestApp, who: &Actor, room: &str, root: &str, body: &str) -> String {
    let mut input = input(room, body);
    input["input"]["threadRoot"] = json!(root);
    send(app, who, input).await
}

pub async fn send(app: &TestApp, who: &Actor, input: Value) -> String {
    let run = app.run_with(who, SEND, input).await.done();
    run.text("messageSend.message.id").to_owned()
}

/// What a room shows of its messages.
pub async fn show(app: &TestApp, who: &Actor, room: &str, fields: &str) -> Run {
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Conversation {{ {fields} }} }} }}");
    app.run_with(who, &query, json!({ "id": room })).await
}

/// The message's row.
pub async fn row(app: &TestApp, message: &str) -> message::Model {
    let found = message::Entity::find_by_id(key("message", message)).one(&app.app.db.write).await;
    found.unwrap().unwrap()
}

/// The conversation's row.
pub async fn room_row(app: &TestApp, room: &str) -> conversation::Model {
    let id = key("conversation", room);
    conversation::Entity::find_by_id(id).one(&app.app.db.write).await.unwrap().unwrap()
}

/// What somebody is in a room, and how far they have read.
pub async fn seat(app: &TestApp, room: &str, who: &Actor) -> conversation_member::Model {
    let seat = conversation_member::Entity::find()
        .filter(conversation_member::Column::ConversationId.eq(key("conversation", room)))
        .filter(conversation_member::Column::ProfileId.eq(who.id().unwrap()));
    seat.one(&app.app.db.write).await.unwrap().unwrap()
}

/// Says that somebody has read up to a message, and is named by none after it.
pub async fn has_read(app: &TestApp, room: &str, who: &Actor, message: &str) {
    let (seat, message) = (seat(app, room, who).await, row(app, message).await);
    let seat = conversation_member::ActiveModel {
        id: sea_orm::ActiveValue::Unchanged(seat.id),
        read_position: Set(message.position),
        read_number: Set(message.number),
        mention_count: Set(0),
        ..Default::default()
    };
    seat.update(&app.app.db.write).await.unwrap();
}

/// What was told in a room, in order: `message_added 3`, with the position of the message.
pub async fn told(app: &TestApp, room: &str) -> Vec<String> {
    let events = event::Entity::find()
        .filter(event::Column::StreamId.eq(key("conversation", room)))
        .order_by_asc(event::Column::Seq)
        .all(&app.app.db.write)
        .await
        .unwrap();
    let mut told = Vec::new();
    for (at, event) in events.into_iter().enumerate() {
        assert_eq!(event.seq, i64::try_from(at).unwrap() + 1, "events are numbered without gaps");
        let message = message::Entity::find_by_id(event.subject.unwrap());
        let message = message.one(&app.app.db.write).await.unwrap().unwrap();
        told.push(format!("{} {}", event.kind, message.position));
    }
    told
}
