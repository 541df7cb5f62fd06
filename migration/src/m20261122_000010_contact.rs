//! Contact: forms as data, what came in through them, and the talk about it. Files learn to hang on submissions, their
//! messages, and mails; SQLite can't loosen a check, so their uses are written anew.

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
CREATE TABLE form (
  id {uuid} PRIMARY KEY NOT NULL,
  owner_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  slug {key} NOT NULL UNIQUE,
  title TEXT NOT NULL,
  intro_source TEXT NOT NULL,
  intro_html TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'archived')),
  fields TEXT NOT NULL,
  submit_label TEXT,
  consent_text TEXT,
  needs_challenge {int} NOT NULL CHECK (needs_challenge IN (0, 1)),
  opens_at {time},
  closes_at {time},
  submission_limit {int},
  notify_emails TEXT NOT NULL DEFAULT '[]',
  auto_reply_id {uuid} REFERENCES email_template (id) ON DELETE SET NULL,
  redirect_url TEXT,
  retention_days {int},
  allowed_origins TEXT NOT NULL DEFAULT '[]',
  last_number {int} NOT NULL DEFAULT 0,
  submission_count {int} NOT NULL DEFAULT 0 CHECK (submission_count >= 0),
  open_count {int} NOT NULL DEFAULT 0 CHECK (open_count >= 0),
  version {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX form_owner ON form (owner_id);
CREATE INDEX form_auto_reply ON form (auto_reply_id);

CREATE TABLE form_member (
  form_id {uuid} NOT NULL REFERENCES form (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  PRIMARY KEY (form_id, profile_id)
) {strict};
CREATE INDEX form_member_profile ON form_member (profile_id);

CREATE TABLE submission (
  id {uuid} PRIMARY KEY NOT NULL,
  form_id {uuid} NOT NULL REFERENCES form (id) ON DELETE CASCADE,
  number {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'open', 'waiting', 'done', 'spam')),
  answers TEXT NOT NULL,
  search_text TEXT NOT NULL,
  sender_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  sender_name TEXT,
  sender_email TEXT,
  locale TEXT,
  origin TEXT,
  consent_text TEXT,
  consented_at {time},
  assignee_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  spam_score {int} NOT NULL DEFAULT 0 CHECK (spam_score BETWEEN 0 AND 100),
  spam_reasons TEXT NOT NULL DEFAULT '[]',
  receipt {bytes} NOT NULL UNIQUE,
  guest_key {bytes},
  erase_at {time},
  first_reply_at {time},
  version {int} NOT NULL DEFAULT 1,
  UNIQUE (form_id, number)
) {strict};
CREATE INDEX submission_form ON submission (form_id, id);
CREATE INDEX submission_form_state ON submission (form_id, state, id);
CREATE INDEX submission_state ON submission (state, id);
CREATE INDEX submission_assignee ON submission (assignee_id, id);
CREATE INDEX submission_sender ON submission (sender_id, id);
CREATE UNIQUE INDEX submission_guest_key ON submission (form_id, guest_key) WHERE guest_key IS NOT NULL;
CREATE INDEX submission_erase ON submission (erase_at) WHERE erase_at IS NOT NULL;

CREATE TABLE submission_label (
  submission_id {uuid} NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  name {key} NOT NULL,
  PRIMARY KEY (submission_id, name)
) {strict};
CREATE INDEX submission_label_name ON submission_label (name, submission_id);

CREATE TABLE submission_message (
  id {uuid} PRIMARY KEY NOT NULL,
  submission_id {uuid} NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  from_team {int} NOT NULL CHECK (from_team IN (0, 1)),
  author_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  email_id {uuid} REFERENCES email (id) ON DELETE SET NULL,
  body_source TEXT NOT NULL,
  body_html TEXT NOT NULL
) {strict};
CREATE INDEX submission_message_submission ON submission_message (submission_id, id);
CREATE INDEX submission_message_author ON submission_message (author_id);
CREATE INDEX submission_message_email ON submission_message (email_id);

CREATE TABLE submission_note (
  id {uuid} PRIMARY KEY NOT NULL,
  submission_id {uuid} NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  author_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  text TEXT NOT NULL
) {strict};
CREATE INDEX submission_note_submission ON submission_note (submission_id, id);
CREATE INDEX submission_note_author ON submission_note (author_id);

CREATE TABLE spent_challenge (
  hash {bytes} PRIMARY KEY NOT NULL,
  expires_at {time} NOT NULL
) {strict};
CREATE INDEX spent_challenge_expires ON spent_challenge (expires_at);

CREATE TABLE file_use_new (
  id {uuid} PRIMARY KEY NOT NULL,
  file_id {uuid} NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  place TEXT NOT NULL CHECK (place IN ('avatar', 'banner', 'attachment', 'cover', 'gallery', 'answer')),
  position {int} NOT NULL,
  profile_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  email_id {uuid} REFERENCES email (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  submission_message_id {uuid} REFERENCES submission_message (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN email_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_message_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO file_use_new (id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id)
  SELECT id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id FROM file_use;
DROP TABLE file_use;
ALTER TABLE file_use_new RENAME TO file_use;
CREATE INDEX file_use_file ON file_use (file_id, id);
CREATE UNIQUE INDEX file_use_profile ON file_use (profile_id, place) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_post ON file_use (post_id, place, position) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_comment ON file_use (comment_id, place, position) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_message ON file_use (message_id, place, position) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_portfolio_item ON file_use (portfolio_item_id, place, position) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_email ON file_use (email_id, place, position) WHERE email_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_submission ON file_use (submission_id, place, position) WHERE submission_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_submission_message ON file_use (submission_message_id, place, position) WHERE submission_message_id IS NOT NULL;
"#;

const DOWN: &str = r#"
CREATE TABLE file_use_new (
  id {uuid} PRIMARY KEY NOT NULL,
  file_id {uuid} NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  place TEXT NOT NULL CHECK (place IN ('avatar', 'banner', 'attachment', 'cover', 'gallery')),
  position {int} NOT NULL,
  profile_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO file_use_new (id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id)
  SELECT id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id FROM file_use
  WHERE email_id IS NULL AND submission_id IS NULL AND submission_message_id IS NULL;
DROP TABLE file_use;
ALTER TABLE file_use_new RENAME TO file_use;
CREATE INDEX file_use_file ON file_use (file_id, id);
CREATE UNIQUE INDEX file_use_profile ON file_use (profile_id, place) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_post ON file_use (post_id, place, position) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_comment ON file_use (comment_id, place, position) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_message ON file_use (message_id, place, position) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_portfolio_item ON file_use (portfolio_item_id, place, position) WHERE portfolio_item_id IS NOT NULL;
DROP TABLE spent_challenge;
DROP TABLE submission_note;
DROP TABLE submission_message;
DROP TABLE submission_label;
DROP TABLE submission;
DROP TABLE form_member;
DROP TABLE form;
"#;
