//! Background work: what waits to be done, and when each timer fired last.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const UP: &str = r#"
CREATE TABLE work_item (
  id {uuid} PRIMARY KEY NOT NULL,
  queue {key} NOT NULL,
  kind {key} NOT NULL,
  payload TEXT NOT NULL,
  dedupe {key},
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'failed', 'cancelled')),
  run_at {time} NOT NULL,
  attempts {int} NOT NULL DEFAULT 0,
  max_attempts {int} NOT NULL CHECK (max_attempts > 0),
  worker {uuid},
  leased_until {time},
  started_at {time},
  finished_at {time},
  error TEXT
) {strict};
CREATE INDEX work_item_due ON work_item (queue, run_at, id) WHERE state = 'queued';
CREATE INDEX work_item_leased ON work_item (leased_until) WHERE state = 'running';
CREATE INDEX work_item_state ON work_item (state, id);
CREATE INDEX work_item_queue ON work_item (queue, state, id);
CREATE INDEX work_item_finished ON work_item (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX work_item_dedupe ON work_item (dedupe) WHERE dedupe IS NOT NULL AND state = 'queued';

CREATE TABLE timer (
  name {key} PRIMARY KEY NOT NULL,
  fired_at {time} NOT NULL
) {strict};
"#;

const DOWN: &str = r#"
DROP TABLE timer;
DROP TABLE work_item;
"#;
