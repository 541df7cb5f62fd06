//! The job board: organizations and who acts for them, postings, applications, and searches that are kept.

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
CREATE TABLE organization (
  id {uuid} PRIMARY KEY NOT NULL,
  slug {key} NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key {key} NOT NULL,
  about_source TEXT NOT NULL,
  about_html TEXT NOT NULL,
  website TEXT,
  location TEXT,
  country {key},
  size TEXT CHECK (size IN ('one', 'up_to_10', 'up_to_50', 'up_to_200', 'up_to_1000', 'over_1000')),
  industry TEXT,
  founded_year {int},
  verified_at {time},
  open_job_count {int} NOT NULL DEFAULT 0 CHECK (open_job_count >= 0),
  version {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX organization_name ON organization (name_key, id);

CREATE TABLE organization_member (
  organization_id {uuid} NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'member')),
  since {time} NOT NULL,
  PRIMARY KEY (organization_id, profile_id)
) {strict};
CREATE INDEX organization_member_profile ON organization_member (profile_id, organization_id);

CREATE TABLE job (
  id {uuid} PRIMARY KEY NOT NULL,
  organization_id {uuid} NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  posted_by_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  slug {key} NOT NULL UNIQUE,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'paused', 'closed', 'filled', 'expired')),
  description_source TEXT NOT NULL,
  description_html TEXT NOT NULL,
  responsibilities_source TEXT,
  responsibilities_html TEXT,
  requirements_source TEXT,
  requirements_html TEXT,
  benefits TEXT NOT NULL DEFAULT '[]',
  employment {int} NOT NULL DEFAULT 0,
  seniority TEXT CHECK (seniority IN ('entry', 'junior', 'mid', 'senior', 'lead', 'executive')),
  workplace TEXT NOT NULL CHECK (workplace IN ('on_site', 'hybrid', 'remote')),
  locations TEXT NOT NULL DEFAULT '[]',
  remote_from TEXT NOT NULL DEFAULT '[]',
  time_zones TEXT,
  salary_min {long},
  salary_max {long},
  salary_currency {key},
  salary_period TEXT CHECK (salary_period IN ('hour', 'day', 'week', 'month', 'year', 'project')),
  salary_note TEXT,
  salary_yearly {long},
  salary_yearly_top {long},
  visa_sponsorship {int} CHECK (visa_sponsorship IN (0, 1)),
  language {key},
  openings {int} NOT NULL DEFAULT 1,
  starts_on {date},
  apply_url TEXT,
  apply_email TEXT,
  questions TEXT NOT NULL DEFAULT '[]',
  consent_text TEXT,
  retention_days {int},
  published_at {time},
  closes_at {time},
  updated_at {time} NOT NULL,
  application_count {int} NOT NULL DEFAULT 0 CHECK (application_count >= 0),
  version {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX job_organization ON job (organization_id, state, published_at, id);
CREATE INDEX job_posted_by ON job (posted_by_id);
CREATE INDEX job_published ON job (state, published_at, id);
CREATE INDEX job_closes ON job (state, closes_at, id);
CREATE INDEX job_facets ON job (state, id, organization_id, employment, seniority, workplace);
CREATE INDEX job_salary ON job (state, salary_yearly, id);

CREATE TABLE job_country (
  job_id {uuid} NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  country {key} NOT NULL,
  PRIMARY KEY (job_id, country)
) {strict};
CREATE INDEX job_country_country ON job_country (country, job_id);

CREATE TABLE job_tag (
  job_id {uuid} NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  tag_id {uuid} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  position {int} NOT NULL,
  PRIMARY KEY (job_id, tag_id)
) {strict};
CREATE INDEX job_tag_tag ON job_tag (tag_id, job_id);

CREATE TABLE currency_rate (
  currency {key} PRIMARY KEY NOT NULL,
  micros {long} NOT NULL CHECK (micros > 0)
) {strict};

CREATE TABLE hiring_stage (
  id {uuid} PRIMARY KEY NOT NULL,
  job_id {uuid} NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  position {int} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('new', 'review', 'interview', 'offer', 'hired', 'rejected')),
  application_count {int} NOT NULL DEFAULT 0 CHECK (application_count >= 0)
) {strict};
CREATE INDEX hiring_stage_job ON hiring_stage (job_id, position, id);

