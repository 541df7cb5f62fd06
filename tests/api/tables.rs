//! The tables are what the entities say, and every key that points elsewhere is checked and indexed.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, EntityTrait, IdenStatic as _,
    Iterable as _, Statement,
};

use crate::kit::TestApp;

/// The entity's table, with its columns as `name` or `name?` where they may be null.
fn table<E: EntityTrait>() -> (String, BTreeSet<String>) {
    let columns = E::Column::iter().map(|column| {
        let null = if column.def().is_null() { "?" } else { "" };
        format!("{}{null}", column.as_str())
    });
    (E::default().table_name().to_owned(), columns.collect())
}

macro_rules! tables {
    ($($name:ident),* $(,)?) => { vec![$(table::<guildhall::entity::$name::Entity>()),*] };
}

fn entities() -> Vec<(String, BTreeSet<String>)> {
    tables![
        account,
        account_token,
        api_token,
        application,
        application_assignee,
        application_event,
        application_item,
        application_note,
        blob,
        block,
        board,
        board_column,
        board_member,
        bookmark,
        client_key,
        collaborator,
        comment,
        conversation,
        conversation_member,
        currency_rate,
        email,
        email_attempt,
        email_choice,
        email_template,
        email_topic,
        email_translation,
        event,
        file,
        file_use,
        follow,
        form,
        form_member,
        former_handle,
        hiring_stage,
        invitation,
        job,
        job_country,
        job_tag,
        message,
        message_mention,
        mute,
        notification,
        notification_actor,
        notification_box,
        notification_setting,
        organization,
        organization_member,
        portfolio_item,
        portfolio_item_tag,
        post,
        post_tag,
        profile,
        profile_open_to,
        profile_skill,
        reaction,
        refresh_token,
        resume,
        resume_entry,
        revision,
        saved_search,
        saved_search_job,
        session,
        signing_key,
        skill_endorsement,
        spent_challenge,
        spoken_language,
        storage,
        stream,
        submission,
        submission_label,
        submission_mail,
        submission_message,
        submission_note,
        submission_task,
        suppression,
        tag,
        task,
        task_activity,
        task_assignee,
        task_label,
        task_label_use,
        task_relation,
        task_reminder,
        timer,
        upload,
        upload_part,
        watch,
        work_item,
    ]
}

async fn read(db: &DatabaseConnection, sql: String) -> Vec<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let text = |row: &sea_orm::QueryResult, at: usize| {
        row.try_get_by_index::<Option<String>>(at).ok().map(Option::unwrap_or_default)
    };
    rows.unwrap().iter().map(|row| (0..).map_while(|at| text(row, at)).collect()).collect()
}

// SQLite's indexes of words, of messages and of submissions, are some tables of their own, which no entity reads; so
// are the documents of the search box.
async fn table_names(app: &TestApp) -> BTreeSet<String> {
    let sql = match app.is_postgres() {
        true => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' \
                  AND tablename NOT IN ('search_document', 'job_find', 'job_kind')"
        }
        false => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                  AND name NOT LIKE 'message_search%' AND name NOT LIKE 'submission_search%' \
                  AND name NOT LIKE 'search_%'"
        }
    };
    let names = read(&app.app.db.read, sql.to_owned()).await;
    names.into_iter().flatten().filter(|name| name != "seaql_migrations").collect()
}

async fn columns(app: &TestApp, table: &str) -> BTreeSet<String> {
    let sql = match app.is_postgres() {
        true => format!(
            "SELECT column_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END \
             FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
        ),
        false => format!(
            "SELECT name || CASE \"notnull\" WHEN 0 THEN '?' ELSE '' END \
             FROM pragma_table_info('{table}')"
        ),
    };
    read(&app.app.db.read, sql).await.into_iter().flatten().collect()
}

/// Columns of `table` that are checked against another table.
async fn foreign_keys(app: &TestApp, table: &str) -> BTreeSet<String> {
    let sql = match app.is_postgres() {
        true => format!(
            "SELECT a.attname::text FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND c.conrelid = '{table}'::regclass"
        ),
        false => format!("SELECT \"from\" FROM pragma_foreign_key_list('{table}')"),
    };
    read(&app.app.db.read, sql).await.into_iter().flatten().collect()
}

/// Columns of `table` that an index begins with.
async fn indexed(app: &TestApp, table: &str) -> BTreeSet<String> {
    let sql = match app.is_postgres() {
        true => format!(
            "SELECT a.attname::text FROM pg_index i \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
             WHERE i.indrelid = '{table}'::regclass"
        ),
        false => format!(
            "SELECT i.name FROM pragma_index_list('{table}') l \
             JOIN pragma_index_info(l.name) i WHERE i.seqno = 0"
        ),
    };
    read(&app.app.db.read, sql).await.into_iter().flatten().collect()
}

#[tokio::test]
async fn the_tables_are_what_the_entities_say() {
    let app = TestApp::new().await;
    let names = entities().into_iter().map(|(name, _)| name).collect();
    assert_eq!(table_names(&app).await, names);
    for (name, expected) in entities() {
        assert_eq!(columns(&app, &name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn every_key_that_points_elsewhere_is_checked_and_indexed() {
    // Of what a client named its call, any table may hold the row.
    const FREE: &[&str] = &["client_key.made_id"];
    let app = TestApp::new().await;
    let mut wrong = Vec::new();
    for (table, columns) in entities() {
        let (checked, indexed) = (foreign_keys(&app, &table).await, indexed(&app, &table).await);
        for column in columns.iter().map(|c| c.trim_end_matches('?')).filter(|c| c.ends_with("_id"))
        {
            let path = format!("{table}.{column}");
            if FREE.contains(&path.as_str()) {
                continue;
            }
            if !checked.contains(column) {
                wrong.push(format!("{path} has no foreign key"));
            }
            if !indexed.contains(column) {
                wrong.push(format!("{path} begins no index"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
