//! Writing notifications, for many people in as many statements as for one. Whoever changes those of a member holds
//! the row of their box first, in the order of the keys.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait as _,
};
use uuid::Uuid;

use super::{
    Subject, audience, mailed,
    news::{self, News, Told},
};
use crate::{
    Cx, Result,
    clock::made_at,
    cx::Hand,
    entity::{
        notification::{self, Column, Kind},
        notification_actor,
    },
    notice::Notice,
    queue::{Job, Outcome},
    sql,
    streams::Events,
};

/// People told in one transaction.
const CHUNK: usize = 500;

/// On the stream of a member: a notification came, or gathered somebody more. About the notification.
pub const ADDED: &str = "notification_added";

/// Tells a notice to those whom it concerns. To tell it again changes nothing.
pub async fn tell(job: Job) -> Result<Outcome> {
    let hand = Hand::of_server(&job.app);
    let cx = hand.cx(&job.app);
    let notice = job.payload::<Notice>()?;
    for news in news::of(cx, notice, made_at(job.item.id)).await? {
        // The strongest kinds come first, so that nobody is told again further behind.
        let mut told: BTreeMap<Uuid, Vec<Told>> = BTreeMap::new();
        for one in &news.told {
            told.entry(one.who).or_default().push(*one);
        }
        let people: Vec<Vec<Told>> = told.into_values().collect();
        for chunk in people.chunks(CHUNK) {
            let hear = audience::hear(cx, &news, &chunk.concat()).await?;
            if !hear.is_empty() {
                write(cx, &news, &hear).await?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// Locks the boxes of these members, in the order of their keys, from here to the commit.
pub(super) async fn lock(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<()> {
    let people: Vec<Uuid> = people.into_iter().collect();
    let backend = cx.backend();
    let from = match backend {
        DbBackend::Postgres => {
            "SELECT k FROM (SELECT DISTINCT unnest($1::uuid[]) AS k) AS k ORDER BY k"
        }
        _ => "SELECT DISTINCT unhex(value) FROM json_each($1) WHERE TRUE ORDER BY 1",
    };
    let text = format!(
        "INSERT INTO notification_box (profile_id) {from} \
         ON CONFLICT (profile_id) DO UPDATE SET profile_id = notification_box.profile_id"
    );
    tx.execute_raw(sql::statement(backend, text, [sql::keys(backend, &people)])).await?;
    Ok(())
}

/// What became of one who is told.
struct Written {
    who: Uuid,
    id: Uuid,
    /// Whether the notification was there, and whether the actor stood in it.
    joins: Option<bool>,
}

async fn write(cx: Cx<'_>, news: &News, hear: &[Told]) -> Result<()> {
    let tx = cx.begin().await?;
    lock(cx, &tx, hear.iter().map(|told| told.who)).await?;
    let mut alike: HashMap<(Kind, Subject), Vec<Uuid>> = HashMap::new();
    for told in hear {
        alike.entry((told.kind, told.subject)).or_default().push(told.who);
    }
    let mut all = Vec::with_capacity(hear.len());
    for ((kind, subject), people) in alike {
        let written = gather(cx, &tx, news, (kind, subject), &people).await?;
        insert(cx, &tx, news, (kind, subject), &written).await?;
        mailed::ask(
            cx,
            &tx,
            kind,
            &written.iter().map(|one| (one.who, one.id)).collect::<Vec<_>>(),
        )
        .await?;
        all.extend(written);
    }
    join(cx, &tx, news, &all).await?;
    let mut events = Events::new();
    let about: Vec<(Uuid, Uuid)> = all.iter().map(|one| (one.who, one.id)).collect();
    events.append_to_viewers(cx, &tx, ADDED, &about).await?;
    events.commit(cx, tx).await
}

/// Finds for each of these people the notification that the news joins, or a new one; leaves out those who know.
async fn gather(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    news: &News,
    (kind, subject): (Kind, Subject),
    people: &[Uuid],
) -> Result<Vec<Written>> {
    let backend = cx.backend();
    let column = sea_orm::IdenStatic::as_str(&subject.column());
    let text = format!(
        "SELECT n.id, n.profile_id, n.read_at, COALESCE(a.acted_at, CASE WHEN $3 = $6 THEN n.news_at END) \
         FROM notification n \
         LEFT JOIN notification_actor a ON a.notification_id = n.id AND a.actor_id = $3 \
         WHERE n.kind = $1 AND n.{column} = $2 AND {} AND (n.read_at IS NULL OR a.acted_at >= $4 \
         OR ($3 = $6 AND n.news_at >= $4)) ORDER BY n.id",
        sql::among(backend, "n.profile_id", 5)
    );
    let kind: sea_orm::Value = sea_orm::ActiveEnum::into_value(kind).into();
    let values = [
        kind,
        subject.key().into(),
        news.actor.unwrap_or_default().into(),
        news.at.into(),
        sql::keys(backend, people),
        Uuid::nil().into(),
    ];
    let rows = tx.query_all_raw(sql::statement(backend, text, values)).await?;
    let day_ago = cx.now() - TimeDelta::days(1);
    let mut open: HashMap<Uuid, (Uuid, bool)> = HashMap::new();
    let mut know: Vec<Uuid> = Vec::new();
    for row in rows {
        let (id, who): (Uuid, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let read_at: Option<DateTime<Utc>> = row.try_get_by_index(2)?;
        let acted_at: Option<DateTime<Utc>> = row.try_get_by_index(3)?;
        if acted_at.is_some_and(|at| at >= news.at) {
            know.push(who);
        } else if read_at.is_none() && made_at(id) > day_ago {
            open.insert(who, (id, acted_at.is_some()));
        }
    }
    let people = people.iter().filter(|who| !know.contains(who));
    let written = people.map(|who| match open.get(who) {
        Some((id, stood)) => Written { who: *who, id: *id, joins: Some(*stood) },
        None => Written { who: *who, id: cx.key(), joins: None },
    });
    Ok(written.collect())
}

/// Writes those that are new.
async fn insert(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    news: &News,
    (kind, subject): (Kind, Subject),
    written: &[Written],
) -> Result<()> {
    let only = |column: Column| Set(subject.at(column));
    let new = written.iter().filter(|one| one.joins.is_none());
    let rows = new.map(|one| notification::ActiveModel {
        id: Set(one.id),
        profile_id: Set(one.who),
        kind: Set(kind),
        post_id: only(Column::PostId),
        comment_id: only(Column::CommentId),
        message_id: only(Column::MessageId),
        conversation_id: only(Column::ConversationId),
        member_id: only(Column::MemberId),
        portfolio_item_id: only(Column::PortfolioItemId),
        submission_id: only(Column::SubmissionId),
        task_id: only(Column::TaskId),
        application_id: only(Column::ApplicationId),
        excerpt: Set(news.excerpt.clone()),
        news_at: Set(cx.now()),
        read_at: Set(None),
        mailed_at: Set(None),
        actor_count: Set(i32::from(news.actor.is_some())),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        notification::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Notes who caused them, and moves those that were there to the top.
async fn join(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    news: &News,
    written: &[Written],
) -> Result<()> {
    if let Some(actor) = news.actor.filter(|_| !written.is_empty()) {
        let rows = written.iter().map(|one| notification_actor::ActiveModel {
            notification_id: Set(one.id),
            actor_id: Set(actor),
            acted_at: Set(news.at),
        });
        use notification_actor::Column::{ActedAt, ActorId, NotificationId};
        let mut again = sea_orm::sea_query::OnConflict::columns([NotificationId, ActorId]);
        again.update_column(ActedAt);
        let rows = notification_actor::Entity::insert_many(rows).on_conflict(again);
        rows.exec_without_returning(tx).await?;
    }
    let keys = |which: &dyn Fn(&Written) -> bool| -> Vec<Uuid> {
        written.iter().filter(|one| which(one)).map(|one| one.id).collect()
    };
    let joined = keys(&|one| one.joins.is_some());
    if joined.is_empty() {
        return Ok(());
    }
    let backend = cx.backend();
    let text = format!(
        "UPDATE notification SET news_at = $1, excerpt = $2, \
         actor_count = actor_count + CASE WHEN {} THEN 1 ELSE 0 END WHERE {}",
        sql::among(backend, "id", 3),
        sql::among(backend, "id", 4)
    );
    let values = [
        cx.now().into(),
        news.excerpt.clone().into(),
        sql::keys(backend, &keys(&|one| one.joins == Some(false))),
        sql::keys(backend, &joined),
    ];
    tx.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}
