use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::{
    expire::count_open,
    input::{self, Changes, Location},
};
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    client_key,
    entity::{
        application, hiring_stage,
        job::{self, Column, State, Workplace},
        job_country, job_tag, organization,
    },
    error::{Detail, ErrorCode, Problem},
    index,
    jobs::{policy, saved},
    markdown, organizations, slug, sql,
    tags::service::{Name, ensure, recount},
};

/// Begins a posting, as a draft with the usual steps. The same `client_key` answers the first one again.
pub async fn create(cx: Cx<'_>, new: Changes, client_key: Option<&str>) -> Result<job::Model> {
    let me = organizations::policy::write(cx.actor)?.id;
    let mut row = empty(cx, me);
    let mut check = Check::new();
    let skills = input::apply(cx, &mut check, &mut row, &new)?;
    check.done()?;
    let tx = cx.begin().await?;
    if let Some(first) = client_key::claim(cx, &tx, client_key, "job", row.id).await? {
        tx.rollback().await?;
        let first = changeable(cx, first)?.one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("job"));
    }
    let nobody = || {
        let message = "there is no such organization";
        Error::refused(ErrorCode::NotFound, ["input", "organization"], message)
    };
    row.organization_id = new.organization.flatten().ok_or_else(nobody)?;
    organization_of(&tx, &row).await?.ok_or_else(nobody)?;
    may_hire(cx, &tx, &row, ["input", "organization"]).await?;
    let names = slug::candidates(&row.title, 80, "job", row.id);
    let others = job::Entity::find().select_only().column(Column::Slug);
    let others = others.filter(Column::Slug.is_in(names.iter().map(String::as_str)));
    let others: Vec<String> = others.into_tuple().all(&tx).await?;
    let mut free = names.into_iter().filter(|name| !others.contains(name));
    loop {
        // Somebody else may take the same name at this moment.
        row.slug = free.next().ok_or_else(|| Error::bug("no name is left for a posting"))?;
        if sql::insert_new(&tx, row.clone().into_active_model()).await? {
            break;
        }
    }
    set_skills(cx, &tx, &row, &skills.unwrap_or_default()).await?;
    set_countries(&tx, &row).await?;
    use hiring_stage::Kind::{Hired, Interview, New, Offer, Rejected, Review};
    let usual = [
        ("New", New),
        ("In review", Review),
        ("Interview", Interview),
        ("Offer", Offer),
        ("Hired", Hired),
        ("Rejected", Rejected),
    ];
    let stages = usual.into_iter().zip(0..).map(|((name, kind), at)| hiring_stage::ActiveModel {
        id: Set(cx.key()),
        job_id: Set(row.id),
        name: Set(name.to_owned()),
        position: Set(at),
        kind: Set(kind),
        application_count: Set(0),
    });
    hiring_stage::Entity::insert_many(stages).exec_without_returning(&tx).await?;
    index::put_jobs(&tx, std::slice::from_ref(&row)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Changes a posting. With `expected_version` the change is refused when somebody was faster.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<job::Model> {
    organizations::policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let old = locked(cx, &tx, id, "id").await?;
    if expected_version.is_some_and(|expected| expected != old.version) {
        let message = "this posting was changed since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: old.version }).into());
    }
    let mut row = old.clone();
    let mut check = Check::new();
    if changes.organization.is_some_and(|id| id != Some(old.organization_id)) {
        let message = "a posting stays with its organization";
        check.problem(ErrorCode::Invalid, &["organization"], message);
    }
    let skills = input::apply(cx, &mut check, &mut row, &changes)?;
    check.done()?;
    if matches!(row.state, State::Open | State::Paused) {
        complete(&row)?;
    }
    if let Some(skills) = &skills {
        set_skills(cx, &tx, &row, skills).await?;
    }
    set_countries(&tx, &row).await?;
    let row = store(cx, &tx, row).await?;
    tx.commit().await?;
    Ok(row)
}

/// Opens a posting, pauses it, closes it or says that somebody was found.
pub async fn set_state(cx: Cx<'_>, id: Option<Uuid>, to: State) -> Result<job::Model> {
    organizations::policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let mut row = locked(cx, &tx, id, "id").await?;
    let from = row.state;
    if from == to {
        return Ok(row);
    }
    if !policy::leads(from, to) {
        let message = "it can't come to this from where it stands";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["state"], message));
    }
    if to == State::Open {
        complete(&row)?;
        if row.closes_at.is_some_and(|at| at <= cx.now()) {
            let message = "its closing date is over: move it first";
            return Err(Error::refused(ErrorCode::StateNotAllowed, ["state"], message));
        }
        if row.published_at.is_none() {
            row.published_at = Some(cx.now());
            saved::published(cx, &tx, row.id).await?;
        }
    }
    row.state = to;
    if from == State::Draft {
        recount(&tx, &[], &tags_of(&tx, row.id).await?).await?;
    }
    let by = i32::from(to == State::Open) - i32::from(from == State::Open);
    if by != 0 {
        count_open(&tx, row.organization_id, by).await?;
    }
    let row = store(cx, &tx, row).await?;
    tx.commit().await?;
    Ok(row)
}

