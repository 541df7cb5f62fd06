//! Boards of a made-up community, and the tasks on them.

mod rows;
mod words;

use chrono::{DateTime, Utc};
pub(super) use rows::{fill, rows};
use uuid::Uuid;
use words::{ERRANDS, LABELS, PROJECTS};

use super::{
    Community,
    dice::{Dice, Popularity},
    texts,
    words::THINGS,
};
use crate::{
    boards::service::rank,
    entity::{board::Visibility, board_column::Category, board_member::Role, task_activity::Kind},
};

/// Different wordings of descriptions; more tasks share them.
const WORDINGS: usize = 400;
/// The columns of every board.
const COLUMNS: [(&str, Category); 5] = [
    ("Backlog", Category::Backlog),
    ("To do", Category::Todo),
    ("Doing", Category::Doing),
    ("Review", Category::Review),
    ("Done", Category::Done),
];
/// In which column tasks stand, as it goes.
const STANDS: &[usize] = &[0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4];
const DAY: i64 = 86_400_000;

/// A board. Lists point into the community's by place.
#[derive(Debug)]
struct Board {
    id: Uuid,
    at: i64,
    key: String,
    name: String,
    about: usize,
    visibility: Visibility,
    color: &'static str,
    /// The one who made it first.
    people: Vec<(usize, Role)>,
    columns: [Column; 5],
    /// Key, name, colour.
    labels: Vec<(Uuid, &'static str, &'static str)>,
    tasks: i32,
    done: i32,
    last: i32,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    id: Uuid,
    tasks: i32,
}

/// A task. Times are in milliseconds.
#[derive(Debug)]
struct Task {
    id: Uuid,
    at: i64,
    board: usize,
    column: usize,
    number: i32,
    title: String,
    description: Option<usize>,
    by: usize,
    /// The place of the task that it is a part of.
    parent: Option<usize>,
    parts: i32,
    done_parts: i32,
    priority: i32,
    estimate: Option<i32>,
    due: Option<i64>,
    is_told: bool,
    rank: String,
    /// JSON.
    steps: String,
    started: Option<i64>,
    completed: Option<i64>,
    archived: Option<i64>,
    updated: i64,
    assignees: Vec<usize>,
    /// Places among the board's.
    labels: Vec<usize>,
}

/// A line of history.
#[derive(Debug)]
struct Line {
    id: Uuid,
    board: usize,
    task: Option<usize>,
    actor: usize,
    member: Option<usize>,
    kind: Kind,
    /// The columns that it left and came to.
    moved: Option<(usize, usize)>,
}

/// Boards and tasks.
#[derive(Debug, Default)]
pub(super) struct Planning {
    boards: Vec<Board>,
    tasks: Vec<Task>,
    lines: Vec<Line>,
    /// The one that comes first, and the other: places of tasks.
    blocks: Vec<(usize, usize)>,
}

/// Makes so many boards and tasks, between `begin` and `end` (in milliseconds).
pub(super) fn grow(
    of: &mut Community,
    (boards, tasks): (usize, usize),
    (begin, end): (i64, i64),
    dice: &mut Dice,
) {
    if boards == 0 {
        return;
    }
    let wordings: Vec<usize> = (0..(boards + tasks).min(WORDINGS))
        .map(|_| of.word(texts::posting(dice), begin, dice))
        .collect();
    let mut planning = Planning::default();
    for number in 0..boards {
        let board = board(of.members.len(), number, &wordings, (begin, end), dice);
        planning.greet(number, &board, dice);
        planning.boards.push(board);
    }
    let busy = Popularity::ranked(boards, 5);
    let mut begun: Vec<(i64, usize)> = (0..tasks)
        .map(|_| {
            let place = busy.pick(dice);
            let from = planning.boards.get(place).map_or(begin, |board| board.at);
            (dice.time(from + 60_000, end, false), place)
        })
        .collect();
    // Numbers are given in the order of time.
    begun.sort_unstable();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); boards];
    for (at, place) in begun {
        let Some(earlier) = before.get_mut(place) else { continue };
        if planning.add(place, earlier, at, end, &wordings, dice).is_some() {
            earlier.push(planning.tasks.len() - 1);
        }
    }
    planning.rank();
    of.planning = planning;
}

