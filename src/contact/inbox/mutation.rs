use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{InternalNote, Submission};
use crate::{
    contact::{
        SubmissionReceipt,
        service::inbox::{self, Changes, NewReply},
    },
    entity::submission::State,
    graph::{ContextExt, Markdown, Result, UserError, decode, keys, maybe, payload, settle},
    node::Node,
    tasks::{Task, TaskPayload},
};

/// Changes to submissions; what is left out stays.
#[derive(Debug, InputObject)]
pub struct SubmissionUpdateInput {
    /// Where they stand.
    state: Option<State>,
    /// Who sees to them: the id of a profile, of somebody in the team of each form or of staff; null is nobody.
    assignee: MaybeUndefined<ID>,
    /// Labels in place of those that are there; at most 10, each of 1 to 40 characters.
    labels: Option<Vec<String>>,
}

/// Answer about submissions.
#[derive(SimpleObject)]
pub struct SubmissionsPayload {
    /// The submissions as they are now, in the order named; empty when nothing was done.
    pub submissions: Vec<Submission>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

/// Answer about a note.
#[derive(SimpleObject)]
pub struct NotePayload {
    /// The note; null when nothing was done.
    pub note: Option<InternalNote>,
    /// What it is on; null when nothing was done.
    pub subject: Option<Node>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

payload!(
    /// Answer about what a sender added.
    FollowUpPayload {
        /// What they sent, as it is now; null when nothing was done.
        receipt: SubmissionReceipt
    }
);

/// The inbox's part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "InboxMutation")]
impl Mutation {
    /// Assign, label, close, mark as spam: all of them, or none. For the team of the form, and staff.
    async fn submissions_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; 1 to 100.")] ids: Vec<ID>,
        #[graphql(desc = "What to change.")] input: SubmissionUpdateInput,
    ) -> Result<SubmissionsPayload> {
        let changes = Changes {
            state: input.state,
            // An id that names no profile is nobody of any team.
            assignee: maybe(input.assignee)
                .map(|id| id.map(|id| decode("profile", &id).unwrap_or_default())),
            labels: input.labels,
        };
        let rows = inbox::update(ctx.cx(), keys("submission", ids), changes).await;
        let (rows, user_errors) = settle(ctx, rows).await?;
        let submissions = rows.into_iter().flatten().map(Submission::from).collect();
        Ok(SubmissionsPayload { submissions, user_errors })
    }

    /// Mails the sender and keeps the talk together; the submission waits for them then, or is done. For the team of
    /// the form, and staff.
    async fn submission_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which submission.")] id: ID,
        #[graphql(desc = "Markdown; at most 10,000 characters.")] body: Markdown,
        #[graphql(desc = "Files of yours to send with it, in their order; at most 10.")]
        files: Option<Vec<ID>>,
        #[graphql(default = false, desc = "Whether nothing is left to do then.")] close: bool,
    ) -> Result<SubmissionsPayload> {
        let files = keys("file", files.unwrap_or_default());
        let new = NewReply { id: decode("submission", &id), body: body.0, files, close };
        let row = inbox::reply(ctx.cx(), new).await;
        let (row, user_errors) = settle(ctx, row).await?;
        let submissions = row.into_iter().map(Submission::from).collect();
        Ok(SubmissionsPayload { submissions, user_errors })
    }

    /// Make a task of a submission, at the foot of the board's first column, tied both ways: its title names the form,
    /// the number and the sender, its description holds the answers as words. What is a task already answers it again.
    /// For the team of the form, and staff, where they are editors of the board.
    async fn submission_to_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which submission.")] id: ID,
        #[graphql(desc = "Onto which board.")] board: ID,
    ) -> Result<TaskPayload> {
        let (id, board) = (decode("submission", &id), decode("board", &board));
        let row = inbox::to_task(ctx.cx(), id, board).await;
        TaskPayload::settle(ctx, row.map(Task::from)).await
    }

    /// Write to the team as the sender of a submission, by the token of the receipt; no account is needed. What waited
    /// for you, or was done, is open again.
    async fn submission_follow_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of the receipt.")] token: String,
        #[graphql(desc = "Markdown; at most 10,000 characters.")] body: Markdown,
    ) -> Result<FollowUpPayload> {
        let found = inbox::follow_up(ctx.cx(), &token, &body.0).await;
        let receipt = found.map(|(row, form)| SubmissionReceipt::of(row, form, token));
        FollowUpPayload::settle(ctx, receipt).await
    }

    /// An internal note on a submission: its sender never sees it. For the team of the form, and staff.
    async fn note_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which submission.")] id: ID,
        #[graphql(desc = "Plain text; at most 5,000 characters.")] text: String,
    ) -> Result<NotePayload> {
        let noted = inbox::add_note(ctx.cx(), decode("submission", &id), &text).await;
        let (noted, user_errors) = settle(ctx, noted).await?;
        let (note, row) = noted.unzip();
        Ok(NotePayload {
            note: note.map(|note| InternalNote::Submission(note.into())),
            subject: row.map(|row| Node::Submission(row.into())),
            user_errors,
        })
    }
}
