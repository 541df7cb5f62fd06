//! Boards: columns, labels, and tasks with all that hangs on them.

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
CREATE TABLE board (
  id {uuid} PRIMARY KEY NOT NULL,
  key {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  description_source TEXT NOT NULL,
  description_html TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'private')),
  color TEXT,
  creator_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  last_number {int} NOT NULL DEFAULT 0,
  task_count {int} NOT NULL DEFAULT 0 CHECK (task_count >= 0),
  done_count {int} NOT NULL DEFAULT 0 CHECK (done_count >= 0),
  archived_at {time},
  version {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX board_name ON board (name_key, id);
CREATE INDEX board_visibility ON board (visibility, id);
CREATE INDEX board_creator ON board (creator_id);

CREATE TABLE board_member (
  board_id {uuid} NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'commenter', 'viewer')),
  since {time} NOT NULL,
  PRIMARY KEY (board_id, profile_id)
) {strict};
CREATE INDEX board_member_profile ON board_member (profile_id, board_id);

CREATE TABLE board_column (
  id {uuid} PRIMARY KEY NOT NULL,
  board_id {uuid} NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  category TEXT NOT NULL CHECK (category IN ('backlog', 'todo', 'doing', 'review', 'done', 'cancelled')),
  color TEXT,
  position {int} NOT NULL,
  task_limit {int},
  task_count {int} NOT NULL DEFAULT 0 CHECK (task_count >= 0)
) {strict};
CREATE INDEX board_column_board ON board_column (board_id, position, id);

CREATE TABLE task_label (
  id {uuid} PRIMARY KEY NOT NULL,
  board_id {uuid} NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  color TEXT NOT NULL,
  description TEXT,
  UNIQUE (board_id, name_key)
) {strict};

CREATE TABLE task (
  id {uuid} PRIMARY KEY NOT NULL,
  board_id {uuid} NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  column_id {uuid} NOT NULL REFERENCES board_column (id) ON DELETE CASCADE,
  number {int} NOT NULL,
  title TEXT NOT NULL,
  title_key {key} NOT NULL,
  description_source TEXT NOT NULL,
  description_html TEXT NOT NULL,
  mentions TEXT,
  creator_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  parent_id {uuid} REFERENCES task (id) ON DELETE SET NULL,
  priority {int} NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 4),
  estimate {int},
  starts_on {date},
  due_at {time},
  due_has_time {int} NOT NULL DEFAULT 0 CHECK (due_has_time IN (0, 1)),
  due_told_at {time},
  rank {key} NOT NULL,
  checklist TEXT NOT NULL DEFAULT '[]',
  client_key TEXT,
  child_count {int} NOT NULL DEFAULT 0 CHECK (child_count >= 0),
  done_child_count {int} NOT NULL DEFAULT 0 CHECK (done_child_count >= 0),
  comment_count {int} NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
  reaction_count {int} NOT NULL DEFAULT 0 CHECK (reaction_count >= 0),
  reactions TEXT NOT NULL DEFAULT '[]',
  updated_at {time} NOT NULL,
  started_at {time},
  completed_at {time},
  archived_at {time},
  version {int} NOT NULL DEFAULT 1,
  UNIQUE (board_id, number)
) {strict};
CREATE INDEX task_column ON task (column_id, rank, id) WHERE archived_at IS NULL;
CREATE INDEX task_column_all ON task (column_id, rank, id);
CREATE INDEX task_board_updated ON task (board_id, updated_at, id);
CREATE INDEX task_board_created ON task (board_id, id);
CREATE INDEX task_board_due ON task (board_id, COALESCE(due_at, '9999-12-31T23:59:59.999+00:00'), id);
CREATE INDEX task_board_due_last ON task (board_id, COALESCE(due_at, '0001-01-01T00:00:00+00:00'), id);
CREATE INDEX task_board_priority ON task (board_id, priority, id);
CREATE INDEX task_board_title ON task (board_id, title_key, id);
CREATE INDEX task_all_updated ON task (updated_at, id);
CREATE INDEX task_all_due ON task (COALESCE(due_at, '9999-12-31T23:59:59.999+00:00'), id);
CREATE INDEX task_all_due_last ON task (COALESCE(due_at, '0001-01-01T00:00:00+00:00'), id);
CREATE INDEX task_all_priority ON task (priority, id);
CREATE INDEX task_all_title ON task (title_key, id);
CREATE INDEX task_completed ON task (completed_at, id) WHERE completed_at IS NOT NULL;
CREATE INDEX task_creator ON task (creator_id, id);
CREATE INDEX task_parent ON task (parent_id, id);
CREATE INDEX task_due ON task (due_at, id) WHERE due_at IS NOT NULL AND completed_at IS NULL AND archived_at IS NULL
  AND (due_told_at IS NULL OR due_told_at <> due_at);

CREATE TABLE task_assignee (
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  since {time} NOT NULL,
  PRIMARY KEY (task_id, profile_id)
) {strict};
CREATE INDEX task_assignee_profile ON task_assignee (profile_id, task_id);

CREATE TABLE task_label_use (
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  label_id {uuid} NOT NULL REFERENCES task_label (id) ON DELETE CASCADE,
  PRIMARY KEY (task_id, label_id)
) {strict};
CREATE INDEX task_label_use_label ON task_label_use (label_id, task_id);

CREATE TABLE task_relation (
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('blocks', 'relates_to', 'duplicates')),
  other_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  PRIMARY KEY (task_id, kind, other_id),
  CHECK (task_id <> other_id)
) {strict};
CREATE INDEX task_relation_other ON task_relation (other_id, kind, task_id);

CREATE TABLE task_reminder (
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  remind_at {time} NOT NULL,
  PRIMARY KEY (task_id, remind_at)
) {strict};
CREATE INDEX task_reminder_time ON task_reminder (remind_at, task_id);

CREATE TABLE task_activity (
  id {uuid} PRIMARY KEY NOT NULL,
  board_id {uuid} NOT NULL REFERENCES board (id) ON DELETE CASCADE,
  task_id {uuid} REFERENCES task (id) ON DELETE SET NULL,
  task_key TEXT,
  actor_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  member_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  kind TEXT NOT NULL,
  field TEXT,
  before TEXT,
  after TEXT
) {strict};
CREATE INDEX task_activity_board ON task_activity (board_id, id);
CREATE INDEX task_activity_task ON task_activity (task_id, id);
CREATE INDEX task_activity_actor ON task_activity (actor_id);
CREATE INDEX task_activity_member ON task_activity (member_id);

CREATE TABLE submission_task (
  submission_id {uuid} PRIMARY KEY NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE
) {strict};
CREATE INDEX submission_task_task ON submission_task (task_id);
"#;

const DOWN: &str = r#"
DROP TABLE submission_task;
DROP TABLE task_activity;
DROP TABLE task_reminder;
DROP TABLE task_relation;
DROP TABLE task_label_use;
DROP TABLE task_assignee;
DROP TABLE task;
DROP TABLE task_label;
DROP TABLE board_column;
DROP TABLE board_member;
DROP TABLE board;
"#;