CREATE TABLE application (
  id {uuid} PRIMARY KEY NOT NULL,
  job_id {uuid} NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  applicant_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'in_review', 'interviewing', 'offered', 'hired', 'rejected', 'withdrawn')),
  stage_id {uuid} REFERENCES hiring_stage (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  cover_source TEXT,
  cover_html TEXT,
  links TEXT NOT NULL DEFAULT '[]',
  answers TEXT NOT NULL DEFAULT '[]',
  consent_text TEXT,
  consented_at {time},
  rating {int} CHECK (rating BETWEEN 1 AND 5),
  submitted_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  erase_at {time},
  version {int} NOT NULL DEFAULT 1,
  UNIQUE (job_id, applicant_id)
) {strict};
CREATE INDEX application_job ON application (job_id, submitted_at, id);
CREATE INDEX application_job_state ON application (job_id, state, submitted_at, id);
CREATE INDEX application_stage ON application (stage_id, id);
CREATE INDEX application_applicant ON application (applicant_id, submitted_at, id);
CREATE INDEX application_erase ON application (erase_at) WHERE erase_at IS NOT NULL;

CREATE TABLE application_item (
  application_id {uuid} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
  portfolio_item_id {uuid} NOT NULL REFERENCES portfolio_item (id) ON DELETE CASCADE,
  position {int} NOT NULL,
  PRIMARY KEY (application_id, portfolio_item_id)
) {strict};
CREATE INDEX application_item_item ON application_item (portfolio_item_id);

CREATE TABLE application_assignee (
  application_id {uuid} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  PRIMARY KEY (application_id, profile_id)
) {strict};
CREATE INDEX application_assignee_profile ON application_assignee (profile_id, application_id);

CREATE TABLE application_note (
  id {uuid} PRIMARY KEY NOT NULL,
  application_id {uuid} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
  author_id {uuid} REFERENCES profile (id) ON DELETE SET NULL,
  text TEXT NOT NULL
) {strict};
CREATE INDEX application_note_application ON application_note (application_id, id);
CREATE INDEX application_note_author ON application_note (author_id);

CREATE TABLE application_event (
  id {uuid} PRIMARY KEY NOT NULL,
  application_id {uuid} NOT NULL REFERENCES application (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  message_source TEXT,
  message_html TEXT,
  by_id {uuid} REFERENCES profile (id) ON DELETE SET NULL
) {strict};
CREATE INDEX application_event_application ON application_event (application_id, id);
CREATE INDEX application_event_by ON application_event (by_id);

CREATE TABLE saved_search (
  id {uuid} PRIMARY KEY NOT NULL,
  profile_id {uuid} NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  filter TEXT NOT NULL,
  alert TEXT NOT NULL CHECK (alert IN ('off', 'instant', 'daily', 'weekly')),
  looked_at {time} NOT NULL,
  sent_at {time}
) {strict};
CREATE INDEX saved_search_profile ON saved_search (profile_id, id);
CREATE INDEX saved_search_alert ON saved_search (alert, id);

CREATE TABLE saved_search_job (
  saved_search_id {uuid} NOT NULL REFERENCES saved_search (id) ON DELETE CASCADE,
  job_id {uuid} NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  PRIMARY KEY (saved_search_id, job_id)
) {strict};
CREATE INDEX saved_search_job_job ON saved_search_job (job_id);
"#;

const DOWN: &str = r#"
DROP TABLE saved_search_job;
DROP TABLE saved_search;
DROP TABLE application_event;
DROP TABLE application_note;
DROP TABLE application_assignee;
DROP TABLE application_item;
DROP TABLE application;
DROP TABLE hiring_stage;
DROP TABLE currency_rate;
DROP TABLE job_tag;
DROP TABLE job_country;
DROP TABLE job;
DROP TABLE organization_member;
DROP TABLE organization;
"#;
