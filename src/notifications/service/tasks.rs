//! News of tasks, and whom it may concern.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{News, On, Subject};
use crate::{
    Cx, Error, Result,
    entity::{
        notification::Kind,
        task,
        task_activity::{self, Kind as Happened},
        task_assignee,
    },
    sql,
};

/// The task of this key, whoever may see it.
pub(super) async fn task(cx: Cx<'_>, id: Uuid) -> Result<Option<task::Model>> {
    Ok(task::Entity::find_by_id(id).one(cx.db).await?)
}

fn assignees(id: Uuid) -> sea_orm::Select<task_assignee::Entity> {
    task_assignee::Entity::find()
        .filter(task_assignee::Column::TaskId.eq(id))
        .order_by_asc(task_assignee::Column::ProfileId)
}

/// Those who are to do a task, and who made it.
pub(super) async fn those_concerned(cx: Cx<'_>, id: Uuid) -> Result<Vec<Uuid>> {
    let creator = task(cx, id).await?.and_then(|task| task.creator_id);
    let rows = assignees(id).all(cx.db).await?;
    Ok(rows.into_iter().map(|row| row.profile_id).chain(creator).collect())
}

/// Who last did something of these kinds to a task, and, if that is asked, to one of these people.
async fn last_actor(
    cx: Cx<'_>,
    id: Uuid,
    kinds: impl IntoIterator<Item = Happened>,
    to: Option<&[Uuid]>,
) -> Result<Option<Uuid>> {
    use task_activity::Column::{ActorId, Id, Kind, MemberId, TaskId};
    let mut rows = task_activity::Entity::find()
        .select_only()
        .column(ActorId)
        .filter(TaskId.eq(id))
        .filter(Kind.is_in(kinds));
    if let Some(people) = to {
        rows = rows.filter(sql::key_in(cx.backend(), MemberId, people));
    }
    let found: Option<Option<Uuid>> =
        rows.order_by_desc(Id).limit(1).into_tuple().one(cx.db).await?;
    Ok(found.flatten())
}

/// These people are to do a task: those of them who still are hear of it, by whoever gave it to them.
pub(super) async fn assigned(cx: Cx<'_>, id: Uuid, people: &[Uuid]) -> Result<Option<News>> {
    let Some(task) = task(cx, id).await? else { return Ok(None) };
    let these = sql::key_in(cx.backend(), task_assignee::Column::ProfileId, people);
    let rows = assignees(id).filter(these).all(cx.db).await?;
    let Some(at) = rows.iter().map(|row| row.since).max() else { return Ok(None) };
    // A task that is made with somebody to do it has no line of its own for that.
    let actor = last_actor(cx, id, [Happened::Assigned], Some(people)).await?.or(task.creator_id);
    let news = News { at, ..News::of(id, actor) }.excerpt(task.title).at(On::Task(id));
    let people = rows.into_iter().map(|row| row.profile_id);
    Ok(Some(news.tell(people, Kind::TaskAssigned, Subject::Task(id))))
}

/// A task names people whom it did not name before: those of them whom it still names hear of it.
pub(super) async fn named(cx: Cx<'_>, id: Uuid, people: &[Uuid]) -> Result<Option<News>> {
    let Some(task) = task(cx, id).await? else { return Ok(None) };
    let kept = task.mentions.as_deref().unwrap_or("[]");
    let mut named: Vec<Uuid> = serde_json::from_str(kept).map_err(Error::internal)?;
    named.retain(|one| people.contains(one));
    let kinds = [Happened::Created, Happened::Updated];
    let actor = last_actor(cx, id, kinds, None).await?.or(task.creator_id);
    let news = News::of(id, actor).excerpt(task.title).at(On::Task(id));
    Ok(Some(news.tell(named, Kind::Mention, Subject::Task(id))))
}

/// It is time for a task: those who are to do it hear of it, or who made it while nobody is. Nobody does that, so it
/// is told apart by the moment at which it was asked for.
pub(super) async fn due(cx: Cx<'_>, id: Uuid, asked_at: DateTime<Utc>) -> Result<Option<News>> {
    let task = task(cx, id).await?;
    let is_left = |task: &task::Model| task.completed_at.is_none() && task.archived_at.is_none();
    let Some(task) = task.filter(is_left) else { return Ok(None) };
    let rows = assignees(id).all(cx.db).await?;
    let mut people: Vec<Uuid> = rows.into_iter().map(|row| row.profile_id).collect();
    if people.is_empty() {
        people.extend(task.creator_id);
    }
    let news = News { at: asked_at, ..News::of(id, None) }.excerpt(task.title).at(On::Task(id));
    Ok(Some(news.tell(people, Kind::TaskDue, Subject::Task(id))))
}
