use std::borrow::Cow;

use async_graphql::{ErrorExtensionValues, Response as Answer, ServerError};
use axum::{
    body::Body,
    http::{
        HeaderName, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};

use super::accept::Media;
use crate::graph::RequestErrorCode;

/// A request that is refused before the engine hears of it; told as a GraphQL error.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: RequestErrorCode,
    message: Cow<'static, str>,
    media: Media,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// The client program's fault.
    pub(super) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        let code = RequestErrorCode::BadRequest;
        Self { status, code, message: message.into(), media: Media::Json, headers: Vec::new() }
    }

    /// Our fault.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
            .code(RequestErrorCode::Internal)
    }

    /// Nothing is found at this address.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here: the graph is at /graphql")
    }

    /// What is wrong, for people.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the client took too long.
    pub(super) fn is_timeout(&self) -> bool {
        self.status == StatusCode::REQUEST_TIMEOUT
    }

    pub(super) fn code(self, code: RequestErrorCode) -> Self {
        Self { code, ..self }
    }

    pub(super) fn media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn respond(self, request: &str) -> Response<Body> {
        let mut error = ServerError::new(self.message, None);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("code", self.code.name());
        if !request.is_empty() {
            extensions.set("requestId", request);
        }
        let errors = Answer::from_errors(vec![error]).errors;
        let json = serde_json::json!({ "errors": errors }).to_string();
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.media.content_type());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}
