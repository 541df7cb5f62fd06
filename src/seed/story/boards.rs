//! Boards, and who works on them.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    past::{Past, Story},
    tasks::{self, FileTask},
};
use crate::{
    app::App,
    boards::service::{self, Label, NewBoard, NewColumn},
    entity::{
        board::Visibility,
        board_column::{self, Category},
        board_member::Role,
        task_label,
    },
    seed::Community,
};

const FILE: &str = include_str!("boards.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    board: Vec<FileBoard>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileBoard {
    key: String,
    name: String,
    description: String,
    visibility: String,
    color: Option<String>,
    /// A handle.
    owner: String,
    /// How many days ago it was made.
    ago: i64,
    /// Handle, role.
    members: Vec<(String, String)>,
    /// Name, colour.
    labels: Vec<(String, String)>,
    /// Name, what it means, and how many tasks stand there at most; 0 is any number.
    pub(super) columns: Vec<(String, String, i32)>,
    task: Vec<FileTask>,
}

/// What happens.
enum Act<'a> {
    Make(&'a FileBoard),
    Label(&'a FileBoard, &'a str, &'a str),
    Join(&'a FileBoard, &'a str, &'a str),
    Task(&'a FileBoard, tasks::Act<'a>),
}

/// Tells it all.
pub(super) async fn tell(app: &App, community: &Community) -> Result<()> {
    let file: File = toml::from_str(FILE)?;
    let mut story = Story::new(app.clock.now(), 4);
    for board in &file.board {
        let at = story.day(board.ago);
        story.note(at, Act::Make(board));
        for (minutes, (name, color)) in (2..).zip(&board.labels) {
            story.note(at + TimeDelta::minutes(minutes), Act::Label(board, name, color));
        }
        for (minutes, (handle, role)) in (20..).zip(&board.members) {
            story.note(at + TimeDelta::minutes(minutes), Act::Join(board, handle, role));
        }
        for task in &board.task {
            tasks::plan(&mut story, board, task, |act| Act::Task(board, act))?;
        }
    }
    let first = file.board.iter().map(|board| board.ago).max();
    let mut told = Told {
        past: Past::begin(app, community, first.unwrap_or_default())?,
        today: app.clock.now(),
        boards: HashMap::new(),
        tasks: HashMap::new(),
    };
    for (at, act) in story.told() {
        told.past.until(at);
        told.act(act).await?;
    }
    Ok(())
}

/// A board that is there, and what it has by name.
#[derive(Default)]
pub(super) struct Made {
    pub(super) id: Uuid,
    pub(super) columns: HashMap<String, Uuid>,
    pub(super) labels: HashMap<String, Uuid>,
}

/// What is there already.
pub(super) struct Told<'a> {
    pub(super) past: Past<'a>,
    pub(super) today: DateTime<Utc>,
    /// By key.
    boards: HashMap<&'a str, Made>,
    /// By title.
    pub(super) tasks: HashMap<&'a str, Uuid>,
}

impl<'a> Told<'a> {
    /// The key of the task of this title.
    pub(super) fn task(&self, title: &str) -> Result<Uuid> {
        self.tasks.get(title).copied().with_context(|| format!("there is no task “{title}” yet"))
    }

    async fn act<'b: 'a>(&mut self, act: Act<'b>) -> Result<()> {
        let past = &self.past;
        match act {
            Act::Make(board) => {
                let made = make(past, board).await?;
                self.boards.insert(&board.key, made);
            }
            Act::Label(board, name, color) => {
                let actor = past.actor(&board.owner)?;
                let id = self.boards.get(&*board.key).map(|made| made.id);
                let label =
                    Label { name: name.to_owned(), color: color.to_owned(), description: None };
                service::save_label(past.cx(&actor), id, None, label).await?;
                let row = task_label::Entity::find()
                    .filter(task_label::Column::BoardId.eq(id))
                    .filter(task_label::Column::Name.eq(name))
                    .one(past.app.db.fresh())
                    .await?;
                if let Some((made, row)) = self.boards.get_mut(&*board.key).zip(row) {
                    made.labels.insert(row.name, row.id);
                }
            }
            Act::Join(board, handle, role) => {
                let actor = past.actor(&board.owner)?;
                let id = self.boards.get(&*board.key).map(|made| made.id);
                let role = Some(Role::try_from_value(&role.to_owned())?);
                let who = Some(past.id(handle)?);
                service::set_member(past.cx(&actor), id, who, role).await?;
            }
            Act::Task(board, act) => {
                let made = self.boards.get(&*board.key);
                let made = made.with_context(|| format!("there is no board {}", board.key))?;
                if let Some((title, id)) = tasks::act(self, made, act).await? {
                    self.tasks.insert(title, id);
                }
            }
        }
        Ok(())
    }
}

async fn make(past: &Past<'_>, board: &FileBoard) -> Result<Made> {
    let columns = board.columns.iter().map(|(name, category, limit)| {
        anyhow::Ok(NewColumn {
            name: name.clone(),
            category: Category::try_from_value(category)?,
            color: None,
            limit: (*limit > 0).then_some(*limit),
        })
    });
    let new = NewBoard {
        name: board.name.clone(),
        key: Some(board.key.clone()),
        description: Some(board.description.clone()),
        visibility: Visibility::try_from_value(&board.visibility)?,
        color: board.color.clone(),
        columns: Some(columns.collect::<Result<_>>()?),
        client_key: None,
    };
    let actor = past.actor(&board.owner)?;
    let row = service::create(past.cx(&actor), new).await?;
    let columns = board_column::Entity::find()
        .filter(board_column::Column::BoardId.eq(row.id))
        .all(past.app.db.fresh())
        .await?;
    let columns = columns.into_iter().map(|column| (column.name, column.id)).collect();
    Ok(Made { id: row.id, columns, labels: HashMap::new() })
}
