//! The change that lets comments, reactions and bookmarks stand on portfolio items writes three tables anew, on the
//! way there and on the way back: nothing that stood in them may be lost.

use std::collections::BTreeMap;

use guildhall::infra::migrations;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use crate::kit::Blank;

/// The last change before it.
const BEFORE: &str = "m20261122_000005_message_search";

/// A key that sorts by its number.
fn id(number: u32) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(number))
}

fn moment() -> Value {
    "2026-05-04T09:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
}

/// Writes a row: its columns, and their values.
async fn insert(blank: &Blank, table: &str, row: &[(&str, Value)]) {
    let columns: Vec<_> = row.iter().map(|(column, _)| *column).collect();
    let places: Vec<_> = (1..=row.len()).map(|n| format!("${n}")).collect();
    let text =
        format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
    blank.run(&text, row.iter().map(|(_, value)| value.clone()).collect()).await;
}

/// The tables with their columns, in order.
async fn columns(blank: &Blank) -> BTreeMap<String, Vec<String>> {
    let text = match blank.db.backend() {
        DbBackend::Postgres => {
            "SELECT table_name || ' ' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
        _ => {
            "SELECT t.name || ' ' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE '%search%' ORDER BY t.name, c.cid"
        }
    };
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for line in blank.texts(text).await {
        let (table, column) = line.split_once(' ').unwrap();
        if table != "seaql_migrations" {
            tables.entry(table.to_owned()).or_default().push(column.to_owned());
        }
    }
    tables
}

/// All rows of these columns, as text.
async fn rows(
    blank: &Blank,
    tables: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (table, columns) in tables {
        let row = match blank.db.backend() {
            DbBackend::Postgres => format!("(ROW({}))::text", columns.join(", ")),
            _ => columns
                .iter()
                .map(|c| format!("quote({c})"))
                .collect::<Vec<_>>()
                .join(" || ',' || "),
        };
        all.insert(
            table.clone(),
            blank.texts(&format!("SELECT {row} FROM {table} ORDER BY 1")).await,
        );
    }
    all
}

/// What may be null, what points where, and what is indexed.
async fn rules(blank: &Blank) -> Vec<String> {
    let texts: [&str; 3] = match blank.db.backend() {
        DbBackend::Postgres => [
            "SELECT table_name || ' ' || column_name || ' ' || is_nullable FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1",
            "SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey%' ORDER BY 1",
        ],
        _ => [
            "SELECT t.name || ' ' || c.name || ' ' || c.\"notnull\" FROM sqlite_master t
             JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1",
            "SELECT t.name || ' ' || f.\"from\" || ' ' || f.\"table\" || ' ' || f.on_delete FROM sqlite_master t
             JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 1",
            "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY 1",
        ],
    };
    let mut rules = Vec::new();
    for text in texts {
        rules.extend(blank.texts(text).await);
    }
    rules
}

async fn profile(blank: &Blank, number: u32, handle: &str) {
    let row: [(&str, Value); 8] = [
        ("id", id(number).into()),
        ("handle", handle.into()),
        ("name", handle.into()),
        ("name_key", handle.into()),
        ("kind", "person".into()),
        ("bio_source", "".into()),
        ("bio_html", "".into()),
        ("links", "[]".into()),
    ];
    insert(blank, "profile", &row).await;
}

/// A comment: its key, what it stands on, the comment that it answers, and what else.
async fn comment(
    blank: &Blank,
    number: u32,
    on: (&str, u32),
    parent: Option<u32>,
    more: &[(&str, Value)],
) {
    let mut row: Vec<(&str, Value)> = vec![
        ("id", id(number).into()),
        (on.0, id(on.1).into()),
        ("parent_id", parent.map(id).into()),
        ("author_id", id(1 + number % 2).into()),
        ("depth", i32::from(parent.is_some()).into()),
        ("body_source", format!("text {number}").into()),
        ("body_html", format!("<p>text {number}</p>").into()),
    ];
    row.extend(more.iter().cloned());
    insert(blank, "comment", &row).await;
}

async fn reaction(blank: &Blank, number: u32, on: (&str, u32), emoji: &str) {
    let row: [(&str, Value); 4] = [
        ("id", id(number).into()),
        ("profile_id", id(1).into()),
        ("emoji", emoji.into()),
        (on.0, id(on.1).into()),
    ];
    insert(blank, "reaction", &row).await;
}

async fn bookmark(blank: &Blank, number: u32, on: (&str, u32), note: Option<&str>) {
    let row: [(&str, Value); 4] = [
        ("id", id(number).into()),
        ("profile_id", id(2).into()),
        ("note", note.into()),
        (on.0, id(on.1).into()),
    ];
    insert(blank, "bookmark", &row).await;
}

/// What stood on posts and in conversations before there were portfolios.
async fn before(blank: &Blank) {
    profile(blank, 1, "ada").await;
    profile(blank, 2, "grace").await;
    for post in [10, 11] {
        let row: [(&str, Value); 7] = [
            ("id", id(post).into()),
            ("author_id", id(1).into()),
            ("kind", "note".into()),
            ("body_source", "hello".into()),
            ("body_html", "<p>hello</p>".into()),
            ("visibility", "public".into()),
            ("comment_count", 4.into()),
        ];
        insert(blank, "post", &row).await;
    }
    let counted: [(&str, Value); 3] = [
        ("reply_count", 2.into()),
        ("reaction_count", 2.into()),
        ("reactions", r#"[["🎉",2]]"#.into()),
    ];
    comment(blank, 20, ("post_id", 10), None, &counted).await;
    let mentions = [("mentions", format!("[\"{}\"]", id(1)).into()), ("edited_at", moment())];
    comment(blank, 21, ("post_id", 10), Some(20), &mentions).await;
    comment(blank, 22, ("post_id", 10), Some(20), &[("deleted_at", moment())]).await;
    comment(blank, 23, ("post_id", 10), Some(22), &[]).await;
    comment(blank, 24, ("post_id", 11), None, &[]).await;
    let conversation: [(&str, Value); 5] = [
        ("id", id(30).into()),
        ("kind", "circle".into()),
        ("visibility", "private".into()),
        ("member_count", 1.into()),
        ("latest", id(30).into()),
    ];
    insert(blank, "conversation", &conversation).await;
    let message: [(&str, Value); 8] = [
        ("id", id(31).into()),
        ("conversation_id", id(30).into()),
        ("position", 1.into()),
        ("number", 1.into()),
        ("kind", "text".into()),
        ("author_id", id(1).into()),
        ("body_source", "hi".into()),
        ("body_html", "<p>hi</p>".into()),
    ];
    insert(blank, "message", &message).await;
    reaction(blank, 40, ("post_id", 10), "🎉").await;
    reaction(blank, 41, ("comment_id", 20), "🎉").await;
    reaction(blank, 42, ("comment_id", 23), "👍").await;
    reaction(blank, 43, ("message_id", 31), "🚀").await;
    bookmark(blank, 50, ("post_id", 10), Some("later")).await;
    bookmark(blank, 51, ("comment_id", 21), None).await;
}

/// What stands on a portfolio item, and hangs on a comment under a post.
async fn on_portfolio(blank: &Blank) {
    // Given what it needs, whatever columns it has: text where it may not be null.
    let item: [(&str, Value); 8] = [
        ("id", id(60).into()),
        ("owner_id", id(1).into()),
        ("slug", "loom".into()),
        ("title", "Loom".into()),
        ("story_source", "x".into()),
        ("story_html", "<p>x</p>".into()),
        ("visibility", "public".into()),
        ("links", "[]".into()),
    ];
    let mut item = item.to_vec();
    item.extend([("text_key", "loom".into()), ("position", 0.into())]);
    insert(blank, "portfolio_item", &item).await;
    comment(blank, 61, ("portfolio_item_id", 60), None, &[("reply_count", 1.into())]).await;
    comment(blank, 62, ("portfolio_item_id", 60), Some(61), &[]).await;
    for (number, on) in [(63, ("portfolio_item_id", 60)), (64, ("comment_id", 62))] {
        reaction(blank, number, on, "🎉").await;
        bookmark(blank, number, on, Some("kept")).await;
    }
    // On what stood there before, and is to stay.
    comment(blank, 70, ("post_id", 10), Some(23), &[]).await;
    reaction(blank, 71, ("comment_id", 70), "👍").await;
    bookmark(blank, 72, ("comment_id", 70), None).await;
    let blob: [(&str, Value); 3] =
        [("sha256", "a".repeat(64).into()), ("size", 3_i64.into()), ("touched_at", moment())];
    insert(blank, "blob", &blob).await;
    let file: [(&str, Value); 9] = [
        ("id", id(80).into()),
        ("owner_id", id(1).into()),
        ("sha256", "a".repeat(64).into()),
        ("sent_sha256", "a".repeat(64).into()),
        ("size", 3_i64.into()),
        ("name", "a.png".into()),
        ("media_type", "image/png".into()),
        ("kind", "image".into()),
        ("visibility", "private".into()),
    ];
    insert(blank, "file", &file).await;
    for (number, on, key) in [(81, "comment_id", 20), (82, "portfolio_item_id", 60)] {
        let used: [(&str, Value); 5] = [
            ("id", id(number).into()),
            ("file_id", id(80).into()),
            ("place", "attachment".into()),
            ("position", 0.into()),
            (on, id(key).into()),
        ];
        insert(blank, "file_use", &used).await;
    }
}

/// How many changes there are up to, and with, the last before.
fn steps() -> (u32, u32) {
    let all = Migrator::migrations();
    let at = all.iter().position(|step| step.name() == BEFORE).unwrap() + 1;
    (u32::try_from(at).unwrap(), u32::try_from(all.len() - at).unwrap())
}

#[tokio::test]
async fn nothing_is_lost_on_the_way_to_portfolios_and_only_what_stood_on_them_on_the_way_back() {
    let blank = Blank::new().await;
    let (up, down) = steps();
    Migrator::up(&blank.db.write, Some(up)).await.unwrap();
    before(&blank).await;
    let (tables, old_rules) = (columns(&blank).await, rules(&blank).await);
    let found = rows(&blank, &tables).await;
    for (table, expected) in
        [("comment", 5), ("reaction", 4), ("bookmark", 2), ("post", 2), ("message", 1)]
    {
        assert_eq!(found[table].len(), expected, "{table}");
    }

    migrations::up(&blank.db).await.unwrap();
    assert_eq!(rows(&blank, &tables).await, found, "on the way there");
    on_portfolio(&blank).await;
    for (table, expected) in [("comment", 8), ("reaction", 7), ("bookmark", 5), ("file_use", 2)] {
        let rows = blank.texts(&format!("SELECT 'x' FROM {table}")).await;
        assert_eq!(rows.len(), expected, "{table}");
    }
    let new_rules = rules(&blank).await;

    // What came under posts since stays as well.
    let there = |table: &str, number: u32| {
        let key = literal(&blank, id(number));
        format!("SELECT 'x' FROM {table} WHERE id = {key}")
    };
    migrations::down(&blank.db, down).await.unwrap();
    for (number, table) in [(71, "reaction"), (72, "bookmark"), (70, "comment")] {
        assert_eq!(blank.texts(&there(table, number)).await, ["x"], "{table}");
        blank.run(&format!("DELETE FROM {table} WHERE id = $1"), vec![id(number).into()]).await;
    }
    assert_eq!(columns(&blank).await, tables, "the tables are as they were");
    assert_eq!(rules(&blank).await, old_rules, "and their rules");
    assert_eq!(rows(&blank, &tables).await, found, "on the way back");

    migrations::up(&blank.db).await.unwrap();
    assert_eq!(rows(&blank, &tables).await, found, "on the way there again");
    assert_eq!(rules(&blank).await, new_rules);
}

/// A key as it is written in a statement.
fn literal(blank: &Blank, id: Uuid) -> String {
    match blank.db.backend() {
        DbBackend::Postgres => format!("'{id}'"),
        _ => format!("x'{}'", id.simple()),
    }
}

#[tokio::test]
async fn what_stands_in_the_new_tables_still_goes_with_what_it_stands_on() {
    let blank = Blank::new().await;
    let (up, _) = steps();
    Migrator::up(&blank.db.write, Some(up)).await.unwrap();
    before(&blank).await;
    migrations::up(&blank.db).await.unwrap();
    on_portfolio(&blank).await;
    let left = async |table: &str| {
        let rows = blank.texts(&format!("SELECT 'x' FROM {table}")).await;
        rows.len()
    };
    // Reactions and bookmarks go with a comment, answers with what they answer, all with the item and the post.
    for (table, number, expected) in [
        ("comment", 62, [7, 6, 4]),
        ("portfolio_item", 60, [6, 5, 3]),
        ("comment", 22, [3, 3, 2]),
        ("post", 10, [1, 1, 0]),
    ] {
        blank.run(&format!("DELETE FROM {table} WHERE id = $1"), vec![id(number).into()]).await;
        let found = [left("comment").await, left("reaction").await, left("bookmark").await];
        assert_eq!(found, expected, "without {table} {number}");
    }
    assert_eq!(left("file_use").await, 0);
}
