//! Notifications: news for one person, grouped by what it is about, with what each wants to hear of.

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
CREATE TABLE notification (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  kind {key} NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  conversation_id {uuid} REFERENCES conversation (id) ON DELETE CASCADE,
  member_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  excerpt TEXT,
  news_at {time} NOT NULL,
  read_at {time},
  mailed_at {time},
  actor_count {int} NOT NULL DEFAULT 0 CHECK (actor_count >= 0),
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN conversation_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
CREATE INDEX notification_profile ON notification (profile_id, news_at, id);
CREATE INDEX notification_unread ON notification (profile_id, news_at, id) WHERE read_at IS NULL;
CREATE INDEX notification_kind ON notification (profile_id, kind, news_at, id);
CREATE INDEX notification_news ON notification (news_at);
CREATE INDEX notification_read ON notification (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX notification_post_of ON notification (post_id);
CREATE INDEX notification_post ON notification (profile_id, kind, post_id)
  WHERE read_at IS NULL AND post_id IS NOT NULL;
CREATE INDEX notification_comment_of ON notification (comment_id);
CREATE INDEX notification_comment ON notification (profile_id, kind, comment_id)
  WHERE read_at IS NULL AND comment_id IS NOT NULL;
CREATE INDEX notification_message_of ON notification (message_id);
CREATE INDEX notification_message ON notification (profile_id, kind, message_id)
  WHERE read_at IS NULL AND message_id IS NOT NULL;
CREATE INDEX notification_conversation_of ON notification (conversation_id);
CREATE INDEX notification_conversation ON notification (profile_id, kind, conversation_id)
  WHERE read_at IS NULL AND conversation_id IS NOT NULL;
CREATE INDEX notification_member_of ON notification (member_id);
CREATE INDEX notification_member ON notification (profile_id, kind, member_id)
  WHERE read_at IS NULL AND member_id IS NOT NULL;
CREATE INDEX notification_portfolio_item_of ON notification (portfolio_item_id);
CREATE INDEX notification_portfolio_item ON notification (profile_id, kind, portfolio_item_id)
  WHERE read_at IS NULL AND portfolio_item_id IS NOT NULL;
CREATE INDEX notification_submission_of ON notification (submission_id);
CREATE INDEX notification_submission ON notification (profile_id, kind, submission_id)
  WHERE read_at IS NULL AND submission_id IS NOT NULL;

CREATE TABLE notification_actor (
  notification_id {uuid} NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  actor_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  acted_at {time} NOT NULL,
  PRIMARY KEY (notification_id, actor_id)
) {strict};
CREATE INDEX notification_actor_latest ON notification_actor (notification_id, acted_at, actor_id);
CREATE INDEX notification_actor_actor ON notification_actor (actor_id);

CREATE TABLE notification_box (
  profile_id {uuid} PRIMARY KEY NOT NULL REFERENCES profile (id) ON DELETE CASCADE
) {strict};

CREATE TABLE notification_setting (
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  kind {key} NOT NULL,
  in_app {int} NOT NULL CHECK (in_app IN (0, 1)),
  PRIMARY KEY (profile_id, kind)
) {strict};

CREATE TABLE watch (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  level TEXT NOT NULL CHECK (level IN ('all', 'participating', 'mentions', 'nothing')),
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  conversation_id {uuid} REFERENCES conversation (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN conversation_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
CREATE INDEX watch_profile ON watch (profile_id, id);
CREATE UNIQUE INDEX watch_post ON watch (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX watch_portfolio_item ON watch (portfolio_item_id, profile_id) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX watch_conversation ON watch (conversation_id, profile_id) WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX watch_submission ON watch (submission_id, profile_id) WHERE submission_id IS NOT NULL;
"#;

const DOWN: &str = r#"
DROP TABLE watch;
DROP TABLE notification_setting;
DROP TABLE notification_box;
DROP TABLE notification_actor;
DROP TABLE notification;
"#;
