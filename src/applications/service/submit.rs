use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::LockType,
};
use uuid::Uuid;

use super::{counts, mails, policy};
use crate::{
    Cx, Error, Result, accounts,
    check::{Check, is_blank},
    client_key,
    cx::Member,
    entity::{
        application::{self, Column, State},
        application_event, application_item,
        file_use::Place,
        hiring_stage, job, portfolio_item,
    },
    error::{Detail, ErrorCode, Problem},
    fields::{self, Answer, Field},
    files::service::{self as files, AnswerFiles, On, Sent},
    jobs,
    markdown::Rendered,
    members::service::{self as members, Link, checked_links},
    notice::{self, Notice},
    portfolio, sql,
};

/// Characters of a letter.
const LETTER: usize = 20_000;
/// Portfolio items that are shown.
const MOST_ITEMS: usize = 10;
/// Applications of one member in an hour.
const MOST_AN_HOUR: u32 = 30;

/// What somebody applies with.
#[derive(Debug, Default)]
pub struct NewApplication {
    /// To which job; `None` is an id that names none.
    pub job: Option<Uuid>,
    /// What they are called; as their profile says when it is left out.
    pub name: Option<String>,
    /// Where to reach them; their account's address when it is left out.
    pub email: Option<String>,
    /// Likewise.
    pub phone: Option<String>,
    /// Their letter: Markdown.
    pub cover_letter: Option<String>,
    /// A document of theirs.
    pub resume: Option<Option<Uuid>>,
    /// Portfolio items of theirs.
    pub items: Vec<Option<Uuid>>,
    /// Links to show.
    pub links: Vec<Link>,
    /// What they answer to the job's questions.
    pub answers: Vec<Sent>,
    /// Whether they agree to what the job says.
    pub consent: bool,
    /// What the caller calls this call.
    pub client_key: Option<String>,
}

/// What was found out before the change.
struct Checked {
    job: job::Model,
    name: String,
    email: String,
    phone: Option<String>,
    letter: Option<(String, Rendered)>,
    links: Vec<Link>,
    answers: Vec<Answer>,
    items: Vec<Uuid>,
    resume: Option<Option<Uuid>>,
}

/// Applies to a job. Whoever took an application back comes with the same one again. The same `client_key` answers the
/// first application again.
pub async fn submit(cx: Cx<'_>, new: NewApplication) -> Result<application::Model> {
    let member = policy::write(cx.actor)?;
    slow_down(cx, member)?;
    let job = match new.job {
        Some(id) => jobs::service::visible(cx).filter(job::Column::Id.eq(id)).one(cx.db).await?,
        None => None,
    };
    let job = job.ok_or_else(no_job)?;
    if new.client_key.is_none() {
        policy::apply(cx.actor, &job, cx.now())?;
    }
    let questions: Vec<Field> = serde_json::from_str(&job.questions).map_err(Error::internal)?;
    let found = checked(cx, member, job, &questions, &new).await?;
    let prepared =
        files::prepare_answers(cx, member.id, "answers", &questions, new.answers).await?;
    let stored = store(cx, member, found, new.client_key.as_deref(), &prepared).await;
    if stored.is_err() {
        prepared.forget(cx.app).await;
    }
    stored
}

fn no_job() -> Error {
    Error::refused(ErrorCode::NotFound, ["input", "job"], "there is no such job")
}

fn slow_down(cx: Cx<'_>, member: Member) -> Result<()> {
    let (name, hour) = (format!("apply:{}", member.id), TimeDelta::hours(1));
    cx.app.windows.take(&name, MOST_AN_HOUR, hour, cx.now()).map_err(|wait| {
        let message = "you applied to many jobs in a short time: try again later";
        Problem::at(ErrorCode::RateLimited, [""; 0], message).with(Detail::RetryAfter(wait)).into()
    })
}

