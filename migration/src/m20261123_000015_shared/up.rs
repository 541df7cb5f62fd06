//! The tables with jobs and tasks.

pub(super) const SCRIPT: &str = r#"
CREATE TABLE comment_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE CASCADE,
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
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN task_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO comment_anew (id, post_id, portfolio_item_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at)
  SELECT id, post_id, portfolio_item_id, parent_id, author_id, depth, body_source, body_html, mentions, reply_count, reaction_count, reactions,
    edited_at, deleted_at FROM comment;
CREATE TABLE reaction_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  emoji TEXT NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN task_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO reaction_anew (id, profile_id, emoji, post_id, comment_id, message_id, portfolio_item_id)
  SELECT id, profile_id, emoji, post_id, comment_id, message_id, portfolio_item_id FROM reaction;
CREATE TABLE bookmark_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  note TEXT,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  job_id {uuid} REFERENCES job (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN job_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO bookmark_anew (id, profile_id, note, post_id, comment_id, portfolio_item_id)
  SELECT id, profile_id, note, post_id, comment_id, portfolio_item_id FROM bookmark;
CREATE TABLE file_use_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  file_id {uuid} NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  place TEXT NOT NULL CHECK (place IN ('avatar', 'banner', 'attachment', 'cover', 'gallery', 'answer', 'logo', 'resume')),
  position {int} NOT NULL,
  profile_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  email_id {uuid} REFERENCES email (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  submission_message_id {uuid} REFERENCES submission_message (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE CASCADE,
  organization_id {uuid} REFERENCES organization (id) ON DELETE CASCADE,
  application_id {uuid} REFERENCES application (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN profile_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN email_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_message_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN task_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN application_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO file_use_anew (id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id, email_id, submission_id,
    submission_message_id)
  SELECT id, file_id, place, position, profile_id, post_id, comment_id, message_id, portfolio_item_id, email_id, submission_id,
    submission_message_id FROM file_use;
CREATE TABLE notification_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  kind {key} NOT NULL,
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  comment_id {uuid} REFERENCES comment_anew (id) ON DELETE CASCADE,
  message_id {uuid} REFERENCES message (id) ON DELETE CASCADE,
  conversation_id {uuid} REFERENCES conversation (id) ON DELETE CASCADE,
  member_id {uuid} REFERENCES profile (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE CASCADE,
  application_id {uuid} REFERENCES application (id) ON DELETE CASCADE,
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
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN task_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN application_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO notification_anew (id, profile_id, kind, post_id, comment_id, message_id, conversation_id, member_id, portfolio_item_id, submission_id, excerpt, news_at,
    read_at, mailed_at, actor_count)
  SELECT id, profile_id, kind, post_id, comment_id, message_id, conversation_id, member_id, portfolio_item_id, submission_id, excerpt, news_at,
    read_at, mailed_at, actor_count FROM notification;
CREATE TABLE notification_actor_anew (
  notification_id {uuid} NOT NULL REFERENCES notification_anew (id) ON DELETE CASCADE,
  actor_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  acted_at {time} NOT NULL,
  PRIMARY KEY (notification_id, actor_id)
) {strict};
INSERT INTO notification_actor_anew (notification_id, actor_id, acted_at)
  SELECT notification_id, actor_id, acted_at FROM notification_actor;
CREATE TABLE watch_anew (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  level TEXT NOT NULL CHECK (level IN ('all', 'participating', 'mentions', 'nothing')),
  post_id {uuid} REFERENCES post (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} REFERENCES portfolio_item (id) ON DELETE CASCADE,
  conversation_id {uuid} REFERENCES conversation (id) ON DELETE CASCADE,
  submission_id {uuid} REFERENCES submission (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE CASCADE,
  CHECK ((CASE WHEN post_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN portfolio_item_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN conversation_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN submission_id IS NULL THEN 0 ELSE 1 END)
    + (CASE WHEN task_id IS NULL THEN 0 ELSE 1 END) = 1)
) {strict};
INSERT INTO watch_anew (id, profile_id, level, post_id, portfolio_item_id, conversation_id, submission_id)
  SELECT id, profile_id, level, post_id, portfolio_item_id, conversation_id, submission_id FROM watch;
DROP TABLE watch;
DROP TABLE notification_actor;
DROP TABLE notification;
DROP TABLE file_use;
DROP TABLE bookmark;
DROP TABLE reaction;
DROP TABLE comment;
ALTER TABLE comment_anew RENAME TO comment;
ALTER TABLE reaction_anew RENAME TO reaction;
ALTER TABLE bookmark_anew RENAME TO bookmark;
ALTER TABLE file_use_anew RENAME TO file_use;
ALTER TABLE notification_anew RENAME TO notification;
ALTER TABLE notification_actor_anew RENAME TO notification_actor;
ALTER TABLE watch_anew RENAME TO watch;
CREATE INDEX comment_post ON comment (post_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_post_top ON comment (post_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_post_all ON comment (post_id);
CREATE INDEX comment_portfolio_item ON comment (portfolio_item_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_portfolio_item_top ON comment (portfolio_item_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_portfolio_item_all ON comment (portfolio_item_id);
CREATE INDEX comment_task ON comment (task_id, id) WHERE parent_id IS NULL;
CREATE INDEX comment_task_top ON comment (task_id, reaction_count, id) WHERE parent_id IS NULL;
CREATE INDEX comment_task_all ON comment (task_id);
CREATE INDEX comment_parent ON comment (parent_id, id);
CREATE INDEX comment_author ON comment (author_id, id);
CREATE UNIQUE INDEX reaction_post ON reaction (post_id, profile_id, emoji) WHERE post_id IS NOT NULL;
CREATE INDEX reaction_post_emoji ON reaction (post_id, emoji, id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_comment ON reaction (comment_id, profile_id, emoji) WHERE comment_id IS NOT NULL;
CREATE INDEX reaction_comment_emoji ON reaction (comment_id, emoji, id) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_message ON reaction (message_id, profile_id, emoji) WHERE message_id IS NOT NULL;
CREATE INDEX reaction_message_emoji ON reaction (message_id, emoji, id) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_portfolio_item ON reaction (portfolio_item_id, profile_id, emoji) WHERE portfolio_item_id IS NOT NULL;
CREATE INDEX reaction_portfolio_item_emoji ON reaction (portfolio_item_id, emoji, id) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX reaction_task ON reaction (task_id, profile_id, emoji) WHERE task_id IS NOT NULL;
CREATE INDEX reaction_task_emoji ON reaction (task_id, emoji, id) WHERE task_id IS NOT NULL;
CREATE INDEX reaction_profile ON reaction (profile_id);
CREATE INDEX bookmark_profile ON bookmark (profile_id, id);
CREATE UNIQUE INDEX bookmark_post ON bookmark (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_comment ON bookmark (comment_id, profile_id) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_portfolio_item ON bookmark (portfolio_item_id, profile_id) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX bookmark_job ON bookmark (job_id, profile_id) WHERE job_id IS NOT NULL;
CREATE INDEX file_use_file ON file_use (file_id, id);
CREATE UNIQUE INDEX file_use_profile ON file_use (profile_id, place) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_post ON file_use (post_id, place, position) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_comment ON file_use (comment_id, place, position) WHERE comment_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_message ON file_use (message_id, place, position) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_portfolio_item ON file_use (portfolio_item_id, place, position) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_email ON file_use (email_id, place, position) WHERE email_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_submission ON file_use (submission_id, place, position) WHERE submission_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_submission_message ON file_use (submission_message_id, place, position) WHERE submission_message_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_task ON file_use (task_id, place, position) WHERE task_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_organization ON file_use (organization_id, place, position) WHERE organization_id IS NOT NULL;
CREATE UNIQUE INDEX file_use_application ON file_use (application_id, place, position) WHERE application_id IS NOT NULL;
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
CREATE INDEX notification_task_of ON notification (task_id);
CREATE INDEX notification_task ON notification (profile_id, kind, task_id)
  WHERE read_at IS NULL AND task_id IS NOT NULL;
CREATE INDEX notification_application_of ON notification (application_id);
CREATE INDEX notification_application ON notification (profile_id, kind, application_id)
  WHERE read_at IS NULL AND application_id IS NOT NULL;
CREATE INDEX notification_actor_latest ON notification_actor (notification_id, acted_at, actor_id);
CREATE INDEX notification_actor_actor ON notification_actor (actor_id);
CREATE INDEX watch_profile ON watch (profile_id, id);
CREATE UNIQUE INDEX watch_post ON watch (post_id, profile_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX watch_portfolio_item ON watch (portfolio_item_id, profile_id) WHERE portfolio_item_id IS NOT NULL;
CREATE UNIQUE INDEX watch_conversation ON watch (conversation_id, profile_id) WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX watch_submission ON watch (submission_id, profile_id) WHERE submission_id IS NOT NULL;
CREATE UNIQUE INDEX watch_task ON watch (task_id, profile_id) WHERE task_id IS NOT NULL;
INSERT INTO email_topic (id, key, name, description, default_on, is_system) VALUES
  ({topic:10}, 'task_assigned', 'Tasks', 'A task is given to you.', 1, 1),
  ({topic:11}, 'task_due', 'Due tasks', 'A task of yours is due soon.', 1, 1),
  ({topic:12}, 'application', 'Applications', 'Somebody applies to a job that you look after, or one of yours moves on.', 1, 1),
  ({topic:13}, 'job_alert', 'Job alerts', 'New jobs that fit a search you keep.', 1, 1);
"#;
