//! News of applications to jobs: for those who hire, and for whoever applied.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{News, Subject};
use crate::{
    Cx, Result,
    entity::{
        application::{self, State},
        application_event, job,
        notification::Kind,
        organization_member::{self, Role},
    },
};

/// Somebody applied to a job: all who hire for its organization hear of it.
pub(super) async fn received(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let row = application::Entity::find_by_id(id).one(cx.db).await?;
    let stands = |row: &application::Model| row.state != State::Withdrawn;
    let Some(row) = row.filter(stands) else { return Ok(None) };
    let Some(job) = job::Entity::find_by_id(row.job_id).one(cx.db).await? else { return Ok(None) };
    let team = organization_member::Entity::find()
        .filter(organization_member::Column::OrganizationId.eq(job.organization_id))
        .filter(organization_member::Column::Role.is_in([Role::Moderator, Role::Owner]))
        .all(cx.db)
        .await?;
    let team = team.into_iter().map(|member| member.profile_id);
    // Who took it back may apply again, which is news again.
    let news = News { at: row.submitted_at, ..News::of(id, row.applicant_id) }.excerpt(job.title);
    Ok(Some(news.tell(team, Kind::ApplicationReceived, Subject::Application(id))))
}

/// An application moved on: whoever applied hears of it, unless they did it.
pub(super) async fn updated(cx: Cx<'_>, id: Uuid) -> Result<Option<News>> {
    let event = application_event::Entity::find_by_id(id).one(cx.db).await?;
    let Some(event) = event else { return Ok(None) };
    let about = event.application_id;
    let row = application::Entity::find_by_id(about).one(cx.db).await?;
    let Some(row) = row else { return Ok(None) };
    let job = job::Entity::find_by_id(row.job_id).one(cx.db).await?;
    let news = News { excerpt: job.map(|job| job.title), ..News::of(id, event.by_id) };
    Ok(Some(news.tell([row.applicant_id], Kind::ApplicationUpdated, Subject::Application(about))))
}
