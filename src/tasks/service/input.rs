use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    Result,
    check::Check,
    error::{Detail, ErrorCode, Problem},
    markdown::{self, Rendered},
};

/// Characters of a title.
pub const TITLE: usize = 200;
/// Characters of a description.
pub const DESCRIPTION: usize = 50_000;
/// Moments at which one is reminded of a task.
const REMINDERS: usize = 10;
/// Members of a list that is no longer than what is wrong with it is worth saying.
const LISTED: usize = 100;
/// The most work that a task can be.
const ESTIMATE: f64 = 1_000_000.0;

/// A task to make.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    /// On which board.
    pub board: Option<Uuid>,
    /// In which column; `None` is the first, `Some(None)` an id that names none.
    pub column: Option<Option<Uuid>>,
    /// What is to be done.
    pub title: String,
    /// More about it, in Markdown.
    pub description: Option<String>,
    /// Who does it.
    pub assignees: Vec<Option<Uuid>>,
    /// Its labels.
    pub labels: Vec<Option<Uuid>>,
    /// 0 to 4, as in the table.
    pub priority: i32,
    /// How much work it is.
    pub estimate: Option<f64>,
    /// When to begin.
    pub starts_on: Option<NaiveDate>,
    /// When it has to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the time of day counts.
    pub due_has_time: bool,
    /// When to remind of it.
    pub reminders: Vec<DateTime<Utc>>,
    /// What it is a part of; `Some(None)` is an id that names no task.
    pub parent: Option<Option<Uuid>>,
    /// Small steps.
    pub checklist: Vec<String>,
    /// What hangs on it.
    pub attachments: Vec<Option<Uuid>>,
    /// What the client calls the call.
    pub client_key: Option<String>,
}

/// What to change in a set: all of it, or what to add and to take away; ids that name nothing are `None`.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// The whole set.
    pub all: Option<Vec<Option<Uuid>>>,
    /// What comes to it.
    pub add: Vec<Option<Uuid>>,
    /// What leaves it; beats the others.
    pub remove: Vec<Option<Uuid>>,
}

impl Members {
    /// A set to begin with.
    pub fn of(all: Vec<Option<Uuid>>) -> Self {
        Self { all: (!all.is_empty()).then_some(all), ..Self::default() }
    }

    /// Refuses lists that are far too long: what is added and taken away is compared with each other. `names` are those of
    /// the whole list, and of what comes to it and leaves it.
    fn check(&self, check: &mut Check, names: [&str; 3]) {
        let all = self.all.as_deref().unwrap_or_default();
        for (name, list) in names.into_iter().zip([all, &self.add, &self.remove]) {
            check.list(&[name], list, LISTED);
        }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.add.is_empty() && self.remove.is_empty()
    }

    /// The set that `now` becomes.
    pub(super) fn applied(&self, now: &[Uuid]) -> Vec<Uuid> {
        let mut set: Vec<Uuid> = Vec::new();
        let whole = self.all.as_ref().map(|all| all.iter().flatten().copied().collect());
        let begun = whole.unwrap_or_else(|| now.to_vec());
        for key in begun.into_iter().chain(self.add.iter().flatten().copied()) {
            if !set.contains(&key) && !self.remove.contains(&Some(key)) {
                set.push(key);
            }
        }
        set
    }

    /// All that is to be in it, each with the list and the place in it that named it.
    pub(super) fn named(&self) -> impl Iterator<Item = (bool, usize, Option<Uuid>)> {
        let all = self.all.iter().flatten().enumerate().map(|(at, key)| (true, at, *key));
        all.chain(self.add.iter().enumerate().map(|(at, key)| (false, at, *key)))
    }
}

/// What to change in tasks: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// A new title.
    pub title: Option<String>,
    /// A new description, or none.
    pub description: Option<Option<String>>,
    /// Another column, to whose foot it moves; `Some(None)` is an id that names none.
    pub column: Option<Option<Uuid>>,
    /// Who does it.
    pub assignees: Members,
    /// Its labels.
    pub labels: Members,
    /// 0 to 4, as in the table.
    pub priority: Option<i32>,
    /// How much work it is.
    pub estimate: Option<Option<f64>>,
    /// When to begin.
    pub starts_on: Option<Option<NaiveDate>>,
    /// When it has to be done.
    pub due_at: Option<Option<DateTime<Utc>>>,
    /// Whether the time of day counts.
    pub due_has_time: Option<bool>,
    /// When to remind of it.
    pub reminders: Option<Vec<DateTime<Utc>>>,
    /// What it is a part of, or nothing; `Some(Some(None))` is an id that names no task.
    pub parent: Option<Option<Option<Uuid>>>,
    /// All that hangs on it.
    pub attachments: Option<Vec<Option<Uuid>>>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

/// What was checked of a task's texts and numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    pub(super) title: Option<String>,
    /// Markdown, and what it became.
    pub(super) description: Option<(String, Rendered)>,
    /// In hundredths.
    pub(super) estimate: Option<Option<i32>>,
    /// In their order, each once.
    pub(super) reminders: Option<Vec<DateTime<Utc>>>,
}

/// Checks what is to be changed, as far as it needs no look at the database; `now` is what reminders are to come after,
/// but for those that are there.
pub(super) fn checked(changes: &Changes) -> Result<Checked> {
    let mut check = Check::new();
    let title = changes.title.as_deref().map(|title| check.line(&["title"], title, 1..=TITLE));
    let description = changes.description.as_ref().map(|text| {
        let source =
            check.text(&["description"], text.as_deref().unwrap_or_default(), 0..=DESCRIPTION);
        let rendered = markdown::render(&source);
        (source, rendered)
    });
    let estimate = changes.estimate.map(|estimate| estimate.map(|n| hundredths(&mut check, n)));
    let reminders = changes.reminders.clone().map(|mut reminders| {
        reminders.sort_unstable();
        reminders.dedup();
        check.list(&["reminders"], &reminders, REMINDERS);
        reminders
    });
    if let Some(Some(due)) = changes.due_at {
        within_reach(&mut check, &["dueAt"], due);
    }
    for (at, time) in reminders.iter().flatten().enumerate().take(REMINDERS) {
        within_reach(&mut check, &["reminders", &at.to_string()], *time);
    }
    changes.assignees.check(&mut check, ["assignees", "addAssignees", "removeAssignees"]);
    changes.labels.check(&mut check, ["labels", "addLabels", "removeLabels"]);
    check.done()?;
    Ok(Checked { title, description, estimate, reminders })
}

/// Refuses a moment that is not in one of the years 1 to 9999: the databases order no other.
fn within_reach(check: &mut Check, path: &[&str], at: DateTime<Utc>) {
    if !(1..=9999).contains(&at.year()) {
        check.problem(ErrorCode::OutOfRange, path, "write a moment of the years 1 to 9999");
    }
}

fn hundredths(check: &mut Check, estimate: f64) -> i32 {
    if !(0.0..=ESTIMATE).contains(&estimate) {
        let limit = Detail::Limit { min: Some(0.0), max: Some(ESTIMATE), actual: Some(estimate) };
        let message = "write a number from 0 to 1000000";
        let problem = Problem::at(ErrorCode::OutOfRange, ["input", "estimate"], message);
        check.push(problem.with(limit));
    }
    #[expect(clippy::as_conversions, reason = "a number that is in range, or refused")]
    let hundredths = (estimate * 100.0).round() as i32;
    hundredths
}
