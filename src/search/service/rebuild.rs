//! All documents, written anew from what they are about.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    entity::{board, file, job, message, organization, portfolio_item, post, profile, tag, task},
    index::{self, Kind, Written},
    sql,
};

/// Rows that are read, and locked, at a time.
const BATCH: u64 = 200;

/// Whether there is no document, though there are members whom one should find.
pub async fn is_missing(app: &App) -> Result<bool> {
    let text = "SELECT 1 FROM profile WHERE kind = 'person' \
                AND NOT EXISTS (SELECT 1 FROM search_document) LIMIT 1";
    let statement = sql::statement(app.db.backend(), text, []);
    Ok(app.db.fresh().query_one_raw(statement).await?.is_some())
}

/// Writes the documents of everything anew, and answers how many; `on_rows` hears how many rows were looked at. What
/// changes meanwhile waits a moment, so it may run beside servers; and it may be run again at any time.
pub async fn rebuild(app: &App, on_rows: &(dyn Fn(usize) + Sync)) -> Result<usize> {
    let mut written = 0;
    for kind in Kind::ALL {
        let mut after = Uuid::nil();
        loop {
            let tx = app.db.begin().await?;
            let (keys, documents) = batch(&tx, kind, after).await?;
            let Some(last) = keys.last() else {
                tx.rollback().await?;
                break;
            };
            after = *last;
            index::put_written(&tx, &documents).await?;
            tx.commit().await?;
            on_rows(keys.len());
            written += documents.len();
        }
    }
    Ok(written)
}

/// How many rows there are to look at, at most.
pub async fn rows(app: &App) -> Result<u64> {
    let mut all = 0_i64;
    for kind in Kind::ALL {
        let text = format!("SELECT count(*) FROM {}", kind.name());
        let row = app.db.fresh().query_one_raw(sql::statement(app.db.backend(), text, [])).await?;
        let count: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        all += count.unwrap_or_default();
    }
    Ok(u64::try_from(all).unwrap_or_default())
}

/// The next rows of a kind, and what is to be found of them.
async fn batch(
    tx: &DatabaseTransaction,
    kind: Kind,
    after: Uuid,
) -> Result<(Vec<Uuid>, Vec<Written>)> {
    Ok(match kind {
        Kind::Profile => {
            let rows = next::<profile::Entity>(tx, profile::Column::Id, after).await?;
            (rows.iter().map(|row| row.id).collect(), index::of_profiles(tx, &rows).await?)
        }
        Kind::Post => {
            let rows = next::<post::Entity>(tx, post::Column::Id, after).await?;
            rows.iter().map(|row| (row.id, index::of_post(row))).unzip()
        }
        Kind::Tag => {
            let rows = next::<tag::Entity>(tx, tag::Column::Id, after).await?;
            rows.iter().map(|row| (row.id, index::of_tag(row))).unzip()
        }
        Kind::PortfolioItem => {
            let rows =
                next::<portfolio_item::Entity>(tx, portfolio_item::Column::Id, after).await?;
            let written = rows.iter().filter_map(index::of_portfolio_item).collect();
            (rows.iter().map(|row| row.id).collect(), written)
        }
        Kind::Message => {
            let rows = next::<message::Entity>(tx, message::Column::Id, after).await?;
            let written = rows.iter().filter_map(index::of_message).collect();
            (rows.iter().map(|row| row.id).collect(), written)
        }
        Kind::File => {
            let rows = next::<file::Entity>(tx, file::Column::Id, after).await?;
            rows.iter().map(|row| (row.id, index::of_file(row))).unzip()
        }
        Kind::Job => {
            let rows = next::<job::Entity>(tx, job::Column::Id, after).await?;
            (rows.iter().map(|row| row.id).collect(), index::of_jobs(tx, &rows).await?)
        }
        Kind::Organization => {
            let rows = next::<organization::Entity>(tx, organization::Column::Id, after).await?;
            rows.iter().map(|row| (row.id, index::of_organization(row))).unzip()
        }
        Kind::Task => {
            let rows = next::<task::Entity>(tx, task::Column::Id, after).await?;
            (rows.iter().map(|row| row.id).collect(), of_tasks(tx, &rows).await?)
        }
    })
}

/// What is to be found of tasks; reads what their boards call them.
async fn of_tasks(tx: &DatabaseTransaction, rows: &[task::Model]) -> Result<Vec<Written>> {
    let keys: Vec<Uuid> = rows.iter().map(|row| row.board_id).collect();
    let these = sql::key_in(tx.get_database_backend(), board::Column::Id, &keys);
    let boards = board::Entity::find().filter(these).all(tx).await?;
    let names: HashMap<Uuid, String> = boards.into_iter().map(|row| (row.id, row.key)).collect();
    let written = rows.iter().map(|row| {
        let name = names.get(&row.board_id).map(String::as_str).unwrap_or_default();
        index::of_task(row, &format!("{name}-{}", row.number))
    });
    written.collect()
}

/// The next rows by their keys, which nobody changes until the end of the transaction.
async fn next<E: EntityTrait>(
    tx: &DatabaseTransaction,
    key: E::Column,
    after: Uuid,
) -> Result<Vec<E::Model>> {
    let rows = E::find().filter(Expr::col(key).gt(after)).order_by_asc(key).limit(BATCH);
    Ok(rows.lock_shared().all(tx).await?)
}
