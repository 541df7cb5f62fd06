//! The one error of the domain: what can go wrong, said once.

use std::{borrow::Cow, sync::Arc, time::Duration};

use sea_orm::DbErr;

/// What fallible work of the domain answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong. `Refused` is for the person to put right; the others are the client program's
/// or the server's doing and end as top-level errors of the response.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, and the act needs somebody.
    #[error("sign in first")]
    Unauthenticated,
    /// The act is for others: staff, or a session instead of a token.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The API token lacks the scope named.
    #[error("this token needs the scope {0}")]
    ScopeMissing(&'static str),
    /// The client program sent what no person typed: a broken cursor, a page size out of range.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// A person can put this right; nothing was changed.
    #[error("{}", .0.first().map_or("refused", |problem| problem.message.as_str()))]
    Refused(Vec<Problem>),
    /// Something behind this server is down or full; the same call may succeed later.
    #[error("a service behind this one is not available, try again later")]
    Unavailable,
    /// Our fault, not the caller's: logged where it leaves the graph, never shown to a client.
    #[error("internal error")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// One thing that a person can put right.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Why, for programs.
    pub code: ErrorCode,
    /// Why, for people.
    pub message: String,
    /// The argument at fault, from the top down: `["input", "links", "2", "url"]`. Empty when no
    /// single one is.
    pub path: Vec<Cow<'static, str>>,
    /// What else a screen can show.
    pub detail: Detail,
}

/// What a problem knows beside its message.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// A value outside its limits, in the unit that the message names.
    Limit {
        /// The least that is accepted.
        min: Option<f64>,
        /// The most that is accepted.
        max: Option<f64>,
        /// What was sent.
        actual: Option<f64>,
    },
    /// Too many tries: how long to wait.
    RetryAfter(Duration),
    /// Somebody changed the thing since it was read: its version now.
    Stale {
        /// The version to send as `expectedVersion` once the person has decided.
        current: i32,
    },
}

/// Why a change was refused. Values are only ever added; treat an unknown one like INVALID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
pub enum ErrorCode {
    /// A value is needed here.
    Required,
    /// The value is not of the right form.
    Invalid,
    /// The text is shorter than the least allowed.
    TooShort,
    /// The text or list is longer than the most allowed.
    TooLong,
    /// The number or date is outside its limits.
    OutOfRange,
    /// The text does not look as it should here.
    PatternMismatch,
    /// The name, handle or address is in use.
    Taken,
    /// The same thing was already done.
    Duplicate,
    /// It does not exist, or you may not know that it does.
    NotFound,
    /// You may see it, but not do this to it.
    Forbidden,
    /// The step is not possible from the present state.
    StateNotAllowed,
    /// Somebody changed it since you read it.
    StaleVersion,
    /// It was valid once.
    Expired,
    /// It takes no more.
    Closed,
    /// Too many tries; the same call may succeed after a wait.
    RateLimited,
    /// A quota of yours is used up.
    QuotaExceeded,
    /// Unknown name or wrong password; which of them is not said.
    BadCredentials,
    /// Sign in again, then repeat the call.
    RecentSignInRequired,
    /// The account is suspended.
    AccountSuspended,
    /// The password is too easy to guess.
    PasswordTooWeak,
    /// One of you blocked the other.
    Blocked,
    /// The file is of a kind that is not taken here; its bytes decide, not its name.
    FileTypeRejected,
    /// The file is larger than is taken here.
    FileTooLarge,
    /// Solve a challenge first, then repeat the call with it.
    ChallengeRequired,
    /// The challenge is not solved, was used before, or its time is over: ask for another.
    ChallengeFailed,
    /// The address asked for no mail, or can't be reached.
    Suppressed,
}

impl Problem {
    /// A problem with one argument, named from the top down.
    pub fn at(
        code: ErrorCode,
        path: impl IntoIterator<Item = impl Into<Cow<'static, str>>>,
        message: impl Into<String>,
    ) -> Self {
        let path = path.into_iter().map(Into::into).collect();
        Self { code, message: message.into(), path, detail: Detail::None }
    }

    /// The same problem with something more to show.
    #[must_use]
    pub fn with(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }
}

impl Error {
    /// A refusal for one reason, at one argument.
    pub fn refused(
        code: ErrorCode,
        path: impl IntoIterator<Item = impl Into<Cow<'static, str>>>,
        message: impl Into<String>,
    ) -> Self {
        Self::Refused(vec![Problem::at(code, path, message)])
    }

    /// What the `id` argument names does not exist, or the caller may not know that it does.
    pub fn not_found(what: &str) -> Self {
        Self::refused(ErrorCode::NotFound, ["id"], format!("there is no such {what}"))
    }

    /// The caller may see the thing, but not do this to it.
    pub fn not_yours(message: &str) -> Self {
        Self::refused(ErrorCode::Forbidden, ["id"], message)
    }

    /// The same refusal where the arguments stand side by side, in no `input`.
    #[must_use]
    pub fn outside_input(self) -> Self {
        let Self::Refused(mut problems) = self else { return self };
        for problem in &mut problems {
            if problem.path.first().is_some_and(|first| first == "input") {
                problem.path.remove(0);
            }
        }
        Self::Refused(problems)
    }

    /// A failure that is ours.
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(error))
    }

    /// A failure that is ours, said in words.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::Internal(Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(message.into())))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable,
            error => Self::Internal(Arc::new(error)),
        }
    }
}

impl From<Arc<DbErr>> for Error {
    fn from(error: Arc<DbErr>) -> Self {
        match *error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable,
            _ => Self::Internal(error),
        }
    }
}
