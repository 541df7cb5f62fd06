use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, FromQueryResult as _,
    QueryFilter as _, QuerySelect as _,
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

/// For how long an item is its worker's alone, unless that prolongs it. Clocks of servers that share a database must
/// differ by less.
pub const LEASE: TimeDelta = TimeDelta::seconds(15);

/// An item that was claimed, by which claim: who claims it again later, though in the same process, has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// The item.
    pub id: Uuid,
    /// The claim.
    pub claim: Uuid,
}

impl Held {
    /// What holds a claimed item; `None` if nobody does.
    pub fn of(item: &work_item::Model) -> Option<Self> {
        item.worker.map(|claim| Self { id: item.id, claim })
    }

    /// The items, and the claims.
    pub(super) fn split(held: &[Self]) -> (Vec<Uuid>, Vec<Uuid>) {
        held.iter().map(|held| (held.id, held.claim)).unzip()
    }
}

/// Whether something in a queue is due: a look that locks nothing.
pub async fn is_due(app: &App, queue: Queue) -> Result<bool> {
    let text = "SELECT 1 FROM work_item \
        WHERE queue = $1 AND state = 'queued' AND run_at <= $2 LIMIT 1";
    let values = [queue.name().into(), app.clock.now().into()];
    let statement = sql::statement(app.db.backend(), text, values);
    Ok(app.db.fresh().query_one_raw(statement).await?.is_some())
}

/// Takes at most `most` due items of a queue, those that waited longest first. Nobody else gets them until the lease
/// is over. All bear a new claim.
pub async fn claim(app: &App, queue: Queue, most: usize) -> Result<Vec<work_item::Model>> {
    let backend = app.db.backend();
    let due = "SELECT id FROM work_item WHERE queue = $4 AND state = 'queued' AND run_at <= $3 \
        ORDER BY run_at, id LIMIT $5";
    let these = match backend {
        // Who comes second passes over what the first has locked, and need not wait. An array is made once, whatever
        // the plan; a subquery could be run for each row, and then takes more than were asked for.
        DbBackend::Postgres => format!("id = ANY(ARRAY({due} FOR UPDATE SKIP LOCKED))"),
        _ => format!("id IN ({due})"),
    };
    let text = format!(
        "UPDATE work_item SET state = 'running', worker = $1, leased_until = $2, started_at = $3, \
         attempts = attempts + 1 WHERE {these} RETURNING *"
    );
    let (claim, now) = (app.clock.key(), app.clock.now());
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [claim.into(), (now + LEASE).into(), now.into(), queue.name().into(), most.into()];
    let statement = sql::statement(backend, text, values);
    let mut items = work_item::Model::find_by_statement(statement).all(&app.db.write).await?;
    items.sort_by_key(|item| (item.run_at, item.id));
    Ok(items)
}

/// Prolongs the leases of what is held; answers what still is.
pub async fn prolong(app: &App, held: &[Held]) -> Result<Vec<Held>> {
    let backend = app.db.backend();
    let text = format!(
        "UPDATE work_item SET leased_until = $1 \
         WHERE {} AND {} AND state = 'running' RETURNING id, worker",
        sql::among(backend, "id", 2),
        sql::among(backend, "worker", 3)
    );
    let until = app.clock.now() + LEASE;
    let (ids, claims) = Held::split(held);
    let values = [until.into(), sql::keys(backend, &ids), sql::keys(backend, &claims)];
    let rows = app.db.write.query_all_raw(sql::statement(backend, text, values)).await?;
    let still = rows
        .iter()
        .map(|row| Ok(Held { id: row.try_get_by_index(0)?, claim: row.try_get_by_index(1)? }));
    still.collect()
}

/// Frees what nobody prolonged the lease of, because its worker was killed or cut off: it is queued again at once, or
/// parked when that was its last try. Answers how many.
pub async fn abandoned(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let over = Column::State.eq(State::Running).and(Column::LeasedUntil.lt(now));
    // Looked for before it is written, so that nothing is locked while all is well.
    let look = work_item::Entity::find().select_only().column(Column::Id).filter(over.clone());
    if look.into_tuple::<Uuid>().one(app.db.fresh()).await?.is_none() {
        return Ok(0);
    }
    let freed = || {
        work_item::Entity::update_many()
            .col_expr(Column::Worker, Expr::value(None::<Uuid>))
            .col_expr(Column::LeasedUntil, Expr::value(None::<sea_orm::prelude::DateTimeUtc>))
            .col_expr(Column::Dedupe, Expr::value(None::<String>))
            .filter(over.clone())
    };
    let why = "its worker was killed, or lost the database";
    let again = freed()
        .col_expr(Column::State, Expr::value(State::Queued))
        .col_expr(Column::RunAt, Expr::value(now))
        .col_expr(Column::Error, Expr::value(why))
        .filter(Expr::col(Column::Attempts).lt(Expr::col(Column::MaxAttempts)))
        .exec(&app.db.write)
        .await?;
    let parked = freed()
        .col_expr(Column::State, Expr::value(State::Failed))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Error, Expr::value(format!("{why}, each time")))
        .filter(Expr::col(Column::Attempts).gte(Expr::col(Column::MaxAttempts)))
        .exec(&app.db.write)
        .await?;
    Ok(again.rows_affected + parked.rows_affected)
}
