use sea_orm::{DbBackend, Value, sea_query::SimpleExpr};

use super::Kind;
use crate::{Result, sql, words};

/// Stands before a place of [`Look::shown`] that was found; no text of anybody's is asked about it, as it is for private
/// use, and one that has it shows a mark of its own at most.
pub const FOUND: char = '\u{f8f0}';
/// Stands behind it.
pub const END: char = '\u{f8f1}';
/// Characters of a body that are looked at for a place to show.
const HEADLINE: usize = 20_000;

/// Languages that PostgreSQL can stem, and what it calls its way to.
const STEMMED: [(&str, &str); 16] = [
    ("da", "danish"),
    ("de", "german"),
    ("en", "english"),
    ("es", "spanish"),
    ("fi", "finnish"),
    ("fr", "french"),
    ("hu", "hungarian"),
    ("it", "italian"),
    ("nb", "norwegian"),
    ("nl", "dutch"),
    ("no", "norwegian"),
    ("pt", "portuguese"),
    ("ro", "romanian"),
    ("ru", "russian"),
    ("sv", "swedish"),
    ("tr", "turkish"),
];

/// What PostgreSQL calls its way to stem a language.
fn config(language: &str) -> &'static str {
    let language = language.split('-').next().unwrap_or_default();
    STEMMED.iter().find(|(known, _)| *known == language).map_or("simple", |(_, config)| *config)
}

/// The way to stem the language in `column`, as an expression.
pub(super) fn config_of(column: &str) -> String {
    let cases =
        STEMMED.iter().map(|(known, config)| format!("WHEN '{known}' THEN '{config}'::regconfig"));
    let cases: Vec<_> = cases.collect();
    format!("CASE split_part({column}, '-', 1) {} ELSE 'simple'::regconfig END", cases.join(" "))
}

/// A text without the marks above and below its letters, as SQLite's words are too. Marks that are letters stay, so no
/// word is left empty.
fn folded(text: &str) -> String {
    let marks = "[\\u0300-\\u0344\\u0346-\\u0362]";
    format!("normalize(regexp_replace(normalize({text}, NFD), '{marks}', '', 'g'), NFC)")
}

/// The words of a document on PostgreSQL: as they are but for accents, and stemmed by the language in a column; those
/// of the title weigh more.
pub(super) fn vector(language: &str, title: &str, body: &str) -> String {
    let of = |config: &str, text: &str, weight: char| {
        format!("setweight(to_tsvector({config}, {text}), '{weight}')")
    };
    // Signs that PostgreSQL would read as parts of addresses, paths, numbers and tags part words, as in SQLite.
    let signs = "./:@-_+#~%&?=<>";
    let spaces = " ".repeat(signs.len());
    let apart = |text: &str| format!("translate({text}, '{signs}', '{spaces}')");
    let (title, body) = (apart(title), apart(body));
    let config = config_of(language);
    [
        of("'simple'", &folded(&title), 'A'),
        of("'simple'", &folded(&body), 'C'),
        of(&config, &title, 'A'),
        of(&config, &body, 'C'),
    ]
    .join(" || ")
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
            // A cross join is done from left to right.
            _ => "search_words CROSS JOIN search_document d ON d.id = search_words.rowid",
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

    /// A line of the document's text around what was found of it; places that were found stand between [`FOUND`] and
    /// [`END`].
    pub fn shown(&self, number: u8) -> String {
        match self.backend {
            DbBackend::Postgres => format!(
                "ts_headline({}, left(d.body, {HEADLINE}), {}, 'StartSel={FOUND}, StopSel={END}, \
                 MaxWords=24, MinWords=12, MaxFragments=1')",
                config_of("d.language"),
                self.query(number)
            ),
            _ => format!("snippet(search_words, 1, '{FOUND}', '{END}', '…', 24)"),
        }
    }

    /// The document's title, marked the same way.
    pub fn shown_title(&self, number: u8) -> String {
        match self.backend {
            DbBackend::Postgres => format!(
                "ts_headline({}, d.title, {}, 'StartSel={FOUND}, StopSel={END}, HighlightAll=true')",
                config_of("d.language"),
                self.query(number)
            ),
            _ => format!("highlight(search_words, 0, '{FOUND}', '{END}')"),
        }
    }

    fn query(&self, number: u8) -> String {
        let parts = self.configs.iter().map(|config| {
            let place = format!("CAST(${number} AS text)");
            let asked = if *config == "simple" { folded(&place) } else { place };
            format!("to_tsquery('{config}', {asked})")
        });
        format!("({})", parts.collect::<Vec<_>>().join(" || "))
    }
}
