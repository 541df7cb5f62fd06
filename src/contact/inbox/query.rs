use async_graphql::{Context, ID, InputObject, Object};

use super::{Submission, SubmissionConnection};
use crate::{
    contact::{SubmissionReceipt, service::inbox},
    entity::submission::State,
    graph::{ContextExt, DateTimeRange, Result, decode},
    page::Ask,
};

/// Narrows submissions; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct SubmissionFilter {
    /// In these states; left out or empty, in any but SPAM.
    pub states: Option<Vec<State>>,
    /// Seen to by this member: the id of a profile.
    pub assignee: Option<ID>,
    /// With all of these words, up to 10 in up to 200 characters; the last may go on.
    pub text: Option<String>,
    /// When it came.
    pub submitted: Option<DateTimeRange>,
    /// With any of these labels, up to 20.
    pub labels: Option<Vec<String>>,
}

impl From<SubmissionFilter> for inbox::Filter {
    fn from(filter: SubmissionFilter) -> Self {
        let submitted = filter.submitted.unwrap_or_default();
        Self {
            states: filter.states.unwrap_or_default(),
            // An id that names no profile is somebody who sees to nothing.
            assignee: filter.assignee.map(|id| decode("profile", &id).unwrap_or_default()),
            text: filter.text,
            from: submitted.from.map(|at| at.0),
            to: submitted.to.map(|at| at.0),
            labels: filter.labels.unwrap_or_default(),
        }
    }
}

/// The inbox's part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "InboxQuery")]
impl Query {
    /// Progress of a submission, for its sender, by the token of the receipt; null when it leads to nothing.
    async fn submission_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the receipt.")] token: String,
    ) -> Option<Result<SubmissionReceipt>> {
        let found = inbox::by_token(ctx.cx(), &token).await;
        let receipt =
            found.map(|found| found.map(|(row, form)| SubmissionReceipt::of(row, form, token)));
        receipt.map_err(Into::into).transpose()
    }
}

/// The inbox's part of the staff desk.
#[derive(Debug, Default)]
pub struct InboxDesk;

#[Object]
impl InboxDesk {
    /// What came in through any form, the latest first; spam is left out unless it is asked for.
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SubmissionFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<SubmissionConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let filter = filter.unwrap_or_default().into();
            let page = inbox::submissions(ctx.cx(), &filter, &ask).await?;
            Ok(SubmissionConnection(page.map(Submission::from)))
        };
        Some(page.await)
    }
}
