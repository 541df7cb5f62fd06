use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::write::{locked, touch};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        application,
        hiring_stage::{self, Column, Kind},
        job,
    },
    error::ErrorCode,
    organizations,
};

/// The most steps of a posting.
const MOST: usize = 20;

/// A step of hiring.
#[derive(Clone, Debug)]
pub struct Step {
    /// The step that stays; `Some(None)` is an id that names none. Without one it is new.
    pub id: Option<Option<Uuid>>,
    /// What the team calls it.
    pub name: String,
    /// What it means to applicants.
    pub kind: Kind,
}

/// Sets all steps of a posting, in order. One where applications stand neither goes nor means something else.
pub async fn set_stages(cx: Cx<'_>, job: Option<Uuid>, steps: &[Step]) -> Result<job::Model> {
    organizations::policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let row = locked(cx, &tx, job, "job").await?;
    let old = hiring_stage::Entity::find().filter(Column::JobId.eq(row.id)).all(&tx).await?;
    let mut check = Check::new();
    check.list(&["stages"], steps, MOST);
    if !steps.iter().any(|step| step.kind == Kind::New) {
        let message = "one step has to take what arrives: NEW";
        check.problem(ErrorCode::Required, &["stages"], message);
    }
    let mut kept = HashSet::new();
    let mut rows = Vec::new();
    for ((at, step), position) in steps.iter().enumerate().take(MOST).zip(0..) {
        let at = at.to_string();
        let name = check.line(&["stages", &at, "name"], &step.name, 1..=50);
        let same = step.id.flatten().and_then(|id| old.iter().find(|stage| stage.id == id));
        let id = match (step.id, same) {
            (None, _) => Set(cx.key()),
            (Some(_), Some(stage)) if kept.insert(stage.id) => Unchanged(stage.id),
            (Some(_), Some(_)) => {
                check.problem(ErrorCode::Invalid, &["stages", &at, "id"], "it is named twice");
                continue;
            }
            (Some(_), None) => {
                let message = "the posting has no such step";
                check.problem(ErrorCode::NotFound, &["stages", &at, "id"], message);
                continue;
            }
        };
        if same.is_some_and(|stage| stage.kind != step.kind && stage.application_count > 0) {
            let message = "applications stand there: it can't mean something else to them";
            check.problem(ErrorCode::StateNotAllowed, &["stages", &at, "kind"], message);
        }
        rows.push(hiring_stage::ActiveModel {
            id,
            job_id: Set(row.id),
            name: Set(name),
            position: Set(position),
            kind: Set(step.kind),
            ..Default::default()
        });
    }
    check.done().map_err(Error::outside_input)?;
    let gone: Vec<Uuid> =
        old.iter().map(|stage| stage.id).filter(|id| !kept.contains(id)).collect();
    let there = application::Entity::find()
        .filter(application::Column::StageId.is_in(gone.iter().copied()));
    if !gone.is_empty() && there.one(&tx).await?.is_some() {
        let message = "applications stand at a step that would go: move them first";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["stages"], message));
    }
    hiring_stage::Entity::delete_many().filter(Column::Id.is_in(gone)).exec(&tx).await?;
    for mut stage in rows {
        if stage.id.is_unchanged() {
            stage.update(&tx).await?;
        } else {
            stage.application_count = Set(0);
            hiring_stage::Entity::insert(stage).exec_without_returning(&tx).await?;
        }
    }
    let row = touch(cx, &tx, row).await?;
    tx.commit().await?;
    Ok(row)
}
