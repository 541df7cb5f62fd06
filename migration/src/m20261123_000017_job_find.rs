//! Postings as PostgreSQL finds and counts them: a short row for each, kept by triggers, whichever way a posting, its
//! countries, its skills or its document change. SQLite finds them in the tables themselves.
//!
//! Of a common word nearly all rows are read, so they are short: PostgreSQL keeps long values apart from their row, but
//! only in rows of more than 2,032 bytes. The `filler` makes each row so long; it is pressed to a few bytes itself.
//!
//! What facets count is said by one number, that of a row of `job_kind`: there are few of those, so postings are counted
//! by that number, and everything else is asked of the kinds. A kind that no posting has any more stays. Who needs a new
//! kind waits for all others who do, or two that make many kinds in different orders would wait for each other.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        run(manager, TABLE).await?;
        for (table, list, value) in LISTS {
            let words = [("{table}", table), ("{list}", list), ("{value}", value)];
            let text =
                words.iter().fold(LIST.to_owned(), |text, (from, to)| text.replace(from, to));
            run(manager, &text).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for (table, _, _) in LISTS {
            run(manager, &LIST_DOWN.replace("{table}", table)).await?;
        }
        run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Tables of which a posting has many rows, what holds them, and their column.
const LISTS: [(&str, &str, &str); 2] =
    [("job_country", "countries", "country"), ("job_tag", "skills", "tag_id")];

const TABLE: &str = r#"
CREATE TABLE job_kind (
  id {int} PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  employment {int} NOT NULL,
  seniority TEXT,
  workplace TEXT NOT NULL,
  countries TEXT[] NOT NULL
);
CREATE UNIQUE INDEX job_kind_one ON job_kind (employment, workplace, (COALESCE(seniority, '')), countries);
CREATE TABLE job_find (
  id {uuid} PRIMARY KEY NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  kind {int} NOT NULL,
  organization_id {uuid} NOT NULL,
  state TEXT NOT NULL,
  employment {int} NOT NULL,
  seniority TEXT,
  workplace TEXT NOT NULL,
  salary_yearly {long},
  salary_yearly_top {long},
  visa_sponsorship {int},
  language {key},
  published_at {time},
  closes_at {time},
  countries TEXT[] NOT NULL DEFAULT '{}',
  skills UUID[] NOT NULL DEFAULT '{}',
  words TSVECTOR,
  filler TEXT NOT NULL DEFAULT repeat(' ', 2040)
) WITH (toast_tuple_target = 128);
ALTER TABLE job_find
  ALTER countries SET STORAGE MAIN,
  ALTER skills SET STORAGE MAIN,
  ALTER words SET STORAGE EXTERNAL,
  ALTER filler SET STORAGE MAIN;
CREATE FUNCTION job_find_kind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  SELECT k.id INTO new.kind FROM job_kind k WHERE k.employment = new.employment AND k.workplace = new.workplace
    AND COALESCE(k.seniority, '') = COALESCE(new.seniority, '') AND k.countries = new.countries; IF NOT FOUND THEN
  PERFORM pg_advisory_xact_lock(7305170017); INSERT INTO job_kind (employment, seniority, workplace, countries)
    VALUES (new.employment, new.seniority, new.workplace, new.countries) ON CONFLICT DO NOTHING; SELECT k.id INTO new.kind FROM job_kind k WHERE k.employment = new.employment AND k.workplace = new.workplace
    AND COALESCE(k.seniority, '') = COALESCE(new.seniority, '') AND k.countries = new.countries; END IF; RETURN new; END $$;
CREATE TRIGGER job_find_kind BEFORE INSERT OR UPDATE OF employment, seniority, workplace, countries ON job_find
  FOR EACH ROW EXECUTE FUNCTION job_find_kind();
INSERT INTO job_find (id, organization_id, state, employment, seniority, workplace, salary_yearly, salary_yearly_top,
    visa_sponsorship, language, published_at, closes_at, countries, skills, words)
  SELECT j.id, j.organization_id, j.state, j.employment, j.seniority, j.workplace, j.salary_yearly,
    j.salary_yearly_top, j.visa_sponsorship, j.language, j.published_at, j.closes_at,
    ARRAY(SELECT c.country FROM job_country c WHERE c.job_id = j.id ORDER BY 1),
    ARRAY(SELECT t.tag_id FROM job_tag t WHERE t.job_id = j.id ORDER BY 1),
    (SELECT d.words FROM search_document d WHERE d.subject = j.id)
  FROM job j;
CREATE INDEX job_find_words ON job_find USING gin (words);
CREATE INDEX job_find_kinds ON job_find (state, kind, organization_id);
CREATE FUNCTION job_find_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO job_find (id, organization_id, state, employment, seniority, workplace, salary_yearly,
    salary_yearly_top, visa_sponsorship, language, published_at, closes_at)
  VALUES (new.id, new.organization_id, new.state, new.employment, new.seniority, new.workplace, new.salary_yearly,
    new.salary_yearly_top, new.visa_sponsorship, new.language, new.published_at, new.closes_at)
  ON CONFLICT (id) DO UPDATE SET organization_id = excluded.organization_id, state = excluded.state,
    employment = excluded.employment, seniority = excluded.seniority, workplace = excluded.workplace,
    salary_yearly = excluded.salary_yearly, salary_yearly_top = excluded.salary_yearly_top,
    visa_sponsorship = excluded.visa_sponsorship, language = excluded.language,
    published_at = excluded.published_at, closes_at = excluded.closes_at
  WHERE (job_find.organization_id, job_find.state, job_find.employment, job_find.seniority, job_find.workplace,
    job_find.salary_yearly, job_find.salary_yearly_top, job_find.visa_sponsorship, job_find.language,
    job_find.published_at, job_find.closes_at)
  IS DISTINCT FROM (excluded.organization_id, excluded.state, excluded.employment, excluded.seniority,
    excluded.workplace, excluded.salary_yearly, excluded.salary_yearly_top, excluded.visa_sponsorship,
    excluded.language, excluded.published_at, excluded.closes_at); RETURN NULL; END $$;
CREATE TRIGGER job_find_kept AFTER INSERT OR UPDATE OF organization_id, state, employment, seniority, workplace,
  salary_yearly, salary_yearly_top, visa_sponsorship, language, published_at, closes_at ON job
  FOR EACH ROW EXECUTE FUNCTION job_find_kept();
CREATE FUNCTION job_find_worded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE job_find SET words = new.words WHERE id = new.subject; RETURN NULL; END $$;
CREATE TRIGGER job_find_worded AFTER INSERT OR UPDATE ON search_document FOR EACH ROW
  WHEN (new.kind = 'job') EXECUTE FUNCTION job_find_worded();
CREATE FUNCTION job_find_unworded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE job_find SET words = NULL WHERE id = old.subject; RETURN NULL; END $$;
CREATE TRIGGER job_find_unworded AFTER DELETE ON search_document FOR EACH ROW
  WHEN (old.kind = 'job') EXECUTE FUNCTION job_find_unworded()
"#;

// Many rows of one statement are one change.
const LIST: &str = r#"
CREATE FUNCTION job_find_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE job_find SET {list} = ARRAY(SELECT r.{value} FROM {table} r WHERE r.job_id = job_find.id ORDER BY 1)
  WHERE id IN (SELECT job_id FROM changed); RETURN NULL; END $$;
CREATE TRIGGER job_find_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION job_find_{table}();
CREATE TRIGGER job_find_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION job_find_{table}();
CREATE TRIGGER job_find_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION job_find_{table}()
"#;

const LIST_DOWN: &str = "
DROP TRIGGER job_find_added ON {table};
DROP TRIGGER job_find_changed ON {table};
DROP TRIGGER job_find_gone ON {table};
DROP FUNCTION job_find_{table}()
";

const DOWN: &str = "
DROP TRIGGER job_find_kept ON job;
DROP TRIGGER job_find_worded ON search_document;
DROP TRIGGER job_find_unworded ON search_document;
DROP FUNCTION job_find_kept();
DROP FUNCTION job_find_worded();
DROP FUNCTION job_find_unworded();
DROP TABLE job_find;
DROP FUNCTION job_find_kind();
DROP TABLE job_kind
";
