use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{
    SentFrom,
    again::{claim_as_guest, guest_key, key, repeated},
    by_slug, challenge, limits, locked,
    origins::allowed,
    spam::{self, Signs},
    visible,
};
use crate::{
    Cx, Error, Result, accounts,
    check::{Check, is_blank},
    client_key,
    contact::work,
    entity::{
        form::{self, State},
        submission,
    },
    error::ErrorCode,
    fields::{self, Answer, Field, FieldType, Given},
    files::service::{self as files, AnswerFiles, On, Sent},
    infra::secrets,
    members,
    notice::{self, Notice},
    queue::{self, NewItem},
};

/// How a form is named.
#[derive(Clone, Debug)]
pub enum By {
    /// By its key; `None` is an id that names none.
    Id(Option<Uuid>),
    /// By its name in addresses.
    Slug(String),
}

/// What somebody filled in.
#[derive(Debug)]
pub struct NewSubmission {
    /// Which form.
    pub form: By,
    /// The answers.
    pub values: Vec<Sent>,
    /// Whether they agree to what the form says.
    pub consent: bool,
    /// Their language.
    pub locale: Option<String>,
    /// The page, as the caller claims.
    pub origin: Option<String>,
    /// The page, as the browser says.
    pub from: Option<SentFrom>,
    /// What no person sees, and only machines fill in.
    pub honeypot: Option<String>,
    /// A solved challenge.
    pub challenge: Option<String>,
    /// What the caller calls this call.
    pub client_key: Option<String>,
}

/// What whoever sent something keeps.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What was sent.
    pub row: submission::Model,
    /// By which it is followed.
    pub token: String,
    /// Where the form sends the browser.
    pub redirect_url: Option<String>,
}

/// The form that somebody names, if the actor may see it.
pub async fn named(cx: Cx<'_>, by: &By) -> Result<Option<form::Model>> {
    match by {
        By::Id(None) => Ok(None),
        By::Id(Some(id)) => Ok(visible(cx).filter(form::Column::Id.eq(*id)).one(cx.db).await?),
        By::Slug(slug) => by_slug(cx, slug).await,
    }
}

/// Everything that was found out before the change.
struct Checked {
    form: form::Model,
    answers: Vec<Answer>,
    name: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    origin: Option<String>,
    guest_key: Option<Vec<u8>>,
    score: i32,
    reasons: Vec<String>,
    solved: Option<challenge::Solved>,
}

/// Takes what somebody filled in. The same `client_key` with the same answers answers the first receipt again. Where
/// the honeypot is filled in, nothing is kept, and the answer looks the same.
pub async fn submit(cx: Cx<'_>, new: NewSubmission) -> Result<Receipt> {
    limits::any(cx)?;
    let no_form =
        || Error::refused(ErrorCode::NotFound, ["input", "form"], "there is no such form");
    let form = named(cx, &new.form).await?.ok_or_else(no_form)?;
    let origin = allowed(&form, new.from.as_ref(), new.origin.as_deref())?;
    takes(&form, cx.now())?;
    let fields = super::fields(&form)?;
    let mut check = Check::new();
    let me = own_words(cx).await?;
    let given = given(&new.values, &fields, me.as_ref());
    check.list(&["values"], &new.values, fields::MOST_FIELDS);
    let answers = fields::answers(&mut check, &["values"], &fields, &given);
    files::check_ids(&mut check, cx, "values", &new.values);
    if form.consent_text.is_some() && !new.consent {
        check.problem(ErrorCode::Required, &["consent"], "this has to be agreed to");
    }
    let locale = new.locale.as_deref().and_then(|tag| locale(&mut check, tag));
    let origin = origin.and_then(|origin| check.optional_line(&["origin"], &origin, 2_000));
    key(&mut check, new.client_key.as_deref());
    check.done()?;

    let guest_key = guest_key(cx, new.client_key.as_deref(), &answers)?;
    if let Some(first) = repeated(cx, &form, new.client_key.as_deref(), guest_key.as_ref()).await? {
        return Ok(receipt(cx, &form, first));
    }
    let solved = solved(cx, &form, new.challenge.as_deref())?;
    let sender = fields::sender(&answers);
    let (my_name, my_email) = me.unzip();
    let (name, email) = (sender.name.or(my_name), sender.email.or(my_email));
    limits::of_form(cx, form.id, email.as_deref())?;
    if new.honeypot.as_deref().is_some_and(|text| !is_blank(text)) {
        tracing::info!(form = %form.id, "a machine filled in what nobody sees; nothing was kept");
        return Ok(pretended(cx, form));
    }
    let took = solved.as_ref().map(|solved| cx.now() - solved.issued_at);
    let repeats = limits::words(cx, form.id, &fields::words(&answers));
    let (score, reasons) = spam::score(&answers, Signs { took, repeats });
    let found =
        Checked { form, answers, name, email, locale, origin, guest_key, score, reasons, solved };
    let owner = found.form.owner_id;
    let prepared = files::prepare_answers(cx, owner, "values", &fields, new.values).await?;
    let stored = store(cx, found, new.client_key.as_deref(), &prepared).await;
    if stored.is_err() {
        prepared.forget(cx.app).await;
    }
    stored
}

