//! Many rows in few statements: arrays on PostgreSQL, many `VALUES` on SQLite. A table has one
//! statement text per batch size, so that it is prepared once.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, Value,
    sea_query::ArrayType,
};
use uuid::Uuid;

/// Rows of a batch on PostgreSQL.
const BATCH: usize = 2_500;
/// Batches under way at once on PostgreSQL.
const LANES: usize = 4;
/// Values of a batch on SQLite, which takes at most 32,766.
const VALUES: usize = 8_000;

/// What a column holds. The `Maybe` ones may be empty; in an array, which can't hold `NULL` here, a
/// value stands for that which is never a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    MaybeUuid,
    Text,
    MaybeText,
    Int,
    MaybeInt,
    MaybeLong,
    /// A day, as text.
    MaybeDate,
    Time,
    MaybeTime,
}

impl Kind {
    /// The type of the array, as SeaORM and as PostgreSQL call it.
    fn array(self) -> (ArrayType, &'static str) {
        match self {
            Self::Uuid | Self::MaybeUuid => (ArrayType::Uuid, "uuid[]"),
            Self::Text | Self::MaybeText | Self::MaybeDate => (ArrayType::String, "text[]"),
            Self::Int | Self::MaybeInt => (ArrayType::Int, "int4[]"),
            Self::MaybeLong => (ArrayType::BigInt, "int8[]"),
            Self::Time | Self::MaybeTime => (ArrayType::ChronoDateTimeUtc, "timestamptz[]"),
        }
    }

    /// What stands for `NULL`, as a value and in SQL.
    fn nothing(self) -> Option<(Value, &'static str)> {
        match self {
            Self::MaybeUuid => {
                Some((Uuid::nil().into(), "'00000000-0000-0000-0000-000000000000'::uuid"))
            }
            Self::MaybeText | Self::MaybeDate => Some((String::new().into(), "''")),
            Self::MaybeInt => Some((i32::MIN.into(), "-2147483648")),
            Self::MaybeLong => Some(((-1i64).into(), "-1")),
            Self::MaybeTime => Some((DateTime::<Utc>::UNIX_EPOCH.into(), "'epoch'::timestamptz")),
            _ => None,
        }
    }
}

/// A table to fill, and its columns.
pub(super) struct Sheet {
    pub(super) table: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// Where rows are written.
pub(super) enum Target<'a> {
    /// Each batch on its own, several at once.
    Pool(&'a DatabaseConnection),
    /// One after the other, all or nothing.
    Transaction(&'a DatabaseTransaction),
}

impl Sheet {
    /// Writes rows, each with a value for every column.
    pub(super) async fn fill<I>(
        &self,
        target: &Target<'_>,
        rows: I,
        on_rows: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr>
    where
        I: Iterator<Item = Vec<Value>>,
    {
        match target {
            Target::Pool(pool) => {
                stream::iter(batches(rows, BATCH))
                    .map(|batch| async {
                        let count = batch.len();
                        pool.execute_raw(self.of_arrays(batch)).await?;
                        on_rows(count);
                        Ok(())
                    })
                    .buffer_unordered(LANES)
                    .try_collect()
                    .await
            }
            Target::Transaction(transaction) => {
                let size = VALUES / self.columns.len().max(1);
                for batch in batches(rows, size) {
                    let count = batch.len();
                    transaction.execute_raw(self.of_values(batch)).await?;
                    on_rows(count);
                }
                Ok(())
            }
        }
    }

    fn head(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("INSERT INTO {} ({})", self.table, names.join(", "))
    }

    fn of_arrays(&self, rows: Vec<Vec<Value>>) -> Statement {
        let count = rows.len();
        let mut arrays: Vec<Vec<Value>> =
            self.columns.iter().map(|_| Vec::with_capacity(count)).collect();
        for row in rows {
            for ((value, array), (_, kind)) in row.into_iter().zip(&mut arrays).zip(self.columns) {
                array.push(match kind.nothing() {
                    Some((nothing, _)) if value == value.as_null() => nothing,
                    _ => value,
                });
            }
        }
        let (mut picks, mut names, mut casts) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (name, kind)) in self.columns.iter().enumerate() {
            picks.push(match kind.nothing() {
                Some((_, nothing)) if *kind == Kind::MaybeDate => {
                    format!("NULLIF({name}, {nothing})::date")
                }
                Some((_, nothing)) => format!("NULLIF({name}, {nothing})"),
                None => (*name).to_owned(),
            });
            names.push(*name);
            casts.push(format!("${}::{}", place + 1, kind.array().1));
        }
        let (picks, names, casts) = (picks.join(", "), names.join(", "), casts.join(", "));
        let sql = format!("{} SELECT {picks} FROM unnest({casts}) AS given ({names})", self.head());
        let arrays = self.columns.iter().zip(arrays).map(|((_, kind), array)| {
            let (kind, _) = kind.array();
            Value::Array(kind, Some(Box::new(array)))
        });
        Statement::from_sql_and_values(DbBackend::Postgres, sql, arrays)
    }

    fn of_values(&self, rows: Vec<Vec<Value>>) -> Statement {
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let mut sql = self.head();
        for place in 0..rows.len() {
            let _ = write!(sql, "{} {row}", if place == 0 { " VALUES" } else { "," });
        }
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, rows.into_iter().flatten())
    }
}

/// Cuts rows into batches, made as they are asked for.
fn batches<I: Iterator>(mut rows: I, size: usize) -> impl Iterator<Item = Vec<I::Item>> {
    std::iter::from_fn(move || {
        let batch: Vec<I::Item> = rows.by_ref().take(size).collect();
        (!batch.is_empty()).then_some(batch)
    })
}
