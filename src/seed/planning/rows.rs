//! The rows of boards and tasks.

use sea_orm::{ActiveEnum as _, DbErr, Value};
use uuid::Uuid;

use super::{Board, COLUMNS, Line, Task, moment};
use crate::{
    entity::task_relation,
    seed::{
        Community,
        sheet::{Kind, Sheet, Target},
    },
};

const BOARD: Sheet = Sheet {
    table: "board",
    columns: &[
        ("id", Kind::Uuid),
        ("key", Kind::Text),
        ("name", Kind::Text),
        ("name_key", Kind::Text),
        ("description_source", Kind::Text),
        ("description_html", Kind::Text),
        ("visibility", Kind::Text),
        ("color", Kind::MaybeText),
        ("creator_id", Kind::MaybeUuid),
        ("last_number", Kind::Int),
        ("task_count", Kind::Int),
        ("done_count", Kind::Int),
    ],
};

const MEMBER: Sheet = Sheet {
    table: "board_member",
    columns: &[
        ("board_id", Kind::Uuid),
        ("profile_id", Kind::Uuid),
        ("role", Kind::Text),
        ("since", Kind::Time),
    ],
};

const COLUMN: Sheet = Sheet {
    table: "board_column",
    columns: &[
        ("id", Kind::Uuid),
        ("board_id", Kind::Uuid),
        ("name", Kind::Text),
        ("category", Kind::Text),
        ("position", Kind::Int),
        ("task_count", Kind::Int),
    ],
};

const LABEL: Sheet = Sheet {
    table: "task_label",
    columns: &[
        ("id", Kind::Uuid),
        ("board_id", Kind::Uuid),
        ("name", Kind::Text),
        ("name_key", Kind::Text),
        ("color", Kind::Text),
    ],
};

const TASK: Sheet = Sheet {
    table: "task",
    columns: &[
        ("id", Kind::Uuid),
        ("board_id", Kind::Uuid),
        ("column_id", Kind::Uuid),
        ("number", Kind::Int),
        ("title", Kind::Text),
        ("title_key", Kind::Text),
        ("description_source", Kind::Text),
        ("description_html", Kind::Text),
        ("creator_id", Kind::MaybeUuid),
        ("parent_id", Kind::MaybeUuid),
        ("priority", Kind::Int),
        ("estimate", Kind::MaybeInt),
        ("due_at", Kind::MaybeTime),
        ("due_told_at", Kind::MaybeTime),
        ("rank", Kind::Text),
        ("checklist", Kind::Text),
        ("child_count", Kind::Int),
        ("done_child_count", Kind::Int),
        ("updated_at", Kind::Time),
        ("started_at", Kind::MaybeTime),
        ("completed_at", Kind::MaybeTime),
        ("archived_at", Kind::MaybeTime),
    ],
};

const ASSIGNEE: Sheet = Sheet {
    table: "task_assignee",
    columns: &[("task_id", Kind::Uuid), ("profile_id", Kind::Uuid), ("since", Kind::Time)],
};

const LABEL_USE: Sheet = Sheet {
    table: "task_label_use",
    columns: &[("task_id", Kind::Uuid), ("label_id", Kind::Uuid)],
};

const RELATION: Sheet = Sheet {
    table: "task_relation",
    columns: &[("task_id", Kind::Uuid), ("kind", Kind::Text), ("other_id", Kind::Uuid)],
};

const ACTIVITY: Sheet = Sheet {
    table: "task_activity",
    columns: &[
        ("id", Kind::Uuid),
        ("board_id", Kind::Uuid),
        ("task_id", Kind::MaybeUuid),
        ("task_key", Kind::MaybeText),
        ("actor_id", Kind::MaybeUuid),
        ("member_id", Kind::MaybeUuid),
        ("kind", Kind::Text),
        ("field", Kind::MaybeText),
        ("before", Kind::MaybeText),
        ("after", Kind::MaybeText),
    ],
};

/// Rows of all tables together.
pub(in crate::seed) fn rows(of: &Community) -> usize {
    let planning = &of.planning;
    let boards = planning.boards.iter();
    let boards = boards.map(|it| 1 + it.people.len() + it.columns.len() + it.labels.len());
    let tasks = planning.tasks.iter().map(|it| 1 + it.assignees.len() + it.labels.len());
    boards.sum::<usize>() + tasks.sum::<usize>() + planning.lines.len() + planning.blocks.len()
}

