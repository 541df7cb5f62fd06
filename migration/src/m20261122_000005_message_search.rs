//! The words of messages, for the search within a conversation.
//!
//! PostgreSQL indexes them where they stand. SQLite keeps them in a table of FTS5, which holds the words and not
//! the texts; triggers keep it, and `message_search_row` names each of its rows by a number that stays.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::{dialect::run, message_search::words};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let words = words("body_source");
                let index = format!(
                    "CREATE INDEX message_words ON message USING gin (({words})) \
                     WHERE kind = 'text' AND deleted_at IS NULL"
                );
                run(manager, &index).await
            }
            _ => run(manager, SQLITE).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, "DROP INDEX message_words").await,
            _ => run(manager, SQLITE_DOWN).await,
        }
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// Each conversation's key is a word of its own, so that the index finds the words of one conversation alone.
const SQLITE: &str = "
CREATE TABLE message_search_row (
  id INTEGER PRIMARY KEY NOT NULL,
  message_id BLOB NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE
) STRICT;
CREATE VIRTUAL TABLE message_search USING fts5 (
  conversation, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO message_search_row (message_id) SELECT id FROM message WHERE kind = 'text' AND deleted_at IS NULL;
INSERT INTO message_search (rowid, conversation, body)
  SELECT r.id, hex(m.conversation_id), m.body_source FROM message_search_row r JOIN message m ON m.id = r.message_id;
CREATE TRIGGER message_search_added AFTER INSERT ON message WHEN new.kind = 'text' BEGIN \
  INSERT INTO message_search_row (message_id) VALUES (new.id); \
  INSERT INTO message_search (rowid, conversation, body) \
    SELECT id, hex(new.conversation_id), new.body_source FROM message_search_row WHERE message_id = new.id; \
END;
CREATE TRIGGER message_search_changed AFTER UPDATE OF body_source ON message WHEN new.kind = 'text' BEGIN \
  DELETE FROM message_search WHERE rowid = (SELECT id FROM message_search_row WHERE message_id = new.id); \
  INSERT INTO message_search (rowid, conversation, body) \
    SELECT id, hex(new.conversation_id), new.body_source FROM message_search_row WHERE message_id = new.id; \
END;
CREATE TRIGGER message_search_gone BEFORE DELETE ON message_search_row BEGIN \
  DELETE FROM message_search WHERE rowid = old.id; \
END
";

const SQLITE_DOWN: &str = "
DROP TRIGGER message_search_added;
DROP TRIGGER message_search_changed;
DROP TABLE message_search_row;
DROP TABLE message_search
";
