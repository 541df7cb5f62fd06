//! Reads the parameters of a GraphQL request.

use async_graphql::Variables;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::problem::Problem;
use crate::engine::Ask;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Variables,
    extensions: Option<Map<String, Value>>,
    document_id: Option<String>,
}

impl From<Parameters> for Ask {
    fn from(parameters: Parameters) -> Self {
        let Parameters { query, operation_name, variables, extensions, document_id } = parameters;
        Self { query, operation_name, variables, extensions, document_id, ..Self::default() }
    }
}

/// Reads the JSON body of a POST.
pub(super) fn from_json(body: &[u8]) -> Result<Ask, Problem> {
    // A reader that knows what it looks for is fast; what it says of other texts repeats them.
    serde_json::from_slice::<Parameters>(body).map(Ask::from).map_err(|_| bad(why(body)))
}

/// Reads the query string of a GET. Variables and extensions are JSON in it.
pub(super) fn from_query(query: &str) -> Result<Ask, Problem> {
    let mut parameters = Parameters::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() {
            continue;
        }
        let text = || Some(value.clone().into_owned());
        match &*name {
            "query" => parameters.query = text(),
            "operationName" => parameters.operation_name = text(),
            "documentId" => parameters.document_id = text(),
            "variables" => {
                parameters.variables = serde_json::from_str(&value).map_err(|_| bad(VARIABLES))?;
            }
            "extensions" => {
                parameters.extensions =
                    serde_json::from_str(&value).map_err(|_| bad(EXTENSIONS))?;
            }
            _ => {}
        }
    }
    Ok(Ask { read_only: true, ..parameters.into() })
}

const VARIABLES: &str = "`variables` must be a JSON object or null";
const EXTENSIONS: &str = "`extensions` must be a JSON object or null";

/// Why a body could not be read, without repeating any of it.
fn why(body: &[u8]) -> &'static str {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return "the body is not JSON";
    };
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(_) => return "batches are not accepted: send one request at a time",
        _ => return "the body must be a JSON object",
    };
    let fits = |name: &str, is: fn(&Value) -> bool| {
        fields.get(name).is_none_or(|value| value.is_null() || is(value))
    };
    if !fits("query", Value::is_string) {
        "`query` must be a string"
    } else if !fits("operationName", Value::is_string) {
        "`operationName` must be a string or null"
    } else if !fits("variables", Value::is_object) {
        VARIABLES
    } else if !fits("extensions", Value::is_object) {
        EXTENSIONS
    } else if !fits("documentId", Value::is_string) {
        "`documentId` must be a string"
    } else {
        "the body is no GraphQL request: is a parameter given twice?"
    }
}

fn bad(message: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}
