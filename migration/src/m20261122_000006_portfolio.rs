//! Members' work on show: portfolio items, resumes, endorsed skills. Comments, reactions and bookmarks learn to stand
//! on a portfolio item; SQLite can't loosen a column, so what points to comments is written anew with them.

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
CREATE TABLE portfolio_item (
  id {uuid} PRIMARY KEY NOT NULL,
  owner_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  slug {key} NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  text_key TEXT NOT NULL,
  story_source TEXT NOT NULL,
  story_html TEXT NOT NULL,
  mentions TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'followers')),
  client TEXT,
  owner_role TEXT,
  started_on {date},
  finished_on {date},
  links TEXT NOT NULL,
  position {int} NOT NULL,
  publication {uuid} UNIQUE,
  comment_count {int} NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  version {int} NOT NULL DEFAULT 1,
  edited_at {time},
  UNIQUE (owner_id, slug)
) {strict};
CREATE INDEX portfolio_item_owner ON portfolio_item (owner_id, position, id);
CREATE INDEX portfolio_item_visibility ON portfolio_item (visibility, publication) WHERE publication IS NOT NULL;
CREATE INDEX portfolio_item_top ON portfolio_item (reaction_count, publication) WHERE publication IS NOT NULL;

CREATE TABLE portfolio_item_tag (
  portfolio_item_id {uuid} NOT NULL REFERENCES portfolio_item (id) ON DELETE CASCADE,
  tag_id {uuid} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (portfolio_item_id, tag_id)
) {strict};
CREATE INDEX portfolio_item_tag_tag ON portfolio_item_tag (tag_id, portfolio_item_id);

CREATE TABLE collaborator (
  id {uuid} PRIMARY KEY NOT NULL,
  portfolio_item_id {uuid} NOT NULL REFERENCES portfolio_item (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  credit TEXT NOT NULL,
  position {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'refused')),
  UNIQUE (portfolio_item_id, profile_id)
) {strict};
CREATE INDEX collaborator_profile ON collaborator (profile_id, state, id);

CREATE TABLE resume (
  profile_id {uuid} PRIMARY KEY NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  summary_source TEXT NOT NULL,
  summary_html TEXT NOT NULL,
  details TEXT NOT NULL DEFAULT '{}',
  updated_at {time} NOT NULL
) {strict};

CREATE TABLE resume_entry (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  position {int} NOT NULL,
  title TEXT NOT NULL,
  organization TEXT,
  location TEXT,
  url TEXT,
  starts_on {key},
  ends_on {key},
  summary_source TEXT NOT NULL,
  summary_html TEXT NOT NULL,
  highlights TEXT NOT NULL DEFAULT '[]',
  grade TEXT,
  credential TEXT,
  details TEXT NOT NULL DEFAULT '{}'
) {strict};
CREATE INDEX resume_entry_profile ON resume_entry (profile_id, kind, position);

CREATE TABLE spoken_language (
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  language {key} NOT NULL,
  position {int} NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('elementary', 'limited', 'professional', 'full_professional', 'native')),
  details TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (profile_id, language)
) {strict};

ALTER TABLE profile_skill ADD COLUMN endorsement_count {int} NOT NULL DEFAULT 0;
CREATE TABLE skill_endorsement (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  tag_id {uuid} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  endorser_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  UNIQUE (profile_id, tag_id, endorser_id)
) {strict};
CREATE INDEX skill_endorsement_skill ON skill_endorsement (profile_id, tag_id, id);
CREATE INDEX skill_endorsement_tag ON skill_endorsement (tag_id);
CREATE INDEX skill_endorsement_endorser ON skill_endorsement (endorser_id);

CREATE TABLE comment_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  parent_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  author_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  depth {int} NOT NULL CHECK (depth BETWEEN 0 AND 100),
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT,
  reply_count {int} NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  edited_at {time},
  deleted_at {time},
  CHECK ((post_id IS NULL) <> (portfolio_item_id IS NULL))
) {strict};
INSERT INTO comment_anew (id, post_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at)
  SELECT id, post_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at
  FROM comment;
