//! The columns of this side: ready to be put into an answer as they are.

use anyhow::Result;
use guildhall::infra::db::Db;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, TransactionTrait as _, Value};
use uuid::Uuid;

use super::{made_at, public_id};

/// Rows in one statement on PostgreSQL.
const BATCH: usize = 5_000;

/// Adds the columns and fills them.
pub(crate) async fn add(db: &Db) -> Result<()> {
    let columns = ["hand_id TEXT", "hand_made_at TEXT"];
    for (table, kind) in [("profile", "profile"), ("post", "post"), ("comment", "comment")] {
        for column in columns {
            run(db, &format!("ALTER TABLE {table} ADD COLUMN {column}")).await?;
        }
        fill(db, table, kind).await?;
    }
    match db.backend() {
        DbBackend::Postgres => {
            run(db, "ALTER TABLE post ADD COLUMN hand_reactions JSON").await?;
            run(
                db,
                "UPDATE post SET hand_reactions = (SELECT coalesce(json_agg(json_build_object( \
                 'emoji', r -> 0, 'count', r -> 1)), '[]') FROM json_array_elements(reactions::json) r)",
            )
            .await?;
            // What the updates left behind goes, so that both sides read tables that are whole.
            for table in ["profile", "post", "comment"] {
                run(db, &format!("VACUUM (FULL, ANALYZE) {table}")).await?;
            }
        }
        _ => {
            run(db, "ALTER TABLE post ADD COLUMN hand_reactions TEXT").await?;
            run(
                db,
                "UPDATE post SET hand_reactions = (SELECT json_group_array(json_object( \
                 'emoji', json_extract(r.value, '$[0]'), 'count', json_extract(r.value, '$[1]'))) \
                 FROM json_each(post.reactions) r)",
            )
            .await?;
            run(db, "VACUUM").await?;
            run(db, "ANALYZE").await?;
        }
    }
    Ok(())
}

async fn run(db: &Db, text: &str) -> Result<()> {
    if db.backend() == DbBackend::Postgres && !text.starts_with("VACUUM") {
        let transaction = db.write.begin().await?;
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        transaction.execute_unprepared(text).await?;
        transaction.commit().await?;
    } else {
        db.write.execute_unprepared(text).await?;
    }
    Ok(())
}

async fn fill(db: &Db, table: &str, kind: &str) -> Result<()> {
    let backend = db.backend();
    let rows = Statement::from_string(backend, format!("SELECT id FROM {table}"));
    let rows = db.write.query_all_raw(rows).await?;
    let keys = rows.iter().map(|row| row.try_get_by_index::<Uuid>(0));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let transaction = db.begin().await?;
    for keys in keys.chunks(BATCH) {
        let ids = keys.iter().map(|key| public_id(kind, *key));
        let times = keys.iter().map(|key| made_at(*key));
        if backend == DbBackend::Postgres {
            let text = format!(
                "UPDATE {table} SET hand_id = n.id, hand_made_at = n.at \
                 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (key, id, at) \
                 WHERE {table}.id = n.key"
            );
            let (ids, times): (Vec<String>, Vec<String>) = (ids.collect(), times.collect());
            let values: [Value; 3] = [keys.to_vec().into(), ids.into(), times.into()];
            transaction.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
        } else {
            let text = format!("UPDATE {table} SET hand_id = ?, hand_made_at = ? WHERE id = ?");
            for ((key, id), at) in keys.iter().zip(ids).zip(times) {
                let values: [Value; 3] = [id.into(), at.into(), (*key).into()];
                let update = Statement::from_sql_and_values(backend, text.clone(), values);
                transaction.execute_raw(update).await?;
            }
        }
    }
    Ok(transaction.commit().await?)
}