async fn checked(
    cx: Cx<'_>,
    member: Member,
    job: job::Model,
    questions: &[Field],
    new: &NewApplication,
) -> Result<Checked> {
    let account = accounts::service::own_account(cx, member).await?;
    let face = members::face(cx.db, member.id).await?;
    let mut check = Check::new();
    let name = new.name.as_deref().unwrap_or(&face.name);
    let name = check.line(&["name"], name, 1..=200);
    let email = check.email(&["email"], new.email.as_deref().unwrap_or(&account.email));
    let phone = new.phone.as_deref().and_then(|phone| check.optional_line(&["phone"], phone, 50));
    if phone.as_deref().is_some_and(|phone| !fields::is_phone(phone)) {
        let message = "write a telephone number: +49 30 901820";
        check.problem(ErrorCode::Invalid, &["phone"], message);
    }
    let letter = new.cover_letter.as_deref().filter(|letter| !is_blank(letter));
    let letter = letter.map(|letter| check.markdown(&["coverLetter"], letter, LETTER));
    let links = checked_links(&mut check, &new.links);
    let given: Vec<_> = new.answers.iter().map(|sent| sent.given.clone()).collect();
    check.list(&["answers"], &given, fields::MOST_FIELDS);
    let answers = fields::answers(&mut check, &["answers"], questions, &given);
    files::check_ids(&mut check, cx, "answers", &new.answers);
    let items = items(&mut check, &new.items);
    if job.consent_text.is_some() && !new.consent {
        check.problem(ErrorCode::Required, &["consent"], "this has to be agreed to");
    }
    check.done()?;
    Ok(Checked { job, name, email, phone, letter, links, answers, items, resume: new.resume })
}

fn items(check: &mut Check, items: &[Option<Uuid>]) -> Vec<Uuid> {
    check.list(&["portfolioItems"], items, MOST_ITEMS);
    let mut kept = Vec::new();
    for (at, item) in items.iter().take(MOST_ITEMS).enumerate() {
        let path = ["portfolioItems", &at.to_string()];
        match item {
            None => check.problem(ErrorCode::NotFound, &path, NO_ITEM),
            Some(item) if kept.contains(item) => {
                check.problem(ErrorCode::Duplicate, &path, "this item is named twice");
            }
            Some(item) => kept.push(*item),
        }
    }
    kept
}

const NO_ITEM: &str = "there is no such portfolio item of yours";

