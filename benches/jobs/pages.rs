//! What is asked for.

use async_graphql::Variables;
use guildhall::engine::Ask;
use serde_json::{Map, Value, json};

/// A page of the job board.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    /// Whether nothing is kept from one round to the next.
    pub(crate) anew: bool,
    query: &'static str,
    /// Words, of which each round takes another.
    texts: &'static [&'static str],
    is_narrowed: bool,
}

pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "a: words, country, employment",
        anew: false,
        query: WHOLE,
        texts: WORDS,
        is_narrowed: true,
    },
    Page {
        name: "a: a common word, country, employment",
        anew: false,
        query: WHOLE,
        texts: COMMON,
        is_narrowed: true,
    },
    Page {
        name: "b: country, employment",
        anew: false,
        query: WHOLE,
        texts: &[],
        is_narrowed: true,
    },
    Page { name: "c: facets of all", anew: false, query: FACETS, texts: &[], is_narrowed: false },
    Page {
        name: "c: facets of all, counted anew",
        anew: true,
        query: FACETS,
        texts: &[],
        is_narrowed: false,
    },
    Page { name: "d: words", anew: false, query: WHOLE, texts: WORDS, is_narrowed: false },
    Page { name: "d: a common word", anew: false, query: WHOLE, texts: COMMON, is_narrowed: false },
    Page {
        name: "e: the newest, no facets",
        anew: false,
        query: ROWS,
        texts: &[],
        is_narrowed: false,
    },
];

/// About one posting of thirty has each.
const WORDS: &[&str] =
    &["backend eng", "statistician", "game developer", "data analyst", "technical writ"];
/// Four of ten postings have it in their title.
const COMMON: &[&str] = &["engineer"];
const COUNTRIES: &[&str] = &["DE", "FR", "ES", "PL", "NL"];

const WHOLE: &str = "query($filter: JobFilter) { jobs(filter: $filter, first: 20) { \
    edges { cursor highlight node { id title workplace organization { id name slug } } } \
    pageInfo { hasNextPage endCursor } \
    facets { employment { key count } seniority { key count } workplace { key count } \
    country { key label count } skill { key label count } organization { key label count } } } }";

const FACETS: &str = "{ jobs(first: 1) { facets { employment { key count } \
    seniority { key count } workplace { key count } country { key label count } \
    skill { key label count } organization { key label count } } } }";

const ROWS: &str = "{ jobs(first: 20) { edges { cursor node { id title organization { id name slug } } } \
    pageInfo { hasNextPage endCursor } } }";

impl Page {
    /// What one round asks.
    pub(crate) fn ask(&self, round: usize) -> Ask {
        let pick = |list: &[&'static str]| list.get(round % list.len().max(1)).copied();
        let mut filter = Map::new();
        if let Some(text) = pick(self.texts) {
            filter.insert("text".to_owned(), json!(text));
        }
        if self.is_narrowed {
            filter.insert("countries".to_owned(), json!(pick(COUNTRIES)));
            filter.insert("employment".to_owned(), json!(["FULL_TIME"]));
        }
        let variables = match self.query == WHOLE {
            true => json!({ "filter": filter }),
            false => json!({}),
        };
        Ask {
            query: Some(self.query.to_owned()),
            variables: Variables::from_json(variables),
            ..Ask::default()
        }
    }
}

/// How many postings the facets counted.
pub(crate) fn found(data: &Value) -> u64 {
    let kinds = data.pointer("/jobs/facets/workplace").and_then(Value::as_array);
    kinds.into_iter().flatten().filter_map(|one| one.get("count")?.as_u64()).sum()
}
