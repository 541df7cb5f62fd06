//! Mails to applicants.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        account,
        application::{self, State},
        email, job, organization,
    },
    mail::service::{NewMail, To, put, put_many},
    markdown, sql, typeid,
};

/// Characters of what the team writes that a mail shows.
const SHOWN: usize = 5_000;

/// The word by which mails about an application are found again, to be erased with it.
pub fn mail_tag(application: Uuid) -> String {
    typeid::encode("application", application)
}

/// Thanks an applicant.
pub(super) async fn received(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    job: &job::Model,
    row: &application::Model,
) -> Result<()> {
    let about = About::read(cx, tx, job, &[row]).await?;
    if let Some(mail) = about.mail(cx, row, "application_received", json!({})) {
        put(cx, tx, mail).await?;
    }
    Ok(())
}

/// Tells applicants where their applications stand now, and what the team wrote.
pub(super) async fn updated(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    job: &job::Model,
    rows: &[&application::Model],
    state: State,
    html: Option<&str>,
) -> Result<()> {
    let about = About::read(cx, tx, job, rows).await?;
    let message = html.map(lines).unwrap_or_default();
    // One of these is true, so that a wording can say something of its own for each.
    let state = json!({
        "submitted": state == State::Submitted,
        "review": state == State::InReview,
        "interview": state == State::Interviewing,
        "offer": state == State::Offered,
        "hired": state == State::Hired,
        "rejected": state == State::Rejected,
    });
    let more = json!({ "state": state, "message": message });
    let mail = |row: &&application::Model| about.mail(cx, row, "application_update", more.clone());
    put_many(cx, tx, rows.iter().filter_map(mail).collect()).await?;
    Ok(())
}

/// A text as a mail shows it: its lines, one below the other.
fn lines(html: &str) -> String {
    let text = markdown::plain_text(html, Some(SHOWN));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// What all mails about applications to a job say.
struct About {
    title: String,
    organization: String,
    accounts: HashMap<Uuid, account::Model>,
}

impl About {
    async fn read(
        cx: Cx<'_>,
        tx: &impl ConnectionTrait,
        job: &job::Model,
        rows: &[&application::Model],
    ) -> Result<Self> {
        let organization = organization::Entity::find_by_id(job.organization_id).one(tx).await?;
        let organization = organization.ok_or_else(|| Error::bug("a job of no organization"))?;
        let keys: Vec<Uuid> = rows.iter().map(|row| row.applicant_id).collect();
        let these = sql::key_in(cx.backend(), account::Column::Id, &keys);
        let accounts = account::Entity::find().filter(these).all(tx).await?;
        Ok(Self {
            title: job.title.clone(),
            organization: organization.name,
            accounts: accounts.into_iter().map(|account| (account.id, account)).collect(),
        })
    }

    /// A mail to the proved address of the applicant's account, if there is one. What they wrote as their address is
    /// for the team to reach them by hand: mails that a stranger words would go there, whosever it is.
    fn mail(
        &self,
        cx: Cx<'_>,
        row: &application::Model,
        template: &'static str,
        more: Value,
    ) -> Option<NewMail> {
        let account = self.accounts.get(&row.applicant_id)?;
        account.email_verified_at?;
        let to = To {
            email: account.email.clone(),
            name: Some(row.name.clone()),
            profile: Some(row.applicant_id),
            locale: account.locale.clone(),
        };
        let tag = mail_tag(row.id);
        let mut variables = json!({
            "title": self.title,
            "organization": self.organization,
            "link": format!("{}/applications/{tag}", cx.app.config.public_url()),
        });
        if let (Some(all), Value::Object(more)) = (variables.as_object_mut(), more) {
            all.extend(more);
        }
        let mut mail = NewMail::of(to, template, variables);
        mail.tags = vec!["application".to_owned(), tag];
        Some(mail)
    }
}

/// Erases the mails about an application, whether they were sent or not.
pub(super) async fn erase(tx: &impl ConnectionTrait, row: &application::Model) -> Result<()> {
    email::Entity::delete_many()
        .filter(email::Column::RecipientId.eq(row.applicant_id))
        .filter(email::Column::Tags.like(format!("%{}%", mail_tag(row.id))))
        .exec(tx)
        .await?;
    Ok(())
}
