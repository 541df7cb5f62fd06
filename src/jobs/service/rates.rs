//! Works out anew what salaries are worth when the configuration says that currencies are worth something else.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::salary::compared;
use crate::{
    Cx, Result,
    app::App,
    cx::Hand,
    entity::{
        currency_rate,
        job::{self, Column},
    },
    jobs::work::SALARIES,
    queue::{self, Job, NewItem, Outcome},
    sql,
};

/// Postings whose salaries are worked out in one transaction.
const BATCH: u64 = 100;

/// Looks whether currencies are worth what they were when salaries were worked out; if not, keeps the new rates and asks
/// for that to be done again. To be called when a server has started; answers whether anything is to be done. Of several
/// servers that start at once one asks. All servers of a community have to be set alike.
pub async fn look_at_rates(app: &App) -> Result<bool> {
    let wanted = app.config.currencies();
    if kept(app.db.fresh()).await? == wanted {
        return Ok(false);
    }
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    hold_rates(cx, &tx, true).await?;
    if kept(&tx).await? == wanted {
        tx.rollback().await?;
        return Ok(false);
    }
    currency_rate::Entity::delete_many().exec(&tx).await?;
    let rows = wanted
        .into_iter()
        .map(|(currency, micros)| currency_rate::Model { currency, micros }.into_active_model());
    currency_rate::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    queue::add(cx, &tx, NewItem::new(&SALARIES, &Uuid::nil())?).await?;
    tx.commit().await?;
    Ok(true)
}

/// Works out the salaries of the next postings, and asks for those behind them. What is killed is done again from there;
/// what the rates become meanwhile, it works with.
pub async fn work_out(work: Job) -> Result<Outcome> {
    let after: Uuid = work.payload()?;
    let hand = Hand::of_server(&work.app);
    let cx = hand.cx(&work.app);
    let tx = cx.begin().await?;
    // So that nobody works with what is no longer kept after somebody who works with what is.
    hold_rates(cx, &tx, false).await?;
    let rates = kept(&tx).await?;
    let rows = job::Entity::find()
        .filter(Column::Id.gt(after))
        .filter(Column::SalaryCurrency.is_not_null())
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .lock_exclusive()
        .all(&tx)
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        tx.rollback().await?;
        return Ok(Outcome::Done);
    };
    for row in rows {
        let (middle, top) = compared(&row, |currency| rates.get(currency).copied());
        if (middle, top) == (row.salary_yearly, row.salary_yearly_top) {
            continue;
        }
        // Nobody changed the posting: its version stays, and so does the time at which its applications are erased.
        let change = job::ActiveModel {
            id: Unchanged(row.id),
            salary_yearly: Set(middle),
            salary_yearly_top: Set(top),
            ..Default::default()
        };
        change.update(&tx).await?;
    }
    let next = NewItem::new(&SALARIES, &last)?.once(format!("{}:{last}", SALARIES.name));
    queue::add(cx, &tx, next).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

async fn kept(db: &impl ConnectionTrait) -> Result<BTreeMap<String, i64>> {
    let rows = currency_rate::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.currency, row.micros)).collect())
}

/// Keeps the rates as they are until the end of the transaction, or all others from them.
async fn hold_rates(cx: Cx<'_>, tx: &DatabaseTransaction, alone: bool) -> Result<()> {
    if cx.backend() == DbBackend::Postgres {
        let how = if alone { "" } else { "_shared" };
        let text = format!("SELECT pg_advisory_xact_lock{how}(hashtextextended($1, 7))");
        tx.query_all_raw(sql::statement(cx.backend(), text, ["jobs.rates".into()])).await?;
    }
    Ok(())
}
