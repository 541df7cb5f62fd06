//! Tasks: made, moved, ticked off and talked about.

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveTime, TimeDelta};
use sea_orm::EntityTrait as _;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    boards::{FileBoard, Made, Told},
    past::Story,
};
use crate::{
    comments::service::{self as comments, NewComment, On},
    entity::{task, watch::Level},
    notifications::service as notifications,
    tasks::service::{self, NewChecklistItem, NewTask, Related},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileTask {
    /// The name of the column to which it came.
    column: String,
    title: String,
    /// A handle.
    by: String,
    /// How many days ago it was made.
    ago: i64,
    /// Handles.
    #[serde(default)]
    assignees: Vec<String>,
    #[serde(default)]
    labels: Vec<String>,
    /// 0 to 4, as in the table.
    #[serde(default)]
    priority: i32,
    estimate: Option<f64>,
    /// In how many days.
    due: Option<i64>,
    description: Option<String>,
    /// A step, and whether it was taken.
    #[serde(default)]
    checklist: Vec<(String, bool)>,
    /// The title of the task that it is a part of.
    part_of: Option<String>,
    /// Titles.
    #[serde(default)]
    blocked_by: Vec<String>,
    #[serde(default)]
    relates_to: Vec<String>,
    #[serde(default)]
    duplicates: Vec<String>,
    /// Handle, Markdown.
    #[serde(default)]
    comments: Vec<(String, String)>,
    /// An emoji, and the handles of who chose it.
    #[serde(default)]
    reactions: Vec<Vec<String>>,
    /// Handles.
    #[serde(default)]
    watchers: Vec<String>,
}

impl FileTask {
    /// Who does it, or else who asked for it.
    fn doer(&self) -> &str {
        self.assignees.first().unwrap_or(&self.by)
    }
}

/// What happens to a task.
pub(super) enum Act<'a> {
    Make(&'a FileTask, &'a str),
    Move(&'a FileTask, &'a str),
    Tick(&'a FileTask),
    Relate(&'a FileTask, Related, &'a str),
    Comment(&'a FileTask, &'a str, &'a str),
    React(&'a FileTask, &'a str, &'a str),
    Watch(&'a FileTask, &'a str),
}

/// The columns through which a task goes, the one in which it is made first.
fn way<'a>(board: &'a FileBoard, task: &'a FileTask) -> Result<Vec<&'a str>> {
    let of = |name: &str| board.columns.iter().find(|(column, ..)| column == name);
    let last = of(&task.column).with_context(|| format!("there is no column {}", task.column))?;
    let first = |category: &str| board.columns.iter().find(|(_, means, _)| means == category);
    let through: &[&str] = match last.1.as_str() {
        "backlog" | "todo" => &[],
        "review" | "done" => &["todo", "doing"],
        _ => &["todo"],
    };
    let before = through.iter().filter_map(|category| first(category));
    Ok(before.chain([last]).map(|(name, ..)| name.as_str()).collect())
}

/// Notes what happens to a task, and when.
pub(super) fn plan<'a, T>(
    story: &mut Story<T>,
    board: &'a FileBoard,
    task: &'a FileTask,
    act: impl Fn(Act<'a>) -> T,
) -> Result<()> {
    let way = way(board, task)?;
    let at = story.day(task.ago);
    let (first, more) = way.split_first().context("it stands nowhere")?;
    story.note(at, act(Act::Make(task, first)));
    for (column, hundredths) in more.iter().zip([30, 65]) {
        story.note(story.along(at, hundredths), act(Act::Move(task, column)));
    }
    if task.checklist.iter().any(|(_, done)| *done) {
        story.note(story.along(at, 55), act(Act::Tick(task)));
    }
    let others = |how: Related, titles: &'a [String]| titles.iter().map(move |other| (how, other));
    let tied = others(Related::BlockedBy, &task.blocked_by)
        .chain(others(Related::RelatesTo, &task.relates_to))
        .chain(others(Related::Duplicates, &task.duplicates));
    for (how, other) in tied {
        story.note(at + TimeDelta::minutes(3), act(Act::Relate(task, how, other)));
    }
    for ((who, text), hundredths) in task.comments.iter().zip([70, 75, 80, 85]) {
        story.note(story.along(at, hundredths), act(Act::Comment(task, who, text)));
    }
    for who in &task.watchers {
        story.note(story.along(at, 20), act(Act::Watch(task, who)));
    }
    for chosen in &task.reactions {
        let (emoji, people) = chosen.split_first().context("nobody reacts with nothing")?;
        for (who, hundredths) in people.iter().zip([72, 78, 82, 88]) {
            story.note(story.along(at, hundredths), act(Act::React(task, emoji, who)));
        }
    }
    Ok(())
}

/// Lets one thing happen; answers a task that is new, by title.
pub(super) async fn act<'a>(
    told: &Told<'_>,
    board: &Made,
    act: Act<'a>,
) -> Result<Option<(&'a str, Uuid)>> {
    let past = &told.past;
    match act {
        Act::Make(file, column) => {
            let actor = past.actor(&file.by)?;
            let new = new(told, board, file, column)?;
            let row = service::create(past.cx(&actor), new).await?;
            return Ok(Some((&file.title, row.id)));
        }
        Act::Move(file, column) => {
            let (actor, id) = (past.actor(file.doer())?, told.task(&file.title)?);
            let column = board.columns.get(column).copied();
            service::relocate(past.cx(&actor), Some(id), column, None, None).await?;
        }
        Act::Tick(file) => {
            let (actor, id) = (past.actor(file.doer())?, told.task(&file.title)?);
            let row = task::Entity::find_by_id(id).one(past.app.db.fresh()).await?;
            let items = service::items(&row.context("the task is gone")?)?;
            let ticked = items.into_iter().zip(&file.checklist).map(|(item, (_, done))| {
                let id = Some(Some(item.id));
                NewChecklistItem { id, text: item.text, done: *done, ..Default::default() }
            });
            service::set_checklist(past.cx(&actor), Some(id), ticked.collect()).await?;
        }
        Act::Relate(file, how, other) => {
            let (actor, id) = (past.actor(&file.by)?, told.task(&file.title)?);
            let other = Some(told.task(other)?);
            service::relate(past.cx(&actor), Some(id), how, other, true).await?;
        }
        Act::Comment(file, who, text) => {
            let (actor, id) = (past.actor(who)?, told.task(&file.title)?);
            let new = NewComment {
                on: Some(On::Task(id)),
                parent: None,
                body: text.to_owned(),
                attachments: Vec::new(),
                client_key: None,
            };
            comments::create(past.cx(&actor), new).await?;
        }
        Act::React(file, emoji, who) => {
            let (actor, id) = (past.actor(who)?, told.task(&file.title)?);
            service::react(past.cx(&actor), id, emoji, true).await?;
        }
        Act::Watch(file, who) => {
            let (actor, id) = (past.actor(who)?, told.task(&file.title)?);
            let on = Some(notifications::On::Task(id));
            notifications::watch(past.cx(&actor), on, Level::All).await?;
        }
    }
    Ok(None)
}

fn new(told: &Told<'_>, board: &Made, file: &FileTask, column: &str) -> Result<NewTask> {
    let assignees: Result<Vec<_>> =
        file.assignees.iter().map(|who| told.past.id(who).map(Some)).collect();
    let due = file.due.map(|days| {
        let day = (told.today + TimeDelta::days(days)).date_naive();
        day.and_time(NaiveTime::MIN).and_utc()
    });
    let parent = file.part_of.as_ref().map(|title| told.task(title).map(Some)).transpose()?;
    Ok(NewTask {
        board: Some(board.id),
        column: Some(board.columns.get(column).copied()),
        title: file.title.clone(),
        description: file.description.clone(),
        assignees: assignees?,
        labels: file.labels.iter().map(|name| board.labels.get(name).copied()).collect(),
        priority: file.priority,
        estimate: file.estimate,
        starts_on: due.and_then(|due| due.date_naive().checked_sub_days(Days::new(3))),
        due_at: due,
        parent,
        checklist: file.checklist.iter().map(|(text, _)| text.clone()).collect(),
        ..NewTask::default()
    })
}
