use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::{desk::Desk, input::Members};
use crate::{
    Cx, Error, Result,
    boards::service::history::Line,
    check::{Check, limit},
    entity::{
        account,
        board::{self, Visibility},
        board_member, profile, task,
        task_activity::Kind,
        task_assignee::{self, Column},
    },
    error::{ErrorCode, Problem},
    members, sql,
};

/// Those who do a task.
const ASSIGNEES: usize = 20;

/// A set of a task, as it is and as it is to be.
pub(super) struct TaskSet<'a> {
    pub(super) task: &'a task::Model,
    pub(super) before: Vec<Uuid>,
    pub(super) after: Vec<Uuid>,
}

impl TaskSet<'_> {
    pub(super) fn stays(&self) -> bool {
        self.gone().next().is_none() && self.come().next().is_none()
    }

    pub(super) fn gone(&self) -> impl Iterator<Item = Uuid> {
        self.before.iter().copied().filter(|key| !self.after.contains(key))
    }

    pub(super) fn come(&self) -> impl Iterator<Item = Uuid> {
        self.after.iter().copied().filter(|key| !self.before.contains(key))
    }
}

/// The sets of tasks, of pairs of a task and what belongs to it.
pub(super) fn with_sets<'a>(
    tasks: &'a [task::Model],
    uses: impl Iterator<Item = (Uuid, Uuid)>,
    change: &Members,
) -> Vec<TaskSet<'a>> {
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (task, other) in uses {
        found.entry(task).or_default().push(other);
    }
    let sets = tasks.iter().map(|task| {
        let before = found.remove(&task.id).unwrap_or_default();
        let after = change.applied(&before);
        TaskSet { task, before, after }
    });
    sets.collect()
}

/// Sets who does tasks; answers the keys of those of which that changed something, with who is new to it.
pub(super) async fn set(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    desk: &mut Desk,
    tasks: &[task::Model],
    people: &Members,
) -> Result<Vec<(Uuid, Vec<Uuid>)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    let there =
        task_assignee::Entity::find().filter(sql::key_in(cx.backend(), Column::TaskId, &keys));
    let there = there.all(tx).await?.into_iter().map(|one| (one.task_id, one.profile_id));
    let sets = with_sets(tasks, there, people);
    if let Some(long) = sets.iter().find(|set| set.after.len() > ASSIGNEES) {
        let message = format!("a task is done by at most {ASSIGNEES}");
        let problem = Problem::at(ErrorCode::TooLong, ["input", "assignees"], message);
        return Err(Error::from(problem.with(limit(&(0..=ASSIGNEES), long.after.len()))));
    }
    let new: HashSet<Uuid> = sets.iter().flat_map(TaskSet::come).collect();
    let known = assignable(cx, tx, &desk.board, new.iter().copied().collect()).await?;
    let mut check = Check::new();
    for (is_all, at, key) in people.named() {
        let list = if is_all { "assignees" } else { "addAssignees" };
        let problem = match key {
            Some(key) if !new.contains(&key) => None,
            key => known.problem(key),
        };
        if let Some((code, message)) = problem {
            check.problem(code, &[list, &at.to_string()], message);
        }
    }
    check.done()?;
    let gone: Vec<Uuid> = sets.iter().flat_map(TaskSet::gone).collect();
    let names = names(tx, gone.iter().chain(&new).copied().collect()).await?;
    let (mut changed, mut rows) = (Vec::new(), Vec::new());
    for set in sets.iter().filter(|set| !set.stays()) {
        let line =
            |who: Uuid| Line::of_task(Kind::Assigned, set.task.id, set.task.number).member(who);
        for who in set.gone() {
            desk.line(line(who).field("assignees", names.get(&who).cloned(), None));
        }
        for who in set.come() {
            desk.line(line(who).field("assignees", None, names.get(&who).cloned()));
            rows.push(task_assignee::ActiveModel {
                task_id: Set(set.task.id),
                profile_id: Set(who),
                since: Set(cx.now()),
            });
        }
        changed.push((set.task.id, set.come().collect()));
    }
    if !gone.is_empty() {
        // Who leaves one of them is left with none.
        task_assignee::Entity::delete_many()
            .filter(sql::key_in(cx.backend(), Column::TaskId, &keys))
            .filter(sql::key_in(cx.backend(), Column::ProfileId, &gone))
            .exec(tx)
            .await?;
    }
    for rows in rows.chunks(1_000) {
        task_assignee::Entity::insert_many(rows.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(changed)
}

/// Members, and which of them may be given a task.
pub(super) struct Known {
    seen: HashSet<Uuid>,
    on_board: Option<HashSet<Uuid>>,
}

impl Known {
    /// Why somebody may not be given a task.
    pub(super) fn problem(&self, key: Option<Uuid>) -> Option<(ErrorCode, &'static str)> {
        let Some(key) = key.filter(|key| self.seen.contains(key)) else {
            return Some((ErrorCode::NotFound, "there is no such member"));
        };
        let sees = self.on_board.as_ref().is_none_or(|members| members.contains(&key));
        (!sees).then_some((
            ErrorCode::Invalid,
            "they do not see this board: make them its member first",
        ))
    }
}

/// Which of these are members of the community whom the actor may see, and see the board themselves.
pub(super) async fn assignable(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    board: &board::Model,
    keys: Vec<Uuid>,
) -> Result<Known> {
    let is_private = board.visibility == Visibility::Private;
    if keys.is_empty() {
        return Ok(Known { seen: HashSet::new(), on_board: is_private.then(HashSet::new) });
    }
    let active = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::State.eq(account::State::Active))
        .into_query();
    let seen: Vec<Uuid> = members::service::visible(cx)
        .select_only()
        .column(profile::Column::Id)
        .filter(sql::key_in(cx.backend(), profile::Column::Id, &keys))
        .filter(profile::Column::Kind.eq(profile::Kind::Person))
        .filter(profile::Column::Id.in_subquery(active))
        .into_tuple()
        .all(tx)
        .await?;
    let on_board = if is_private {
        let members: Vec<Uuid> = board_member::Entity::find()
            .select_only()
            .column(board_member::Column::ProfileId)
            .filter(board_member::Column::BoardId.eq(board.id))
            .filter(sql::key_in(cx.backend(), board_member::Column::ProfileId, &keys))
            .into_tuple()
            .all(tx)
            .await?;
        Some(members.into_iter().collect())
    } else {
        None
    };
    Ok(Known { seen: seen.into_iter().collect(), on_board })
}

/// What members are called.
async fn names(tx: &impl ConnectionTrait, keys: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = profile::Entity::find()
        .select_only()
        .columns([profile::Column::Id, profile::Column::Name])
        .filter(sql::key_in(tx.get_database_backend(), profile::Column::Id, &keys))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}
