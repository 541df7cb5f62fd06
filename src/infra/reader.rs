//! Where queries read: from the pool, or from one snapshot.

use std::sync::Arc;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait as _,
};

/// Where queries read.
#[derive(Clone, Debug)]
pub enum Reader {
    /// Each statement sees what was committed before it.
    Pool(DatabaseConnection),
    /// All statements see the same moment. It ends when the last clone is dropped.
    Snapshot(Arc<DatabaseTransaction>),
}

impl Reader {
    /// A snapshot of this moment, or rather of the first statement's.
    pub async fn snapshot(pool: &DatabaseConnection) -> Result<Self, DbErr> {
        let postgres = pool.get_database_backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        Ok(Self::Snapshot(Arc::new(pool.begin_with_options(options).await?)))
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Pool(pool) => pool.get_database_backend(),
            Self::Snapshot(snapshot) => snapshot.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pool(pool) => pool.execute_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Pool(pool) => pool.execute_unprepared(sql).await,
            Self::Snapshot(snapshot) => snapshot.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Pool(pool) => pool.query_one_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Pool(pool) => pool.query_all_raw(statement).await,
            Self::Snapshot(snapshot) => snapshot.query_all_raw(statement).await,
        }
    }
}
