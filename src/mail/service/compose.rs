use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    put::{NewMail, To, Written, put_many},
    templates,
};
use crate::{
    Cx, Result, check,
    check::Check,
    client_key, clock,
    entity::{
        account,
        email::{self, Priority},
        email_topic,
        file_use::Place,
        profile,
    },
    error::{ErrorCode, Problem},
    files::service::{On, hang_on_each},
    mail::{
        policy,
        words::{Template, phrases},
    },
    sql,
};

/// Recipients of one call.
const AT_ONCE: usize = 100;
/// Recipients of one call whose mails need no topic.
const WITHOUT_TOPIC: usize = 20;
/// Mails that one member sends within 24 hours.
const A_DAY: usize = 1_000;
/// How far ahead a mail may be written.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// Somebody to write to: an address or a member.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    /// The address.
    pub email: Option<String>,
    /// The member; the inner `None` is an id that names none.
    pub profile: Option<Option<Uuid>>,
    /// Their language; without one a member's own, and English for an address.
    pub locale: Option<String>,
    /// What fills the blanks of the template: an object.
    pub variables: Option<Value>,
}

/// Mail to send: a template, or a subject and a text.
#[derive(Clone, Debug)]
pub struct NewEmails {
    /// To whom: one mail each.
    pub to: Vec<Recipient>,
    /// The template; the inner `None` is an id that names none.
    pub template: Option<Option<Uuid>>,
    /// The subject, of at most 200 characters.
    pub subject: Option<String>,
    /// The text, of at most 50,000 characters.
    pub markdown: Option<String>,
    /// What it is about; the inner `None` is an id that names no topic. Bulk mail, and mail to more than 20, needs one.
    pub topic: Option<Option<Uuid>>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Files of the sender's own.
    pub attachments: Vec<Option<Uuid>>,
    /// Words to find the mails by.
    pub tags: Vec<String>,
    /// Not before this.
    pub send_at: Option<DateTime<Utc>>,
    /// Which queue.
    pub priority: Priority,
    /// Names the call.
    pub client_key: String,
}

/// Writes mails in the community's name, all or none: one for each recipient, in their order. The same key from the
/// same member within 24 hours answers the first mails again.
pub async fn compose(cx: Cx<'_>, new: NewEmails) -> Result<Vec<email::Model>> {
    policy::send(cx.actor)?;
    let me = cx.actor.member()?.id;
    let batch = cx.key();
    let tx = cx.begin().await?;
    let first = client_key::claim(cx, &tx, Some(&new.client_key), "emails", batch).await?;
    if let Some(first) = first {
        let mails = email::Entity::find().filter(email::Column::Batch.eq(first));
        let mails = mails.filter(email::Column::SenderId.eq(me));
        let mails = mails.order_by_asc(email::Column::Id).all(&tx).await?;
        return if mails.is_empty() { Err(client_key::gone("mail")) } else { Ok(mails) };
    }
    let mut check = Check::new();
    let written = Text::check(&mut check, &new);
    let reply_to = new.reply_to.as_deref().map(|text| check.email(&["replyTo"], text));
    check.list(&["tags"], &new.tags, 10);
    let tag = |(at, tag): (usize, &String)| check.line(&["tags", &at.to_string()], tag, 1..=50);
    let tags = check::each_once(new.tags.iter().enumerate().map(tag).collect());
    if new.send_at.is_some_and(|at| at > cx.now() + AHEAD) {
        check.problem(ErrorCode::OutOfRange, &["sendAt"], "write at most a year ahead");
    }
    if new.to.is_empty() {
        check.problem(ErrorCode::Required, &["to"], "name somebody to write to");
    }
    check.list(&["to"], &new.to, AT_ONCE);
    if new.topic.is_none() {
        if new.priority == Priority::Bulk {
            let message = "bulk mail needs a topic, so that people can leave it";
            check.problem(ErrorCode::Required, &["topic"], message);
        } else if new.to.len() > WITHOUT_TOPIC {
            let message = format!(
                "mail to more than {WITHOUT_TOPIC} needs a topic, so that people can leave it"
            );
            check.problem(ErrorCode::Required, &["topic"], message);
        }
    }
    check.done()?;
    let mut check = Check::new();
    let topic = topic(&mut check, &tx, new.topic).await?;
    let template = template(&mut check, &tx, new.template).await?;
    let to = recipients(&mut check, cx, &tx, &new.to).await?;
    let values: Vec<Map<String, Value>> = new
        .to
        .iter()
        .enumerate()
        .map(|(at, one)| values(&mut check, at, one, template.as_ref()))
        .collect();
    check.done()?;
    keep_quota(cx, &tx, me, to.len()).await?;
    let mails = to.into_iter().zip(values).map(|(to, values)| NewMail {
        to,
        written: match (&template, &written) {
            (Some(template), _) => {
                Written::Template(template.key.clone().into(), Value::Object(values))
            }
            (None, Text { subject, markdown }) => {
                Written::Own { subject: subject.clone(), markdown: markdown.clone() }
            }
        },
        topic: topic.as_ref().map(|topic| topic.key.clone().into()),
        priority: new.priority,
        reply_to: reply_to.clone(),
        thread_refs: None,
        is_secret: false,
        tags: tags.clone(),
        sender: Some(me),
        send_at: new.send_at,
        batch: Some(batch),
    });
    let rows = put_many(cx, &tx, mails.collect()).await?;
    let on: Vec<On> = rows.iter().map(|row| On::Email(row.id)).collect();
    let path = ["input", "attachments"];
    hang_on_each(cx, &tx, &on, Place::Attachment, &new.attachments, &path).await?;
    tx.commit().await?;
    Ok(rows)
}

