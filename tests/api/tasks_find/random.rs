//! Random filters over random tasks give exactly what a plain reading of the same filter gives.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use guildhall::{
    Actor,
    clock::made_at,
    entity::{board::Visibility, task},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::kit::{Board, CATEGORIES, plain, task_id};
use crate::kit::{TestApp, profile_id};

const WORDS: [&str; 6] = ["loom", "thread", "linen", "dye", "knot", "shuttle"];
const PRIORITIES: [&str; 5] = ["NONE", "LOW", "MEDIUM", "HIGH", "URGENT"];
const NAMES: [&str; 6] = ["BACKLOG", "TODO", "DOING", "REVIEW", "DONE", "CANCELLED"];

/// Numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(most).unwrap()).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A task with all that filters ask about.
struct Known {
    row: task::Model,
    category: usize,
    assignees: BTreeSet<String>,
    labels: BTreeSet<String>,
    blocked_by: Vec<usize>,
}

struct World {
    app: TestApp,
    people: Vec<Actor>,
    boards: Vec<Board>,
    tasks: Vec<Known>,
}

async fn world(dice: &mut Dice) -> World {
    let app = TestApp::new().await;
    let mut people = Vec::new();
    for name in ["ada", "grace", "olga", "mary"] {
        people.push(app.member(name).await);
    }
    let mut boards = Vec::new();
    for (key, visibility) in
        [("ONE", Visibility::Public), ("TWO", Visibility::Members), ("SIX", Visibility::Private)]
    {
        boards.push(app.board_of(key, visibility, &[&people[0]]).await);
    }
    let mut tasks: Vec<Known> = Vec::new();
    for number in 0..200 {
        app.pass(11);
        let (board, category) = (dice.of(&boards), dice.below(6));
        let now = app.app.clock.now();
        let parent = (!tasks.is_empty() && dice.one_in(5)).then(|| dice.of(&tasks).row.id);
        let moment = |dice: &mut Dice| {
            let hours = i64::try_from(dice.below(96)).unwrap() - 24;
            now + TimeDelta::hours(hours)
        };
        let row = task::Model {
            column_id: board.columns[category],
            title: format!("{} {}", dice.of(&WORDS), dice.of(&WORDS)),
            creator_id: (!dice.one_in(4)).then(|| dice.of(&people).id().unwrap()),
            parent_id: parent,
            priority: i32::try_from(dice.below(5)).unwrap(),
            due_at: dice.one_in(2).then(|| moment(dice)),
            due_has_time: dice.one_in(2).into(),
            updated_at: moment(dice),
            completed_at: (category > 3).then(|| moment(dice)),
            archived_at: dice.one_in(4).then_some(now),
            ..plain(&app, board, number)
        };
        let id = app.put_task(row.clone()).await;
        let mut known = Known {
            row,
            category,
            assignees: BTreeSet::new(),
            labels: BTreeSet::new(),
            blocked_by: Vec::new(),
        };
        for person in &people {
            if dice.one_in(4) {
                app.assign(id, person).await;
                known.assignees.insert(profile_id(person));
            }
        }
        for label in &board.labels {
            if dice.one_in(4) {
                app.label(id, *label).await;
                known.labels.insert(named("task_label", *label));
            }
        }
        if !tasks.is_empty() && dice.one_in(3) {
            let before = dice.below(tasks.len());
            app.block(tasks[before].row.id, id).await;
            known.blocked_by.push(before);
        }
        tasks.push(known);
    }
    World { app, people, boards, tasks }
}

fn named(kind: &str, key: Uuid) -> String {
    guildhall::graph::encode(kind, key).to_string()
}

impl World {
    fn some(dice: &mut Dice, mut one: impl FnMut(&mut Dice) -> String) -> Value {
        let count = dice.below(4);
        json!((0..count).map(|_| one(dice)).collect::<Vec<_>>())
    }

    fn range(&self, dice: &mut Dice) -> Value {
        let now = self.app.app.clock.now();
        let end = |dice: &mut Dice| {
            let hours = i64::try_from(dice.below(120)).unwrap();
            dice.one_in(2).then(|| (now + TimeDelta::hours(48 - hours)).to_rfc3339())
        };
        json!({ "from": end(dice), "to": end(dice) })
    }

    fn filter(&self, dice: &mut Dice, depth: usize) -> Value {
        let mut filter = Map::new();
        for _ in 0..=dice.below(3) {
            let (name, value) = self.condition(dice, depth);
            filter.insert(name.to_owned(), value);
        }
        Value::Object(filter)
    }