CREATE TABLE reaction_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO reaction_anew (id, profile_id, emoji, post_id, comment_id, message_id)
  SELECT id, profile_id, emoji, post_id, comment_id, message_id FROM reaction;
CREATE TABLE bookmark_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  note TEXT,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO bookmark_anew (id, profile_id, note, post_id, comment_id)
  SELECT id, profile_id, note, post_id, comment_id FROM bookmark;
DROP TABLE reaction;
DROP TABLE bookmark;
DROP TABLE comment;
ALTER TABLE comment_anew RENAME TO comment;
ALTER TABLE reaction_anew RENAME TO reaction;
ALTER TABLE bookmark_anew RENAME TO bookmark;
CREATE INDEX comment_post ON comment (post_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_post_top ON comment (post_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_parent ON comment (parent_id, id);
CREATE INDEX comment_post_all ON comment (post_id);
CREATE INDEX comment_author ON comment (author_id, id);
CREATE INDEX comment_portfolio_item ON comment (portfolio_item_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_portfolio_item_top ON comment (portfolio_item_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_portfolio_item_all ON comment (portfolio_item_id);
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_message ON reaction (message_id, profile_id, emoji) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_portfolio_item ON reaction (portfolio_item_id, profile_id, emoji) WHERE portfolio_item_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_message_emoji ON reaction (message_id, emoji, id) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_portfolio_item_emoji ON reaction (portfolio_item_id, emoji, id) WHERE portfolio_item_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);
CREATE INDEX bookmark_profile ON bookmark (profile_id, id);
CREATE UNIQUE INDEX bookmark_post ON bookmark (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_comment ON bookmark (comment_id, profile_id) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_portfolio_item ON bookmark (portfolio_item_id, profile_id) WHERE portfolio_item_id IS NOT NULL;
"#;

const DOWN: &str = r#"
CREATE TABLE comment_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  parent_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  author_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  depth {int} NOT NULL CHECK (depth BETWEEN 0 AND 100),
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT,
  reply_count {int} NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  edited_at {time},
  deleted_at {time}
) {strict};
INSERT INTO comment_anew (id, post_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at)
  SELECT id, post_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at
  FROM comment WHERE post_id IS NOT NULL;
CREATE TABLE reaction_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO reaction_anew (id, profile_id, emoji, post_id, comment_id, message_id)
  SELECT id, profile_id, emoji, post_id, comment_id, message_id FROM reaction WHERE (comment_id IS NULL OR comment_id IN (SELECT id FROM comment_anew)) AND portfolio_item_id IS NULL;
CREATE TABLE bookmark_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  note TEXT,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) {strict};
INSERT INTO bookmark_anew (id, profile_id, note, post_id, comment_id)
  SELECT id, profile_id, note, post_id, comment_id FROM bookmark WHERE (comment_id IS NULL OR comment_id IN (SELECT id FROM comment_anew)) AND portfolio_item_id IS NULL;
DROP TABLE reaction;
DROP TABLE bookmark;
DROP TABLE comment;
ALTER TABLE comment_anew RENAME TO comment;
ALTER TABLE reaction_anew RENAME TO reaction;
ALTER TABLE bookmark_anew RENAME TO bookmark;
CREATE INDEX comment_post ON comment (post_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_post_top ON comment (post_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_parent ON comment (parent_id, id);
CREATE INDEX comment_post_all ON comment (post_id);
CREATE INDEX comment_author ON comment (author_id, id);
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_message ON reaction (message_id, profile_id, emoji) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_message_emoji ON reaction (message_id, emoji, id) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);
CREATE INDEX bookmark_profile ON bookmark (profile_id, id);
CREATE UNIQUE INDEX bookmark_post ON bookmark (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_comment ON bookmark (comment_id, profile_id) WHERE comment_id IS NOT NULL;
DROP TABLE skill_endorsement;
ALTER TABLE profile_skill DROP COLUMN endorsement_count;
DROP TABLE spoken_language;
DROP TABLE resume_entry;
DROP TABLE resume;
DROP TABLE collaborator;
DROP TABLE portfolio_item_tag;
DROP TABLE portfolio_item;
"#;
