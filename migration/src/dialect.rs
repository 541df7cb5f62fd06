//! One text for both databases: the few words that differ stand in braces.
//!
//! `{uuid}` `{time}` `{date}` `{bytes}` `{int}` `{long}` `{key}` are column types (`{key}`: text that is compared byte
//! by byte), `{strict}` ends a table, `{topic:1f}` is a fixed key.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs the statements of `script`, which `;` at a line's end separates.
pub(crate) async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let words: [(&str, &str); 8] = match manager.get_database_backend() {
        DbBackend::Postgres => [
            ("{uuid}", "UUID"),
            ("{time}", "TIMESTAMPTZ"),
            ("{date}", "DATE"),
            ("{bytes}", "BYTEA"),
            ("{int}", "INTEGER"),
            ("{long}", "BIGINT"),
            ("{key}", "TEXT COLLATE \"C\""),
            ("{strict}", ""),
        ],
        _ => [
            ("{uuid}", "BLOB"),
            ("{time}", "TEXT"),
            ("{date}", "TEXT"),
            ("{bytes}", "BLOB"),
            ("{int}", "INTEGER"),
            ("{long}", "INTEGER"),
            ("{key}", "TEXT"),
            ("{strict}", "STRICT"),
        ],
    };
    let script = words.iter().fold(script.to_owned(), |text, (from, to)| text.replace(from, to));
    let script = fixed_keys(manager, script);
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Writes `{topic:1f}` as a key that is the same in every community.
fn fixed_keys(manager: &SchemaManager<'_>, mut script: String) -> String {
    const BEGIN: &str = "{topic:";
    while let Some((before, rest)) = script.split_once(BEGIN) {
        let Some((digits, after)) = rest.split_once('}') else { break };
        let key = format!("00000000000070008000{digits:0>12}");
        let literal = match manager.get_database_backend() {
            DbBackend::Postgres => format!("'{key}'"),
            _ => format!("X'{key}'"),
        };
        script = format!("{before}{literal}{after}");
    }
    script
}
