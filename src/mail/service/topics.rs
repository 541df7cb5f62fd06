use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        email_choice, email_topic,
        suppression::{self, Reason},
    },
    error::ErrorCode,
    mail::policy,
    sql,
};

/// The most topics that a community has.
const MOST: usize = 100;

/// Who of many addresses takes mail of which topics, read in two statements.
#[derive(Debug, Default)]
pub struct Wants {
    stopped: HashMap<String, Reason>,
    chosen: HashMap<(String, Uuid), bool>,
}

impl Wants {
    /// What is known of these addresses, in lower case, and topics.
    pub async fn read(
        db: &impl ConnectionTrait,
        emails: &[String],
        topics: &[Uuid],
    ) -> Result<Self> {
        let backend = db.get_database_backend();
        let mut wants = Self::default();
        let stopped = suppression::Entity::find().filter(sql::text_in(
            backend,
            suppression::Column::EmailKey,
            emails,
        ));
        for row in stopped.all(db).await? {
            wants.stopped.insert(row.email_key, row.reason);
        }
        if !topics.is_empty() {
            let chosen = email_choice::Entity::find()
                .filter(sql::text_in(backend, email_choice::Column::EmailKey, emails))
                .filter(sql::key_in(backend, email_choice::Column::TopicId, topics));
            for row in chosen.all(db).await? {
                wants.chosen.insert((row.email_key, row.topic_id), row.subscribed != 0);
            }
        }
        Ok(wants)
    }

    /// Whether an address takes mail of a topic, or mail without one. What somebody asked for themselves comes even
    /// to those who want nothing else; nothing goes to an address that is not there, or that staff have closed.
    pub fn takes(&self, email: &str, topic: Option<&email_topic::Model>) -> bool {
        match (self.stopped.get(email), topic) {
            (Some(Reason::UnsubscribedAll), None) | (None, None) => true,
            (Some(_), _) => false,
            (None, Some(topic)) => {
                let chosen = self.chosen.get(&(email.to_owned(), topic.id)).copied();
                chosen.unwrap_or(topic.default_on != 0)
            }
        }
    }
}

/// Which of these addresses take mail of which of these topics, all addresses in lower case: pairs of an address and
/// the key of a topic. Three statements, however many there are. A topic that there is none of is nobody's.
pub async fn subscribed(
    db: &impl ConnectionTrait,
    emails: &[String],
    topics: &[String],
) -> Result<HashSet<(String, String)>> {
    let backend = db.get_database_backend();
    let rows = email_topic::Entity::find();
    let rows = rows.filter(sql::text_in(backend, email_topic::Column::Key, topics)).all(db).await?;
    let keys: Vec<Uuid> = rows.iter().map(|topic| topic.id).collect();
    let wants = Wants::read(db, emails, &keys).await?;
    let pairs = emails.iter().flat_map(|email| rows.iter().map(move |topic| (email, topic)));
    let taken = pairs.filter(|(email, topic)| wants.takes(email, Some(topic)));
    Ok(taken.map(|(email, topic)| (email.clone(), topic.key.clone())).collect())
}

/// Writes down whether an address wants mail of a topic, by the topic's key. One that there is none of is a bug.
pub async fn choose(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    email: &str,
    topic: &str,
    on: bool,
) -> Result<()> {
    let found =
        email_topic::Entity::find().filter(email_topic::Column::Key.eq(topic)).one(tx).await?;
    let found = found.ok_or_else(|| Error::bug(format!("there is no topic {topic}")))?;
    choose_all(cx, tx, &email.to_lowercase(), &[(found.id, on)]).await
}

