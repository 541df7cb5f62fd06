use async_graphql::Variables;
use serde_json::{Map, Value};

use crate::{
    contact::SentFrom,
    graph::{
        RequestErrorCode, SentFiles,
        documents::{Refusal, Source},
    },
};

/// What is asked for: the parameters of a GraphQL request.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The document.
    pub query: Option<String>,
    /// Which operation of the document, where it has several.
    pub operation_name: Option<String>,
    /// The values of the operation's variables.
    pub variables: Variables,
    /// The files that came along; in the variables [`crate::graph::Upload::stand_in`] stands for each.
    pub files: SentFiles,
    /// What the client says beside; `persistedQuery` is understood.
    pub extensions: Option<Map<String, Value>>,
    /// The id of a trusted document, in place of the document.
    pub document_id: Option<String>,
    /// Whether nothing may be changed, as by a GET.
    pub read_only: bool,
    /// The refresh token in a browser's cookie, for `sessionRefresh`.
    pub refresh_cookie: Option<String>,
    /// The page from which a browser says that it was sent.
    pub from: Option<SentFrom>,
    /// Whether it came over a socket, where cookies can be neither read nor set.
    pub by_socket: bool,
    /// By what name the logs and errors call this request; made when empty.
    pub request_id: String,
}

impl Ask {
    /// How the document is named.
    pub(super) fn source(&self) -> Result<Source<'_>, Refusal> {
        let refuse = |message| Err(Refusal::new(RequestErrorCode::BadRequest, message));
        let persisted =
            self.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery"));
        match (self.query.as_deref(), self.document_id.as_deref(), persisted) {
            (Some(_), Some(_), _) => refuse("send `query` or `documentId`, not both"),
            (None, Some(id), _) => Ok(Source::Id(id)),
            (text, None, Some(persisted)) => {
                let version = persisted.get("version").and_then(Value::as_u64);
                let hash = persisted.get("sha256Hash").and_then(Value::as_str);
                match (version, hash) {
                    (Some(1), Some(hash)) => Ok(Source::Persisted { hash, text }),
                    _ => refuse("`persistedQuery` needs `version` 1 and `sha256Hash`"),
                }
            }
            (Some(text), None, None) => Ok(Source::Text(text)),
            (None, None, None) => refuse("`query` is missing"),
        }
    }
}
