//! What is said: posts, their wordings, comments, reactions, bookmarks and tags.

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

CREATE TABLE post (
  id {uuid} PRIMARY KEY NOT NULL,
  author_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('note', 'article')),
  title TEXT,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'followers')),
  content_warning TEXT,
  comment_count {int} NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  version {int} NOT NULL DEFAULT 1,
  edited_at {time}
) {strict};
CREATE INDEX post_author ON post (author_id, id);
CREATE INDEX post_visibility ON post (visibility, id);
CREATE INDEX post_top ON post (reaction_count, id);
CREATE INDEX post_visibility_top ON post (visibility, reaction_count, id);

CREATE TABLE revision (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  editor_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  version {int} NOT NULL,
  title TEXT,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL,
  mentions TEXT
) {strict};
CREATE INDEX revision_post ON revision (post_id, id);
CREATE INDEX revision_editor ON revision (editor_id);

CREATE TABLE comment (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  parent_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
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
CREATE INDEX comment_post ON comment (post_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_post_top ON comment (post_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_parent ON comment (parent_id, id);
CREATE INDEX comment_post_all ON comment (post_id);
CREATE INDEX comment_author ON comment (author_id, id);

CREATE TABLE reaction (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) {strict};
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);

CREATE TABLE bookmark (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  note TEXT,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  CHECK ((post_id IS NULL) <> (comment_id IS NULL))
) {strict};
CREATE INDEX bookmark_profile ON bookmark (profile_id, id);
CREATE UNIQUE INDEX bookmark_post ON bookmark (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_comment ON bookmark (comment_id, profile_id) WHERE comment_id IS NOT NULL;

CREATE TABLE post_tag (
  post_id {uuid} NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  tag_id {uuid} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  PRIMARY KEY (post_id, tag_id)
) {strict};
CREATE INDEX post_tag_tag ON post_tag (tag_id, post_id);
"#;

const DOWN: &str = "
DROP TABLE post_tag;
DROP TABLE bookmark;
DROP TABLE reaction;
DROP TABLE comment;
DROP TABLE revision;
DROP TABLE post;
";
