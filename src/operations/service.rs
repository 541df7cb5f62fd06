use std::collections::HashSet;

use chrono::TimeDelta;
use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult as _,
    Iterable as _, QueryFilter as _, Value, sea_query::Expr,
};
use uuid::Uuid;

use super::policy;
use crate::{
    Cx, Error, Result,
    app::App,
    entity::work_item::{self, Column, State},
    error::{ErrorCode, Problem},
    page::{Ask, Page, Place},
    queue::Queue,
    sql,
};

/// Works that one call names, at most.
const NAMED: usize = 100;
/// Works of a state that are counted, at most.
const COUNTED: i32 = 1_000;
/// For how long work that failed or was given up is kept.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Rows that are deleted at once.
const DELETED: i64 = 1_000;

/// Background work in any of these states (all when `None`), of one queue or of all, latest first. Needs the right to
/// see it; a queue that does not exist is refused.
pub async fn list(
    cx: Cx<'_>,
    states: Option<Vec<State>>,
    queue: Option<&str>,
    ask: &Ask,
) -> Result<Page<work_item::Model>> {
    policy::see(cx.actor)?;
    let queue = match queue {
        None => None,
        Some(name) => Some(Queue::named(name).ok_or_else(|| no_queue(name))?),
    };
    let mut states = states.unwrap_or_else(|| State::iter().collect());
    let mut seen = HashSet::new();
    states.retain(|state| seen.insert(*state));
    if states.is_empty() {
        return Ok(Page::empty());
    }
    let limit = i64::from(ask.first) + 1;
    let mut values: Vec<Value> = vec![ask.before()?.into(), limit.into()];
    let mut of_queue = "";
    if let Some(queue) = queue {
        values.push(queue.name().into());
        of_queue = "queue = $3 AND ";
    }
    // A page of each state, from its end of the index: so it costs the same however many rows there are of others.
    let of_each = states.iter().map(|state| {
        let state = name(*state);
        format!(
            "SELECT * FROM (SELECT * FROM work_item WHERE {of_queue}state = '{state}' AND id < $1 \
             ORDER BY id DESC LIMIT $2) AS of_{state}"
        )
    });
    let text = of_each.collect::<Vec<_>>().join(" UNION ALL ") + " ORDER BY id DESC LIMIT $2";
    let statement = sql::statement(cx.backend(), text, values);
    let rows = work_item::Model::find_by_statement(statement).all(cx.db).await?;
    Ok(Page::new(rows, ask, |row| Place::key(row.id)))
}

fn no_queue(name: &str) -> Error {
    let names: Vec<_> = Queue::ALL.into_iter().map(Queue::name).collect();
    let name: String = name.chars().take(40).collect();
    Error::BadRequest(format!("there is no queue {name:?}: write {}", names.join(", ")).into())
}

fn name(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
    }
}

/// How many works are in each state, at most 1000 of each, and whether there are more.
pub async fn counts(cx: Cx<'_>) -> Result<Vec<(State, i32, bool)>> {
    policy::see(cx.actor)?;
    let of_each = State::iter().map(|state| {
        let state = name(state);
        format!("(SELECT COUNT(*) FROM (SELECT 1 FROM work_item WHERE state = '{state}' LIMIT $1) AS of_{state})")
    });
    let text = format!("SELECT {}", of_each.collect::<Vec<_>>().join(", "));
    let most = i64::from(COUNTED) + 1;
    let row = cx.db.query_one_raw(sql::statement(cx.backend(), text, [most.into()])).await?;
    let row = row.ok_or_else(|| Error::bug("counts without a row"))?;
    let counted = State::iter().enumerate().map(|(at, state)| {
        let count: i64 = row.try_get_by_index(at)?;
        let shown = i32::try_from(count).unwrap_or(COUNTED).min(COUNTED);
        Ok((state, shown, count >= most))
    });
    counted.collect()
}

