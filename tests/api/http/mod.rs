//! GraphQL over HTTP: what is accepted, what is refused, and how it is said.

mod callers;
mod documents;
mod headers;
mod multipart;
mod operations;
mod requests;

use serde_json::{Value, json};

fn hello() -> Value {
    json!({ "data": { "__typename": "Query" } })
}
