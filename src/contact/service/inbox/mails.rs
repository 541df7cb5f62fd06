//! The mails about submissions: which there are, and how they hang together.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::{
    Error, Result,
    app::App,
    contact::service::mail_tag,
    entity::{
        email, form, submission,
        submission_mail::{self, Column},
        submission_message,
    },
    infra::secrets,
    sql,
};

/// Message-IDs that a mail names of those before it: the first, and the latest others.
const MOST_REFS: usize = 20;

/// The token by which the sender of a submission follows it. Made from its key, so that mails can tell it again, and
/// known to the database by its hash alone.
pub fn receipt_token(app: &App, submission: Uuid) -> String {
    app.vault.sign("receipt", submission.as_bytes())
}

/// Where the sender follows a submission.
pub(super) fn progress_link(app: &App, row: &submission::Model) -> Option<String> {
    let token = receipt_token(app, row.id);
    let is_its_own = secrets::hash(&token) == row.receipt;
    is_its_own.then(|| format!("{}/contact/{token}", app.config.public_url()))
}

/// What a mail about a submission is called.
pub(super) fn subject(form: &form::Model, row: &submission::Model) -> String {
    format!("[#{}] {}", row.number, form.title)
}

/// The addresses that hear of what comes through a form.
pub(super) fn notified(form: &form::Model) -> Result<Vec<String>> {
    serde_json::from_str(&form.notify_emails).map_err(Error::internal)
}

/// The words to find a mail by, as what holds something of a submission needs.
pub(super) fn tags(row: &submission::Model) -> Vec<String> {
    vec!["submission".to_owned(), mail_tag(row.id)]
}

/// Keeps that a mail is about a submission.
pub(super) async fn keep(
    tx: &impl ConnectionTrait,
    mail: &email::Model,
    submission: Uuid,
    to_sender: bool,
) -> Result<()> {
    let row = submission_mail::Model {
        email_id: mail.id,
        submission_id: submission,
        to_sender: i32::from(to_sender),
    };
    row.into_active_model().insert(tx).await?;
    Ok(())
}

/// Whether there is a mail about a submission.
pub(super) async fn any(tx: &impl ConnectionTrait, submission: Uuid) -> Result<bool> {
    let found = submission_mail::Entity::find().filter(Column::SubmissionId.eq(submission));
    Ok(found.one(tx).await?.is_some())
}

/// The Message-IDs of the mails about a submission that went to an address, as the next one names them.
pub(super) async fn thread(
    tx: &impl ConnectionTrait,
    submission: Uuid,
    address: &str,
) -> Result<Option<String>> {
    let about = submission_mail::Entity::find()
        .select_only()
        .column(Column::EmailId)
        .filter(Column::SubmissionId.eq(submission));
    let rows = email::Entity::find()
        .select_only()
        .column(email::Column::MessageRef)
        .filter(email::Column::Id.in_subquery(about.into_query()))
        .filter(email::Column::ToKey.eq(address.to_lowercase()))
        .order_by_asc(email::Column::Id);
    let mut refs: Vec<String> = rows.into_tuple().all(tx).await?;
    if refs.len() > MOST_REFS {
        let latest = refs.len() - (MOST_REFS - 1);
        refs.drain(1..latest);
    }
    Ok((!refs.is_empty()).then(|| refs.join(" ")))
}

/// Erases the mails about these submissions, those of the talk too, whether they were sent or not. In the transaction
/// that erases the submissions, before them.
pub async fn erase_mails(tx: &impl ConnectionTrait, submissions: &[Uuid]) -> Result<()> {
    use submission_message::Column as Talk;
    let backend = tx.get_database_backend();
    let about = submission_mail::Entity::find().select_only().column(Column::EmailId);
    let about = about.filter(sql::key_in(backend, Column::SubmissionId, submissions));
    let talk = submission_message::Entity::find().select_only().column(Talk::EmailId);
    let talk = talk.filter(sql::key_in(backend, Talk::SubmissionId, submissions));
    let mut mails: Vec<Uuid> = about.into_tuple().all(tx).await?;
    let talk = talk.filter(Talk::EmailId.is_not_null());
    mails.extend(talk.into_tuple::<Uuid>().all(tx).await?);
    let these = sql::key_in(backend, email::Column::Id, &mails);
    email::Entity::delete_many().filter(these).exec(tx).await?;
    Ok(())
}
