use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, DbBackend, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::policy::answered_by;
use crate::{
    Cx, Error, Result,
    contact::policy,
    entity::{
        form,
        submission::{self, Column, State},
        submission_label,
    },
    page::{Ask, By, Page, Place},
    sql, words,
};

/// The most labels that a filter names.
const MOST_LABELS: usize = 20;

/// Which submissions; all conditions hold, a list means any of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// In one of these states; when it is empty, in any but [`State::Spam`].
    pub states: Vec<State>,
    /// Seen to by this member.
    pub assignee: Option<Uuid>,
    /// With all of these words; the last may go on.
    pub text: Option<String>,
    /// Came at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Came before this moment.
    pub to: Option<DateTime<Utc>>,
    /// With any of these labels; without any when it is empty, all.
    pub labels: Vec<String>,
}

impl Filter {
    /// What it asks of rows; `None` when nothing can fit.
    pub fn condition(&self, backend: DbBackend) -> Result<Option<Condition>> {
        if self.labels.len() > MOST_LABELS {
            let message = format!("name at most {MOST_LABELS} labels");
            return Err(Error::BadRequest(message.into()));
        }
        let states = match self.states.as_slice() {
            [] => &[State::New, State::Open, State::Waiting, State::Done],
            states => states,
        };
        let mut all = Condition::all().add(Column::State.is_in(states.iter().copied()));
        if let Some(assignee) = self.assignee {
            all = all.add(Column::AssigneeId.eq(assignee));
        }
        if let Some(from) = self.from {
            all = all.add(Column::Id.gte(first_at(from)));
        }
        if let Some(to) = self.to {
            all = all.add(Column::Id.lt(first_at(to)));
        }
        if !self.labels.is_empty() {
            use submission_label::Column::{Name, SubmissionId};
            let labelled = submission_label::Entity::find().select_only().column(SubmissionId);
            let labelled = labelled.filter(Name.is_in(self.labels.iter().map(String::as_str)));
            all = all.add(Column::Id.in_subquery(labelled.into_query()));
        }
        let Some(text) = self.text.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(Some(all));
        };
        let Some(words) = words::asked(backend, text)? else { return Ok(None) };
        let found = match backend {
            // As the index says it.
            DbBackend::Postgres => format!(
                "{} @@ to_tsquery('simple', $1)",
                migration::message_search::words("\"submission\".\"search_text\"")
            ),
            _ => "\"submission\".\"id\" IN (SELECT r.submission_id FROM submission_search f \
                  JOIN submission_search_row r ON r.id = f.rowid WHERE submission_search MATCH $1)"
                .to_owned(),
        };
        Ok(Some(all.add(sql::custom(backend, &found, &[words.into()]))))
    }
}

/// The least key that can be made at a moment.
pub(super) fn first_at(at: DateTime<Utc>) -> Uuid {
    // A UUIDv7 begins with 48 bits of milliseconds since 1970.
    const LAST: u64 = (1 << 48) - 1;
    let ms = u64::try_from(at.timestamp_millis()).unwrap_or(0).min(LAST);
    Uuid::from_u128(u128::from(ms) << 80)
}

/// Submissions, the latest first.
pub fn by() -> By {
    By::newest(Column::Id)
}

/// The place of a submission among them.
pub fn place(row: &submission::Model) -> Place {
    Place::key(row.id)
}

/// A page of all that came in through any form that the actor answers for, the latest first.
pub async fn submissions(
    cx: Cx<'_>,
    filter: &Filter,
    ask: &Ask,
) -> Result<Page<submission::Model>> {
    policy::read(cx.actor)?;
    let Some(fits) = filter.condition(cx.backend())? else { return Ok(Page::empty()) };
    let rows = submission::Entity::find().filter(answered_by(cx.actor, Column::FormId));
    page(cx, rows.filter(fits), ask).await
}

/// A page of what the actor sent themselves while signed in, the latest first.
pub async fn sent(cx: Cx<'_>, ask: &Ask) -> Result<Page<submission::Model>> {
    let me = policy::read(cx.actor)?.id;
    page(cx, submission::Entity::find().filter(Column::SenderId.eq(me)), ask).await
}

async fn page(
    cx: Cx<'_>,
    rows: Select<submission::Entity>,
    ask: &Ask,
) -> Result<Page<submission::Model>> {
    let rows = by().cut(rows, ask.after.as_ref(), ask.limit())?;
    Ok(Page::new(sql::shaped(cx.db, rows).await?, ask, place))
}

/// The first forms, by title, in whose team the actor is.
pub async fn forms_of(cx: Cx<'_>) -> Result<Vec<form::Model>> {
    use form::Column::{Id, Title};
    let me = policy::read(cx.actor)?.id;
    let rows = form::Entity::find().filter(Id.in_subquery(super::policy::forms_of(me)));
    Ok(rows.order_by_asc(Title).order_by_asc(Id).limit(100).all(cx.db).await?)
}