async fn store(
    cx: Cx<'_>,
    found: Checked,
    client_key: Option<&str>,
    files: &AnswerFiles,
) -> Result<Receipt> {
    let (tx, now) = (cx.begin().await?, cx.now());
    let gone = || Error::refused(ErrorCode::NotFound, ["input", "form"], "there is no such form");
    // Its lock orders those who send at once: each has a number of its own, and none is one too many.
    let form = locked(&tx, found.form.id).await?.ok_or_else(gone)?;
    takes(&form, now)?;
    let id = cx.key();
    let first = if cx.actor.id().is_some() {
        client_key::claim(cx, &tx, client_key, "submission", id).await?
    } else {
        claim_as_guest(&tx, &form, found.guest_key.as_ref(), now).await?
    };
    if let Some(first) = first {
        tx.rollback().await?;
        let first = submission::Entity::find_by_id(first).one(cx.db).await?;
        return first
            .map(|first| receipt(cx, &form, first))
            .ok_or_else(|| client_key::gone("submission"));
    }
    if let Some(solved) = found.solved {
        challenge::spend(&tx, solved).await?;
    }
    let mut answers = found.answers;
    let hanging = files.write(cx, &tx, &mut answers).await?;
    let is_spam = found.score >= spam::SPAM;
    let json = |value: serde_json::Result<String>| value.map_err(Error::internal);
    let row = submission::Model {
        id,
        form_id: form.id,
        number: form.last_number + 1,
        state: if is_spam { submission::State::Spam } else { submission::State::New },
        answers: json(serde_json::to_string(&answers))?,
        search_text: fields::words(&answers),
        sender_id: cx.actor.id(),
        sender_name: found.name,
        sender_email: found.email,
        locale: found.locale,
        origin: found.origin,
        consented_at: form.consent_text.is_some().then_some(now),
        consent_text: form.consent_text.clone(),
        assignee_id: None,
        spam_score: found.score,
        spam_reasons: json(serde_json::to_string(&found.reasons))?,
        receipt: secrets::hash(&token(cx, id)),
        guest_key: found.guest_key,
        erase_at: form.retention_days.map(|days| now + TimeDelta::days(days.into())),
        first_reply_at: None,
        version: 1,
    };
    submission::Entity::insert(row.clone().into_active_model()).exec_without_returning(&tx).await?;
    files::hang_answers(cx, &tx, On::Submission(id), &hanging).await?;
    count(&tx, &form, !is_spam).await?;
    if !is_spam {
        notice::tell(cx, &tx, Notice::SubmissionReceived(id)).await?;
        queue::add(cx, &tx, NewItem::new(&work::RECEIVED, &id)?).await?;
    }
    tx.commit().await?;
    Ok(receipt(cx, &form, row))
}

