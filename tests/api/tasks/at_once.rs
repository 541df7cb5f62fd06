//! Two people change one board at the same moment: what comes of it is what would have come of it one after the other.

use std::collections::BTreeSet;

use guildhall::{
    Actor,
    entity::{
        board::Visibility, board_column, board_member, board_member::Role, task, task_label_use,
        task_relation,
    },
    streams::Stream,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::kit::{
    CREATE, Desk, MOVE, RELATE, UPDATE, add, desk, miscounted, new_board, new_label, row,
    standing_in,
};
use crate::{
    boards::kit::{ARCHIVE, COLUMN_DELETE, LABEL_DELETE, SET},
    kit::{key, profile_id},
};

/// How often each is tried: who comes first is left to chance.
const ROUNDS: usize = 8;

impl Desk {
    /// Runs all of these at once; answers what each was refused for.
    async fn at_once(&self, calls: Vec<(&Actor, &str, Value)>) -> Vec<Vec<String>> {
        let runs = calls.into_iter().map(|(actor, query, variables)| async move {
            self.app.run_with(actor, query, variables).await.ok().refusals()
        });
        futures_util::future::join_all(runs).await
    }

    async fn cards(&self, many: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for n in 0..many {
            ids.push(
                add(&self.app, &self.eve, &self.board, json!({ "title": n.to_string() })).await,
            );
        }
        ids
    }
}

#[tokio::test]
async fn a_column_is_deleted_while_tasks_move_into_it() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(6).await;
        let (doing, done) = (&desk.board.columns[1], &desk.board.columns[2]);
        let mut calls = vec![(&desk.ada, COLUMN_DELETE, json!({ "id": doing, "to": done }))];
        for card in &cards {
            calls.push((&desk.eve, MOVE, json!({ "id": card, "column": doing })));
        }
        calls.swap(0, 3);
        let refused = desk.at_once(calls).await;
        assert_eq!(refused[3], [""; 0], "the column goes");
        let mut moved = 0;
        for refused in refused.iter().take(3).chain(&refused[4..]) {
            match refused.as_slice() {
                [] => moved += 1,
                refused => assert_eq!(refused, ["NOT_FOUND column"]),
            }
        }
        assert_eq!(standing_in(&desk.app, done).await.len(), moved, "they went on with it");
        assert_eq!(standing_in(&desk.app, &desk.board.columns[0]).await.len(), 6 - moved);
        let mut ranks = BTreeSet::new();
        for card in &cards {
            let row = row(&desk.app, card).await;
            assert!(ranks.insert((row.column_id, row.rank)), "each has a place of its own");
            assert_eq!(row.completed_at.is_some(), row.column_id == key("board_column", done));
        }
        assert_eq!(miscounted(&desk.app).await, [""; 0]);
    }
}

#[tokio::test]
async fn nothing_is_written_on_a_board_once_it_was_put_away() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(3).await;
        let before = desk.app.kinds(Stream::board(desk.board.key)).await.len();
        let new = json!({ "input": { "board": desk.board.id, "title": "new" } });
        let calls = vec![
            (&desk.eve, CREATE, new.clone()),
            (&desk.eve, UPDATE, json!({ "id": cards[0], "input": { "title": "x" } })),
            (&desk.ada, ARCHIVE, json!({ "id": desk.board.id })),
            (&desk.eve, MOVE, json!({ "id": cards[1], "column": desk.board.columns[1] })),
            (&desk.eve, CREATE, new),
        ];
        let refused = desk.at_once(calls).await;
        assert_eq!(refused[2], [""; 0]);
        let written = refused.iter().filter(|refused| refused.is_empty()).count();
        let others =
            refused.iter().flatten().all(|refused| refused.starts_with("STATE_NOT_ALLOWED"));
        assert!(others, "{refused:?}");
        let told = desk.app.kinds(Stream::board(desk.board.key)).await;
        assert_eq!(told.len() - before, written);
        assert_eq!(told.last().unwrap(), "board_changed", "nothing came after it: {told:?}");
        assert_eq!(miscounted(&desk.app).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_label_is_deleted_while_it_is_put_on_tasks() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(4).await;
        let label = new_label(&desk.app, &desk.board, "Bug").await;
        let mut calls: Vec<_> = cards
            .iter()
            .map(|card| {
                (&desk.eve, UPDATE, json!({ "id": card, "input": { "addLabels": [label] } }))
            })
            .collect();
        calls.insert(2, (&desk.ada, LABEL_DELETE, json!({ "id": label })));
        let refused = desk.at_once(calls).await;
        assert_eq!(refused[2], [""; 0]);
        for refused in refused.iter().filter(|refused| !refused.is_empty()) {
            assert_eq!(refused, &["NOT_FOUND input.addLabels.0"]);
        }
        let uses = task_label_use::Column::LabelId.eq(key("task_label", &label));
        assert_eq!(desk.app.count::<task_label_use::Entity>(uses).await, 0);
    }
}

#[tokio::test]
async fn two_come_to_the_same_place_and_both_stand_there() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(6).await;
        let place = |card: &str| json!({ "id": card, "column": desk.board.columns[0], "after": cards[0], "before": cards[1] });
        let calls = cards[2..].iter().map(|card| (&desk.eve, MOVE, place(card))).collect();
        for refused in desk.at_once(calls).await {
            assert_eq!(refused, [""; 0]);
        }
        let order = standing_in(&desk.app, &desk.board.columns[0]).await;
        assert_eq!((order[0].as_str(), order[5].as_str()), ("0", "1"), "{order:?}");
        let between: BTreeSet<_> = order[1..5].iter().map(String::as_str).collect();
        assert_eq!(between, BTreeSet::from(["2", "3", "4", "5"]));
        let mut ranks = BTreeSet::new();
        for card in &cards {
            assert!(ranks.insert(row(&desk.app, card).await.rank));
        }
    }
}