/// These are tried again now; what failed or was given up gets all its tries again. All or none: what does not exist
/// or runs is refused at its place of `ids`.
pub async fn retry(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<()> {
    policy::steer(cx.actor)?;
    let possible = [State::Queued, State::Failed, State::Cancelled];
    let tx = cx.begin().await?;
    let (keys, rows) = taken(cx, &tx, ids, &possible, "it runs already").await?;
    let text = format!(
        "UPDATE work_item SET state = 'queued', run_at = $1, finished_at = NULL, \
         attempts = CASE WHEN state = 'queued' THEN attempts ELSE 0 END WHERE {}",
        sql::among(cx.backend(), "id", 2)
    );
    let values = [cx.now().into(), sql::keys(cx.backend(), &keys)];
    tx.execute_raw(sql::statement(cx.backend(), text, values)).await?;
    tx.commit().await?;
    for queue in Queue::ALL {
        if rows.iter().any(|row| row.queue == queue.name()) {
            cx.app.bell.ring(queue);
        }
    }
    Ok(())
}

/// These are given up. All or none: what does not exist, runs, or was given up already is refused at its place of
/// `ids`.
pub async fn cancel(cx: Cx<'_>, ids: &[Option<Uuid>]) -> Result<()> {
    policy::steer(cx.actor)?;
    let possible = [State::Queued, State::Failed];
    let tx = cx.begin().await?;
    let words = "only what waits or failed can be given up";
    let (keys, _) = taken(cx, &tx, ids, &possible, words).await?;
    let given_up = work_item::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Cancelled))
        .col_expr(Column::FinishedAt, Expr::value(cx.now()))
        .col_expr(Column::Dedupe, Expr::value(None::<String>))
        .filter(sql::key_in(cx.backend(), Column::Id, &keys));
    given_up.exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The rows of `ids`, locked so that nobody claims them; every one of them in one of the states.
async fn taken(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    ids: &[Option<Uuid>],
    possible: &[State],
    words: &str,
) -> Result<(Vec<Uuid>, Vec<work_item::Model>)> {
    let (code, message) = match ids.len() {
        0 => (ErrorCode::Required, "name at least one"),
        count if count > NAMED => (ErrorCode::TooLong, "name at most 100"),
        _ => (ErrorCode::Invalid, ""),
    };
    if !message.is_empty() {
        return Err(Error::refused(code, ["ids"], message));
    }
    let keys: Vec<Uuid> = ids.iter().flatten().copied().collect();
    sql::lock::<work_item::Entity>(tx, Column::Id, &keys).await?;
    let rows = work_item::Entity::find().filter(sql::key_in(cx.backend(), Column::Id, &keys));
    let rows = rows.all(tx).await?;
    let problem = |(at, id): (usize, &Option<Uuid>)| {
        let path = || ["ids".to_owned(), at.to_string()];
        match rows.iter().find(|row| Some(row.id) == *id) {
            None => Some(Problem::at(ErrorCode::NotFound, path(), "there is no such work")),
            Some(row) if !possible.contains(&row.state) => {
                Some(Problem::at(ErrorCode::StateNotAllowed, path(), words))
            }
            Some(_) => None,
        }
    };
    let problems: Vec<Problem> = ids.iter().enumerate().filter_map(problem).collect();
    if problems.is_empty() { Ok((keys, rows)) } else { Err(Error::Refused(problems)) }
}

/// Deletes work that failed or was given up 90 days ago; answers how many.
pub async fn prune(app: &App) -> Result<u64> {
    let before = app.clock.now() - KEPT;
    let text = "DELETE FROM work_item WHERE id IN (SELECT id FROM work_item \
        WHERE finished_at < $1 AND state IN ('failed', 'cancelled') LIMIT $2)";
    let mut count = 0;
    loop {
        let values = [before.into(), DELETED.into()];
        let statement = sql::statement(app.db.backend(), text, values);
        let deleted = app.db.write.execute_raw(statement).await?.rows_affected();
        count += deleted;
        if deleted == 0 {
            return Ok(count);
        }
    }
}
