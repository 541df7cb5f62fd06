//! Where a benchmark's database is.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use guildhall::infra::db::Db;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// Where the database is.
#[derive(Debug)]
pub(crate) enum Home {
    Folder(TempDir),
    Database { server: String, name: String },
}

impl Home {
    /// A database of one's own on this PostgreSQL server, or else a file in a temporary folder.
    pub(crate) async fn make(server: Option<&str>) -> Result<Self> {
        let Some(server) = server.map(str::to_owned) else {
            return Ok(Self::Folder(tempfile::tempdir()?));
        };
        let name = format!("guildhall_bench_{}", Uuid::now_v7().simple());
        on_server(&server, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self::Database { server, name })
    }

    /// The URL of the database, unless it is a file.
    pub(crate) fn url(&self) -> Result<Option<String>> {
        let Self::Database { server, name } = self else { return Ok(None) };
        let mut url = url::Url::parse(server)?;
        url.set_path(name);
        Ok(Some(url.into()))
    }

    /// The folder of files.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.path().to_owned(),
            Self::Database { .. } => std::env::temp_dir(),
        }
    }

    /// Takes away what was made.
    pub(crate) async fn strike(self) -> Result<()> {
        match self {
            Self::Folder(folder) => Ok(folder.close()?),
            Self::Database { server, name } => {
                on_server(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await
            }
        }
    }
}

async fn on_server(server: &str, statement: &str) -> Result<()> {
    let db = Database::connect(server).await.context("can't reach the PostgreSQL server")?;
    db.execute_unprepared(statement).await?;
    Ok(db.close().await?)
}

/// The process of a PostgreSQL connection.
pub(crate) async fn backend(db: &Db) -> Result<Option<u32>> {
    if db.backend() != DbBackend::Postgres {
        return Ok(None);
    }
    let row = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid()");
    let row = db.read.query_one_raw(row).await?.context("no process")?;
    Ok(u32::try_from(row.try_get_by_index::<i32>(0)?).ok())
}

/// What the database calls itself.
pub(crate) async fn version(db: &Db) -> Result<String> {
    let text = match db.backend() {
        DbBackend::Postgres => "SELECT version()",
        _ => "SELECT 'SQLite ' || sqlite_version()",
    };
    let row = db.read.query_one_raw(Statement::from_string(db.backend(), text)).await?;
    Ok(row.context("no version")?.try_get_by_index(0)?)
}
