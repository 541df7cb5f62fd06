//! Everybody who follows a board over a socket comes to the order that the database has, though all move at once and some
//! are cut off midway.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::StreamExt as _;
use guildhall::{
    Actor,
    entity::{board::Visibility, board_member::Role},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{
    converging::dice,
    kit::{Board, MOVE, add, miscounted, new_board, standing_in, update},
};
use crate::{
    accounts::{access, actor, joined},
    door::Door,
    sockets::client::Socket,
};

const PEOPLE: u64 = 20;
const MOVES: u64 = 12;

const PAGE: &str = "query($id: ID!) { board(by: { id: $id }) { eventCursor
    columns { id tasks(first: 100) { nodes { id title rank } } } } }";
const EVENTS: &str =
    "subscription($id: ID!, $after: EventCursor) { boardEvents(id: $id, after: $after) {
    __typename
    ... on StreamReady { cursor } ... on StreamReset { reason }
    ... on TaskAdded { cursor task { ...It } } ... on TaskChanged { cursor task { ...It } }
    ... on TaskMoved { cursor task { ...It } } ... on TaskRemoved { cursor id } } }
    fragment It on Task { id title rank column { id } }";

/// What one client knows of a board: what it was shown first, and what it was told since.
#[derive(Default)]
struct Copy {
    cursor: Value,
    /// Column, rank and title of each task.
    places: BTreeMap<String, (String, String, String)>,
    heard: usize,
    resumed: usize,
    has_ended: bool,
}

impl Copy {
    fn place(&mut self, task: &Value, column: &Value) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let place = (text(column), text(&task["rank"]), text(&task["title"]));
        self.places.insert(text(&task["id"]), place);
    }

    /// What the board shows to whoever opens it.
    async fn open(socket: &mut Socket, board: &str) -> Self {
        let payload = json!({ "query": PAGE, "variables": { "id": board } });
        socket.send(json!({ "id": "page", "type": "subscribe", "payload": payload })).await;
        let page = socket.next().await;
        let board = &page["payload"]["data"]["board"];
        let mut copy = Self { cursor: board["eventCursor"].clone(), ..Self::default() };
        for column in board["columns"].as_array().unwrap_or_else(|| panic!("{page}")) {
            for task in column["tasks"]["nodes"].as_array().unwrap() {
                copy.place(task, &column["id"]);
            }
        }
        assert_eq!(socket.next().await["type"], "complete");
        copy
    }

    async fn follow(&self, socket: &mut Socket, board: &str) {
        let variables = json!({ "id": board, "after": self.cursor });
        let payload = json!({ "query": EVENTS, "variables": variables });
        socket.send(json!({ "id": "events", "type": "subscribe", "payload": payload })).await;
    }

    /// Takes in what it is told.
    fn hear(&mut self, message: &Value) {
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("events")));
        let event = &message["payload"]["data"]["boardEvents"];
        match event["__typename"].as_str().unwrap_or_else(|| panic!("{message}")) {
            "StreamReady" => {}
            "TaskRemoved" => {
                self.places.remove(event["id"].as_str().unwrap());
            }
            "TaskAdded" | "TaskChanged" | "TaskMoved" => {
                self.place(&event["task"], &event["task"]["column"]["id"]);
                self.has_ended |= event["task"]["title"] == "the end";
            }
            other => panic!("{other}: {message}"),
        }
        if event["cursor"].is_string() {
            self.cursor = event["cursor"].clone();
        }
        self.heard += 1;
    }

    fn order(&self, column: &str) -> Vec<String> {
        let here = self.places.iter().filter(|(_, (at, ..))| at == column);
        let mut here: Vec<_> =
            here.map(|(id, (_, rank, title))| (rank.as_bytes(), id, title.clone())).collect();
        here.sort();
        here.into_iter().map(|(_, _, title)| title).collect()
    }
}

