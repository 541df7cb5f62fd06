//! The database: SQLite in a file of ours, or PostgreSQL.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, metric::Info,
};

use crate::config::{Config, Synchronous};

/// Is told of every statement that was run.
pub type OnStatement = Arc<dyn Fn(&Info<'_>) + Send + Sync>;

/// Prepared statements that a connection keeps; every query has one text, so none is pushed out.
const STATEMENT_CACHE: usize = 512;

/// How long a request waits for a connection before it is told that the server is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections to the database.
#[derive(Clone, Debug)]
pub struct Db {
    /// For queries.
    pub read: DatabaseConnection,
    /// For changes. On SQLite a single connection, so that writers queue instead of failing.
    pub write: DatabaseConnection,
    /// Held as long as this server uses the file.
    _lock: Option<Arc<File>>,
}

impl Db {
    /// Connects as `config` says. A second server on the same SQLite file is refused.
    pub async fn connect(config: &Config, on_statement: Option<OnStatement>) -> Result<Self> {
        if config.is_postgres() {
            let url = config.database_url.as_deref().unwrap_or_default();
            let pool = postgres(url, config.database_connections, on_statement).await?;
            return Ok(Self { read: pool.clone(), write: pool, _lock: None });
        }
        let path = sqlite_path(config)?;
        let lock = lock(&path)?;
        let full = config.sqlite_synchronous == Synchronous::Full;
        let write = sqlite(&path, 1, full, on_statement.clone()).await?;
        let read = sqlite(&path, config.database_connections, full, on_statement).await?;
        Ok(Self { read, write, _lock: Some(Arc::new(lock)) })
    }

    /// Connects for a short command, which may run beside a server on the same SQLite file: such a
    /// file takes one writer at a time, and each waits for the other. The file must be there.
    pub async fn connect_beside(config: &Config) -> Result<Self> {
        if config.is_postgres() {
            return Self::connect(config, None).await;
        }
        let path = sqlite_path(config)?;
        if !path.exists() {
            bail!(
                "there is no database at {}: start the server once (guildhall serve), or set \
                 GUILDHALL_DATA_DIR",
                path.display()
            );
        }
        let full = config.sqlite_synchronous == Synchronous::Full;
        let write = sqlite(&path, 1, full, None).await?;
        Ok(Self { read: write.clone(), write, _lock: None })
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Begins a change. On SQLite the writer's lock is taken at once.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write.begin_with_options(immediate()).await
    }

    /// Where a mutation reads what it has just written. SQLite's readers see every commit at once.
    pub fn fresh(&self) -> &DatabaseConnection {
        match self.backend() {
            DbBackend::Sqlite => &self.read,
            _ => &self.write,
        }
    }

    /// Closes the connections, in order.
    pub async fn close(self) {
        let _ = self.read.close().await;
        let _ = self.write.close().await;
    }
}

fn immediate() -> TransactionOptions {
    TransactionOptions {
        isolation_level: None,
        access_mode: None::<AccessMode>,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    }
}

/// The file that the configuration names.
fn sqlite_path(config: &Config) -> Result<PathBuf> {
    match &config.database_url {
        None => Ok(config.data_dir.join("guildhall.db")),
        Some(url) => match url.strip_prefix("sqlite:") {
            Some(path) => Ok(PathBuf::from(path.trim_start_matches("//"))),
            None => bail!("GUILDHALL_DATABASE_URL: write postgres://… or sqlite://path"),
        },
    }
}

fn lock(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| {
            format!("can't make the folder {}: set GUILDHALL_DATA_DIR", folder.display())
        })?;
    }
    let path = path.with_extension("lock");
    let file = File::create(&path).with_context(|| format!("can't write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another guildhall uses this database ({}): stop it, or set GUILDHALL_DATA_DIR",
            path.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("can't lock {}", path.display()))
        }
    }
}

async fn sqlite(
    path: &Path,
    connections: u32,
    full: bool,
    on_statement: Option<OnStatement>,
) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    pool(&mut options, connections).test_before_acquire(false).map_sqlx_sqlite_opts(
        move |options| {
            options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", if full { "FULL" } else { "NORMAL" })
                .pragma("foreign_keys", "ON")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-65536")
                .pragma("mmap_size", "268435456")
                .busy_timeout(Duration::from_secs(5))
                .optimize_on_close(true, 400)
                .statement_cache_capacity(STATEMENT_CACHE)
        },
    );
    let path = path.display();
    connect(options, on_statement)
        .await
        .with_context(|| format!("can't open the database {path}: is the folder writable?"))
}

async fn postgres(
    url: &str,
    connections: u32,
    on_statement: Option<OnStatement>,
) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    pool(&mut options, connections)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .set_application_name("guildhall")
        .map_sqlx_postgres_opts(|options| {
            options
                .statement_cache_capacity(STATEMENT_CACHE)
                // Below the deadline of an operation; `jit` costs more than such short queries take; what facets
                // count fits into the memory.
                .options([("statement_timeout", "9000"), ("jit", "off"), ("work_mem", "16MB")])
        });
    connect(options, on_statement).await.context(
        "can't reach PostgreSQL: check GUILDHALL_DATABASE_URL, and that the server runs and lets \
         this user in",
    )
}

fn pool(options: &mut ConnectOptions, connections: u32) -> &mut ConnectOptions {
    options
        .max_connections(connections)
        .min_connections(connections.min(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
}

async fn connect(
    options: ConnectOptions,
    on_statement: Option<OnStatement>,
) -> Result<DatabaseConnection, DbErr> {
    let mut connection = Database::connect(options).await?;
    if let Some(on_statement) = on_statement {
        connection.set_metric_callback(move |info| on_statement(info));
    }
    Ok(connection)
}
