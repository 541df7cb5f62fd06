//! Reminds of tasks: those that are due soon, and those whose people asked to be reminded.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    cx::Hand,
    entity::{
        board,
        task::{self, Column},
        task_reminder,
    },
    notice::{self, Notice},
    sql,
};

/// How many are told of in one transaction.
const AT_ONCE: u64 = 500;
/// How long before their time people hear of tasks that are due at a time of day.
const BEFORE: TimeDelta = TimeDelta::hours(24);
/// When on its day, in UTC, people hear of a task that is due on a day.
const MORNING: TimeDelta = TimeDelta::hours(8);

/// Tells of what is due, each due date once, and of reminders whose time has come. To be called every few minutes.
///
/// What somebody changes at the moment is passed over, so that nobody waits for this; the next call finds it.
pub async fn remind(app: &App) -> Result<()> {
    while of_dates(app).await? == AT_ONCE {}
    while of_reminders(app).await? == AT_ONCE {}
    Ok(())
}

/// Tells of at most 500 tasks that are due; answers of how many.
async fn of_dates(app: &App) -> Result<u64> {
    let tx = app.db.begin().await?;
    let rows = task::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_due(app.clock.now()))
        .filter(is_live())
        .filter(untold())
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(AT_ONCE);
    let tasks: Vec<Uuid> = unlocked(rows).into_tuple().all(&tx).await?;
    if tasks.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    // Neither `updated_at` nor `version`: nobody changed anything that is to be seen.
    task::Entity::update_many()
        .col_expr(Column::DueToldAt, Expr::col(Column::DueAt))
        .filter(sql::key_in(app.db.backend(), Column::Id, &tasks))
        .exec(&tx)
        .await?;
    tell(app, &tx, &tasks).await?;
    tx.commit().await?;
    Ok(count(&tasks))
}

/// Takes away at most 500 reminders whose time has come, and tells of their tasks if they are still open; answers how
/// many it took.
async fn of_reminders(app: &App) -> Result<u64> {
    use task_reminder::Column::{RemindAt, TaskId};
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let rows = task_reminder::Entity::find()
        .filter(RemindAt.lte(now))
        .order_by_asc(RemindAt)
        .order_by_asc(TaskId)
        .limit(AT_ONCE);
    let rows = unlocked(rows).all(&tx).await?;
    let Some(last) = rows.last() else {
        tx.rollback().await?;
        return Ok(0);
    };
    let mut tasks: Vec<Uuid> = rows.iter().map(|row| row.task_id).collect();
    tasks.sort_unstable();
    tasks.dedup();
    let backend = app.db.backend();
    // Not those that are locked by another, who was passed over: of the rows up to the last, these tasks' alone.
    task_reminder::Entity::delete_many()
        .filter(sql::key_in(backend, TaskId, &tasks))
        .filter(RemindAt.lte(last.remind_at))
        .exec(&tx)
        .await?;
    let open: Vec<Uuid> = task::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(sql::key_in(backend, Column::Id, &tasks))
        .filter(is_live())
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(&tx)
        .await?;
    tell(app, &tx, &open).await?;
    tx.commit().await?;
    Ok(count(&rows))
}

/// Passes over rows that somebody else holds.
fn unlocked<E: sea_orm::EntityTrait>(rows: Select<E>) -> Select<E> {
    rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
}

fn is_due(now: DateTime<Utc>) -> SimpleExpr {
    let day = (now - MORNING).date_naive().checked_add_days(Days::new(1)).unwrap_or_default();
    let ended = day.and_time(NaiveTime::MIN).and_utc();
    let by_day = Column::DueHasTime.eq(0).and(Column::DueAt.lt(ended));
    Column::DueAt.lte(now + BEFORE).and(Column::DueHasTime.eq(1).or(by_day))
}

/// Whether there is anything left to do about it: neither the task nor its board was put away.
fn is_live() -> SimpleExpr {
    let away = Query::select()
        .expr(Expr::val(1))
        .from(board::Entity)
        .and_where(
            Expr::col((board::Entity, board::Column::Id)).equals((task::Entity, Column::BoardId)),
        )
        .and_where(board::Column::ArchivedAt.is_not_null())
        .take();
    let live = Column::CompletedAt.is_null().and(Column::ArchivedAt.is_null());
    live.and(Expr::exists(away).not())
}

/// As the partial index `task_due` says it.
fn untold() -> SimpleExpr {
    let other =
        Expr::col((task::Entity, Column::DueToldAt)).ne(Expr::col((task::Entity, Column::DueAt)));
    Column::DueAt.is_not_null().and(Column::DueToldAt.is_null().or(other))
}

async fn tell(app: &App, tx: &DatabaseTransaction, tasks: &[Uuid]) -> Result<()> {
    let hand = Hand::of_server(app);
    let notices = tasks.iter().map(|task| Notice::TaskDue(*task));
    notice::tell_all(hand.cx(app), tx, notices).await
}

fn count<T>(rows: &[T]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}