    fn condition(&self, dice: &mut Dice, depth: usize) -> (&'static str, Value) {
        let several = |dice: &mut Dice| {
            let count = dice.below(4);
            json!((0..count).map(|_| self.filter(dice, depth + 1)).collect::<Vec<_>>())
        };
        match dice.below(if depth < 3 { 20 } else { 17 }) {
            0 => {
                let last = dice.of(&WORDS);
                let first =
                    if dice.one_in(3) { format!("{} ", dice.of(&WORDS)) } else { String::new() };
                ("text", json!(format!("{first}{}", &last[..last.len() - dice.below(2)])))
            }
            1 => ("boards", Self::some(dice, |dice| named("board", dice.of(&self.boards).id))),
            2 => {
                let column = |dice: &mut Dice| {
                    let board = dice.of(&self.boards);
                    *dice.of(&board.columns)
                };
                ("columns", Self::some(dice, |dice| named("board_column", column(dice))))
            }
            3 => ("categories", Self::some(dice, |dice| (*dice.of(&NAMES)).to_owned())),
            4 => ("assignees", Self::some(dice, |dice| profile_id(dice.of(&self.people)))),
            5 => ("unassigned", json!(dice.one_in(2))),
            6 => ("creator", json!(profile_id(dice.of(&self.people)))),
            7 => {
                let label = |dice: &mut Dice| {
                    let board = dice.of(&self.boards);
                    *dice.of(&board.labels)
                };
                ("labels", Self::some(dice, |dice| named("task_label", label(dice))))
            }
            8 => ("priorities", Self::some(dice, |dice| (*dice.of(&PRIORITIES)).to_owned())),
            9 => ("parent", json!(task_id(dice.of(&self.tasks).row.id))),
            10 => ("due", self.range(dice)),
            11 => ("overdue", json!(dice.one_in(2))),
            12 => ("created", self.range(dice)),
            13 => ("updated", self.range(dice)),
            14 => ("completed", self.range(dice)),
            15 => ("blocked", json!(dice.one_in(2))),
            16 => ("archived", [json!(true), json!(false), json!(null)][dice.below(3)].clone()),
            17 => ("and", several(dice)),
            18 => ("or", several(dice)),
            _ => ("not", self.filter(dice, depth + 1)),
        }
    }

    /// Whether a task passes a filter, read as its description says.
    fn passes(&self, task: &Known, filter: &Value, is_top: bool) -> bool {
        let filter = filter.as_object().unwrap();
        let holds = filter.iter().all(|(name, value)| self.holds(task, name, value));
        holds && (!is_top || filter.contains_key("archived") || task.row.archived_at.is_none())
    }

    fn holds(&self, task: &Known, name: &str, value: &Value) -> bool {
        let now = self.app.app.clock.now();
        let row = &task.row;
        let any = |mine: &dyn Fn(&str) -> bool| {
            let list = value.as_array().unwrap();
            list.is_empty() || list.iter().any(|one| mine(one.as_str().unwrap()))
        };
        let within = |at: Option<DateTime<Utc>>| {
            let end =
                |name: &str| value[name].as_str().map(|end| end.parse::<DateTime<Utc>>().unwrap());
            at.is_some_and(|at| {
                end("from").is_none_or(|from| at >= from) && end("to").is_none_or(|to| at < to)
            })
        };
        let is = |truth: bool| json!(truth) == *value;
        match name {
            "text" => {
                let asked: Vec<&str> = value.as_str().unwrap().split(' ').collect();
                let (last, others) = asked.split_last().unwrap();
                let mut words = row.title.split(' ');
                words.any(|word| word.starts_with(last))
                    && others.iter().all(|asked| row.title.split(' ').any(|word| word == *asked))
            }
            "boards" => any(&|id| named("board", row.board_id) == id),
            "columns" => any(&|id| named("board_column", row.column_id) == id),
            "categories" => any(&|name| NAMES[task.category] == name),
            "assignees" => any(&|id| task.assignees.contains(id)),
            "unassigned" => is(task.assignees.is_empty()),
            "creator" => row.creator_id.is_some_and(|id| json!(named("profile", id)) == *value),
            "labels" => any(&|id| task.labels.contains(id)),
            "priorities" => any(&|name| PRIORITIES[usize::try_from(row.priority).unwrap()] == name),
            "parent" => row.parent_id.is_some_and(|id| json!(task_id(id)) == *value),
            "due" => within(row.due_at),
            "overdue" => is(row.completed_at.is_none()
                && row.due_at.is_some_and(|due| match row.due_has_time {
                    1 => due < now,
                    _ => due.date_naive() < now.date_naive(),
                })),
            "created" => within(Some(made_at(row.id))),
            "updated" => within(Some(row.updated_at)),
            "completed" => within(row.completed_at),
            "blocked" => {
                is(task.blocked_by.iter().any(|by| self.tasks[*by].row.completed_at.is_none()))
            }
            "archived" => value.is_null() || is(row.archived_at.is_some()),
            "and" => value.as_array().unwrap().iter().all(|one| self.passes(task, one, false)),
            "or" => {
                let all = value.as_array().unwrap();
                all.is_empty() || all.iter().any(|one| self.passes(task, one, false))
            }
            "not" => !self.passes(task, value, false),
            _ => panic!("{name}"),
        }
    }
}

#[tokio::test]
async fn random_filters_find_what_a_plain_reading_of_them_finds() {
    assert_eq!(CATEGORIES.len(), NAMES.len());
    let mut dice = Dice(20_260_504);
    let world = world(&mut dice).await;
    let (mut nothing, mut something, mut all) = (0, 0, 0);
    for _ in 0..300 {
        let filter = world.filter(&mut dice, 0);
        let order = json!({ "field": "CREATED" });
        let found = world.app.found(&world.people[0], filter.clone(), order, 100).await;
        let expected: Vec<_> = world
            .tasks
            .iter()
            .filter(|task| world.passes(task, &filter, true))
            .map(|task| task_id(task.row.id))
            .collect();
        assert_eq!(found, expected, "{filter}");
        match found.len() {
            0 => nothing += 1,
            200 => all += 1,
            _ => something += 1,
        }
    }
    assert!(something > 150, "nothing {nothing}, something {something}, all {all}");
}
