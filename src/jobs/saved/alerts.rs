//! Mails that tell of new postings: each search names each posting once at most.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{kept, search};
use crate::{
    Cx, Result,
    app::App,
    cx::Hand,
    entity::{
        account::Role,
        email::Priority,
        job, organization,
        saved_search::{self, Alert},
    },
    jobs::find::{self, Filter, Fits},
    mail::service::{NewMail, To, put_many},
    queue::{self, Backoff, Job, Kind, NewItem, Outcome, Queue},
    sql, typeid,
};

/// Tells those who want to hear of a posting at once; holds its key.
pub static PUBLISHED: Kind = Kind {
    name: "jobs.published",
    queue: Queue::News,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(600),
};

/// Tells those who want to hear once a day, or once a week, when it is time.
pub static DIGEST: Kind = Kind {
    name: "jobs.digest",
    queue: Queue::News,
    tries: 8,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(1800),
};

/// Searches that one statement matches.
const AT_ONCE: u64 = 50;
/// Postings that one mail names.
const MOST_NAMED: u64 = 10;
/// The hour at which is told, UTC.
const HOUR: i64 = 7;

/// Asks, in the transaction in which a posting is first open, to tell those who want to hear at once.
pub async fn published(cx: Cx<'_>, tx: &impl ConnectionTrait, job: Uuid) -> Result<()> {
    queue::add(cx, tx, NewItem::new(&PUBLISHED, &job)?).await?;
    Ok(())
}

/// Tells of one posting.
pub async fn told(job: Job) -> Result<Outcome> {
    let id: Uuid = job.payload()?;
    tell(&job.app, Alert::Instant, Condition::all().add(job::Column::Id.eq(id))).await?;
    Ok(Outcome::Done)
}

/// The last moment up to now at which is told.
fn moment(now: DateTime<Utc>, alert: Alert) -> DateTime<Utc> {
    let day = (now - TimeDelta::hours(HOUR)).date_naive();
    let back = match alert {
        Alert::Weekly => day.weekday().num_days_from_monday(),
        _ => 0,
    };
    let day = day - TimeDelta::days(back.into());
    day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(HOUR)
}

/// Tells of what is new since the last time, if it is time and was not done yet.
pub async fn is_due(job: Job) -> Result<Outcome> {
    let app = &*job.app;
    for (alert, name) in [(Alert::Daily, "jobs.daily"), (Alert::Weekly, "jobs.weekly")] {
        let at = moment(app.clock.now(), alert);
        let backend = app.db.backend();
        let values = [name.into(), at.into()];
        let done = "SELECT 1 FROM timer WHERE name = $1 AND fired_at >= $2";
        let done = sql::statement(backend, done, values.clone());
        if app.db.fresh().query_one_raw(done).await?.is_some() {
            continue;
        }
        tell(app, alert, Condition::all()).await?;
        // Only now: who is cut off before tells the rest the next time, and nothing twice.
        let mark = "INSERT INTO timer (name, fired_at) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET fired_at = $2 WHERE timer.fired_at < $2";
        app.db.write.execute_raw(sql::statement(backend, mark, values)).await?;
    }
    Ok(Outcome::Done)
}

/// A search whose owner takes its mails.
struct Listener {
    search: Uuid,
    name: String,
    filter: Filter,
    looked_at: DateTime<Utc>,
    to: To,
    member: Uuid,
    role: Role,
}

/// Tells the owners of all searches of a kind of what is new to them and open, of postings of which `of` holds.
async fn tell(app: &App, alert: Alert, of: Condition) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let mut after = Uuid::nil();
    loop {
        let tx = cx.begin().await?;
        let (last, listeners) = listeners(cx, &tx, alert, after).await?;
        let Some(last) = last else { return Ok(tx.rollback().await?) };
        let found = fitting(cx, &tx, &listeners, &of).await?;
        let mails = named(cx, &tx, &listeners, found).await?;
        put_many(cx, &tx, mails).await?;
        tx.commit().await?;
        after = last;
    }
}

/// The next searches of a kind, and the key of the last of them; those that can't be read are passed over.
async fn listeners(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    alert: Alert,
    after: Uuid,
) -> Result<(Option<Uuid>, Vec<Listener>)> {
    let text = "SELECT s.id, s.name, s.filter, s.looked_at, a.id, a.role, a.email, a.locale, p.name \
        FROM saved_search s JOIN account a ON a.id = s.profile_id JOIN profile p ON p.id = a.id \
        JOIN email_topic t ON t.key = 'job_alert' \
        LEFT JOIN email_choice c ON c.email_key = a.email_key AND c.topic_id = t.id \
        WHERE s.alert = $1 AND s.id > $2 AND a.state = 'active' AND a.email_verified_at IS NOT NULL \
        AND COALESCE(c.subscribed, t.default_on) = 1 ORDER BY s.id LIMIT $3";
    let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let values = [alert.into(), after.into(), limit.into()];
    let mut last = None;
    let mut listeners = Vec::new();
    for row in tx.query_all_raw(sql::statement(cx.backend(), text, values)).await? {
        let search = row.try_get_by_index(0)?;
        last = Some(search);
        let filter: String = row.try_get_by_index(2)?;
        let Some(filter) = kept::read(&filter) else { continue };
        let member = row.try_get_by_index(4)?;
        let to = To {
            email: row.try_get_by_index(6)?,
            name: Some(row.try_get_by_index(8)?),
            profile: Some(member),
            locale: row.try_get_by_index(7)?,
        };
        let (name, looked_at) = (row.try_get_by_index(1)?, row.try_get_by_index(3)?);
        let role = row.try_get_by_index(5)?;
        listeners.push(Listener { search, name, filter, looked_at, to, member, role });
    }
    Ok((last, listeners))
}

