//! What the index of messages' words is made of.

/// The words of the Markdown in `column` as PostgreSQL's index holds them, and as a query must say them to use
/// it. Signs that PostgreSQL would read as parts of addresses, paths and numbers part words, as in SQLite.
pub fn words(column: &str) -> String {
    let signs = "./:@-_+#~%&?=";
    let spaces = " ".repeat(signs.len());
    format!("to_tsvector('simple', translate({column}, '{signs}', '{spaces}'))")
}
