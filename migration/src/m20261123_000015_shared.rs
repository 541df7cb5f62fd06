//! What the community shares learns of jobs and tasks: comments, reactions, bookmarks, files, watches and notifications.
//! SQLite can't loosen a check, so their tables are written anew.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

mod down;
mod up;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, up::SCRIPT).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, down::SCRIPT).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