async fn count(tx: &DatabaseTransaction, form: &form::Model, is_open: bool) -> Result<()> {
    let mut counts = form.clone().into_active_model();
    counts.last_number = Set(form.last_number + 1);
    counts.submission_count = Set(form.submission_count + 1);
    counts.open_count = Set(form.open_count + i32::from(is_open));
    counts.update(tx).await?;
    Ok(())
}

/// Whether a form takes something now.
fn takes(form: &form::Model, now: DateTime<Utc>) -> Result<()> {
    let closed = |message: &str| Err(Error::refused(ErrorCode::Closed, ["input", "form"], message));
    if form.state != State::Open {
        return closed("this form is closed");
    }
    if form.opens_at.is_some_and(|opens| now < opens) {
        return closed("this form is not open yet");
    }
    if form.closes_at.is_some_and(|closes| now >= closes) {
        return closed("this form is closed by now");
    }
    if form.submission_limit.is_some_and(|limit| form.last_number >= limit) {
        return closed("this form takes no more");
    }
    Ok(())
}

/// What the one who asks is called, and their address, if they are signed in.
async fn own_words(cx: Cx<'_>) -> Result<Option<(String, String)>> {
    let Ok(member) = cx.actor.member() else { return Ok(None) };
    let account = accounts::service::own_account(cx, member).await?;
    let face = members::service::face(cx.db, member.id).await?;
    Ok(Some((face.name, account.email)))
}

/// What is answered; a member need not write their name and address again.
fn given(values: &[Sent], fields: &[Field], me: Option<&(String, String)>) -> Vec<Given> {
    let mut given: Vec<Given> = values.iter().map(|value| value.given.clone()).collect();
    let Some((name, email)) = me else { return given };
    for field in fields {
        let known = match field.kind {
            FieldType::Email => email,
            FieldType::Text if field.key == "name" => name,
            _ => continue,
        };
        if !given.iter().any(|given| given.field == field.key) {
            let (field, text) = (field.key.clone(), Some(known.clone()));
            given.push(Given { field, text, ..Given::default() });
        }
    }
    given
}

fn locale(check: &mut Check, tag: &str) -> Option<String> {
    let plain = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric())
    };
    let good = tag.len() <= 35 && tag.split('-').all(plain);
    if !good {
        check.problem(ErrorCode::Invalid, &["locale"], "write a language tag: de, pt-BR");
    }
    good.then(|| tag.to_owned())
}

/// A solution, checked; one is wanted where the form says so, and while many come.
fn solved(
    cx: Cx<'_>,
    form: &form::Model,
    solution: Option<&str>,
) -> Result<Option<challenge::Solved>> {
    match solution {
        Some(solution) => challenge::solved(cx.app, solution, cx.now()).map(Some),
        None if form.needs_challenge != 0 || limits::is_hot(cx, form.id) => {
            Err(challenge::required())
        }
        None => Ok(None),
    }
}

/// By what a submission is followed: it can be told again, and is not kept.
fn token(cx: Cx<'_>, submission: Uuid) -> String {
    super::inbox::receipt_token(cx.app, submission)
}

fn receipt(cx: Cx<'_>, form: &form::Model, row: submission::Model) -> Receipt {
    let token = token(cx, row.id);
    Receipt { row, token, redirect_url: form.redirect_url.clone() }
}

/// A receipt for nothing.
fn pretended(cx: Cx<'_>, form: form::Model) -> Receipt {
    let id = cx.key();
    let row = submission::Model {
        id,
        form_id: form.id,
        number: form.last_number + 1,
        state: submission::State::New,
        answers: "[]".to_owned(),
        search_text: String::new(),
        sender_id: None,
        sender_name: None,
        sender_email: None,
        locale: None,
        origin: None,
        consent_text: None,
        consented_at: None,
        assignee_id: None,
        spam_score: 100,
        spam_reasons: "[]".to_owned(),
        receipt: Vec::new(),
        guest_key: None,
        erase_at: None,
        first_reply_at: None,
        version: 1,
    };
    receipt(cx, &form, row)
}
