use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::write::lock;
use crate::{
    Cx, Error, Result,
    entity::{
        account,
        notification::{self, Column, Kind, Model},
        notification_actor as actor,
        profile::{self, Face},
    },
    error::{ErrorCode, Problem},
    members,
    notifications::policy,
    page::{Ask, By, Page, Place, Rank},
    sql,
    streams::{Events, NewEvent, Stream},
};

/// Unread notifications that are counted; more count as so many.
const COUNTED: i64 = 1_000;
/// Notifications that can be named at once.
const NAMED: usize = 100;
/// Those who caused a notification that are shown.
const ACTORS: u16 = 3;

/// On the stream of a member: they read notifications; holds [`Read`]. About the member.
pub const READ: &str = "notifications_read";

/// What [`READ`] holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Read {
    /// Which were read, if they were named.
    pub ids: Vec<Uuid>,
    /// The moment up to which all were read, if one was named.
    pub before: Option<DateTime<Utc>>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// These kinds alone; empty is all.
    pub kinds: Vec<Kind>,
    /// What was not read alone.
    pub unread_only: bool,
    /// What came since then.
    pub since: Option<DateTime<Utc>>,
}

/// A page of the actor's notifications, latest news first.
pub async fn mine(cx: Cx<'_>, filter: Filter, ask: &Ask) -> Result<Page<Model>> {
    let mut rows = own(cx)?;
    if !filter.kinds.is_empty() {
        rows = rows.filter(Column::Kind.is_in(filter.kinds));
    }
    if filter.unread_only {
        rows = rows.filter(Column::ReadAt.is_null());
    }
    if let Some(since) = filter.since {
        rows = rows.filter(Column::NewsAt.gte(since));
    }
    let by = By::dated(Column::NewsAt, Column::Id, sea_orm::sea_query::Order::Desc);
    by.page(cx.db, rows, ask, |row| Place {
        rank: Some(Rank::Moment(row.news_at.timestamp_millis())),
        id: row.id,
    })
    .await
}

fn own(cx: Cx<'_>) -> Result<Select<notification::Entity>> {
    let me = policy::read(cx.actor)?.id;
    Ok(notification::Entity::find().filter(Column::ProfileId.eq(me)))
}

/// The actor's notifications of these keys.
pub async fn by_id(cx: Cx<'_>, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(own(cx)?.filter(sql::key_in(cx.backend(), Column::Id, ids)).all(cx.db).await?)
}

/// How many notifications the actor has not read; 1,000 is as many or more.
pub async fn unread(cx: Cx<'_>) -> Result<i32> {
    let me = policy::read(cx.actor)?.id;
    // Counted, not kept: what a notification is about takes it along when it is deleted.
    let text = "SELECT COUNT(*) FROM (SELECT 1 FROM notification \
        WHERE profile_id = $1 AND read_at IS NULL LIMIT $2) AS n";
    let values = [me.into(), COUNTED.into()];
    let row = cx.db.query_one_raw(sql::statement(cx.backend(), text, values)).await?;
    let count: i64 = row.ok_or_else(|| Error::bug("a count has no row"))?.try_get_by_index(0)?;
    i32::try_from(count).map_err(Error::internal)
}

/// The languages of these members.
pub async fn locales(cx: Cx<'_>, people: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let rows = account::Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::Locale])
        .filter(sql::key_in(cx.backend(), account::Column::Id, people));
    Ok(rows.into_tuple().all(cx.db).await?)
}

/// The last three of those who caused each of these notifications and whom the actor may see, latest first.
pub async fn actors(cx: Cx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, Face)>> {
    use actor::Column::{ActedAt, ActorId, NotificationId};
    let by = By::dated(ActedAt, ActorId, sea_orm::sea_query::Order::Desc);
    let ask = Ask { first: ACTORS - 1, after: None };
    let of_each = sql::OfEach {
        rows: actor::Entity::find().filter(members::policy::not_blocked(cx.actor, ActorId)),
        parent: NotificationId,
        parents: ids,
        key: ActorId,
        by: &by,
        // One more is read than is asked for.
        ask: &ask,
    };
    let rows = of_each.with_one::<actor::Model, Face>(cx.db, ActorId, profile::Column::Id).await?;
    Ok(rows.into_iter().map(|(row, face)| (row.notification_id, face)).collect())
}

/// Which notifications to mark as read.
#[derive(Clone, Debug)]
pub enum Which {
    /// These; `None` is an id that names no notification.
    These(Vec<Option<Uuid>>),
    /// All that had no news after this moment.
    Before(DateTime<Utc>),
}

/// Marks notifications of the actor as read; answers those that were not yet, at most the latest 100 of them.
pub async fn mark_read(cx: Cx<'_>, which: Which) -> Result<Vec<Model>> {
    let me = policy::write(cx.actor)?.id;
    let fit = match &which {
        Which::These(ids) => {
            let ids = named(cx, me, ids).await?;
            Condition::all().add(sql::key_in(cx.backend(), Column::Id, &ids))
        }
        Which::Before(at) => Condition::all().add(Column::NewsAt.lte(*at)),
    };
    let tx = cx.begin().await?;
    lock(cx, &tx, [me]).await?;
    let fit = fit.add(Column::ProfileId.eq(me)).add(Column::ReadAt.is_null());
    let latest = notification::Entity::find().filter(fit.clone()).order_by_desc(Column::NewsAt);
    let mut rows = latest.order_by_desc(Column::Id).limit(100).all(&tx).await?;
    if rows.is_empty() {
        tx.rollback().await?;
        return Ok(rows);
    }
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(cx.now()))
        .filter(fit)
        .exec(&tx)
        .await?;
    rows.iter_mut().for_each(|row| row.read_at = Some(cx.now()));
    let read = match which {
        Which::These(_) => Read { ids: rows.iter().map(|row| row.id).collect(), before: None },
        Which::Before(at) => Read { ids: Vec::new(), before: Some(at) },
    };
    let mut events = Events::new();
    let event = NewEvent::new(READ, me).with(&read)?;
    events.append(cx, &tx, Stream::viewer(me), event).await?;
    events.commit(cx, tx).await?;
    Ok(rows)
}

/// The keys, if all are of notifications of the actor.
async fn named(cx: Cx<'_>, me: Uuid, ids: &[Option<Uuid>]) -> Result<Vec<Uuid>> {
    if ids.len() > NAMED {
        return Err(Error::BadRequest(format!("name at most {NAMED} notifications").into()));
    }
    let keys: Vec<Uuid> = ids.iter().copied().flatten().collect();
    let rows = notification::Entity::find().select_only().column(Column::Id);
    let rows = rows.filter(Column::ProfileId.eq(me));
    let rows = rows.filter(sql::key_in(cx.backend(), Column::Id, &keys));
    let known: Vec<Uuid> = rows.into_tuple().all(cx.db).await?;
    let missing = ids.iter().enumerate().filter(|(_, id)| id.is_none_or(|id| !known.contains(&id)));
    let problem = |(at, _): (usize, _)| {
        let path = ["ids".to_owned(), at.to_string()];
        Problem::at(ErrorCode::NotFound, path, "there is no such notification of yours")
    };
    let problems: Vec<Problem> = missing.map(problem).collect();
    if problems.is_empty() { Ok(keys) } else { Err(Error::Refused(problems)) }
}
