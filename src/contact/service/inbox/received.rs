//! What is told of a submission by mail: to the team, and to its sender that it came.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{form_of, mails};
use crate::{
    Cx, Error, Result,
    contact::service::answers,
    cx::Hand,
    entity::{
        account, email, email_template, form,
        submission::{self, State},
        submission_mail, submission_message,
    },
    mail::{
        service::{NewMail, To, Written, put},
        words,
    },
    markdown,
    queue::{Job, Outcome},
    sql, typeid,
};

/// What an address is told that something came, it is not told again for.
const APART: TimeDelta = TimeDelta::hours(1);
/// Characters of an answer that a mail shows.
const SHOWN: usize = 1_000;
/// Addresses that machines read: nobody waits for a mail there, and some of them answer.
const MACHINES: &[&str] =
    &["mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce"];

/// Tells the team of a form what came, and its sender that it did. Nothing is told of spam, and nothing twice.
pub async fn received(job: Job) -> Result<Outcome> {
    let (app, id) = (job.app.clone(), job.payload::<Uuid>()?);
    let hand = Hand::of_server(&app);
    let cx = hand.cx(&app);
    let tx = cx.begin().await?;
    sql::lock::<submission::Entity>(&tx, submission::Column::Id, &[id]).await?;
    let row = submission::Entity::find_by_id(id).one(&tx).await?;
    let Some(row) = row.filter(|row| row.state != State::Spam) else { return Ok(Outcome::Done) };
    if mails::any(&tx, id).await? {
        return Ok(Outcome::Done);
    }
    let form = form_of(&tx, &row).await?;
    let shown: Vec<Value> = answers(&row)?
        .into_iter()
        .map(|answer| {
            let files = answer.files.len();
            let text = if files > 0 { format!("({files})") } else { cut(&answer.shown()) };
            json!({ "label": answer.label, "text": text })
        })
        .collect();
    let variables = about(cx, &form, &row, ("answers", Value::Array(shown)));
    to_team(cx, &tx, (&form, &row), "submission_team", &variables).await?;
    to_sender(cx, &tx, &form, &row).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Tells the team what a sender added.
pub(super) async fn tell_of_follow_up(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    form: &form::Model,
    row: &submission::Model,
    message: &submission_message::Model,
) -> Result<()> {
    let text = cut(&markdown::plain_text(&message.body_html, None));
    let variables = about(cx, form, row, ("text", text.into()));
    to_team(cx, tx, (form, row), "submission_followed_up", &variables).await
}

/// What every mail to a team can say of a submission, and what one says beside.
fn about(
    cx: Cx<'_>,
    form: &form::Model,
    row: &submission::Model,
    (name, said): (&str, Value),
) -> Value {
    let sender = [&row.sender_name, &row.sender_email].into_iter().flatten().next();
    let id = typeid::encode("submission", row.id);
    json!({
        "number": row.number,
        "title": form.title,
        "sender": sender.cloned().unwrap_or_default(),
        "email": row.sender_email.clone().unwrap_or_default(),
        "link": format!("{}/inbox/{id}", cx.app.config.public_url()),
        (name): said,
    })
}

/// A text as a mail shows it: its lines, one below the other.
fn cut(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

async fn to_team(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    (form, row): (&form::Model, &submission::Model),
    template: &'static str,
    variables: &Value,
) -> Result<()> {
    // Those who look after a form are taken to read what its maker does.
    let maker = account::Entity::find_by_id(form.owner_id).one(tx).await?;
    let locale = maker.map_or_else(|| "en".to_owned(), |maker| maker.locale);
    for email in mails::notified(form)? {
        let thread_refs = mails::thread(tx, row.id, &email).await?;
        let to = To { email, name: None, profile: None, locale: locale.clone() };
        let mail = NewMail {
            topic: Some("submission".into()),
            thread_refs,
            tags: mails::tags(row),
            ..NewMail::of(to, template, variables.clone())
        };
        let mail = put(cx, tx, mail).await?;
        mails::keep(tx, &mail, row.id, false).await?;
    }
    Ok(())
}

async fn to_sender(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    form: &form::Model,
    row: &submission::Model,
) -> Result<()> {
    let Some(address) = &row.sender_email else { return Ok(()) };
    if is_machine(cx, form, address)? || !is_first_lately(cx, tx, address).await? {
        return Ok(());
    }
    // Nobody has read what a guest calls themselves: it is not sent to an address that may be somebody else's.
    let name = row.sender_name.clone().filter(|_| row.sender_id.is_some());
    let to = To {
        email: address.clone(),
        name,
        profile: row.sender_id,
        locale: row.locale.clone().unwrap_or_else(|| "en".to_owned()),
    };
    let template = match form.auto_reply_id {
        None => None,
        Some(id) => email_template::Entity::find_by_id(id).one(tx).await?,
    };
    let key = template.map_or("submission_received".into(), |template| template.key.into());
    let variables = json!({
        "number": row.number,
        "title": form.title,
        "link": mails::progress_link(cx.app, row).unwrap_or_default(),
    });
    let mail = NewMail {
        written: Written::Template(key, variables),
        reply_to: mails::notified(form)?.into_iter().next(),
        tags: mails::tags(row),
        ..NewMail::of(to, "", Value::Null)
    };
    match put(cx, tx, mail).await {
        Ok(mail) => mails::keep(tx, &mail, row.id, true).await,
        // A template with blanks that nothing fills keeps nobody else from hearing.
        Err(Error::Refused(problems)) => {
            tracing::warn!(form = %form.slug, ?problems, "a form's auto-reply can't be written");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Whether a mail to this address would be read by a machine, or come back to where it was written.
fn is_machine(cx: Cx<'_>, form: &form::Model, address: &str) -> Result<bool> {
    let address = address.to_lowercase();
    let (name, _) = address.split_once('@').unwrap_or_default();
    let own = words::sender(&cx.app.config).to_lowercase();
    let own = own.rsplit('<').next().unwrap_or_default().trim_end_matches('>').trim();
    let notified = mails::notified(form)?;
    let is_ours = own == address || notified.iter().any(|to| to.to_lowercase() == address);
    Ok(is_ours || MACHINES.iter().any(|machine| name.starts_with(machine)))
}

/// Whether an address was told nothing alike within the last hour. Two submissions at once wait for each other here.
async fn is_first_lately(cx: Cx<'_>, tx: &impl ConnectionTrait, address: &str) -> Result<bool> {
    let key = address.to_lowercase();
    if cx.backend() == DbBackend::Postgres {
        let text = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))";
        tx.query_all_raw(sql::statement(cx.backend(), text, [key.clone().into()])).await?;
    }
    let mails = submission_mail::Entity::find()
        .select_only()
        .column(submission_mail::Column::EmailId)
        .filter(submission_mail::Column::ToSender.eq(1));
    let lately = email::Entity::find()
        .filter(email::Column::ToKey.eq(key))
        .filter(email::Column::Id.gt(super::list::first_at(cx.now() - APART)))
        .filter(email::Column::SenderId.is_null())
        .filter(email::Column::Id.in_subquery(mails.into_query()))
        .limit(1);
    Ok(lately.one(tx).await?.is_none())
}
