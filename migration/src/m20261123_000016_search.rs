//! What the search box finds: one document for each thing, written with its source, and taken away with it by a trigger,
//! whichever way the source is deleted.
//!
//! PostgreSQL keeps the words of a document in a column of its row, stemmed by its language, and as they are. SQLite
//! keeps them in a table of FTS5, which triggers keep; so does it the parts of titles, of three letters each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables of what is found.
const SOURCES: [&str; 9] =
    ["profile", "post", "tag", "job", "organization", "portfolio_item", "task", "message", "file"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (tables, trigger) = match manager.get_database_backend() {
            DbBackend::Postgres => (POSTGRES, POSTGRES_TRIGGER),
            _ => (SQLITE, SQLITE_TRIGGER),
        };
        run(manager, tables).await?;
        for source in SOURCES {
            run(manager, &trigger.replace("{source}", source)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (tables, trigger) = match manager.get_database_backend() {
            DbBackend::Postgres => (POSTGRES_DOWN, "DROP TRIGGER {source}_unfound ON {source}"),
            _ => (SQLITE_DOWN, "DROP TRIGGER {source}_unfound"),
        };
        for source in SOURCES {
            run(manager, &trigger.replace("{source}", source)).await?;
        }
        run(manager, tables).await
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
CREATE INDEX search_document_title ON search_document USING gin (lower(title) gin_trgm_ops)
  WHERE kind IN ('profile', 'tag', 'organization', 'job');
CREATE INDEX search_document_kind ON search_document (kind, subject);
CREATE INDEX search_document_language ON search_document (language);
CREATE FUNCTION search_unfound() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN DELETE FROM search_document WHERE subject = old.id; RETURN NULL; END $$
"#;

const POSTGRES_TRIGGER: &str = "
CREATE TRIGGER {source}_unfound AFTER DELETE ON {source} FOR EACH ROW EXECUTE FUNCTION search_unfound()
";

const POSTGRES_DOWN: &str = "
DROP FUNCTION search_unfound();
DROP TABLE search_document
";

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
CREATE VIRTUAL TABLE search_parts USING fts5 (title, content = '', contentless_delete = 1, tokenize = 'trigram');
CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN \
  INSERT INTO search_words (rowid, title, body) VALUES (new.id, new.title, new.body); \
END;
CREATE TRIGGER search_document_named AFTER INSERT ON search_document \
WHEN new.kind IN ('profile', 'tag', 'organization', 'job') BEGIN \
  INSERT INTO search_parts (rowid, title) VALUES (new.id, new.title); \
END;
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN \
  INSERT INTO search_words (search_words, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); \
  INSERT INTO search_words (rowid, title, body) VALUES (new.id, new.title, new.body); \
END;
CREATE TRIGGER search_document_renamed AFTER UPDATE ON search_document \
WHEN new.kind IN ('profile', 'tag', 'organization', 'job') AND new.title <> old.title BEGIN \
  DELETE FROM search_parts WHERE rowid = old.id; \
  INSERT INTO search_parts (rowid, title) VALUES (new.id, new.title); \
END;
CREATE TRIGGER search_document_gone AFTER DELETE ON search_document BEGIN \
  INSERT INTO search_words (search_words, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); \
  DELETE FROM search_parts WHERE rowid = old.id; \
END
";

const SQLITE_TRIGGER: &str = "
CREATE TRIGGER {source}_unfound AFTER DELETE ON {source} BEGIN \
  DELETE FROM search_document WHERE subject = old.id; \
END
";

const SQLITE_DOWN: &str = "
DROP TABLE search_words;
DROP TABLE search_parts;
DROP TABLE search_document
";
