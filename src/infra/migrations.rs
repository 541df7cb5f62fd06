//! Brings the tables to what this program knows. Every run is one transaction under a lock, so that
//! instances which start together do not collide, and one that is cut off leaves nothing half done.

use anyhow::{Context as _, Result, bail};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend};

use super::db::Db;

/// The lock's number on PostgreSQL: the letters of "guildhal".
const LOCK: i64 = i64::from_be_bytes(*b"guildhal");

/// Where one change of the tables stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The tables have it.
    Applied,
    /// The tables lack it.
    Pending,
    /// The tables have it, and this program does not know it: a newer one made it.
    Unknown,
}

/// Applies what is pending; answers the names. Refuses tables that a newer program made.
pub async fn up(db: &Db) -> Result<Vec<String>> {
    let transaction = begin(db).await?;
    let names = known(&transaction, State::Pending).await?;
    if !names.is_empty() {
        let done = Migrator::up(&transaction, None).await;
        done.context("can't bring the tables up to date; nothing was changed")?;
        transaction.commit().await?;
    }
    Ok(names)
}

/// Undoes the last `steps` changes, with the data in them; answers the names, the last first.
pub async fn down(db: &Db, steps: u32) -> Result<Vec<String>> {
    let transaction = begin(db).await?;
    let mut names = known(&transaction, State::Applied).await?;
    names.reverse();
    names.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
    if !names.is_empty() {
        let done = Migrator::down(&transaction, Some(steps)).await;
        done.context("can't undo the change of the tables; nothing was changed")?;
        transaction.commit().await?;
    }
    Ok(names)
}

/// Every change by name, in order, and where it stands.
pub async fn status(db: &Db) -> Result<Vec<(String, State)>> {
    // Ends without a commit: looking leaves no trace.
    list(&begin(db).await?).await
}

/// Refuses tables that are not what this program works with.
pub async fn check(db: &Db) -> Result<()> {
    let transaction = begin(db).await?;
    if let Some(name) = known(&transaction, State::Pending).await?.first() {
        bail!("the tables lack {name}: run `guildhall migrate up`, or start the server once");
    }
    Ok(())
}

async fn begin(db: &Db) -> Result<DatabaseTransaction> {
    let transaction = db.begin().await.context("can't get at the database")?;
    if db.backend() == DbBackend::Postgres {
        // The other instance may take its time, and so may building an index.
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        let lock = format!("SELECT pg_advisory_xact_lock({LOCK})");
        transaction.execute_unprepared(&lock).await?;
    }
    Ok(transaction)
}

/// The names in `state`; an error when there are any that we don't know.
async fn known(transaction: &DatabaseTransaction, state: State) -> Result<Vec<String>> {
    let list = list(transaction).await?;
    if let Some((name, _)) = list.iter().find(|(_, state)| *state == State::Unknown) {
        bail!(
            "this database was made by a newer guildhall (it has {name}): run that version, or \
             restore the backup from before the update"
        );
    }
    Ok(list.into_iter().filter(|(_, is)| *is == state).map(|(name, _)| name).collect())
}

async fn list(transaction: &DatabaseTransaction) -> Result<Vec<(String, State)>> {
    let applied = Migrator::get_migration_models(transaction).await?;
    let applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
    let ours: Vec<String> =
        Migrator::migrations().iter().map(|change| change.name().to_owned()).collect();
    let unknown = applied.iter().filter(|name| !ours.contains(name)).cloned();
    let unknown: Vec<_> = unknown.map(|name| (name, State::Unknown)).collect();
    let ours = ours.into_iter().map(|name| {
        let state = if applied.contains(&name) { State::Applied } else { State::Pending };
        (name, state)
    });
    Ok(ours.chain(unknown).collect())
}