fn board(
    members: usize,
    number: usize,
    wordings: &[usize],
    (begin, end): (i64, i64),
    dice: &mut Dice,
) -> Board {
    let at = dice.time(begin, begin + (end - begin) / 2, false);
    let name = dice.word(PROJECTS);
    let initials: String = name.split(' ').filter_map(|word| word.chars().next()).collect();
    let mut people: Vec<(usize, Role)> = Vec::new();
    for place in 0..2 + dice.below(8) {
        let role = if place == 0 { Some(&Role::Admin) } else { dice.pick(ROLES) };
        let who = dice.place(members);
        if !people.iter().any(|(other, _)| *other == who) {
            people.extend(role.map(|role| (who, *role)));
        }
    }
    let mut labels: Vec<(Uuid, &'static str, &'static str)> = Vec::new();
    for (name, color) in dice.some(LABELS, 8) {
        labels.push((dice.key(at), *name, *color));
    }
    Board {
        id: dice.key(at),
        at,
        key: match number {
            0 => "GLD".to_owned(),
            _ => format!("{}{number}", initials.to_uppercase()),
        },
        name: format!("{name} {}", number + 1),
        about: dice.pick(wordings).copied().unwrap_or_default(),
        visibility: dice.pick(SEEN).copied().unwrap_or(Visibility::Members),
        color: LABELS.get(number % LABELS.len()).map_or("#3182ce", |(_, color)| *color),
        people,
        columns: std::array::from_fn(|_| Column { id: dice.key(at), tasks: 0 }),
        labels,
        tasks: 0,
        done: 0,
        last: 0,
    }
}

impl Planning {
    /// Notes who came to a board.
    fn greet(&mut self, place: usize, board: &Board, dice: &mut Dice) {
        let Some((owner, _)) = board.people.first() else { return };
        for (milliseconds, (who, _)) in (1..).zip(&board.people) {
            self.lines.push(Line {
                id: dice.key(board.at + milliseconds),
                board: place,
                task: None,
                actor: *owner,
                member: Some(*who),
                kind: Kind::MemberAdded,
                moved: None,
            });
        }
    }

