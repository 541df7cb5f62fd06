//! The inbox of contact forms: the words of submissions, to be found by, and the mails about each.
//!
//! PostgreSQL indexes the words where they stand. SQLite keeps them in a table of FTS5, which holds the words and not
//! the texts; triggers keep it, and `submission_search_row` names each of its rows by a number that stays.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::{dialect::run, message_search::words};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let words = words("search_text");
                let index =
                    format!("CREATE INDEX submission_words ON submission USING gin (({words}))");
                run(manager, &index).await
            }
            _ => run(manager, SQLITE).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, "DROP INDEX submission_words").await?,
            _ => run(manager, SQLITE_DOWN).await?,
        }
        run(manager, "DROP TABLE submission_mail").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const UP: &str = "
CREATE TABLE submission_mail (
  email_id {uuid} PRIMARY KEY NOT NULL REFERENCES email (id) ON DELETE CASCADE,
  submission_id {uuid} NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  to_sender {int} NOT NULL CHECK (to_sender IN (0, 1))
) {strict};
CREATE INDEX submission_mail_submission ON submission_mail (submission_id, email_id)
";

const SQLITE: &str = "
CREATE TABLE submission_search_row (
  id INTEGER PRIMARY KEY NOT NULL,
  submission_id BLOB NOT NULL UNIQUE REFERENCES submission (id) ON DELETE CASCADE
) STRICT;
CREATE VIRTUAL TABLE submission_search USING fts5 (
  body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO submission_search_row (submission_id) SELECT id FROM submission;
INSERT INTO submission_search (rowid, body)
  SELECT r.id, s.search_text FROM submission_search_row r JOIN submission s ON s.id = r.submission_id;
CREATE TRIGGER submission_search_added AFTER INSERT ON submission BEGIN \
  INSERT INTO submission_search_row (submission_id) VALUES (new.id); \
  INSERT INTO submission_search (rowid, body) \
    SELECT id, new.search_text FROM submission_search_row WHERE submission_id = new.id; \
END;
CREATE TRIGGER submission_search_changed AFTER UPDATE OF search_text ON submission BEGIN \
  DELETE FROM submission_search WHERE rowid = (SELECT id FROM submission_search_row WHERE submission_id = new.id); \
  INSERT INTO submission_search (rowid, body) \
    SELECT id, new.search_text FROM submission_search_row WHERE submission_id = new.id; \
END;
CREATE TRIGGER submission_search_gone BEFORE DELETE ON submission_search_row BEGIN \
  DELETE FROM submission_search WHERE rowid = old.id; \
END
";

const SQLITE_DOWN: &str = "
DROP TRIGGER submission_search_added;
DROP TRIGGER submission_search_changed;
DROP TABLE submission_search_row;
DROP TABLE submission_search
";