async fn store(
    cx: Cx<'_>,
    member: Member,
    found: Checked,
    client_key: Option<&str>,
    files: &AnswerFiles,
) -> Result<application::Model> {
    let (tx, now) = (cx.begin().await?, cx.now());
    // Its lock orders those who apply at once, and all that count applications.
    let job = job::Entity::find_by_id(found.job.id).lock_exclusive().one(&tx).await?;
    let job = job.ok_or_else(no_job)?;
    let before = application::Entity::find()
        .filter(Column::JobId.eq(job.id))
        .filter(Column::ApplicantId.eq(member.id))
        .one(&tx)
        .await?;
    let id = before.as_ref().map_or_else(|| cx.key(), |before| before.id);
    if let Some(first) = client_key::claim(cx, &tx, client_key, "application", id).await? {
        tx.rollback().await?;
        let first = super::visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("application"));
    }
    policy::apply(cx.actor, &job, now)?;
    let asked = |job: &job::Model| (job.questions.clone(), job.consent_text.clone());
    if asked(&job) != asked(&found.job) {
        let message = "what is asked here was changed just now: read it again";
        return Err(Error::refused(ErrorCode::StaleVersion, ["input", "job"], message));
    }
    if before.as_ref().is_some_and(|before| before.state != State::Withdrawn) {
        let message = "you applied to this job already";
        return Err(Error::refused(ErrorCode::Duplicate, ["input", "job"], message));
    }
    let mut answers = found.answers;
    let hanging = files.write(cx, &tx, &mut answers).await?;
    let stage = first_stage(&tx, job.id).await?;
    let json = |value: serde_json::Result<String>| value.map_err(Error::internal);
    let (cover_source, cover_html) =
        found.letter.map(|(source, letter)| (source, letter.html)).unzip();
    let row = application::Model {
        id,
        job_id: job.id,
        applicant_id: member.id,
        state: State::Submitted,
        stage_id: stage,
        name_key: found.name.to_lowercase(),
        name: found.name,
        email: found.email,
        phone: found.phone,
        cover_source,
        cover_html,
        links: json(serde_json::to_string(&found.links))?,
        answers: json(serde_json::to_string(&answers))?,
        consent_text: job.consent_text.clone(),
        consented_at: job.consent_text.is_some().then_some(now),
        // What the team thought of them stays when they come again.
        rating: before.as_ref().and_then(|before| before.rating),
        submitted_at: now,
        updated_at: now,
        erase_at: None,
        version: before.as_ref().map_or(1, |before| before.version + 1),
    };
    let new = row.clone().into_active_model();
    if let Some(before) = &before {
        new.reset_all().update(&tx).await?;
        files::let_go(&tx, On::Application(id)).await?;
        let old = application_item::Entity::delete_many();
        old.filter(application_item::Column::ApplicationId.eq(id)).exec(&tx).await?;
        counts::of_stages(&tx, [before.stage_id], [stage]).await?;
    } else {
        application::Entity::insert(new).exec_without_returning(&tx).await?;
        counts::of_stages(&tx, [], [stage]).await?;
    }
    counts::of_job(&tx, job.id, 1).await?;
    show(cx, &tx, id, member, &found.items).await?;
    let resume: Vec<_> = found.resume.into_iter().collect();
    let (on, path) = (On::Application(id), ["input", "resume"]);
    files::hang(cx, &tx, on, Place::Resume, &resume, &path).await?;
    files::hang_answers(cx, &tx, on, &hanging).await?;
    event(cx, &tx, id, State::Submitted, member.id).await?;
    mails::received(cx, &tx, &job, &row).await?;
    notice::tell(cx, &tx, Notice::ApplicationReceived(id)).await?;
    tx.commit().await?;
    Ok(row)
}

async fn first_stage(tx: &impl ConnectionTrait, job: Uuid) -> Result<Option<Uuid>> {
    use hiring_stage::Column::{Id, JobId, Kind, Position};
    let stage = hiring_stage::Entity::find()
        .select_only()
        .column(Id)
        .filter(JobId.eq(job))
        .filter(Kind.eq(hiring_stage::Kind::New))
        .order_by_asc(Position)
        .order_by_asc(Id)
        .limit(1);
    Ok(stage.into_tuple().one(tx).await?)
}

/// Keeps what the applicant shows: items of their own.
async fn show(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    application: Uuid,
    member: Member,
    items: &[Uuid],
) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let mut own = portfolio::service::visible(cx)
        .select_only()
        .column(portfolio_item::Column::Id)
        .filter(portfolio_item::Column::OwnerId.eq(member.id))
        .filter(sql::key_in(cx.backend(), portfolio_item::Column::Id, items));
    // Who deletes one of them now waits.
    if cx.backend() == sea_orm::DbBackend::Postgres {
        own = own.lock(LockType::KeyShare);
    }
    let own: Vec<Uuid> = own.into_tuple().all(tx).await?;
    let missing = items.iter().enumerate().filter(|(_, item)| !own.contains(item));
    let problem = |(at, _): (usize, &Uuid)| {
        let path = ["input".to_owned(), "portfolioItems".to_owned(), at.to_string()];
        Problem::at(ErrorCode::NotFound, path, NO_ITEM)
    };
    let problems: Vec<_> = missing.map(problem).collect();
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let rows = (0..).zip(items).map(|(position, item)| application_item::ActiveModel {
        application_id: Set(application),
        portfolio_item_id: Set(*item),
        position: Set(position),
    });
    application_item::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes a step of the applicant's own.
pub(super) async fn event(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    application: Uuid,
    state: State,
    by: Uuid,
) -> Result<()> {
    let row = application_event::Model {
        id: cx.key(),
        application_id: application,
        state,
        message_source: None,
        message_html: None,
        by_id: Some(by),
    };
    let row = row.into_active_model();
    application_event::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
