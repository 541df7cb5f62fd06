use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, EntityTrait as _,
};
use uuid::Uuid;

use super::{Current, Plan};
use crate::{
    Cx, Result,
    entity::resume_entry::{self, ActiveModel},
    members,
    resumes::service::{
        Head,
        entries::{filled, move_to},
        put,
        update::write_languages,
    },
};

/// Does what was planned; when that is nothing, nothing is written.
pub(super) async fn write(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    current: &Current,
    plan: &Plan,
) -> Result<()> {
    let mut new: Vec<ActiveModel> = Vec::new();
    for entry in &plan.entries {
        let Some((fields, residue)) = &entry.content else {
            if let Some(id) = entry.id {
                move_to(tx, id, entry.position).await?;
            }
            continue;
        };
        let row = ActiveModel {
            position: Set(entry.position),
            details: Set(residue.text()?),
            ..filled(fields)?
        };
        match entry.id {
            Some(id) => {
                let row = ActiveModel { id: Unchanged(id), ..row };
                resume_entry::Entity::update(row).exec(tx).await?;
            }
            None => new.push(ActiveModel {
                id: Set(cx.key()),
                profile_id: Set(me),
                kind: Set(entry.section.kind),
                ..row
            }),
        }
    }
    if !new.is_empty() {
        resume_entry::Entity::insert_many(new).exec_without_returning(tx).await?;
    }
    if let Some(languages) = &plan.languages {
        write_languages(tx, me, languages.clone()).await?;
    }
    if let Some(skills) = &plan.skills {
        members::service::put_skills(cx, tx, me, skills).await?;
    }
    let same = current.resume.is_some()
        && plan.details == current.details
        && plan.summary.is_none()
        && plan.entries.is_empty()
        && plan.languages.is_none()
        && plan.skills.is_none();
    if !same {
        let head = Head { summary: plan.summary.clone(), details: Some(plan.details.text()?) };
        put(cx, tx, me, current.resume.as_ref(), head).await?;
    }
    Ok(())
}