#[tokio::test]
async fn the_last_two_admins_leave_at_once_and_one_stays() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let leave =
            |who: &Actor| json!({ "id": desk.board.id, "profile": profile_id(who), "role": null });
        let admin =
            json!({ "id": desk.board.id, "profile": profile_id(&desk.eve), "role": "ADMIN" });
        desk.app.run_with(&desk.ada, SET, admin).await.done();
        let demote =
            json!({ "id": desk.board.id, "profile": profile_id(&desk.eve), "role": "VIEWER" });
        for (first, second) in [
            ((&desk.ada, SET, leave(&desk.ada)), (&desk.eve, SET, leave(&desk.eve))),
            ((&desk.ada, SET, leave(&desk.ada)), (&desk.ada, SET, demote)),
        ] {
            let refused = desk.at_once(vec![first, second]).await;
            let went = refused.iter().filter(|refused| refused.is_empty()).count();
            assert_eq!(went, 1, "{refused:?}");
            let admins = board_member::Entity::find()
                .filter(board_member::Column::BoardId.eq(desk.board.key))
                .filter(board_member::Column::Role.eq(Role::Admin));
            assert_eq!(admins.all(&desk.app.app.db.write).await.unwrap().len(), 1);
            // As at the beginning, for the second pair.
            for who in [&desk.ada, &desk.eve] {
                let row = board_member::ActiveModel {
                    board_id: Set(desk.board.key),
                    profile_id: Set(who.id().unwrap()),
                    role: Set(Role::Admin),
                    since: Set(desk.app.app.clock.now()),
                };
                let row = board_member::Entity::insert(row).on_conflict(
                    sea_orm::sea_query::OnConflict::columns([
                        board_member::Column::BoardId,
                        board_member::Column::ProfileId,
                    ])
                    .update_column(board_member::Column::Role)
                    .to_owned(),
                );
                row.exec_without_returning(&desk.app.app.db.write).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn two_who_close_a_circle_of_blocks_at_once_do_not_both() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let members = [(&desk.eve, Role::Editor), (&desk.ada, Role::Editor)];
        let other = new_board(&desk.app, "OTH", Visibility::Members, &members).await;
        let cards = desk.cards(2).await;
        let mut away = Vec::new();
        for title in ["c", "d"] {
            away.push(add(&desk.app, &desk.eve, &other, json!({ "title": title })).await);
        }
        let tie = |one: &str, two: &str| json!({ "id": one, "kind": "BLOCKS", "other": two, "related": true });
        // 0 before c before 1 before d: and d before 0 would close it.
        desk.app.run_with(&desk.eve, RELATE, tie(&cards[0], &away[0])).await.done();
        desk.app.run_with(&desk.eve, RELATE, tie(&cards[1], &away[1])).await.done();
        let calls = vec![
            (&desk.eve, RELATE, tie(&away[0], &cards[1])),
            (&desk.ada, RELATE, tie(&away[1], &cards[0])),
        ];
        let mut refused = desk.at_once(calls).await;
        refused.sort();
        assert_eq!(refused, [vec![], vec!["INVALID other".to_owned()]]);
        let rows = task_relation::Entity::find().all(&desk.app.app.db.write).await.unwrap();
        assert_eq!(rows.len(), 3);
    }
}

#[tokio::test]
async fn two_tasks_that_are_put_under_each_other_at_once_are_not_both() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(2).await;
        let under = |task: &str, parent: &str| json!({ "id": task, "input": { "parent": parent } });
        let calls = vec![
            (&desk.eve, UPDATE, under(&cards[0], &cards[1])),
            (&desk.ada, UPDATE, under(&cards[1], &cards[0])),
        ];
        let mut refused = desk.at_once(calls).await;
        refused.sort();
        assert_eq!(refused, [vec![], vec!["INVALID input.parent".to_owned()]]);
        assert_eq!(miscounted(&desk.app).await, [""; 0]);
    }
}

#[tokio::test]
async fn the_last_place_of_a_column_is_given_once_and_each_number_too() {
    for _ in 0..ROUNDS {
        let desk = desk(Visibility::Members).await;
        let cards = desk.cards(2).await;
        let doing = &desk.board.columns[1];
        let column = board_column::ActiveModel {
            id: Set(key("board_column", doing)),
            task_limit: Set(Some(1)),
            ..Default::default()
        };
        board_column::Entity::update(column).exec(&desk.app.app.db.write).await.unwrap();
        let into = |card: &str| json!({ "id": card, "column": doing });
        let new = json!({ "input": { "board": desk.board.id, "title": "x", "column": doing } });
        let free = json!({ "input": { "board": desk.board.id, "title": "x" } });
        let calls = vec![
            (&desk.eve, CREATE, free.clone()),
            (&desk.eve, MOVE, into(&cards[0])),
            (&desk.ada, CREATE, new),
            (&desk.ada, MOVE, into(&cards[1])),
            (&desk.ada, CREATE, free),
        ];
        let refused = desk.at_once(calls).await;
        assert_eq!(
            refused[1..4].iter().filter(|refused| refused.is_empty()).count(),
            1,
            "{refused:?}"
        );
        let rows = task::Entity::find().filter(task::Column::BoardId.eq(desk.board.key));
        let rows = rows.all(&desk.app.app.db.write).await.unwrap();
        let numbers: BTreeSet<_> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers.len(), rows.len());
        assert_eq!(numbers.last(), Some(&i32::try_from(rows.len()).unwrap()), "none is left out");
        assert_eq!(miscounted(&desk.app).await, [""; 0]);
    }
}