/// Writes down what an address wants, in lower case. A choice that stands already keeps its date.
pub(super) async fn choose_all(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    email: &str,
    choices: &[(Uuid, bool)],
) -> Result<()> {
    if choices.is_empty() {
        return Ok(());
    }
    let rows = choices.iter().map(|(topic, on)| email_choice::ActiveModel {
        email_key: Set(email.to_owned()),
        topic_id: Set(*topic),
        subscribed: Set(i32::from(*on)),
        chosen_at: Set(cx.now()),
    });
    let known = [email_choice::Column::EmailKey, email_choice::Column::TopicId];
    let differs = "\"email_choice\".\"subscribed\" <> \"excluded\".\"subscribed\"";
    let change = OnConflict::columns(known)
        .update_columns([email_choice::Column::Subscribed, email_choice::Column::ChosenAt])
        .action_and_where(sea_orm::sea_query::Expr::cust(differs))
        .to_owned();
    let insert = email_choice::Entity::insert_many(rows).on_conflict(change);
    insert.exec_without_returning(tx).await?;
    Ok(())
}

/// All topics, by their keys.
pub async fn topics(db: &impl ConnectionTrait) -> Result<Vec<email_topic::Model>> {
    Ok(email_topic::Entity::find().order_by_asc(email_topic::Column::Key).all(db).await?)
}

/// All topics, for staff.
pub async fn desk_topics(cx: Cx<'_>) -> Result<Vec<email_topic::Model>> {
    policy::read_outbox(cx.actor)?;
    topics(cx.db).await
}

/// A topic, as it is to be.
#[derive(Clone, Debug)]
pub struct NewTopic {
    /// What programs call it; it stays as it was made.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What comes under it.
    pub description: Option<String>,
    /// Whether whoever said nothing gets it.
    pub default_on: bool,
}

/// Makes a topic, or (`id`) changes one. The inner `None` is an id that names none.
pub async fn save_topic(
    cx: Cx<'_>,
    id: Option<Option<Uuid>>,
    new: NewTopic,
) -> Result<email_topic::Model> {
    policy::manage_words(cx.actor)?;
    let mut check = Check::new();
    let key = check.line(&["key"], &new.key, 2..=50);
    if !key.is_empty() && !is_key(&key) {
        let message = "use the letters a to z, digits and _, a letter first";
        check.problem(ErrorCode::Invalid, &["key"], message);
    }
    let name = check.line(&["name"], &new.name, 1..=100);
    let description = new.description.as_deref();
    let description = description.and_then(|text| check.optional_line(&["description"], text, 500));
    check.done().map_err(Error::outside_input)?;
    let tx = cx.begin().await?;
    let all = topics(&tx).await?;
    let fresh = |id, is_system| email_topic::Model {
        id,
        key: key.clone(),
        name,
        description,
        default_on: i32::from(new.default_on),
        is_system,
    };
    let row = match id {
        Some(id) => {
            let known = all.iter().find(|topic| Some(topic.id) == id);
            let known = known.ok_or_else(|| Error::not_found("topic"))?;
            if known.key != key {
                let message = "a topic keeps its key: programs know it by it";
                return Err(Error::refused(ErrorCode::StateNotAllowed, ["key"], message));
            }
            let row = fresh(known.id, known.is_system);
            let change: email_topic::ActiveModel = row.clone().into();
            email_topic::Entity::update(change.reset_all()).exec(&tx).await?;
            row
        }
        None => {
            if all.iter().any(|topic| topic.key == key) {
                let message = "there is a topic of this key";
                return Err(Error::refused(ErrorCode::Taken, ["key"], message));
            }
            if all.len() >= MOST {
                let message = format!("a community has at most {MOST} topics");
                return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
            }
            let row = fresh(cx.key(), 0);
            let insert: email_topic::ActiveModel = row.clone().into();
            if !sql::insert_new(&tx, insert.reset_all()).await? {
                let message = "there is a topic of this key";
                return Err(Error::refused(ErrorCode::Taken, ["key"], message));
            }
            row
        }
    };
    tx.commit().await?;
    Ok(row)
}

/// What programs call things: 2 to 50 of `a` to `z`, `0` to `9` and `_`, a letter first.
pub(super) fn is_key(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (2..=50).contains(&key.len())
        && key.bytes().all(plain)
        && key.starts_with(|c: char| c.is_ascii_lowercase())
}
