//! Chat: conversations, who is in them, messages; reactions and earlier wordings of messages.

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

CREATE TABLE conversation (
  id {uuid} PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'circle', 'channel')),
  slug {key} UNIQUE,
  title TEXT,
  topic TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
  people {key} UNIQUE,
  member_count {int} NOT NULL CHECK (member_count >= 0),
  last_position {int} NOT NULL DEFAULT 0,
  last_number {int} NOT NULL DEFAULT 0,
  latest {uuid} NOT NULL,
  archived_at {time},
  CHECK ((kind = 'channel') = (slug IS NOT NULL)),
  CHECK (kind = 'channel' OR visibility = 'private')
) {strict};
CREATE INDEX conversation_channels ON conversation (visibility, latest) WHERE kind = 'channel';

CREATE TABLE conversation_member (
  id {uuid} PRIMARY KEY NOT NULL,
  conversation_id {uuid} NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'member')),
  read_position {int} NOT NULL,
  read_number {int} NOT NULL,
  mention_count {int} NOT NULL DEFAULT 0 CHECK (mention_count >= 0),
  read_at {time},
  UNIQUE (conversation_id, profile_id)
) {strict};
CREATE INDEX conversation_member_conversation ON conversation_member (conversation_id, id);
CREATE INDEX conversation_member_profile ON conversation_member (profile_id, conversation_id);

CREATE TABLE message (
  id {uuid} PRIMARY KEY NOT NULL,
  conversation_id {uuid} NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  position {int} NOT NULL,
  number {int} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'member_joined', 'member_left', 'title_changed', 'pinned')),
  author_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  root_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  reply_to_id {uuid} REFERENCES message (id) ON DELETE SET NULL,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT,
  client_key TEXT,
  reply_count {int} NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
  last_reply_at {time},
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  version {int} NOT NULL DEFAULT 1,
  edited_at {time},
  deleted_at {time},
  pinned_at {time},
  UNIQUE (conversation_id, position)
) {strict};
CREATE INDEX message_timeline ON message (conversation_id, position) WHERE root_id IS NULL;
CREATE INDEX message_number ON message (conversation_id, number, position) WHERE root_id IS NULL;
CREATE INDEX message_threads ON message (conversation_id, last_reply_at, id) WHERE reply_count > 0;
CREATE INDEX message_root ON message (root_id, position);
CREATE INDEX message_reply_to ON message (reply_to_id);
CREATE INDEX message_author ON message (author_id, id);
CREATE INDEX message_pinned ON message (conversation_id, pinned_at) WHERE pinned_at IS NOT NULL;

CREATE TABLE message_mention (
  message_id {uuid} NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  conversation_id {uuid} NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
  position {int} NOT NULL,
  PRIMARY KEY (message_id, profile_id)
) {strict};
CREATE INDEX message_mention_profile ON message_mention (profile_id, conversation_id, position);
CREATE INDEX message_mention_conversation ON message_mention (conversation_id);

CREATE TABLE reaction_of_three (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO reaction_of_three (id, profile_id, emoji, post_id, comment_id)
  SELECT id, profile_id, emoji, post_id, comment_id FROM reaction;
DROP TABLE reaction;
ALTER TABLE reaction_of_three RENAME TO reaction;
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_message ON reaction (message_id, profile_id, emoji) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_message_emoji ON reaction (message_id, emoji, id) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);

CREATE TABLE revision_of_two (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  editor_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  version {int} NOT NULL,
  title TEXT,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT,
  CHECK ((post_id IS NULL) <> (message_id IS NULL))
) {strict};
INSERT INTO revision_of_two (id, post_id, editor_id, version, title, body_source, body_html, mentions)
  SELECT id, post_id, editor_id, version, title, body_source, body_html, mentions FROM revision;
DROP TABLE revision;
ALTER TABLE revision_of_two RENAME TO revision;
CREATE INDEX revision_post ON revision (post_id, id);
CREATE INDEX revision_message ON revision (message_id, id);
CREATE INDEX revision_editor ON revision (editor_id);
"#;

const DOWN: &str = "
CREATE TABLE reaction_of_two (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) {strict};
INSERT INTO reaction_of_two (id, profile_id, emoji, post_id, comment_id)
  SELECT id, profile_id, emoji, post_id, comment_id FROM reaction WHERE message_id IS NULL;
DROP TABLE reaction;
ALTER TABLE reaction_of_two RENAME TO reaction;
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);
CREATE TABLE revision_of_one (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  editor_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  version {int} NOT NULL,
  title TEXT,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT
) {strict};
INSERT INTO revision_of_one (id, post_id, editor_id, version, title, body_source, body_html, mentions)
  SELECT id, post_id, editor_id, version, title, body_source, body_html, mentions FROM revision
  WHERE post_id IS NOT NULL;
DROP TABLE revision;
ALTER TABLE revision_of_one RENAME TO revision;
CREATE INDEX revision_post ON revision (post_id, id);
CREATE INDEX revision_editor ON revision (editor_id);
DROP TABLE message_mention;
DROP TABLE message;
DROP TABLE conversation_member;
DROP TABLE conversation;
";
