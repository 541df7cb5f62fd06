//! What the search box finds: one document for each thing, written with its source.
//!
//! PostgreSQL keeps the words of a document in a column of its row, stemmed by its language, and as they are. SQLite
//! keeps them in a table of FTS5, which triggers keep.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, POSTGRES).await,
            _ => run(manager, SQLITE).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, "DROP TABLE search_document").await,
            _ => run(manager, SQLITE_DOWN).await,
        }
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const POSTGRES: &str = r#"
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE search_document (
  subject {uuid} PRIMARY KEY NOT NULL,
  kind {key} NOT NULL,
  author {uuid},
  made_at {time} NOT NULL,
  language {key} NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  words TSVECTOR NOT NULL
);
CREATE INDEX search_document_words ON search_document USING gin (words);
CREATE INDEX search_document_title ON search_document USING gin (lower(title) gin_trgm_ops);
CREATE INDEX search_document_kind ON search_document (kind, subject)
"#;

const SQLITE: &str = "
CREATE TABLE search_document (
  id INTEGER PRIMARY KEY NOT NULL,
  subject BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  author BLOB,
  made_at TEXT NOT NULL,
  language TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX search_document_kind ON search_document (kind, subject);
CREATE VIRTUAL TABLE search_words USING fts5 (
  title, body, content = 'search_document', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN \
  INSERT INTO search_words (rowid, title, body) VALUES (new.id, new.title, new.body); \
END;
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN \
  INSERT INTO search_words (search_words, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); \
  INSERT INTO search_words (rowid, title, body) VALUES (new.id, new.title, new.body); \
END;
CREATE TRIGGER search_document_gone AFTER DELETE ON search_document BEGIN \
  INSERT INTO search_words (search_words, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); \
END
";

const SQLITE_DOWN: &str = "
DROP TABLE search_words;
DROP TABLE search_document
";
