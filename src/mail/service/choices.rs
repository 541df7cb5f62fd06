//! What addresses chose: which mail they get.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::topics;
use crate::{
    Cx, Error, Result,
    app::App,
    entity::{
        email_choice, email_topic,
        suppression::{self, Reason},
    },
    error::{ErrorCode, Problem},
    sql,
};

/// What the token at the foot of a mail says: whose mail it stood in, and what that was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The address, in lower case.
    pub email_key: String,
    /// The topic.
    pub topic_id: Uuid,
}

/// The token at the foot of a mail about a topic. Whoever has it may choose for that address; it does not end.
pub fn token(app: &App, to_email: &str, topic_id: Uuid) -> Result<String> {
    let ticket = Ticket { email_key: to_email.to_lowercase(), topic_id };
    let json = serde_json::to_vec(&ticket).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(app.vault.seal(&json)?))
}

/// What a token says, if this community wrote it.
pub fn read_token(app: &App, token: &str) -> Option<Ticket> {
    if token.len() > 1_000 {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    serde_json::from_slice(&app.vault.open(&sealed).ok()?).ok()
}

/// Where somebody leaves a topic: a page for people, and the place of RFC 8058 for mail clients.
pub fn unsubscribe_url(app: &App, to_email: &str, topic_id: Uuid) -> Result<String> {
    let token = token(app, to_email, topic_id)?;
    Ok(format!("{}/mail/unsubscribe/{token}", app.config.public_url()))
}

/// Where somebody chooses what they get mail about.
pub fn choices_url(app: &App, to_email: &str, topic_id: Uuid) -> Result<String> {
    let token = token(app, to_email, topic_id)?;
    Ok(format!("{}/mail/choices/{token}", app.config.public_url()))
}

/// What an address wants.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The address, in lower case.
    pub email: String,
    /// Whether it gets nothing but what its reader asks for themselves.
    pub all_stopped: bool,
    /// Every topic.
    pub topics: Vec<Subscription>,
}

/// Whether an address wants a topic.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The topic.
    pub topic: email_topic::Model,
    /// Whether it does.
    pub subscribed: bool,
    /// Since when; none while nobody said anything.
    pub since: Option<DateTime<Utc>>,
}

/// What each of these addresses, in lower case, has chosen: every topic, by its key. Two statements.
pub async fn subscriptions(
    db: &impl ConnectionTrait,
    emails: &[String],
) -> Result<HashMap<String, Vec<Subscription>>> {
    let topics = topics::topics(db).await?;
    let backend = db.get_database_backend();
    let chosen = email_choice::Entity::find();
    let chosen = chosen.filter(sql::text_in(backend, email_choice::Column::EmailKey, emails));
    let chosen: HashMap<(String, Uuid), email_choice::Model> = chosen
        .all(db)
        .await?
        .into_iter()
        .map(|row| ((row.email_key.clone(), row.topic_id), row))
        .collect();
    let of = |email: &String| {
        let all = topics.iter().map(|topic| {
            let row = chosen.get(&(email.clone(), topic.id));
            Subscription {
                topic: topic.clone(),
                subscribed: row.map_or(topic.default_on, |row| row.subscribed) != 0,
                since: row.map(|row| row.chosen_at),
            }
        });
        (email.clone(), all.collect())
    };
    Ok(emails.iter().map(of).collect())
}

/// What the reader of a mail wants, by the token at its foot; `None` if that is no token of ours.
pub async fn choices(cx: Cx<'_>, token: &str) -> Result<Option<Choices>> {
    match read_token(cx.app, token) {
        Some(ticket) => Ok(Some(of(cx.db, ticket.email_key).await?)),
        None => Ok(None),
    }
}

async fn of(db: &impl ConnectionTrait, email: String) -> Result<Choices> {
    let list = std::slice::from_ref(&email);
    let topics = subscriptions(db, list).await?.remove(&email).unwrap_or_default();
    let stopped = suppression::Entity::find()
        .filter(suppression::Column::EmailKey.eq(&*email))
        .filter(suppression::Column::Reason.eq(Reason::UnsubscribedAll));
    let all_stopped = stopped.one(db).await?.is_some();
    Ok(Choices { email, all_stopped, topics })
}

/// Changes what the reader of a mail wants, by the token at its foot. With `stop_all` nothing more comes but what they
/// ask for themselves; without it again what they chose before. A topic that there is none of, or twice, is refused.
pub async fn change_choices(
    cx: Cx<'_>,
    token: &str,
    topics: &[(Option<Uuid>, bool)],
    stop_all: Option<bool>,
) -> Result<Choices> {
    let message = "this link is none of ours: take it from the foot of a mail";
    let ticket = read_token(cx.app, token)
        .ok_or_else(|| Error::refused(ErrorCode::NotFound, ["token"], message))?;
    let email = ticket.email_key;
    let tx = cx.begin().await?;
    let known = topics::topics(&tx).await?;
    let mut problems = Vec::new();
    let mut chosen = Vec::new();
    for (at, (id, on)) in topics.iter().enumerate() {
        let path = || ["topics".to_owned(), at.to_string(), "topic".to_owned()];
        match id.filter(|id| known.iter().any(|topic| topic.id == *id)) {
            None => {
                problems.push(Problem::at(ErrorCode::NotFound, path(), "there is no such topic"));
            }
            Some(id) if chosen.iter().any(|(other, _)| *other == id) => {
                let message = "this topic is named twice";
                problems.push(Problem::at(ErrorCode::Duplicate, path(), message));
            }
            Some(id) => chosen.push((id, *on)),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    // In one order, so that two who choose at once never wait for each other.
    chosen.sort_unstable();
    topics::choose_all(cx, &tx, &email, &chosen).await?;
    match stop_all {
        Some(true) => {
            let row = suppression::ActiveModel {
                id: Set(cx.key()),
                email: Set(email.clone()),
                email_key: Set(email.clone()),
                reason: Set(Reason::UnsubscribedAll),
                detail: Set(None),
            };
            sql::insert_new(&tx, row).await?;
        }
        Some(false) => {
            suppression::Entity::delete_many()
                .filter(suppression::Column::EmailKey.eq(&*email))
                .filter(suppression::Column::Reason.eq(Reason::UnsubscribedAll))
                .exec(&tx)
                .await?;
        }
        None => {}
    }
    let choices = of(&tx, email).await?;
    tx.commit().await?;
    Ok(choices)
}

/// Ends the topic that a token names, for its reader. A topic that is gone is left already.
pub async fn unsubscribe(cx: Cx<'_>, ticket: &Ticket) -> Result<()> {
    let tx = cx.begin().await?;
    if topics::topics(&tx).await?.iter().any(|topic| topic.id == ticket.topic_id) {
        let choice = [(ticket.topic_id, false)];
        topics::choose_all(cx, &tx, &ticket.email_key, &choice).await?;
    }
    tx.commit().await?;
    Ok(())
}