/// Writes the boards and tasks of a community.
pub(in crate::seed) async fn fill(
    target: &Target<'_>,
    of: &Community,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    let boards = || of.planning.boards.iter();
    let tasks = &of.planning.tasks;
    BOARD.fill(target, boards().map(|it| board_row(of, it)), on_rows).await?;
    let people = boards().flat_map(|board| {
        let since = moment(board.at);
        board.people.iter().map(move |(who, role)| {
            vec![board.id.into(), profile(of, *who).into(), role.to_value().into(), since.into()]
        })
    });
    MEMBER.fill(target, people, on_rows).await?;
    let columns = boards().flat_map(|board| {
        (0i32..).zip(board.columns).zip(COLUMNS).map(|((position, column), (name, category))| {
            vec![
                column.id.into(),
                board.id.into(),
                name.to_owned().into(),
                category.to_value().into(),
                position.into(),
                column.tasks.into(),
            ]
        })
    });
    COLUMN.fill(target, columns, on_rows).await?;
    let labels = boards().flat_map(|board| {
        board.labels.iter().map(|(id, name, color)| {
            vec![
                (*id).into(),
                board.id.into(),
                (*name).to_owned().into(),
                name.to_lowercase().into(),
                (*color).to_owned().into(),
            ]
        })
    });
    LABEL.fill(target, labels, on_rows).await?;
    // Wholes first: what a task is a part of is there before it, though batches overtake.
    for is_part in [false, true] {
        let these = tasks.iter().filter(|task| task.parent.is_some() == is_part);
        TASK.fill(target, these.filter_map(|task| task_row(of, task)), on_rows).await?;
    }
    let people = tasks.iter().flat_map(|task| {
        let since = moment(task.at);
        let row = move |who: &usize| vec![task.id.into(), profile(of, *who).into(), since.into()];
        task.assignees.iter().map(row)
    });
    ASSIGNEE.fill(target, people, on_rows).await?;
    let labels = tasks.iter().flat_map(|task| {
        let known = of.planning.boards.get(task.board).map_or(&[][..], |board| &board.labels);
        let used = task.labels.iter().filter_map(|place| known.get(*place));
        used.map(|(label, ..)| vec![task.id.into(), (*label).into()])
    });
    LABEL_USE.fill(target, labels, on_rows).await?;
    let blocks = of.planning.blocks.iter().filter_map(|(first, other)| {
        let (first, other) = (tasks.get(*first)?.id, tasks.get(*other)?.id);
        let kind = task_relation::Kind::Blocks.to_value();
        Some(vec![first.into(), kind.into(), other.into()])
    });
    RELATION.fill(target, blocks, on_rows).await?;
    // In the order of their keys, which is how the indexes grow fastest.
    let mut lines: Vec<&Line> = of.planning.lines.iter().collect();
    lines.sort_unstable_by_key(|line| line.id);
    ACTIVITY.fill(target, lines.iter().filter_map(|line| line_row(of, line)), on_rows).await
}

fn board_row(of: &Community, board: &Board) -> Vec<Value> {
    let [source, html] = words(of, Some(board.about));
    let creator = board.people.first().map(|(who, _)| profile(of, *who));
    vec![
        board.id.into(),
        board.key.clone().into(),
        board.name.clone().into(),
        board.name.to_lowercase().into(),
        source,
        html,
        board.visibility.to_value().into(),
        Some(board.color.to_owned()).into(),
        creator.into(),
        board.last.into(),
        board.tasks.into(),
        board.done.into(),
    ]
}

fn task_row(of: &Community, task: &Task) -> Option<Vec<Value>> {
    let board = of.planning.boards.get(task.board)?;
    let parent = task.parent.and_then(|place| of.planning.tasks.get(place));
    let [source, html] = words(of, task.description);
    let due = task.due.map(moment);
    Some(vec![
        task.id.into(),
        board.id.into(),
        board.columns.get(task.column)?.id.into(),
        task.number.into(),
        task.title.clone().into(),
        task.title.to_lowercase().into(),
        source,
        html,
        Some(profile(of, task.by)).into(),
        parent.map(|parent| parent.id).into(),
        task.priority.into(),
        task.estimate.into(),
        due.into(),
        due.filter(|_| task.is_told).into(),
        task.rank.clone().into(),
        task.steps.clone().into(),
        task.parts.into(),
        task.done_parts.into(),
        moment(task.updated).into(),
        task.started.map(moment).into(),
        task.completed.map(moment).into(),
        task.archived.map(moment).into(),
    ])
}

fn line_row(of: &Community, line: &Line) -> Option<Vec<Value>> {
    let board = of.planning.boards.get(line.board)?;
    let task = line.task.and_then(|place| of.planning.tasks.get(place));
    let name = |place: usize| COLUMNS.get(place).map(|(name, _)| (*name).to_owned());
    let (from, to) = line.moved.unzip();
    Some(vec![
        line.id.into(),
        board.id.into(),
        task.map(|task| task.id).into(),
        task.map(|task| format!("{}-{}", board.key, task.number)).into(),
        Some(profile(of, line.actor)).into(),
        line.member.map(|who| profile(of, who)).into(),
        line.kind.to_value().into(),
        line.moved.map(|_| "column".to_owned()).into(),
        from.and_then(name).into(),
        to.and_then(name).into(),
    ])
}

/// The source and the HTML of a wording.
fn words(of: &Community, place: Option<usize>) -> [Value; 2] {
    let text = place.and_then(|place| of.texts.get(place));
    let source = text.map(|words| words.source.clone()).unwrap_or_default();
    [source.into(), text.map(|words| words.html.clone()).unwrap_or_default().into()]
}

fn profile(of: &Community, place: usize) -> Uuid {
    of.members.get(place).map(|member| member.id).unwrap_or_default()
}
