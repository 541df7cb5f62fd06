use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Value};
use uuid::Uuid;

use super::look;
use crate::{Result, sql};

/// What kind of thing a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A member.
    Profile,
    /// A post.
    Post,
    /// A tag.
    Tag,
    /// A posting.
    Job,
    /// An organization.
    Organization,
    /// A piece of work on show.
    PortfolioItem,
    /// A task.
    Task,
    /// A message.
    Message,
    /// A file.
    File,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Profile,
        Self::Post,
        Self::Tag,
        Self::Job,
        Self::Organization,
        Self::PortfolioItem,
        Self::Task,
        Self::Message,
        Self::File,
    ];

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is called in ids, and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Post => "post",
            Self::Tag => "tag",
            Self::Job => "job",
            Self::Organization => "organization",
            Self::PortfolioItem => "portfolio_item",
            Self::Task => "task",
            Self::Message => "message",
            Self::File => "file",
        }
    }
}

/// What is to be found of one thing.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub subject: Uuid,
    /// Who made it.
    pub author: Option<Uuid>,
    /// When it was made, or published.
    pub made_at: DateTime<Utc>,
    /// The language of its text, BCP 47, by which words are stemmed where the database knows it; empty for that of its
    /// author's account.
    pub language: &'a str,
    /// What it is called; its words weigh more.
    pub title: &'a str,
    /// The rest of its words, in plain text; those after 100,000 characters or 200,000 bytes are not found.
    pub body: &'a str,
}

/// Characters of a text that are indexed.
const LONGEST: usize = 100_000;
/// Bytes of a title that are indexed.
const MOST_OF_TITLE: usize = 5_000;
/// Bytes of a body that are indexed: PostgreSQL refuses words of more than 1,048,575 bytes in all, and keeps each as it is, and stemmed.
const MOST_BYTES: usize = 200_000;
/// Documents that one statement writes: SQLite binds at most 32,766 values.
const MOST_AT_ONCE: usize = 200;

/// Writes a document, or writes it anew, in the transaction of the change of what it is about.
pub async fn put(db: &impl ConnectionTrait, document: &Document<'_>) -> Result<()> {
    put_many(db, std::slice::from_ref(document)).await
}

/// [`put`] for many documents, of which no two are about the same, in a few statements.
pub async fn put_many(db: &impl ConnectionTrait, documents: &[Document<'_>]) -> Result<()> {
    for documents in documents.chunks(MOST_AT_ONCE) {
        write(db, documents).await?;
    }
    Ok(())
}

async fn write(db: &impl ConnectionTrait, documents: &[Document<'_>]) -> Result<()> {
    let backend = db.get_database_backend();
    let mut values: Vec<Value> = Vec::with_capacity(documents.len() * 7);
    let mut rows = Vec::with_capacity(documents.len());
    for document in documents {
        let first = values.len();
        let types = ["uuid", "text", "uuid", "timestamptz", "text", "text", "text"];
        let places = types.iter().zip(first + 1..).map(|(name, place)| match backend {
            DbBackend::Postgres => format!("CAST(${place} AS {name})"),
            _ => format!("${place}"),
        });
        rows.push(format!("({})", places.collect::<Vec<_>>().join(", ")));
        values.extend([
            document.subject.into(),
            document.kind.name().into(),
            document.author.into(),
            document.made_at.into(),
            document.language.into(),
            bounded(document.title, MOST_OF_TITLE).into(),
            bounded(document.body, MOST_BYTES).into(),
        ]);
    }
    let (more, words, renewed) = match backend {
        DbBackend::Postgres => {
            let words = look::vector("v.language", "v.title", "v.body");
            (", words", format!(", {words}"), ", words = excluded.words")
        }
        _ => ("", String::new(), ""),
    };
    // Without a language of its own it is in that of its author's account.
    let text = format!(
        "INSERT INTO search_document (subject, kind, author, made_at, language, title, body{more}) \
         SELECT v.subject, v.kind, v.author, v.made_at, v.language, v.title, v.body{words} FROM (\
         SELECT column1 AS subject, column2 AS kind, column3 AS author, column4 AS made_at, \
         COALESCE(NULLIF(column5, ''), (SELECT a.locale FROM account a WHERE a.id = column3), 'en') AS language, \
         column6 AS title, column7 AS body FROM (VALUES {}) AS sent) AS v WHERE TRUE \
         ON CONFLICT (subject) DO UPDATE SET author = excluded.author, made_at = excluded.made_at, \
         language = excluded.language, title = excluded.title, body = excluded.body{renewed}",
        rows.join(", ")
    );
    db.execute_raw(sql::statement(backend, text, values)).await?;
    Ok(())
}

/// The text that is indexed: without what PostgreSQL takes nowhere, and not too long.
fn bounded(text: &str, most: usize) -> String {
    let mut bytes = 0;
    let fits = text.chars().filter(|c| *c != '\0').take(LONGEST).take_while(|c| {
        bytes += c.len_utf8();
        bytes <= most
    });
    fits.collect()
}

/// Takes away the document of something that nobody is to find any more. What is deleted takes its document with it.
pub async fn remove(db: &impl ConnectionTrait, subject: Uuid) -> Result<()> {
    let backend = db.get_database_backend();
    let text = "DELETE FROM search_document WHERE subject = $1";
    db.execute_raw(sql::statement(backend, text, [subject.into()])).await?;
    Ok(())
}
