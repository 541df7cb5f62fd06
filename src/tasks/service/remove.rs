use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::{desk::Desk, locked};
use crate::{
    Cx, Result,
    boards::service::{history::Line, told},
    entity::{
        board_member::Role,
        task::{self, Column},
        task_activity::Kind,
    },
    scope::Scope,
    streams::NewEvent,
};

/// Deletes a task with all that hangs on it; its parts become tasks of their own. Answers what it was.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let tx = cx.begin().await?;
    let (task, standing) = locked(cx, &tx, id).await?;
    standing.act(cx.actor, Role::Editor)?;
    let mut desk = Desk::open(&tx, standing).await?;
    let parts: Vec<(Uuid, i32)> = task::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Number])
        .filter(Column::ParentId.eq(task.id))
        .into_tuple()
        .all(&tx)
        .await?;
    let was = desk.key(&task);
    for (part, number) in parts {
        let line = Line::of_task(Kind::Updated, part, number);
        desk.line(line.field("parent", Some(was.clone()), None));
        desk.tell_changed(part, &["parent"])?;
    }
    desk.counts.note(Some(&task), None);
    task::Entity::delete_by_id(task.id).exec(&tx).await?;
    let line = Line::of_gone(Kind::Deleted, task.number);
    desk.line(line.field("title", Some(task.title.clone()), None));
    let gone = || NewEvent::new(told::TASK_REMOVED, task.id);
    desk.tell(gone());
    // Who follows what is said about it hears no more.
    desk.tell_under(task.id, gone().changes_access());
    desk.finish(cx, tx).await?;
    Ok(task)
}