/// Deletes a posting for which nobody applied; answers what it was.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<job::Model> {
    organizations::policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let row = locked(cx, &tx, id, "id").await?;
    let applied = application::Entity::find().filter(application::Column::JobId.eq(row.id));
    if applied.one(&tx).await?.is_some() {
        let message = "somebody applied for it: close it instead";
        return Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message));
    }
    if row.state != State::Draft {
        recount(&tx, &tags_of(&tx, row.id).await?, &[]).await?;
    }
    if row.state == State::Open {
        count_open(&tx, row.organization_id, -1).await?;
    }
    job::Entity::delete_by_id(row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

async fn store(cx: Cx<'_>, tx: &impl ConnectionTrait, mut row: job::Model) -> Result<job::Model> {
    row.version += 1;
    row.updated_at = cx.now();
    let row = row.into_active_model().reset_all().update(tx).await?;
    index::put_jobs(tx, std::slice::from_ref(&row)).await?;
    Ok(row)
}

async fn organization_of(
    tx: &impl ConnectionTrait,
    row: &job::Model,
) -> Result<Option<organization::Model>> {
    Ok(organization::Entity::find_by_id(row.organization_id).one(tx).await?)
}

/// Whether the actor hires for the organization of a posting; refused at `named` otherwise.
async fn may_hire<const N: usize>(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    row: &job::Model,
    named: [&'static str; N],
) -> Result<()> {
    let role = organizations::service::role_in(cx, tx, row.organization_id).await?;
    if organizations::policy::hire(cx.actor, role).is_ok() {
        return Ok(());
    }
    let message = "only those who hire for the organization may do this";
    Err(Error::refused(ErrorCode::Forbidden, named, message))
}

/// The posting of this key, if the actor may see it or change it.
fn changeable(cx: Cx<'_>, id: Uuid) -> Result<Select<job::Entity>> {
    let theirs = policy::hired_for_by(organizations::policy::write(cx.actor)?.id);
    let rows =
        job::Entity::find().filter(Condition::any().add(policy::visible_to(cx.actor)).add(theirs));
    Ok(rows.filter(Column::Id.eq(id)))
}

/// The posting of this key, which the argument `named` names, locked for a change that the actor may make.
pub(super) async fn locked(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    id: Option<Uuid>,
    named: &'static str,
) -> Result<job::Model> {
    let missing = || Error::refused(ErrorCode::NotFound, [named], "there is no such job");
    let row = changeable(cx, id.ok_or_else(missing)?)?;
    let row = row.lock_exclusive().one(tx).await?.ok_or_else(missing)?;
    may_hire(cx, tx, &row, [named]).await?;
    Ok(row)
}

/// Stores a posting of which something else changed.
pub(super) async fn touch(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    row: job::Model,
) -> Result<job::Model> {
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.version = Set(version);
    change.updated_at = Set(cx.now());
    Ok(change.update(tx).await?)
}

/// What is open says what the work is, and where.
fn complete(row: &job::Model) -> Result<()> {
    let nowhere = row.workplace != Workplace::Remote && row.locations == "[]";
    let message = if check::is_blank(&markdown::plain_text(&row.description_html, None)) {
        "describe the work first"
    } else if nowhere {
        "say where the work is first"
    } else {
        return Ok(());
    };
    Err(Error::refused(ErrorCode::Required, [""; 0], message))
}

async fn tags_of(tx: &impl ConnectionTrait, job: Uuid) -> Result<Vec<Uuid>> {
    let rows = job_tag::Entity::find().select_only().column(job_tag::Column::TagId);
    Ok(rows.filter(job_tag::Column::JobId.eq(job)).into_tuple().all(tx).await?)
}

/// Uses count once a posting is no draft, so that a draft tells nobody what it is about.
async fn set_skills(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    row: &job::Model,
    names: &[Name],
) -> Result<()> {
    let before = tags_of(tx, row.id).await?;
    let after = ensure(cx, tx, names).await?;
    if row.state != State::Draft {
        recount(tx, &before, &after).await?;
    }
    job_tag::Entity::delete_many().filter(job_tag::Column::JobId.eq(row.id)).exec(tx).await?;
    let rows = after.into_iter().zip(0..).map(|(tag, at)| job_tag::ActiveModel {
        job_id: Set(row.id),
        tag_id: Set(tag),
        position: Set(at),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        job_tag::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn set_countries(tx: &impl ConnectionTrait, row: &job::Model) -> Result<()> {
    let places: Vec<Location> = serde_json::from_str(&row.locations).map_err(Error::internal)?;
    let from: Vec<String> = serde_json::from_str(&row.remote_from).map_err(Error::internal)?;
    let all: BTreeSet<String> =
        places.into_iter().filter_map(|place| place.country).chain(from).collect();
    let old = job_country::Entity::delete_many().filter(job_country::Column::JobId.eq(row.id));
    old.exec(tx).await?;
    if all.is_empty() {
        return Ok(());
    }
    let rows = all
        .into_iter()
        .map(|country| job_country::ActiveModel { job_id: Set(row.id), country: Set(country) });
    job_country::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

fn empty(cx: Cx<'_>, me: Uuid) -> job::Model {
    let list = || "[]".to_owned();
    job::Model {
        id: cx.key(),
        organization_id: Uuid::nil(),
        posted_by_id: Some(me),
        slug: String::new(),
        title: String::new(),
        state: State::Draft,
        description_source: String::new(),
        description_html: String::new(),
        responsibilities_source: None,
        responsibilities_html: None,
        requirements_source: None,
        requirements_html: None,
        benefits: list(),
        employment: 0,
        seniority: None,
        workplace: Workplace::OnSite,
        locations: list(),
        remote_from: list(),
        time_zones: None,
        salary_min: None,
        salary_max: None,
        salary_currency: None,
        salary_period: None,
        salary_note: None,
        salary_yearly: None,
        salary_yearly_top: None,
        visa_sponsorship: None,
        language: None,
        openings: 1,
        starts_on: None,
        apply_url: None,
        apply_email: None,
        questions: list(),
        consent_text: None,
        retention_days: None,
        published_at: None,
        closes_at: None,
        updated_at: cx.now(),
        application_count: 0,
        version: 1,
    }
}
