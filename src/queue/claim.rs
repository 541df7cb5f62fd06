use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, FromQueryResult as _,
    QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::Queue;
use crate::{
    Result,
    app::App,
    entity::work_item::{self, Column, State},
    sql,
};

/// For how long an item is its worker's alone, unless that prolongs it.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);

/// Whether something in a queue is due: a look that locks nothing.
pub async fn is_due(app: &App, queue: Queue) -> Result<bool> {
    let text = "SELECT 1 FROM work_item \
        WHERE queue = $1 AND state = 'queued' AND run_at <= $2 LIMIT 1";
    let values = [queue.name().into(), app.clock.now().into()];
    let statement = sql::statement(app.db.backend(), text, values);
    Ok(app.db.fresh().query_one_raw(statement).await?.is_some())
}

/// Takes at most `most` due items of a queue for `worker`, those that waited longest first. Nobody else gets them
/// until the lease is over.
pub async fn claim(
    app: &App,
    queue: Queue,
    worker: Uuid,
    most: usize,
) -> Result<Vec<work_item::Model>> {
    let backend = app.db.backend();
    // Who comes second passes over what the first has locked, and need not wait.
    let passing = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let text = format!(
        "UPDATE work_item SET state = 'running', worker = $1, leased_until = $2, started_at = $3, \
         attempts = attempts + 1 WHERE id IN (SELECT id FROM work_item \
         WHERE queue = $4 AND state = 'queued' AND run_at <= $3 ORDER BY run_at, id LIMIT $5 {passing}) \
         RETURNING *"
    );
    let now = app.clock.now();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values =
        [worker.into(), (now + LEASE).into(), now.into(), queue.name().into(), most.into()];
    let statement = sql::statement(backend, text, values);
    let mut items = work_item::Model::find_by_statement(statement).all(&app.db.write).await?;
    items.sort_by_key(|item| (item.run_at, item.id));
    Ok(items)
}

/// Prolongs the leases of what `worker` runs; answers what it still holds.
pub async fn prolong(app: &App, worker: Uuid, running: &[Uuid]) -> Result<Vec<Uuid>> {
    let backend = app.db.backend();
    let text = format!(
        "UPDATE work_item SET leased_until = $1 \
         WHERE worker = $2 AND state = 'running' AND {} RETURNING id",
        sql::among(backend, "id", 3)
    );
    let until = app.clock.now() + LEASE;
    let values = [until.into(), worker.into(), sql::keys(backend, running)];
    let rows = app.db.write.query_all_raw(sql::statement(backend, text, values)).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// Frees what nobody prolonged the lease of, because its worker was killed or cut off: it is queued again at once, or
/// parked when that was its last try. Answers how many.
pub async fn abandoned(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let over = Column::State.eq(State::Running).and(Column::LeasedUntil.lt(now));
    // Looked for before it is written, so that nothing is locked while all is well.
    if work_item::Entity::find().filter(over.clone()).one(app.db.fresh()).await?.is_none() {
        return Ok(0);
    }
    let again = work_item::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Queued))
        .col_expr(Column::RunAt, Expr::value(now))
        .col_expr(Column::Dedupe, Expr::value(None::<String>))
        .col_expr(Column::Error, Expr::value("its worker was killed, or lost the database"))
        .filter(over.clone())
        .filter(Expr::col(Column::Attempts).lt(Expr::col(Column::MaxAttempts)))
        .exec(&app.db.write)
        .await?;
    let parked = work_item::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Failed))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(
            Column::Error,
            Expr::value("its worker was killed, or lost the database, each time"),
        )
        .filter(over)
        .exec(&app.db.write)
        .await?;
    Ok(again.rows_affected + parked.rows_affected)
}
