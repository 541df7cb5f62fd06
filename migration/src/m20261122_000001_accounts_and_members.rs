//! Who is here: profiles, accounts, sessions, tokens, invitations, and who follows, blocks and mutes whom.

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

CREATE TABLE profile (
  id {uuid} PRIMARY KEY NOT NULL,
  handle {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'system', 'deleted')),
  pronouns TEXT,
  headline TEXT,
  bio_source TEXT NOT NULL,
  bio_html TEXT NOT NULL,
  location TEXT,
  country TEXT,
  website TEXT,
  links TEXT NOT NULL,
  follower_count {int} NOT NULL DEFAULT 0 CHECK (follower_count >= 0),
  following_count {int} NOT NULL DEFAULT 0 CHECK (following_count >= 0),
  post_count {int} NOT NULL DEFAULT 0 CHECK (post_count >= 0)
) {strict};
CREATE INDEX profile_name ON profile (name_key, id);
CREATE INDEX profile_followers ON profile (follower_count, id);
CREATE INDEX profile_country ON profile (country, id);

CREATE TABLE former_handle (
  handle {key} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  expires_at {time} NOT NULL
) {strict};
CREATE INDEX former_handle_profile ON former_handle (profile_id);

CREATE TABLE profile_open_to (
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  open_to TEXT NOT NULL,
  PRIMARY KEY (profile_id, open_to)
) {strict};
CREATE INDEX profile_open_to_what ON profile_open_to (open_to, profile_id);

CREATE TABLE tag (
  id {uuid} PRIMARY KEY NOT NULL,
  name {key} NOT NULL UNIQUE,
  label TEXT NOT NULL,
  use_count {int} NOT NULL DEFAULT 0 CHECK (use_count >= 0)
) {strict};
CREATE INDEX tag_use ON tag (use_count, id);

CREATE TABLE profile_skill (
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  tag_id {uuid} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  position {int} NOT NULL,
  level TEXT,
  years {int},
  PRIMARY KEY (profile_id, tag_id)
) {strict};
CREATE INDEX profile_skill_tag ON profile_skill (tag_id, profile_id);

CREATE TABLE follow (
  id {uuid} PRIMARY KEY NOT NULL,
  follower_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  followed_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  UNIQUE (follower_id, followed_id),
  CHECK (follower_id <> followed_id)
) {strict};
CREATE INDEX follow_following ON follow (follower_id, id);
CREATE INDEX follow_followers ON follow (followed_id, id);

CREATE TABLE block (
  id {uuid} PRIMARY KEY NOT NULL,
  blocker_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  blocked_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  UNIQUE (blocker_id, blocked_id),
  CHECK (blocker_id <> blocked_id)
) {strict};
CREATE INDEX block_mine ON block (blocker_id, id);
CREATE INDEX block_of_me ON block (blocked_id, blocker_id);

CREATE TABLE mute (
  id {uuid} PRIMARY KEY NOT NULL,
  muter_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  muted_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  until {time},
  UNIQUE (muter_id, muted_id),
  CHECK (muter_id <> muted_id)
) {strict};
CREATE INDEX mute_mine ON mute (muter_id, id);
CREATE INDEX mute_of_me ON mute (muted_id);

CREATE TABLE invitation (
  id {uuid} PRIMARY KEY NOT NULL,
  inviter_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  email TEXT,
  role TEXT NOT NULL,
  note TEXT,
  max_uses {int} NOT NULL CHECK (max_uses > 0),
  use_count {int} NOT NULL DEFAULT 0 CHECK (use_count BETWEEN 0 AND max_uses),
  expires_at {time},
  revoked_at {time}
) {strict};
CREATE INDEX invitation_inviter ON invitation (inviter_id, id);

CREATE TABLE account (
  id {uuid} PRIMARY KEY NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  email_key {key} NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
  invitation_id {uuid} REFERENCES invitation (id) ON DELETE SET NULL,
  last_seen_at {time} NOT NULL
) {strict};
CREATE INDEX account_role ON account (role, id);
CREATE INDEX account_invitation ON account (invitation_id);

CREATE TABLE session (
  id {uuid} PRIMARY KEY NOT NULL,
  account_id {uuid} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  device TEXT NOT NULL,
  ip_address TEXT NOT NULL,
  proved_at {time} NOT NULL,
  last_used_at {time} NOT NULL,
  expires_at {time} NOT NULL
) {strict};
CREATE INDEX session_account ON session (account_id, id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE refresh_token (
  token_hash {bytes} PRIMARY KEY NOT NULL,
  session_id {uuid} NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  made_at {time} NOT NULL,
  used_at {time}
) {strict};
CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TABLE api_token (
  id {uuid} PRIMARY KEY NOT NULL,
  account_id {uuid} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  token_hash {bytes} NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  expires_at {time},
  last_used_at {time}
) {strict};
CREATE INDEX api_token_account ON api_token (account_id, id);

CREATE TABLE signing_key (
  id {uuid} PRIMARY KEY NOT NULL,
  sealed {bytes} NOT NULL,
  retired_at {time}
) {strict};

CREATE TABLE client_key (
  account_id {uuid} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  made_id {uuid} NOT NULL,
  made_at {time} NOT NULL,
  PRIMARY KEY (account_id, key)
) {strict};
CREATE INDEX client_key_age ON client_key (made_at);
"#;

const DOWN: &str = "
DROP TABLE client_key;
DROP TABLE signing_key;
DROP TABLE api_token;
DROP TABLE refresh_token;
DROP TABLE session;
DROP TABLE account;
DROP TABLE invitation;
DROP TABLE mute;
DROP TABLE block;
DROP TABLE follow;
DROP TABLE profile_skill;
DROP TABLE tag;
DROP TABLE profile_open_to;
DROP TABLE former_handle;
DROP TABLE profile;
";
