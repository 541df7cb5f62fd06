//! The search box: what it finds, and whom it tells.

mod finding;
mod hidden;
mod hostile;
pub mod kit;
mod statements;

use guildhall::Actor;
use serde_json::{Value, json};

use crate::kit::{Run, TestApp};

/// What belongs to search of the roots, as `access.rs` calls it.
pub const SEARCH_CALLS: &[(&str, &str)] =
    &[("search", r#"{ search(text: "access") { nodes { __typename } } }"#)];

const SEARCH: &str =
    "query($text: String!, $filter: SearchFilter, $first: Int! = 20, $after: String) {
    search(text: $text, filter: $filter, first: $first, after: $after) {
        edges { cursor score highlight node { __typename
            ... on Profile { handle } ... on Post { id body { text } } ... on Tag { name }
            ... on PortfolioItem { title } ... on Message { id } ... on File { name }
        } }
        pageInfo { hasNextPage endCursor }
    } }";

/// Searches as somebody.
pub async fn search(app: &TestApp, who: &Actor, variables: Value) -> Run {
    app.run_with(who, SEARCH, variables).await.ok()
}

/// The kinds of what somebody finds by a text, in the order of their names.
pub async fn kinds(app: &TestApp, who: &Actor, text: &str) -> Vec<String> {
    let run = search(app, who, json!({ "text": text })).await;
    let mut kinds = run.list("search.edges", "node.__typename");
    kinds.sort();
    kinds
}
