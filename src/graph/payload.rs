use async_graphql::{Context, ID, Interface, MaybeUndefined, SimpleObject};

use super::{ContextExt, Duration, Result};
use crate::{
    Error,
    error::{Detail, ErrorCode, Problem},
};

/// Something the person, not the client program, can put right. Always in `userErrors`, never at the
/// top level.
#[derive(Debug, Interface)]
#[graphql(
    field(name = "code", ty = "&ErrorCode", desc = "Stable, for code and translations."),
    field(name = "message", ty = "&String", desc = "For people."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The argument at fault, from the top down: `[\"input\", \"links\", \"2\", \"url\"]`. Empty when no single one is."
    )
)]
pub enum UserError {
    /// A plain one.
    Generic(GenericError),
    /// A value outside its limits.
    Limit(LimitError),
    /// Too many tries.
    RateLimit(RateLimitError),
    /// Somebody was faster.
    Stale(StaleVersionError),
}

/// A plain error.
#[derive(Debug, SimpleObject)]
pub struct GenericError {
    /// Stable, for code and translations.
    code: ErrorCode,
    /// For people.
    message: String,
    /// The argument at fault, from the top down. Empty when no single one is.
    path: Vec<String>,
}

/// A value outside its limits.
#[derive(Debug, SimpleObject)]
pub struct LimitError {
    /// Stable, for code and translations.
    code: ErrorCode,
    /// For people.
    message: String,
    /// The argument at fault, from the top down. Empty when no single one is.
    path: Vec<String>,
    /// The least that is accepted.
    min: Option<f64>,
    /// The most that is accepted.
    max: Option<f64>,
    /// What was sent.
    actual: Option<f64>,
}

/// Too many tries; the same call may succeed after the wait.
#[derive(Debug, SimpleObject)]
pub struct RateLimitError {
    /// Stable, for code and translations.
    code: ErrorCode,
    /// For people.
    message: String,
    /// The argument at fault, from the top down. Empty when no single one is.
    path: Vec<String>,
    /// How long to wait.
    retry_after: Duration,
}

/// Somebody changed the thing since you read it: read it again, let the person decide, and send the
/// change with `currentVersion`.
#[derive(Debug, SimpleObject)]
pub struct StaleVersionError {
    /// Stable, for code and translations.
    code: ErrorCode,
    /// For people.
    message: String,
    /// The argument at fault, from the top down. Empty when no single one is.
    path: Vec<String>,
    /// The version to send as `expectedVersion`.
    current_version: i32,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let Problem { code, message, path, detail } = problem;
        let path = path.into_iter().map(Into::into).collect();
        match detail {
            Detail::None => Self::Generic(GenericError { code, message, path }),
            Detail::Limit { min, max, actual } => {
                Self::Limit(LimitError { code, message, path, min, max, actual })
            }
            Detail::RetryAfter(wait) => {
                let retry_after = Duration::from(wait);
                Self::RateLimit(RateLimitError { code, message, path, retry_after })
            }
            Detail::Stale { current: current_version } => {
                Self::Stale(StaleVersionError { code, message, path, current_version })
            }
        }
    }
}

/// Ids of what is gone: drop them from your cache.
#[derive(Debug, SimpleObject)]
pub struct DeletePayload {
    /// The ids of what was deleted.
    pub deleted_ids: Vec<ID>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

impl DeletePayload {
    /// The payload of a service that answered the ids of what it deleted.
    pub async fn settle(ctx: &Context<'_>, result: crate::Result<Vec<ID>>) -> Result<Self> {
        let (deleted_ids, user_errors) = settle(ctx, result).await?;
        Ok(Self { deleted_ids: deleted_ids.unwrap_or_default(), user_errors })
    }
}

/// Whether something was done that leaves nothing to show.
#[derive(Debug, SimpleObject)]
pub struct DonePayload {
    /// Whether it was.
    pub done: bool,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

impl DonePayload {
    /// The payload of a service that answered nothing.
    pub async fn settle(ctx: &Context<'_>, result: crate::Result<()>) -> Result<Self> {
        let (done, user_errors) = settle(ctx, result).await?;
        Ok(Self { done: done.is_some(), user_errors })
    }
}

/// Ends a mutation: forgets what the loaders had cached, and parts what a person can put right
/// (`userErrors`) from what they cannot (the `errors` of the response).
pub async fn settle<T>(
    ctx: &Context<'_>,
    result: crate::Result<T>,
) -> Result<(Option<T>, Vec<UserError>)> {
    ctx.loaders().forget();
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Refused(problems)) => {
            Ok((None, problems.into_iter().map(UserError::from).collect()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Declares the payload of mutations: the thing, or why there is none.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $ty:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$ty>,
            /// What a person can put right; when it is empty the change was made, otherwise nothing was.
            pub user_errors: Vec<$crate::graph::UserError>,
        }

        impl $name {
            /// The payload of what a service answered.
            pub(crate) async fn settle(
                ctx: &async_graphql::Context<'_>,
                result: $crate::Result<$ty>,
            ) -> $crate::graph::Result<Self> {
                let ($field, user_errors) = $crate::graph::settle(ctx, result).await?;
                Ok(Self { $field, user_errors })
            }
        }
    };
}
pub(crate) use payload;

/// A field of an update: left out (`None`) stays, null (`Some(None)`) clears.
pub fn maybe<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}