    /// Adds a task to a board that has these already.
    fn add(
        &mut self,
        place: usize,
        earlier: &[usize],
        at: i64,
        end: i64,
        wordings: &[usize],
        dice: &mut Dice,
    ) -> Option<()> {
        let here = self.tasks.len();
        let board = self.boards.get_mut(place)?;
        let column = dice.pick(STANDS).copied()?;
        let (_, category) = COLUMNS.get(column)?;
        let is_done = *category == Category::Done;
        let changed = if column == 0 { at } else { dice.time(at + 1, end, false).max(at + 1) };
        let is_begun = matches!(category, Category::Doing | Category::Review | Category::Done);
        let archived = (is_done && dice.chance(10)).then_some(changed);
        board.last += 1;
        if archived.is_none() {
            board.tasks += 1;
            board.done += i32::from(is_done);
            board.columns.get_mut(column)?.tasks += 1;
        }
        // Who makes tasks may: the others look on, or talk.
        let may = |(_, role): &&(usize, Role)| *role >= Role::Editor;
        let editors: Vec<usize> = board.people.iter().filter(may).map(|(who, _)| *who).collect();
        let by = *dice.pick(&editors)?;
        let mut assignees: Vec<usize> = Vec::new();
        for _ in 0..dice.below(3) {
            let (who, _) = *dice.pick(&board.people)?;
            if !assignees.contains(&who) {
                assignees.push(who);
            }
        }
        let places: Vec<usize> = (0..board.labels.len()).collect();
        let number = board.last;
        let due = dice.chance(45).then(|| {
            let day = dice.time(at, end + 60 * DAY, false) / DAY;
            day * DAY
        });
        // A part of what is no part itself.
        let is_whole = |place: &usize| self.tasks.get(*place).is_some_and(|it| it.parent.is_none());
        let parent = dice.pick(earlier).copied().filter(is_whole);
        let parent = parent.filter(|_| dice.chance(12));
        if let Some(above) = parent.and_then(|parent| self.tasks.get_mut(parent))
            && archived.is_none()
        {
            above.parts += 1;
            above.done_parts += i32::from(is_done);
        }
        if let Some(other) = dice.pick(earlier).copied().filter(|_| dice.chance(5)) {
            self.blocks.push((other, here));
        }
        let steps = steps(at, is_done, dice);
        self.tasks.push(Task {
            id: dice.key(at),
            at,
            board: place,
            column,
            number,
            title: format!("{} {}", dice.word(ERRANDS), dice.word(THINGS)),
            description: dice.pick(wordings).copied().filter(|_| dice.chance(60)),
            by,
            parent,
            parts: 0,
            done_parts: 0,
            priority: if dice.chance(50) {
                0
            } else {
                1 + i32::try_from(dice.below(4)).unwrap_or_default()
            },
            estimate: dice
                .chance(30)
                .then(|| 50 * (1 + i32::try_from(dice.below(16)).unwrap_or_default())),
            due,
            // Nobody is to hear of all that was due before this was made up.
            is_told: due.is_some_and(|due| due < end + 2 * DAY),
            rank: String::new(),
            steps,
            started: is_begun.then_some(changed),
            completed: is_done.then_some(changed),
            archived,
            updated: changed,
            assignees,
            labels: dice.some(&places, 3).into_iter().copied().collect(),
        });
        let mut line = |at: i64, kind, moved| {
            let (board, task) = (place, Some(here));
            let id = dice.key(at);
            self.lines.push(Line { id, board, task, actor: by, member: None, kind, moved });
        };
        line(at, Kind::Created, None);
        if column > 0 {
            line(changed, Kind::Moved, Some((0, column)));
        }
        if is_done {
            line(changed, Kind::Completed, None);
        }
        Some(())
    }

    /// Gives each task its place in its column, the oldest first.
    fn rank(&mut self) {
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); self.boards.len() * COLUMNS.len()];
        for (place, task) in self.tasks.iter().enumerate() {
            if let Some(column) = columns.get_mut(task.board * COLUMNS.len() + task.column) {
                column.push(place);
            }
        }
        for column in columns {
            let ranks = rank::spread(None, None, column.len());
            for (place, rank) in column.into_iter().zip(ranks) {
                if let Some(task) = self.tasks.get_mut(place) {
                    task.rank = rank;
                }
            }
        }
    }
}

/// The checklist of a task, as it is kept.
fn steps(at: i64, is_done: bool, dice: &mut Dice) -> String {
    let count = if dice.chance(25) { 1 + dice.below(5) } else { 0 };
    let steps: Vec<serde_json::Value> = (0..count)
        .map(|_| {
            let text = format!("{} {}", dice.word(ERRANDS), dice.word(THINGS));
            let done = is_done || dice.chance(40);
            serde_json::json!({ "id": dice.key(at), "text": text, "done": done })
        })
        .collect();
    serde_json::Value::Array(steps).to_string()
}

fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

const ROLES: &[Role] =
    &[Role::Admin, Role::Editor, Role::Editor, Role::Editor, Role::Commenter, Role::Viewer];

const SEEN: &[Visibility] = &[
    Visibility::Members,
    Visibility::Members,
    Visibility::Members,
    Visibility::Members,
    Visibility::Members,
    Visibility::Members,
    Visibility::Public,
    Visibility::Public,
    Visibility::Public,
    Visibility::Private,
];
