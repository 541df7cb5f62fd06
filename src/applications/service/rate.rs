use std::borrow::Cow;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{Locked, locked_one, policy};
use crate::{
    Cx, Error, Result,
    check::{Check, each_once},
    entity::{
        application, application_assignee,
        organization_member::{self, Role},
    },
    error::{Detail, ErrorCode, Problem},
    sql,
};

/// Those who look after one application.
const MOST: usize = 10;

/// What the team thinks; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// 1 to 5; `Some(None)` is none.
    pub rating: Option<Option<i32>>,
    /// Who looks after it, all of them; an id that names no profile is `None`.
    pub assignees: Option<Vec<Option<Uuid>>>,
}

/// Rates an application, and says who looks after it. Nothing of it shows to the applicant: not even that something
/// changed.
pub async fn rate(cx: Cx<'_>, id: Option<Uuid>, verdict: Verdict) -> Result<application::Model> {
    policy::write(cx.actor)?;
    let mut check = Check::new();
    if let Some(Some(rating)) = verdict.rating
        && !(1..=5).contains(&rating)
    {
        let problem = Problem::at(ErrorCode::OutOfRange, ["rating"], "rate from 1 to 5");
        let (min, max, actual) = (Some(1.0), Some(5.0), Some(rating.into()));
        check.push(problem.with(Detail::Limit { min, max, actual }));
    }
    check.list(&["assignees"], verdict.assignees.as_deref().unwrap_or_default(), MOST);
    check.done().map_err(Error::outside_input)?;
    let tx = cx.begin().await?;
    let found = locked_one(cx, &tx, id).await?;
    policy::work_on(cx.actor, &found.row, found.hires)?;
    if let Some(assignees) = verdict.assignees {
        assign(cx, &tx, &found, assignees).await?;
    }
    let row = match verdict.rating {
        None => found.row,
        Some(rating) => {
            let mut row = found.row.into_active_model();
            row.rating = Set(rating);
            row.update(&tx).await?
        }
    };
    tx.commit().await?;
    Ok(row)
}

async fn assign(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    found: &Locked,
    assignees: Vec<Option<Uuid>>,
) -> Result<()> {
    use organization_member::Column::{OrganizationId, ProfileId, Role as Stands};
    let keys = each_once(assignees.iter().flatten().copied().collect());
    let team: Vec<Uuid> = organization_member::Entity::find()
        .select_only()
        .column(ProfileId)
        .filter(OrganizationId.eq(found.job.organization_id))
        .filter(Stands.is_in([Role::Moderator, Role::Owner]))
        .filter(sql::key_in(cx.backend(), ProfileId, &keys))
        .into_tuple()
        .all(tx)
        .await?;
    let fits = |key: Option<Uuid>| {
        key.is_some_and(|key| key != found.row.applicant_id && team.contains(&key))
    };
    let wrong = assignees.iter().enumerate().filter(|(_, key)| !fits(**key));
    let problem = |(at, _): (usize, &Option<Uuid>)| {
        let path = [Cow::Borrowed("assignees"), Cow::Owned(at.to_string())];
        let message = "this has to be somebody who hires for the organization";
        Problem::at(ErrorCode::Invalid, path, message)
    };
    let problems: Vec<_> = wrong.map(problem).collect();
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let old = application_assignee::Entity::delete_many();
    let of_this = application_assignee::Column::ApplicationId.eq(found.row.id);
    old.filter(of_this).exec(tx).await?;
    if keys.is_empty() {
        return Ok(());
    }
    let rows = keys.into_iter().map(|key| application_assignee::ActiveModel {
        application_id: Set(found.row.id),
        profile_id: Set(key),
    });
    application_assignee::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
