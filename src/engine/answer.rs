use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_graphql::{
    ErrorExtensionValues, Name, Response, ServerError, Value, parser::types::OperationType,
};
use serde::Serialize;

use crate::{
    clock::Clock,
    graph::{
        RequestErrorCode,
        documents::{Prepared, Refusal},
    },
};

/// Bytes that the text of an error may have.
const ERROR_TEXT: usize = 1024;

/// Bytes of an operation's name that are logged and counted by.
const NAME: usize = 64;

/// What came of an operation.
#[derive(Debug)]
pub struct Answer {
    /// Data and errors.
    pub response: Response,
    /// By what name the logs and errors call the request.
    pub request_id: String,
    /// The name of the operation, once it is known to be in the document.
    pub operation: Option<Name>,
    /// What the operation does, once it is known.
    pub kind: Option<OperationType>,
    /// Its cost in points; 0 while unknown.
    pub cost: u64,
    /// Why it did not run to its end, if it did not. There is no data then.
    pub refused: Option<Refused>,
    /// Whether the document was known.
    pub known: bool,
    pub(super) document: Option<Arc<Prepared>>,
}

/// Why an operation did not run to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The request is at fault: its document, variables or what it names.
    Request,
    /// The operation changes something, and the request must not.
    Method,
    /// The caller's budget is used up; how long to wait.
    RateLimited(Duration),
    /// It took too long.
    Timeout,
    /// Our fault.
    Failed,
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Answer {
    pub(super) fn new(request_id: String, clock: &Clock) -> Self {
        let request_id = if request_id.is_empty() { clock.key().to_string() } else { request_id };
        Self {
            response: Response::default(),
            request_id,
            operation: None,
            kind: None,
            cost: 0,
            refused: None,
            known: false,
            document: None,
        }
    }

    /// The JSON of the response. `data` is left out when nothing ran.
    pub fn json(&self) -> Vec<u8> {
        let size = self.document.as_ref().map_or(512, |document| document.answer_size());
        let mut json = Vec::with_capacity(size);
        let wire = Wire {
            errors: &self.response.errors,
            data: self.refused.is_none().then_some(&self.response.data),
            extensions: &self.response.extensions,
        };
        if let Err(error) = serde_json::to_writer(&mut json, &wire) {
            tracing::error!(%error, request = %self.request_id, "an answer can't be written");
            return br#"{"errors":[{"message":"internal error"}]}"#.to_vec();
        }
        if let Some(document) = &self.document {
            document.set_answer_size(json.len());
        }
        json
    }

    /// The name of the operation for logs and counters: a client may choose a very long one.
    pub fn operation_name(&self) -> Option<&str> {
        let name = self.operation.as_deref()?;
        // It is ASCII, as every name of GraphQL.
        Some(name.get(..NAME).unwrap_or(name))
    }

    /// The code of the first error, if there is one.
    pub fn error_code(&self) -> Option<&str> {
        code(&self.response)
    }

    pub(super) fn refuse(&mut self, refused: Refused, code: RequestErrorCode, message: &str) {
        self.refuse_document(refused, Refusal::new(code, message));
    }

    pub(super) fn refuse_document(&mut self, refused: Refused, refusal: Refusal) {
        let mut error = ServerError::new(refusal.message, None);
        error.locations = refusal.at;
        set_code(&mut error, refusal.code);
        self.response = Response::from_errors(vec![error]);
        self.refused = Some(refused);
    }

    /// Takes what the schema answered; answers whether anything ran.
    pub(super) fn take(&mut self, response: Response) -> bool {
        // What fails while running has a place in the data; what fails before has none.
        let ran = response.errors.is_empty()
            || response.data != Value::Null
            || response.errors.iter().any(|error| !error.path.is_empty());
        self.response = response;
        let missing = if ran {
            RequestErrorCode::BadRequest
        } else {
            self.refused = Some(Refused::Request);
            RequestErrorCode::ValidationFailed
        };
        for error in &mut self.response.errors {
            if code_is_missing(error) {
                // The engine repeats the value that does not fit; nobody needs to hear it again.
                if let Some((reason, _)) = error.message.split_once(", found ") {
                    error.message.truncate(reason.len());
                }
                set_code(error, missing);
            }
        }
        ran
    }

    /// Cuts what is too much, and adds by what name to ask for help.
    pub(super) fn finish(&mut self, most: usize) {
        self.response.errors.truncate(most);
        for error in &mut self.response.errors {
            error.source = None;
            if error.message.len() > ERROR_TEXT {
                let end = (0..=ERROR_TEXT).rev().find(|end| error.message.is_char_boundary(*end));
                error.message.truncate(end.unwrap_or_default());
            }
            error
                .extensions
                .get_or_insert_with(ErrorExtensionValues::default)
                .set("requestId", self.request_id.as_str());
        }
    }
}

/// The code of a response's first error, if it has one.
pub(super) fn code(response: &Response) -> Option<&str> {
    match response.errors.first()?.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        Value::Enum(code) => Some(code),
        _ => None,
    }
}

fn code_is_missing(error: &ServerError) -> bool {
    error.extensions.as_ref().is_none_or(|extensions| extensions.get("code").is_none())
}

fn set_code(error: &mut ServerError, code: RequestErrorCode) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.name());
}