/// Follows the board to its end; comes back with its cursor when the server hangs up, and hangs up itself after each
/// `patience` events.
async fn client(door: Arc<Door>, token: String, board: String, patience: Option<usize>) -> Copy {
    let mut socket = Socket::member(&door, &token).await;
    let mut copy = Copy::open(&mut socket, &board).await;
    copy.follow(&mut socket, &board).await;
    let mut left = patience;
    while !copy.has_ended {
        let is_cut = match socket.0.next().await {
            Some(Ok(Message::Text(text))) => {
                copy.hear(&serde_json::from_str(&text).unwrap());
                left = left.map(|left| left - 1);
                left == Some(0)
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => true,
            Some(Ok(_)) => false,
        };
        if is_cut && !copy.has_ended {
            // No farewell: as a train in a tunnel.
            drop(socket);
            socket = Socket::member(&door, &token).await;
            copy.follow(&mut socket, &board).await;
            copy.resumed += 1;
            left = patience;
        }
    }
    copy
}

/// Moves cards about, and puts some away and takes them out again.
async fn mover(door: Arc<Door>, me: Actor, board: Board, cards: Arc<Vec<String>>, number: u64) {
    let mut seed = 0x9e37_79b9_7f4a_7c15 ^ (number + 1).wrapping_mul(0x0123_4567_89ab);
    for turn in 0..MOVES {
        let mut card = || cards[dice(&mut seed, cards.len())].clone();
        let (id, after, before) = (card(), card(), card());
        let column = &board.columns[dice(&mut seed, 3)];
        if turn == 6 && number.is_multiple_of(5) {
            // Nobody else puts this one away.
            let own = &cards[cards.len() - 1 - usize::try_from(number / 5).unwrap()];
            update(&door.test, &me, own, json!({ "archived": true })).await.done();
            update(&door.test, &me, own, json!({ "archived": false, "column": column }))
                .await
                .done();
        } else {
            let place = json!({ "id": id, "column": column, "after": after, "before": before });
            let run = door.test.run_with(&me, MOVE, place).await.ok();
            // Somebody may have put it away for a moment.
            let codes = run.refusals();
            assert!(codes.iter().all(|code| code.starts_with("STATE_NOT_ALLOWED")), "{codes:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_sockets_come_to_the_order_of_the_database_though_some_are_cut_off() {
    let door = Arc::new(Door::open().await);
    let app = &door.test;
    let (mut people, mut tokens) = (Vec::new(), Vec::new());
    for number in 0..PEOPLE {
        // From one address nobody registers twenty in a row.
        app.app.throttle.forgive("join 127.0.0.1");
        let session = joined(app, &format!("weaver{number}")).await;
        people.push(actor(app, &session).await);
        tokens.push(access(&session).to_owned());
    }
    let members: Vec<_> = people.iter().map(|person| (person, Role::Editor)).collect();
    let board = new_board(app, "GLD", Visibility::Private, &members).await;
    let mut cards = Vec::new();
    for number in 0..16 {
        let title = json!({ "title": format!("card {number}") });
        cards.push(add(app, &people[0], &board, title).await);
    }
    let cards = Arc::new(cards);
    let clients: Vec<_> = (0..)
        .zip(&tokens)
        .map(|(number, token)| {
            let patience = (number % 3 == 0).then_some(20 + number);
            tokio::spawn(client(door.clone(), token.clone(), board.id.clone(), patience))
        })
        .collect();
    let movers: Vec<_> = (0..)
        .zip(&people)
        .map(|(number, me)| {
            tokio::spawn(mover(door.clone(), *me, board.clone(), cards.clone(), number))
        })
        .collect();
    for mover in movers {
        mover.await.unwrap();
    }
    add(app, &people[1], &board, json!({ "title": "the end" })).await;
    let mut copies = Vec::new();
    for client in clients {
        copies.push(client.await.unwrap());
    }
    for column in &board.columns {
        let order = standing_in(app, column).await;
        for (number, copy) in copies.iter().enumerate() {
            assert_eq!(copy.order(column), order, "client {number}, after {} events", copy.heard);
        }
    }
    let all: usize = board.columns.iter().map(|column| copies[0].order(column).len()).sum();
    assert_eq!(all, cards.len() + 1);
    assert!(copies.iter().filter(|copy| copy.resumed > 0).count() >= 5, "some were cut off");
    assert_eq!(miscounted(app).await, [""; 0]);
}
