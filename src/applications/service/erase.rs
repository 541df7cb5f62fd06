//! Erases applications whose time is over, with all that belongs to them.

use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};
use uuid::Uuid;

use super::{counts, mails, policy};
use crate::{
    Result,
    app::App,
    entity::{
        application::{self, Column, State},
        job,
    },
    files::service::{self as files, On},
};

/// How many are looked for at once.
const AT_ONCE: u64 = 100;
/// Where a job has come to its end.
const ENDED: [job::State; 3] = [job::State::Closed, job::State::Filled, job::State::Expired];

/// Sets when the applications of jobs that ended are erased, and erases those whose time is over. To be called hourly.
pub async fn erase_due(app: &App) -> Result<()> {
    set_times(app).await?;
    loop {
        let due: Vec<(Uuid, Uuid)> = application::Entity::find()
            .select_only()
            .columns([Column::Id, Column::JobId])
            .filter(Column::EraseAt.lte(app.clock.now()))
            .order_by_asc(Column::EraseAt)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&app.db.write)
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        for (id, job) in due {
            erase(app, id, job).await?;
        }
    }
}

/// The time counts from the last change of a job that ended, as it is when this first sees it: what is changed later
/// does not put it off. Where a job goes on after all, only what is over keeps its time.
async fn set_times(app: &App) -> Result<()> {
    use job::Column::{Id, RetentionDays, State as Stands};
    let over = [State::Rejected, State::Withdrawn];
    let goes_on = job::Entity::find().select_only().column(Id).filter(Stands.is_not_in(ENDED));
    application::Entity::update_many()
        .col_expr(Column::EraseAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>))
        .filter(Column::EraseAt.is_not_null())
        .filter(Column::State.is_not_in(over))
        .filter(Column::JobId.in_subquery(goes_on.into_query()))
        .exec(&app.db.write)
        .await?;
    loop {
        let ended = job::Entity::find()
            .filter(Stands.is_in(ENDED))
            .filter(RetentionDays.is_not_null())
            .filter(Expr::exists(waiting()))
            .limit(AT_ONCE)
            .all(&app.db.write)
            .await?;
        if ended.is_empty() {
            return Ok(());
        }
        for job in ended {
            let days = job.retention_days.unwrap_or_default();
            let at = job.updated_at + TimeDelta::days(days.into());
            application::Entity::update_many()
                .col_expr(Column::EraseAt, Expr::value(at))
                .filter(Column::JobId.eq(job.id))
                .filter(Column::EraseAt.is_null())
                .exec(&app.db.write)
                .await?;
        }
    }
}

/// Applications to the job at hand that have no time yet.
fn waiting() -> SelectStatement {
    let this = Expr::col(Column::JobId.as_column_ref()).equals(job::Column::Id.as_column_ref());
    let rows = application::Entity::find().select_only().column(Column::Id).filter(this);
    rows.filter(Column::EraseAt.is_null()).into_query()
}

async fn erase(app: &App, id: Uuid, job: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let job = job::Entity::find_by_id(job).lock_exclusive().one(&tx).await?;
    let row = application::Entity::find_by_id(id).lock_exclusive().one(&tx).await?;
    let is_due = |row: &application::Model| row.erase_at.is_some_and(|at| at <= app.clock.now());
    let (Some(job), Some(row)) = (job, row.filter(is_due)) else {
        return Ok(tx.rollback().await?);
    };
    // It was opened again after its time was set.
    if !policy::is_over(row.state) && !ENDED.contains(&job.state) {
        let mut row = row.into_active_model();
        row.erase_at = Set(None);
        row.update(&tx).await?;
        return Ok(tx.commit().await?);
    }
    mails::erase(&tx, &row).await?;
    files::let_go(&tx, On::Application(id)).await?;
    application::Entity::delete_by_id(id).exec(&tx).await?;
    counts::of_stages(&tx, [row.stage_id], []).await?;
    if row.state != State::Withdrawn {
        counts::of_job(&tx, job.id, -1).await?;
    }
    Ok(tx.commit().await?)
}
