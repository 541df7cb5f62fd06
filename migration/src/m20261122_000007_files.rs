//! Files: bytes by their hash, who stored them, where they are used, and uploads on their way.

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
CREATE TABLE blob (
  sha256 {key} PRIMARY KEY NOT NULL,
  size {long} NOT NULL CHECK (size >= 0),
  touched_at {time} NOT NULL
) {strict};
CREATE INDEX blob_touched ON blob (touched_at);

CREATE TABLE file (
  id {uuid} PRIMARY KEY NOT NULL,
  owner_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  sha256 {key} NOT NULL REFERENCES blob (sha256),
  sent_sha256 {key} NOT NULL,
  size {long} NOT NULL CHECK (size >= 0),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  width {int},
  height {int},
  frames {int},
  blurhash TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio', 'document', 'archive', 'other')),
  alt_text TEXT,
  caption TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('private', 'members', 'public')),
  focus_x {int} NOT NULL DEFAULT 500 CHECK (focus_x BETWEEN 0 AND 1000),
  focus_y {int} NOT NULL DEFAULT 500 CHECK (focus_y BETWEEN 0 AND 1000)
) {strict};
CREATE INDEX file_owner ON file (owner_id, id);
CREATE INDEX file_owner_kind ON file (owner_id, kind, id);
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_sent ON file (sent_sha256, owner_id);

CREATE TABLE file_use (
  id {uuid} PRIMARY KEY NOT NULL,
  file_id {uuid} NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  place TEXT NOT NULL CHECK (place IN ('avatar', 'banner', 'attachment', 'cover', 'gallery')),
  position {int} NOT NULL,
  profile_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
CREATE INDEX file_use_file ON file_use (file_id, id);
CREATE UNIQUE INDEX file_use_profile ON file_use (profile_id, place) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_post ON file_use (post_id, place, position) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_comment ON file_use (comment_id, place, position) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_message ON file_use (message_id, place, position) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_portfolio_item ON file_use (portfolio_item_id, place, position)
  WHERE portfolio_item_id IS NOT NULL;

CREATE TABLE storage (
  profile_id {uuid} PRIMARY KEY NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  used {long} NOT NULL DEFAULT 0 CHECK (used >= 0),
  reserved {long} NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  file_count {int} NOT NULL DEFAULT 0 CHECK (file_count >= 0),
  upload_count {int} NOT NULL DEFAULT 0 CHECK (upload_count >= 0)
) {strict};

CREATE TABLE upload (
  id {uuid} PRIMARY KEY NOT NULL,
  owner_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  media_type TEXT,
  size {long} NOT NULL CHECK (size > 0),
  received {long} NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
  sent_sha256 {key},
  alt_text TEXT,
  visibility TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'processing', 'ready', 'failed')),
  failure TEXT,
  file_id {uuid} REFERENCES file (id) ON DELETE SET NULL,
  expires_at {time} NOT NULL,
  leased_until {time}
) {strict};
CREATE INDEX upload_owner ON upload (owner_id, id);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_file ON upload (file_id);
CREATE INDEX upload_processing ON upload (leased_until) WHERE state = 'processing';

CREATE TABLE upload_part (
  id {uuid} PRIMARY KEY NOT NULL,
  upload_id {uuid} NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  start {long} NOT NULL,
  size {long} NOT NULL CHECK (size > 0),
  UNIQUE (upload_id, start)
) {strict};
"#;

const DOWN: &str = "
DROP TABLE upload_part;
DROP TABLE upload;
DROP TABLE storage;
DROP TABLE file_use;
DROP TABLE file;
DROP TABLE blob;
";
