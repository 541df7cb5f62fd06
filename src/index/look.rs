use sea_orm::{DbBackend, Value, sea_query::SimpleExpr};

use super::Kind;
use crate::{Result, sql, words};

/// What PostgreSQL calls its way to stem a language.
fn config(language: &str) -> &'static str {
    match language.split('-').next().unwrap_or_default() {
        "da" => "danish",
        "de" => "german",
        "en" => "english",
        "es" => "spanish",
        "fi" => "finnish",
        "fr" => "french",
        "hu" => "hungarian",
        "it" => "italian",
        "nb" | "nn" | "no" => "norwegian",
        "nl" => "dutch",
        "pt" => "portuguese",
        "ro" => "romanian",
        "ru" => "russian",
        "sv" => "swedish",
        "tr" => "turkish",
        _ => "simple",
    }
}

/// The words of a document on PostgreSQL: as they are, and stemmed by its language; those of the title weigh more.
/// `title` and `body` are places of bound texts.
pub(super) fn vector(language: &str, title: &str, body: &str) -> String {
    let of = |config: &str, text: &str, weight: char| {
        // Signs that PostgreSQL would read as parts of addresses, paths and numbers part words, as in SQLite.
        let signs = "./:@-_+#~%&?=";
        let spaces = " ".repeat(signs.len());
        let text = format!("translate(CAST({text} AS text), '{signs}', '{spaces}')");
        format!("setweight(to_tsvector('{config}', {text}), '{weight}')")
    };
    let config = config(language);
    let mut parts = vec![of("simple", title, 'A'), of("simple", body, 'C')];
    if config != "simple" {
        parts.extend([of(config, title, 'A'), of(config, body, 'C')]);
    }
    parts.join(" || ")
}

/// Words that somebody looks for: all of them, the last of which may go on. Fragments of statements that look for them
/// name the documents `d`; `$number` stands for [`Look::value`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    backend: DbBackend,
    asked: String,
    configs: Vec<&'static str>,
}

impl Look {
    /// What a text of at most 200 characters asks, by somebody who reads these languages (BCP 47); `None` when it has
    /// no words.
    pub fn of(backend: DbBackend, text: &str, languages: &[&str]) -> Result<Option<Self>> {
        let Some(asked) = words::asked(backend, text)? else { return Ok(None) };
        let mut configs = vec!["simple"];
        configs.extend(languages.iter().map(|language| config(language)));
        configs.sort_unstable();
        configs.dedup();
        Ok(Some(Self { backend, asked, configs }))
    }

    /// The value to bind.
    pub fn value(&self) -> Value {
        self.asked.clone().into()
    }

    /// The database that is looked in.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// What the words ask, as PostgreSQL's `tsquery`: one for each language. `$number` stands for [`Look::value`].
    pub fn queries(&self, number: usize) -> Vec<String> {
        let all = self.query(0).replace("$0", &format!("${number}"));
        let all = all.strip_prefix('(').and_then(|all| all.strip_suffix(')')).unwrap_or(&all);
        all.split(" || ").map(str::to_owned).collect()
    }

    /// Where to look: the documents as `d`.
    pub fn from(&self) -> &'static str {
        match self.backend {
            DbBackend::Postgres => "search_document d",
            _ => "search_words JOIN search_document d ON d.id = search_words.rowid",
        }
    }

    /// Whether a document has the words.
    pub fn matches(&self, number: u8) -> String {
        match self.backend {
            DbBackend::Postgres => format!("d.words @@ {}", self.query(number)),
            _ => format!("search_words MATCH ${number}"),
        }
    }

    /// How well a document fits: greater is better.
    pub fn score(&self, number: u8) -> String {
        match self.backend {
            DbBackend::Postgres => {
                format!("CAST(ts_rank(d.words, {}, 1) AS double precision)", self.query(number))
            }
            _ => "-bm25(search_words, 10.0, 1.0)".to_owned(),
        }
    }

    /// Whether the thing of this kind whose key is in `column` (written out, with its table) has the words.
    pub fn found_in(&self, kind: Kind, column: &str) -> SimpleExpr {
        let text = format!(
            "{column} IN (SELECT d.subject FROM {} WHERE {} AND d.kind = '{}')",
            self.from(),
            self.matches(1),
            kind.name()
        );
        sql::custom(self.backend, &text, &[self.value()])
    }

    fn query(&self, number: u8) -> String {
        let parts = self.configs.iter().map(|config| format!("to_tsquery('{config}', ${number})"));
        format!("({})", parts.collect::<Vec<_>>().join(" || "))
    }
}
