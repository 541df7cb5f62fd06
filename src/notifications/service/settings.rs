use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, Iterable as _,
    QueryFilter as _, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        account, email_choice, email_topic,
        notification::Kind,
        notification_setting::{self as setting, Column},
    },
    error::{ErrorCode, Problem},
    notifications::policy,
    sql,
};

/// The topic of mail that a kind of news comes under; the two of contact forms share one.
pub const TOPICS: &[(Kind, &str)] = &[
    (Kind::Mention, "mention"),
    (Kind::Reply, "reply"),
    (Kind::Comment, "comment"),
    (Kind::Reaction, "reaction"),
    (Kind::Follow, "follow"),
    (Kind::Message, "message"),
    (Kind::Endorsement, "endorsement"),
    (Kind::Collaboration, "collaboration"),
    (Kind::SubmissionReceived, "submission"),
    (Kind::SubmissionReply, "submission"),
    (Kind::TaskAssigned, "task_assigned"),
    (Kind::TaskDue, "task_due"),
    (Kind::ApplicationReceived, "application"),
    (Kind::ApplicationUpdated, "application"),
];

pub(super) fn topic(kind: Kind) -> Result<&'static str> {
    let found = TOPICS.iter().find(|(known, _)| *known == kind).map(|(_, topic)| *topic);
    found.ok_or_else(|| Error::bug("a kind of news has no topic"))
}

/// How somebody hears of one kind of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Of what kind.
    pub kind: Kind,
    /// Whether it comes into the inbox.
    pub in_app: bool,
    /// Whether a mail tells of it.
    pub email: bool,
}

/// What to change for one kind: `None` stays.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Of what kind.
    pub kind: Kind,
    /// Whether it comes into the inbox.
    pub in_app: Option<bool>,
    /// Whether a mail tells of it.
    pub email: Option<bool>,
}

/// All settings of these accounts, which were shown: two statements, however many they are.
pub async fn settings(cx: Cx<'_>, accounts: &[Uuid]) -> Result<HashMap<Uuid, Vec<Setting>>> {
    let backend = cx.backend();
    let rows = setting::Entity::find().filter(sql::key_in(backend, Column::ProfileId, accounts));
    let set: HashMap<(Uuid, Kind), bool> = rows
        .all(cx.db)
        .await?
        .into_iter()
        .map(|row| ((row.profile_id, row.kind), row.in_app != 0))
        .collect();
    let text = format!(
        "SELECT a.id, t.key, COALESCE(c.subscribed, t.default_on) FROM account a \
         JOIN email_topic t ON t.is_system = 1 \
         LEFT JOIN email_choice c ON c.email_key = a.email_key AND c.topic_id = t.id WHERE {}",
        sql::among(backend, "a.id", 1)
    );
    let statement = sql::statement(backend, text, [sql::keys(backend, accounts)]);
    let mut mailed: HashMap<(Uuid, String), bool> = HashMap::new();
    for row in cx.db.query_all_raw(statement).await? {
        let on: i32 = row.try_get_by_index(2)?;
        mailed.insert((row.try_get_by_index(0)?, row.try_get_by_index(1)?), on != 0);
    }
    let of = |account: Uuid| -> Result<(Uuid, Vec<Setting>)> {
        let one = |kind: Kind| {
            let email = mailed.get(&(account, topic(kind)?.to_owned())).copied();
            let in_app = set.get(&(account, kind)).copied().unwrap_or(true);
            Ok(Setting { kind, in_app, email: email.unwrap_or_default() })
        };
        Ok((account, Kind::iter().map(one).collect::<Result<_>>()?))
    };
    accounts.iter().map(|account| of(*account)).collect()
}

/// Changes what the actor hears of, and how. Answers their account.
pub async fn set(cx: Cx<'_>, changes: &[Change]) -> Result<account::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut problems = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let problem = |code, below: &str, message: &str| {
            Problem::at(code, ["settings".to_owned(), at.to_string(), below.to_owned()], message)
        };
        if policy::is_locked(change.kind) && change.in_app == Some(false) {
            let message = "you are always asked before you are credited";
            problems.push(problem(ErrorCode::StateNotAllowed, "inApp", message));
        }
        if changes.iter().take(at).any(|other| other.kind == change.kind) {
            problems.push(problem(ErrorCode::Duplicate, "kind", "this kind is named twice"));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let tx = cx.begin().await?;
    let account = account::Entity::find_by_id(me).one(&tx).await?;
    let account = account.ok_or_else(|| Error::bug("a member has no account"))?;
    let rows = changes.iter().filter_map(|change| {
        let in_app = change.in_app?;
        let (profile_id, kind) = (Set(me), Set(change.kind));
        Some(setting::ActiveModel { profile_id, kind, in_app: Set(i32::from(in_app)) })
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        let mut again = OnConflict::columns([Column::ProfileId, Column::Kind]);
        again.update_column(Column::InApp);
        setting::Entity::insert_many(rows).on_conflict(again).exec_without_returning(&tx).await?;
    }
    choose(cx, &tx, &account.email_key, changes).await?;
    tx.commit().await?;
    Ok(account)
}

/// Notes which topics an address takes mail of.
async fn choose(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    email_key: &str,
    changes: &[Change],
) -> Result<()> {
    let mut wanted: HashMap<&'static str, bool> = HashMap::new();
    for change in changes {
        if let Some(on) = change.email {
            wanted.insert(topic(change.kind)?, on);
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let keys = email_topic::Column::Key.is_in(wanted.keys().copied());
    let topics = email_topic::Entity::find().filter(keys).all(tx).await?;
    let rows = topics.into_iter().map(|topic| email_choice::ActiveModel {
        email_key: Set(email_key.to_owned()),
        subscribed: Set(i32::from(wanted.get(&*topic.key).copied().unwrap_or_default())),
        topic_id: Set(topic.id),
        chosen_at: Set(cx.now()),
    });
    use email_choice::Column::{ChosenAt, EmailKey, Subscribed, TopicId};
    let mut again = OnConflict::columns([EmailKey, TopicId]);
    again.update_columns([Subscribed, ChosenAt]);
    let rows = email_choice::Entity::insert_many(rows).on_conflict(again);
    rows.exec_without_returning(tx).await?;
    Ok(())
}
