use async_graphql::{Enum, ErrorExtensions, resolver_utils::enum_value};

use crate::Error;

/// What resolvers answer.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// What a resolver fails with. Not `Display`, on purpose: async-graphql sends the text of any
/// `Display` error to the client, and this one must pass through the `From` below instead.
#[derive(Clone, Debug)]
pub struct Fault(Error);

impl<E: Into<Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(Fault(error): Fault) -> Self {
        if let Error::Internal(source) = &error {
            tracing::error!(error = %source, "a resolver failed");
        }
        let code = RequestErrorCode::from(&error);
        async_graphql::Error::new(error.to_string())
            .extend_with(|_, e| e.set("code", enum_value(code)))
    }
}

/// `extensions.code` of top-level errors: the client program's or the server's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RequestErrorCode {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// A variable does not fit its type.
    BadVariables,
    /// The request, or an argument that no person typed (a cursor, a page size), is not well-formed.
    BadRequest,
    /// Sign in first; or the token sent is not valid any more.
    Unauthenticated,
    /// Not for you.
    Forbidden,
    /// The API token lacks a scope.
    ScopeMissing,
    /// The cost budget is used up for now; see `Retry-After`.
    RateLimited,
    /// The document costs, or holds, more than is allowed.
    TooComplex,
    /// The document nests deeper than is allowed.
    TooDeep,
    /// No document is known by that id.
    DocumentNotFound,
    /// No document is known by the hash of a persisted query: send its text along.
    PersistedQueryNotFound,
    /// Only the server's trusted documents run here.
    DocumentNotAllowed,
    /// The operation took too long and was ended.
    Timeout,
    /// A service behind this one is down.
    Unavailable,
    /// The server's own failure; quote the `requestId`.
    Internal,
}

impl RequestErrorCode {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::BadVariables,
        Self::BadRequest,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::ScopeMissing,
        Self::RateLimited,
        Self::TooComplex,
        Self::TooDeep,
        Self::DocumentNotFound,
        Self::PersistedQueryNotFound,
        Self::DocumentNotAllowed,
        Self::Timeout,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Its name in the schema.
    pub fn name(self) -> String {
        match enum_value(self) {
            async_graphql::Value::Enum(name) => name.to_string(),
            _ => String::new(),
        }
    }
}

impl From<&Error> for RequestErrorCode {
    fn from(error: &Error) -> Self {
        match error {
            Error::Unauthenticated => Self::Unauthenticated,
            Error::Forbidden(_) => Self::Forbidden,
            Error::ScopeMissing(_) => Self::ScopeMissing,
            Error::BadRequest(_) | Error::Refused(_) => Self::BadRequest,
            Error::Unavailable => Self::Unavailable,
            Error::Internal(_) => Self::Internal,
        }
    }
}
