//! What happened: streams of events that clients follow, and replay after a dropped connection.

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

CREATE TABLE stream (
  id {uuid} PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  last_seq {long} NOT NULL CHECK (last_seq > 0)
) {strict};

CREATE TABLE event (
  stream_id {uuid} NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
  seq {long} NOT NULL,
  at {time} NOT NULL,
  kind {key} NOT NULL,
  actor {uuid},
  subject {uuid},
  access {int} NOT NULL CHECK (access IN (0, 1)),
  payload TEXT NOT NULL,
  PRIMARY KEY (stream_id, seq)
) {strict};
CREATE INDEX event_age ON event (at);
"#;

const DOWN: &str = "
DROP TABLE event;
DROP TABLE stream;
";
