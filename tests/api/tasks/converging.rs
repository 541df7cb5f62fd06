//! Everybody who follows a board comes to the order that the database has, however many move at once.

use std::{collections::BTreeMap, sync::Arc};

use guildhall::{
    entity::board::Visibility,
    streams::{self, Event, Found},
};
use serde_json::json;
use uuid::Uuid;

use super::kit::{MOVE, add, desk, miscounted, standing_in};
use crate::kit::TestApp;

/// All events of a board after this number.
pub async fn events(app: &TestApp, board: Uuid, after: i64) -> Vec<Event> {
    let mut found = Vec::new();
    let mut seq = after;
    loop {
        match streams::after(&app.app.db.write, board, seq).await.unwrap() {
            Found::Events(events) if events.is_empty() => return found,
            Found::Events(events) => {
                seq = events.last().unwrap().seq;
                found.extend(events);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// What one client knows of a board: column and rank of each task.
#[derive(Default)]
struct Copy {
    seq: i64,
    places: BTreeMap<Uuid, (String, String, String)>,
}

impl Copy {
    /// Hears what happened since, one event after the other, with the task as the graph shows it.
    async fn hear(&mut self, desk: &super::kit::Desk) {
        let query = "query($id: ID!) { task(by: { id: $id }) { title rank column { id } } }";
        for event in events(&desk.app, desk.board.key, self.seq).await {
            self.seq += 1;
            assert_eq!(event.seq, self.seq, "none is left out");
            let subject = event.subject.unwrap();
            let id = guildhall::graph::encode("task", subject);
            let run = desk.app.run_with(&desk.vic, query, json!({ "id": id.as_str() })).await.ok();
            let text = |path: &str| run.text(path).to_owned();
            let place = (text("task.column.id"), text("task.rank"), text("task.title"));
            self.places.insert(subject, place);
        }
    }

    fn order(&self, column: &str) -> Vec<String> {
        let mut here: Vec<_> = self
            .places
            .iter()
            .filter(|(_, (at, ..))| at == column)
            .map(|(id, (_, rank, title))| (rank.as_bytes(), id, title.clone()))
            .collect();
        here.sort();
        here.into_iter().map(|(_, _, title)| title).collect()
    }
}

/// A number below `sides`, that looks random and is the same each time.
pub fn dice(seed: &mut u64, sides: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed % u64::try_from(sides).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_who_move_at_once_all_come_to_the_order_of_the_database() {
    let desk = Arc::new(desk(Visibility::Members).await);
    let mut cards = Vec::new();
    for n in 0..12 {
        let title = json!({ "title": format!("card {n}") });
        cards.push(add(&desk.app, &desk.eve, &desk.board, title).await);
    }
    let cards = Arc::new(cards);
    let clients = (0..20u64).map(|client| {
        let (desk, cards) = (desk.clone(), cards.clone());
        tokio::spawn(async move {
            let mut seed = 0x9e37_79b9_7f4a_7c15 ^ (client + 1).wrapping_mul(0x0123_4567_89ab);
            let mut copy = Copy::default();
            for turn in 0..11 {
                let mut card = || cards[dice(&mut seed, cards.len())].clone();
                let (id, after, before) = (card(), card(), card());
                let column = &desk.board.columns[dice(&mut seed, 3)];
                let place = json!({ "id": id, "column": column, "after": after, "before": before });
                desk.app.run_with(&desk.eve, MOVE, place).await.done();
                if turn % 4 == 0 {
                    copy.hear(&desk).await;
                }
            }
            copy
        })
    });
    let mut copies = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        copies.push(client.await.unwrap());
    }
    let moves = events(&desk.app, desk.board.key, 0).await;
    assert!(moves.iter().filter(|event| event.kind == "task_moved").count() > 100);
    for copy in &mut copies {
        copy.hear(&desk).await;
    }
    for column in &desk.board.columns {
        let order = standing_in(&desk.app, column).await;
        for copy in &copies {
            assert_eq!(copy.order(column), order);
        }
    }
    let all: usize = desk.board.columns.iter().map(|column| copies[0].order(column).len()).sum();
    assert_eq!(all, cards.len());
    assert_eq!(miscounted(&desk.app).await, [""; 0]);
}
