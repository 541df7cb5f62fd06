//! The outbox, as staff see and steer it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, Func, LikeExpr},
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    check::limit,
    entity::{
        email::{self, Column, Priority, State},
        work_item,
    },
    error::{ErrorCode, Problem},
    mail::{policy, work},
    page::{self, By, Page, Place},
    queue::{self, NewItem},
    sql,
};

/// Mails that are stopped or tried again at once.
const MOST: usize = 100;

/// Which mails to list: all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these states.
    pub states: Option<Vec<State>>,
    /// What the address begins with, without regard to case.
    pub to: Option<String>,
    /// The key of the template.
    pub template: Option<String>,
    /// One of its tags.
    pub tag: Option<String>,
    /// Found in the subject, without regard to case.
    pub text: Option<String>,
    /// Written then or later.
    pub from: Option<DateTime<Utc>>,
    /// Written before then.
    pub until: Option<DateTime<Utc>>,
}

/// A page of the outbox, latest first. Text and tags have no index: they are looked for among the mails that fit all
/// else, from the latest on.
pub async fn emails(cx: Cx<'_>, filter: Filter, ask: &page::Ask) -> Result<Page<email::Model>> {
    policy::read_outbox(cx.actor)?;
    let mut rows = email::Entity::find();
    if let Some(states) = filter.states {
        rows = rows.filter(Column::State.is_in(states));
    }
    if let Some(prefix) = &filter.to {
        rows = rows.filter(begins(Column::ToKey, prefix, "to")?);
    }
    if let Some(template) = filter.template {
        rows = rows.filter(Column::TemplateKey.eq(plain(&template, "template")?));
    }
    if let Some(tag) = &filter.tag {
        // As a JSON list has it: in quotes.
        let quoted = serde_json::to_string(plain(tag, "tag")?).map_err(Error::internal)?;
        rows = rows.filter(Column::Tags.like(holding(&quoted)));
    }
    if let Some(text) = &filter.text {
        let subject = Expr::expr(Func::lower(Expr::col((email::Entity, Column::Subject))));
        rows = rows.filter(subject.like(holding(&plain(text, "text")?.to_lowercase())));
    }
    // A key says when its row was written.
    if let Some(from) = filter.from {
        rows = rows.filter(Column::Id.gte(first_key(from)));
    }
    if let Some(until) = filter.until {
        rows = rows.filter(Column::Id.lt(first_key(until)));
    }
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

/// The least key that can be made at a moment.
fn first_key(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis().clamp(0, (1 << 48) - 1)).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// Whether a column of lower-case text begins with `prefix`: as an index can find it.
pub(super) fn begins(
    column: impl ColumnTrait,
    prefix: &str,
    what: &'static str,
) -> Result<Condition> {
    let prefix = plain(prefix, what)?.trim().to_lowercase();
    // Both databases order these columns by their bytes, and no character comes after this one.
    let end = format!("{prefix}\u{10ffff}");
    Ok(Condition::all().add(column.gte(prefix)).add(column.lt(end)))
}

fn plain<'a>(text: &'a str, what: &'static str) -> Result<&'a str> {
    if text.chars().count() > 300 || text.contains('\0') {
        return Err(Error::BadRequest(format!("`{what}` is at most 300 characters").into()));
    }
    Ok(text)
}

fn holding(text: &str) -> LikeExpr {
    let plain = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    LikeExpr::new(format!("%{plain}%")).escape('\\')
}

/// Stops mails that were not sent yet, all or none.
pub async fn cancel(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<Vec<email::Model>> {
    policy::send(cx.actor)?;
    let tx = cx.begin().await?;
    let why = "it is sent, on its way, or stopped already";
    let mut mails = all(cx, &tx, ids, (policy::is_stoppable, why)).await?;
    change(cx, &tx, &mails, email::ActiveModel { state: Set(State::Cancelled), ..none() }).await?;
    tx.commit().await?;
    mails.iter_mut().for_each(|mail| mail.state = State::Cancelled);
    Ok(mails)
}

/// Has mails tried now that failed, or wait for another try; all or none. They are the same mails, with the same
/// Message-ID.
pub async fn retry(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<Vec<email::Model>> {
    policy::send(cx.actor)?;
    let now = cx.now();
    let tx = cx.begin().await?;
    let why = "only what failed, or waits for another try, can be tried again";
    let mut mails = all(cx, &tx, ids, (policy::is_worth_a_try, why)).await?;
    let again = email::ActiveModel { state: Set(State::Queued), run_at: Set(now), ..none() };
    change(cx, &tx, &mails, again).await?;
    for mail in &mut mails {
        (mail.state, mail.run_at) = (State::Queued, now);
        enqueue(cx, &tx, mail, now).await?;
    }
    tx.commit().await?;
    Ok(mails)
}

/// Asks for a mail to be sent at `at`, in place of another time that was asked for after it was put off.
pub(super) async fn enqueue(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    mail: &email::Model,
    at: DateTime<Utc>,
) -> Result<()> {
    let name = format!("mail {}", mail.id);
    work_item::Entity::delete_many()
        .filter(work_item::Column::Dedupe.eq(&name))
        .filter(work_item::Column::State.eq(work_item::State::Queued))
        .exec(tx)
        .await?;
    let kind = match mail.priority {
        Priority::Transactional => &work::SEND,
        Priority::Normal | Priority::Bulk => &work::SEND_BULK,
    };
    queue::add(cx, tx, NewItem::new(kind, &mail.id)?.at(at).once(name)).await?;
    Ok(())
}

fn none() -> email::ActiveModel {
    email::ActiveModel::default()
}

async fn change(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    mails: &[email::Model],
    change: email::ActiveModel,
) -> Result<()> {
    let keys: Vec<Uuid> = mails.iter().map(|mail| mail.id).collect();
    let rows = email::Entity::update_many().set(change);
    rows.filter(sql::key_in(cx.backend(), Column::Id, &keys)).exec(tx).await?;
    Ok(())
}

/// These mails, locked, in the order in which they were named, if there are all of them and `fits` all.
async fn all(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    ids: &[Option<Uuid>],
    (fits, why): (fn(State) -> bool, &'static str),
) -> Result<Vec<email::Model>> {
    if ids.len() > MOST {
        let message = format!("name at most {MOST} mails");
        let problem = Problem::at(ErrorCode::TooLong, ["ids"], message);
        return Err(problem.with(limit(&(0..=MOST), ids.len())).into());
    }
    let keys: Vec<Uuid> = ids.iter().flatten().copied().collect();
    let rows = email::Entity::find()
        .filter(sql::key_in(cx.backend(), Column::Id, &keys))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let mut problems = Vec::new();
    let mut found: Vec<email::Model> = Vec::with_capacity(rows.len());
    for (at, id) in ids.iter().enumerate() {
        let row = rows.iter().find(|row| Some(row.id) == *id);
        let (code, message) = match row {
            None => (ErrorCode::NotFound, "there is no such mail"),
            Some(row) if !fits(row.state) => (ErrorCode::StateNotAllowed, why),
            Some(row) => {
                if !found.iter().any(|other| other.id == row.id) {
                    found.push(row.clone());
                }
                continue;
            }
        };
        let path = [Cow::Borrowed("ids"), Cow::Owned(at.to_string())];
        problems.push(Problem::at(code, path, message));
    }
    if problems.is_empty() { Ok(found) } else { Err(Error::Refused(problems)) }
}
