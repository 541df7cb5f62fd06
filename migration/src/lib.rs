//! The tables of Guildhall, one file per change, for SQLite and PostgreSQL alike. Every change is one
//! transaction: a start that is cut off leaves the database as it was.

mod dialect;
mod m20261122_000001_accounts_and_members;
mod m20261122_000002_posts;
mod m20261122_000003_streams;
mod m20261122_000004_chat;
mod m20261122_000005_message_search;
mod m20261122_000006_portfolio;
mod m20261122_000007_files;
mod m20261122_000008_work;
mod m20261122_000009_mail;
mod m20261122_000010_contact;
mod m20261122_000011_notifications;
mod m20261122_000012_submission_search;
mod m20261123_000013_jobs;
mod m20261123_000014_boards;
mod m20261123_000015_shared;
mod m20261123_000016_search;
mod m20261123_000017_job_find;
pub mod message_search;

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

/// Applies and undoes the changes, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_accounts_and_members::Migration),
            Box::new(m20261122_000002_posts::Migration),
            Box::new(m20261122_000003_streams::Migration),
            Box::new(m20261122_000004_chat::Migration),
            Box::new(m20261122_000005_message_search::Migration),
            Box::new(m20261122_000006_portfolio::Migration),
            Box::new(m20261122_000007_files::Migration),
            Box::new(m20261122_000008_work::Migration),
            Box::new(m20261122_000009_mail::Migration),
            Box::new(m20261122_000010_contact::Migration),
            Box::new(m20261122_000011_notifications::Migration),
            Box::new(m20261122_000012_submission_search::Migration),
            Box::new(m20261123_000013_jobs::Migration),
            Box::new(m20261123_000014_boards::Migration),
            Box::new(m20261123_000015_shared::Migration),
            Box::new(m20261123_000016_search::Migration),
            Box::new(m20261123_000017_job_find::Migration),
        ]
    }
}
