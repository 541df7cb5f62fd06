//! What is refused, by its status.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header::RETRY_AFTER},
};

use super::super::problem::Problem;
use crate::{Error, error::ErrorCode, files::service::uploads::Halt, graph::RequestErrorCode};

/// A request that is refused.
pub(super) enum Refused {
    Problem(Problem),
    Response(Box<Response<Body>>),
}

impl Refused {
    pub(super) fn respond(self, request: &str) -> Response<Body> {
        match self {
            Self::Problem(problem) => problem.respond(request),
            Self::Response(response) => *response,
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Problem(problem(error))
    }
}

impl From<Halt> for Refused {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Offset => {
                let message =
                    "the upload stands elsewhere: ask with HEAD where, and go on from there";
                Problem::new(StatusCode::CONFLICT, message).into()
            }
            Halt::TooLong => too_long(),
            Halt::Checksum => {
                let message =
                    "what came is not what was hashed: nothing of it counts, send it again";
                // The protocol's own.
                let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
                Problem::new(status, message).into()
            }
            Halt::Gone => gone(),
            Halt::Failed(words) => failed(words),
            Halt::Error(error) => error.into(),
        }
    }
}

/// More comes than was announced.
pub(super) fn too_long() -> Refused {
    let message = "these are more bytes than were announced";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message).into()
}

/// What was sent is not taken.
pub(super) fn failed(words: String) -> Refused {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words).into()
}

/// The upload is over.
pub(super) fn gone() -> Refused {
    Problem::new(StatusCode::GONE, "this upload is over: begin another").into()
}

/// Nothing is taken at the moment.
pub(super) fn busy() -> Refused {
    let message = "too many files come at this moment: try again soon";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
        .code(RequestErrorCode::Unavailable)
        .header(RETRY_AFTER, HeaderValue::from_static("5"))
        .into()
}

fn problem(error: Error) -> Problem {
    let code = RequestErrorCode::from(&error);
    let status = match &error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) | Error::ScopeMissing(_) => StatusCode::FORBIDDEN,
        Error::BadRequest(_) => StatusCode::BAD_REQUEST,
        Error::Refused(problems) => match problems.first().map(|problem| problem.code) {
            Some(ErrorCode::FileTooLarge | ErrorCode::QuotaExceeded) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            _ => StatusCode::BAD_REQUEST,
        },
        Error::Unavailable => {
            return Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
                .code(code)
                .header(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        Error::Internal(source) => {
            tracing::error!(error = %source, "an upload failed");
            return Problem::internal();
        }
    };
    Problem::new(status, error.to_string()).code(code)
}
