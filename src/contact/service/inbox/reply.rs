use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
};
use uuid::Uuid;

use super::{form_of, locked_one, mails, policy, stand};
use crate::{
    Cx, Error, Result,
    check::Check,
    contact,
    entity::{
        email,
        file_use::Place,
        submission::{self, State},
        submission_message,
    },
    files::service::{On, hang},
    mail::service::{NewMail, To, Written, put},
    notice::{self, Notice},
};

/// Characters of a mail of the talk.
pub(super) const LONGEST: usize = 10_000;

/// What a team answers.
#[derive(Clone, Debug)]
pub struct NewReply {
    /// Which submission; `None` is an id of something else.
    pub id: Option<Uuid>,
    /// Markdown.
    pub body: String,
    /// Files of the actor's own; `None` is an id that names no file.
    pub files: Vec<Option<Uuid>>,
    /// Whether nothing is left to do then.
    pub close: bool,
}

/// Answers whoever sent a submission, by mail to the address that they left and to no other; a member who left none
/// is told within the community alone. Answers the submission.
pub async fn reply(cx: Cx<'_>, new: NewReply) -> Result<submission::Model> {
    contact::policy::answer(cx.actor)?;
    let mut check = Check::new();
    let (source, rendered) = check.markdown(&["body"], &new.body, LONGEST);
    check.done().map_err(Error::outside_input)?;
    let tx = cx.begin().await?;
    let (row, is_team) = locked_one(cx, &tx, new.id).await?;
    let me = policy::reply(cx.actor, is_team, &row)?.id;
    let mail = mail(cx, &tx, &row, me, &source).await?;
    let message = submission_message::Model {
        id: cx.key(),
        submission_id: row.id,
        from_team: 1,
        author_id: Some(me),
        email_id: mail.as_ref().map(|mail| mail.id),
        body_source: source,
        body_html: rendered.html,
    };
    let message_id = message.id;
    let insert = submission_message::Entity::insert(message.into_active_model());
    insert.exec_without_returning(&tx).await?;
    let hung = On::SubmissionMessage(message_id);
    hang(cx, &tx, hung, Place::Attachment, &new.files, &["files"]).await?;
    if let Some(mail) = &mail {
        let hung = On::Email(mail.id);
        hang(cx, &tx, hung, Place::Attachment, &new.files, &["files"]).await?;
    }
    let state = if new.close { State::Done } else { State::Waiting };
    stand::count(&tx, std::slice::from_ref(&row), state).await?;
    let change = submission::ActiveModel {
        id: Unchanged(row.id),
        state: Set(state),
        first_reply_at: Set(row.first_reply_at.or_else(|| Some(cx.now()))),
        version: Set(row.version + 1),
        ..Default::default()
    };
    let row = change.update(&tx).await?;
    notice::tell(cx, &tx, Notice::SubmissionReplied(message_id)).await?;
    tx.commit().await?;
    Ok(row)
}

/// The mail that carries an answer; none when there is no address.
async fn mail(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    row: &submission::Model,
    me: Uuid,
    source: &str,
) -> Result<Option<email::Model>> {
    let Some(address) = &row.sender_email else { return Ok(None) };
    let form = form_of(tx, row).await?;
    let to = To {
        email: address.clone(),
        name: row.sender_name.clone(),
        profile: row.sender_id,
        locale: row.locale.clone().unwrap_or_else(|| "en".to_owned()),
    };
    let mut markdown = source.to_owned();
    if let Some(link) = mails::progress_link(cx.app, row) {
        markdown.push_str(&format!("\n\n---\n\n<{link}>\n"));
    }
    let subject = mails::subject(&form, row);
    let mail = NewMail {
        written: Written::Own { subject, markdown },
        reply_to: mails::notified(&form)?.into_iter().next(),
        thread_refs: mails::thread(tx, row.id, address).await?,
        sender: Some(me),
        tags: mails::tags(row),
        ..NewMail::of(to, "", serde_json::Value::Null)
    };
    let mail = put(cx, tx, mail).await?;
    mails::keep(tx, &mail, row.id, true).await?;
    Ok(Some(mail))
}
