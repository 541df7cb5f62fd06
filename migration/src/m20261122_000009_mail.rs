//! Mail: the outbox with every attempt, templates, topics, who wants which, and addresses that get none. Accounts learn
//! whether their address is proved, and in what language to write to them.

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
ALTER TABLE account ADD COLUMN email_verified_at {time};
ALTER TABLE account ADD COLUMN locale TEXT NOT NULL DEFAULT 'en';

CREATE TABLE account_token (
  hash {bytes} PRIMARY KEY NOT NULL,
  account_id {uuid} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'change', 'reset')),
  email TEXT NOT NULL,
  expires_at {time} NOT NULL
) {strict};
CREATE INDEX account_token_account ON account_token (account_id, purpose);
CREATE INDEX account_token_expires ON account_token (expires_at);

CREATE TABLE email_template (
  id {uuid} PRIMARY KEY NOT NULL,
  key {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  variables TEXT NOT NULL,
  version {int} NOT NULL DEFAULT 1,
  updated_at {time} NOT NULL
) {strict};

CREATE TABLE email_translation (
  template_id {uuid} NOT NULL REFERENCES email_template (id) ON DELETE CASCADE,
  locale {key} NOT NULL,
  subject TEXT NOT NULL,
  markdown TEXT NOT NULL,
  preheader TEXT,
  PRIMARY KEY (template_id, locale)
) {strict};

CREATE TABLE email_topic (
  id {uuid} PRIMARY KEY NOT NULL,
  key {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT,
  default_on {int} NOT NULL CHECK (default_on IN (0, 1)),
  is_system {int} NOT NULL CHECK (is_system IN (0, 1))
) {strict};

CREATE TABLE email_choice (
  email_key {key} NOT NULL,
  topic_id {uuid} NOT NULL REFERENCES email_topic (id) ON DELETE CASCADE,
  subscribed {int} NOT NULL CHECK (subscribed IN (0, 1)),
  chosen_at {time} NOT NULL,
  PRIMARY KEY (email_key, topic_id)
) {strict};
CREATE INDEX email_choice_topic ON email_choice (topic_id);

CREATE TABLE suppression (
  id {uuid} PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  email_key {key} NOT NULL UNIQUE,
  reason TEXT NOT NULL CHECK (reason IN ('hard_bounce', 'complaint', 'unsubscribed_all', 'manual')),
  detail TEXT
) {strict};

CREATE TABLE email (
  id {uuid} PRIMARY KEY NOT NULL,
  batch {uuid} NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('scheduled', 'queued', 'sending', 'sent', 'deferred', 'failed', 'cancelled', 'suppressed')),
  priority TEXT NOT NULL CHECK (priority IN ('transactional', 'normal', 'bulk')),
  sender_line TEXT NOT NULL,
  to_email TEXT NOT NULL,
  to_key {key} NOT NULL,
  to_name TEXT,
  reply_to TEXT,
  recipient_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  sender_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  topic_id {uuid} REFERENCES email_topic (id) ON DELETE SET NULL,
  template_key {key},
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT,
  html TEXT,
  is_secret {int} NOT NULL CHECK (is_secret IN (0, 1)),
  tags TEXT NOT NULL DEFAULT '[]',
  message_ref {key} NOT NULL UNIQUE,
  thread_refs TEXT,
  run_at {time} NOT NULL,
  sent_at {time},
  attempt_count {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX email_batch ON email (batch, id);
CREATE INDEX email_state ON email (state, id);
CREATE INDEX email_to ON email (to_key, id);
CREATE INDEX email_recipient ON email (recipient_id, id);
CREATE INDEX email_sender ON email (sender_id, id);
CREATE INDEX email_topic_of ON email (topic_id);
CREATE INDEX email_template_of ON email (template_key, id);

CREATE TABLE email_attempt (
  id {uuid} PRIMARY KEY NOT NULL,
  email_id {uuid} NOT NULL REFERENCES email (id) ON DELETE CASCADE,
  relay TEXT NOT NULL,
  code {int},
  enhanced_code TEXT,
  response TEXT NOT NULL,
  took_ms {int} NOT NULL,
  tls {int} NOT NULL CHECK (tls IN (0, 1))
) {strict};
CREATE INDEX email_attempt_email ON email_attempt (email_id, id);

INSERT INTO email_topic (id, key, name, description, default_on, is_system) VALUES
  ({topic:01}, 'mention', 'Mentions', 'Somebody names you.', 1, 1),
  ({topic:02}, 'reply', 'Replies', 'Somebody answers your comment.', 1, 1),
  ({topic:03}, 'comment', 'Comments', 'Somebody comments on what you made.', 1, 1),
  ({topic:04}, 'reaction', 'Reactions', 'Somebody reacts to what you made.', 0, 1),
  ({topic:05}, 'follow', 'Followers', 'Somebody follows you.', 0, 1),
  ({topic:06}, 'message', 'Messages', 'Messages that reach you while you are away.', 1, 1),
  ({topic:07}, 'endorsement', 'Endorsements', 'Somebody endorses a skill of yours.', 0, 1),
  ({topic:08}, 'collaboration', 'Collaborations', 'Somebody names you as one who made something with them.', 1, 1),
  ({topic:09}, 'submission', 'Contact forms', 'Something comes through a contact form that you look after.', 1, 1);
"#;

const DOWN: &str = r#"
DROP TABLE email_attempt;
DROP TABLE email;
DROP TABLE suppression;
DROP TABLE email_choice;
DROP TABLE email_topic;
DROP TABLE email_translation;
DROP TABLE email_template;
DROP TABLE account_token;
ALTER TABLE account DROP COLUMN locale;
ALTER TABLE account DROP COLUMN email_verified_at;
"#;