/// What is new to each: open, published since its owner looked, and never named.
async fn fitting(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    listeners: &[Listener],
    of: &Condition,
) -> Result<Vec<(Uuid, Arc<job::Model>)>> {
    let fits = |one: &Listener| {
        let eyes = Hand::reading(cx.app, one.member, one.role);
        let text = "NOT EXISTS (SELECT 1 FROM saved_search_job n \
            WHERE n.saved_search_id = $1 AND n.job_id = \"job\".\"id\")";
        let and = search::since(one.looked_at)
            .add(job::Column::State.eq(job::State::Open))
            .add(sql::custom(cx.backend(), text, &[one.search.into()]))
            .add(of.clone());
        Fits {
            search: one.search,
            filter: one.filter.clone(),
            and,
            after: None,
            limit: MOST_NAMED + 1,
            actor: *eyes.cx(cx.app).actor,
        }
    };
    let searches: Vec<Fits> = listeners.iter().map(fits).collect();
    find::fits(cx, tx, &searches).await
}

/// Notes what is named, and writes the mails that name it.
async fn named(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    listeners: &[Listener],
    found: Vec<(Uuid, Arc<job::Model>)>,
) -> Result<Vec<NewMail>> {
    let mut of_each: HashMap<Uuid, Vec<Arc<job::Model>>> = HashMap::new();
    for (search, row) in found {
        of_each.entry(search).or_default().push(row);
    }
    let most = usize::try_from(MOST_NAMED).unwrap_or(usize::MAX);
    let named = of_each
        .iter()
        .flat_map(|(search, rows)| rows.iter().take(most).map(|row| (*search, row.id)));
    let fresh = note(cx, tx, named.collect()).await?;
    let organizations = organizations(cx, tx, &of_each).await?;
    let url = cx.app.config.public_url();
    let mut mails = Vec::new();
    let mut sent = Vec::new();
    for one in listeners {
        let rows = of_each.remove(&one.search).unwrap_or_default();
        let fresh: Vec<_> =
            rows.iter().filter(|row| fresh.contains(&(one.search, row.id))).collect();
        if fresh.is_empty() {
            continue;
        }
        let job = |row: &&Arc<job::Model>| {
            let link = format!("{url}/jobs/{}", typeid::encode("job", row.id));
            let name = organizations.get(&row.organization_id);
            json!({ "title": row.title, "organization": name, "link": link })
        };
        let variables = json!({
            "search": one.name,
            "jobs": fresh.iter().map(job).collect::<Vec<_>>(),
            "more": rows.len() > most,
            "link": format!("{url}/jobs/searches/{}", typeid::encode("job_search", one.search)),
        });
        let mail = NewMail::of(one.to.clone(), "job_alert", variables);
        mails.push(NewMail { topic: Some("job_alert".into()), priority: Priority::Normal, ..mail });
        sent.push(one.search);
    }
    if !sent.is_empty() {
        let these = sql::key_in(cx.backend(), saved_search::Column::Id, &sent);
        saved_search::Entity::update_many()
            .col_expr(saved_search::Column::SentAt, Expr::value(cx.now()))
            .filter(these)
            .exec(tx)
            .await?;
    }
    Ok(mails)
}

/// Notes what is named; answers what was not named before. Of several that come here, one is first.
async fn note(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    mut named: Vec<(Uuid, Uuid)>,
) -> Result<HashSet<(Uuid, Uuid)>> {
    let mut fresh = HashSet::new();
    if named.is_empty() {
        return Ok(fresh);
    }
    // In one order, so that two never wait for each other.
    named.sort_unstable();
    let places = |at: usize| format!("(${}, ${})", at * 2 + 1, at * 2 + 2);
    let places: Vec<String> = (0..named.len()).map(places).collect();
    let text = format!(
        "INSERT INTO saved_search_job (saved_search_id, job_id) VALUES {} \
         ON CONFLICT (saved_search_id, job_id) DO NOTHING RETURNING saved_search_id, job_id",
        places.join(", ")
    );
    let values = named.into_iter().flat_map(|(search, job)| [search.into(), job.into()]);
    for row in tx.query_all_raw(sql::statement(cx.backend(), text, values)).await? {
        fresh.insert((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    }
    Ok(fresh)
}

/// What those who hire are called.
async fn organizations(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    of_each: &HashMap<Uuid, Vec<Arc<job::Model>>>,
) -> Result<HashMap<Uuid, String>> {
    use organization::Column::{Id, Name};
    let mut ids: Vec<Uuid> = of_each.values().flatten().map(|row| row.organization_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = organization::Entity::find()
        .select_only()
        .columns([Id, Name])
        .filter(sql::key_in(cx.backend(), Id, &ids))
        .order_by_asc(Id);
    Ok(rows.into_tuple::<(Uuid, String)>().all(tx).await?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_at_seven_and_on_mondays() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let monday = at("2026-05-04T07:00:00Z");
        for (now, day, week) in [
            ("2026-05-04T07:00:00Z", monday, monday),
            ("2026-05-04T06:59:59Z", monday - TimeDelta::days(1), monday - TimeDelta::days(7)),
            ("2026-05-10T23:00:00Z", at("2026-05-10T07:00:00Z"), monday),
        ] {
            assert_eq!(moment(at(now), Alert::Daily), day, "{now}");
            assert_eq!(moment(at(now), Alert::Weekly), week, "{now}");
        }
    }
}