/// A subject and a text.
#[derive(Debug, Default)]
struct Text {
    subject: String,
    markdown: String,
}

impl Text {
    fn check(check: &mut Check, new: &NewEmails) -> Self {
        if new.template.is_some() {
            let both = [("subject", new.subject.is_some()), ("markdown", new.markdown.is_some())];
            for (field, _) in both.iter().filter(|(_, is_set)| *is_set) {
                let message = "the template says this: leave it out, or the template";
                check.problem(ErrorCode::Invalid, &[field], message);
            }
            return Self::default();
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let subject = check.line(&["subject"], &text(&new.subject), 1..=200);
        let (markdown, _) = check.markdown(&["markdown"], &text(&new.markdown), 50_000);
        Self { subject, markdown }
    }
}

async fn topic(
    check: &mut Check,
    tx: &impl ConnectionTrait,
    topic: Option<Option<Uuid>>,
) -> Result<Option<email_topic::Model>> {
    let found = match topic {
        None => return Ok(None),
        Some(None) => None,
        Some(Some(id)) => email_topic::Entity::find_by_id(id).one(tx).await?,
    };
    if found.is_none() {
        check.problem(ErrorCode::NotFound, &["topic"], "there is no such topic");
    }
    Ok(found)
}

async fn template(
    check: &mut Check,
    tx: &impl ConnectionTrait,
    template: Option<Option<Uuid>>,
) -> Result<Option<Template>> {
    let found = match template {
        None => return Ok(None),
        Some(None) => None,
        Some(Some(id)) => templates::by_ids(tx, &[id]).await?.into_iter().next(),
    };
    if found.is_none() {
        check.problem(ErrorCode::NotFound, &["template"], "there is no such template");
    }
    Ok(found)
}

/// Reads the recipients: those who are members in two statements.
async fn recipients(
    check: &mut Check,
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    to: &[Recipient],
) -> Result<Vec<To>> {
    let ids: Vec<Uuid> = to.iter().filter_map(|one| one.profile.flatten()).collect();
    let members = members(cx, tx, &ids).await?;
    let mut known = HashSet::new();
    let mut good = Vec::new();
    for (at, one) in to.iter().enumerate() {
        let at = at.to_string();
        let locale = one.locale.as_deref().map(|text| {
            let locale = phrases::locale(text);
            if locale.is_none() {
                let message = "write a language as BCP 47 does: de, pt-BR";
                check.problem(ErrorCode::Invalid, &["to", &at, "locale"], message);
            }
            locale.unwrap_or_default()
        });
        let found = match (&one.email, one.profile) {
            (Some(email), None) => {
                let email = check.email(&["to", &at, "email"], email);
                To { email, name: None, profile: None, locale: "en".to_owned() }
            }
            (None, Some(id)) => match id.and_then(|id| members.get(&id)) {
                Some(member) => member.clone(),
                None => {
                    let message = "there is no such member";
                    check.problem(ErrorCode::NotFound, &["to", &at, "profile"], message);
                    continue;
                }
            },
            _ => {
                let message = "name an address or a member, one of them";
                check.problem(ErrorCode::Invalid, &["to", &at], message);
                continue;
            }
        };
        if !known.insert(found.email.to_lowercase()) {
            let message = "this address is there twice";
            check.problem(ErrorCode::Duplicate, &["to", &at], message);
        }
        let locale = locale.unwrap_or_else(|| found.locale.clone());
        good.push(To { locale, ..found });
    }
    Ok(good)
}

async fn members(cx: Cx<'_>, tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, To>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names = profile::Entity::find()
        .select_only()
        .columns([profile::Column::Id, profile::Column::Name])
        .filter(sql::key_in(cx.backend(), profile::Column::Id, ids));
    let names: Vec<(Uuid, String)> = names.into_tuple().all(tx).await?;
    let mut names: HashMap<Uuid, String> = names.into_iter().collect();
    let accounts = account::Entity::find()
        .filter(sql::key_in(cx.backend(), account::Column::Id, ids))
        .filter(account::Column::State.eq(account::State::Active));
    let of = |account: account::Model| {
        let account::Model { id, email, locale, .. } = account;
        (id, To { email, name: names.remove(&id), profile: Some(id), locale })
    };
    Ok(accounts.all(tx).await?.into_iter().map(of).collect())
}

/// What fills the blanks for one recipient.
fn values(
    check: &mut Check,
    at: usize,
    one: &Recipient,
    template: Option<&Template>,
) -> Map<String, Value> {
    let at = at.to_string();
    let path = ["to", &at, "variables"];
    let Some(values) = templates::object(one.variables.as_ref()) else {
        check.problem(ErrorCode::Invalid, &path, "write an object with a value for each blank");
        return Map::new();
    };
    let size = one.variables.as_ref().map_or(0, |values| values.to_string().len());
    if size > 20_000 {
        check.problem(ErrorCode::TooLong, &path, "values have at most 20,000 bytes");
    }
    match template {
        Some(template) => {
            for (name, why) in template.unfit(&values) {
                let code = if values.contains_key(&name) {
                    ErrorCode::Invalid
                } else {
                    ErrorCode::Required
                };
                check.problem(code, &["to", &at, "variables", &name], why);
            }
        }
        None if !values.is_empty() => {
            check.problem(ErrorCode::Invalid, &path, "only a template has blanks to fill");
        }
        None => {}
    }
    values
}

/// Refuses what would be more mails than one member may send within a day. Their account is locked, so that two calls
/// at once are counted one after the other.
async fn keep_quota(cx: Cx<'_>, tx: &impl ConnectionTrait, me: Uuid, more: usize) -> Result<()> {
    account::Entity::find_by_id(me).lock_exclusive().one(tx).await?;
    let since = clock::first_key(cx.now() - TimeDelta::hours(24));
    let sent = email::Entity::find()
        .select_only()
        .column(email::Column::Id)
        .filter(email::Column::SenderId.eq(me))
        .filter(email::Column::Id.gte(since))
        .limit(u64::try_from(A_DAY).unwrap_or(u64::MAX));
    let sent = sent.into_tuple::<Uuid>().all(tx).await?.len();
    if sent + more <= A_DAY {
        return Ok(());
    }
    let message = format!("you may send {A_DAY} mails within 24 hours, and have sent {sent}");
    let problem = Problem::at(ErrorCode::QuotaExceeded, ["input", "to"], message);
    let most = A_DAY - sent.min(A_DAY);
    Err(problem.with(check::limit(&(0..=most), more)).into())
}
