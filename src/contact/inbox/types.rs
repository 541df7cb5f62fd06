//! Submissions as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{Loaders, SubmissionFilter, Tied};
use crate::{
    Error,
    clock::made_at,
    contact::{
        self, FieldValue, Form, SubmissionMessage, SubmissionReceipt, policy as contact_policy,
        service::{answers, inbox::policy},
    },
    entity::{
        application_note, form,
        submission::{self, State},
        submission_note,
    },
    files::service::On,
    graph::{
        ContextExt, DateTime, EmailAddress, Locale, Result, Url, connection, encode, lane,
        lane_above,
    },
    members::Profile,
    page::Ask,
    tasks::Task,
};

/// What came in through a form, and the talk about it. Its form's team sees it, staff do, and whoever sent it while
/// signed in.
#[derive(Clone, Debug)]
pub struct Submission(pub Arc<submission::Model>);

impl From<submission::Model> for Submission {
    fn from(row: submission::Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Submission {
    /// Whether the caller answers for it.
    async fn is_team(&self, ctx: &Context<'_>) -> crate::Result<bool> {
        if contact_policy::is_staff(ctx.cx().actor) {
            return Ok(true);
        }
        let loaders = ctx.loaders().of::<contact::Loaders>();
        loaders.works_on(self.0.form_id, lane_above(ctx)).await
    }

    /// What the team alone sees.
    async fn for_team<T>(
        &self,
        ctx: &Context<'_>,
        what: impl Future<Output = crate::Result<Option<T>>>,
    ) -> Option<Result<T>> {
        let shown = async { if self.is_team(ctx).await? { what.await } else { Ok(None) } };
        shown.await.map_err(Into::into).transpose()
    }

    /// Those that came in through a form, for its team; null for others.
    pub(in crate::contact) async fn through(
        ctx: &Context<'_>,
        form: Uuid,
        filter: Option<SubmissionFilter>,
        (first, after): (i32, Option<String>),
    ) -> Option<Result<SubmissionConnection>> {
        let page = async {
            let loaders = ctx.loaders().of::<contact::Loaders>();
            if !loaders.works_on(form, lane(ctx)).await? {
                return Ok(None);
            }
            let ask = Ask::new(first, after.as_deref())?;
            let filter = filter.unwrap_or_default().into();
            let loaders = ctx.loaders().of::<Loaders>();
            let page = loaders.through(form, filter, ask, lane(ctx)).await?;
            Ok::<_, Error>(Some(SubmissionConnection(crate::page::Page::clone(&page).map(Self))))
        };
        page.await.map_err(Into::into).transpose()
    }
}

async fn face(ctx: &Context<'_>, id: Uuid) -> crate::Result<Option<Profile>> {
    let face = ctx.loaders().of::<Loaders>().face(id, lane(ctx)).await?;
    Ok(face.map(Profile::face))
}

/// What came in through a form, and the talk about it. Its form's team sees it, staff do, and whoever sent it while
/// signed in.
#[Object]
impl Submission {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("submission", self.0.id)
    }

    /// Its number within the form, from 1.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The form that it came through.
    async fn form(&self, ctx: &Context<'_>) -> Result<Form> {
        let form = ctx.loaders().of::<Loaders>().form(self.0.form_id, lane(ctx)).await?;
        Ok(Form(form.ok_or_else(|| Error::bug("a submission has no form"))?))
    }

    /// Where it stands. To its sender, what was taken for spam looks new.
    async fn submission_state(&self, ctx: &Context<'_>) -> Result<State> {
        let hidden = self.0.state == State::Spam && !self.is_team(ctx).await?;
        Ok(if hidden { State::New } else { self.0.state })
    }

    /// The answers, in the order of the questions; none to what was left out.
    async fn values(&self) -> Result<Vec<FieldValue>> {
        let on = On::Submission(self.0.id);
        let answers = answers(&self.0)?.into_iter();
        Ok(answers.map(|answer| FieldValue { answer, on }).collect())
    }

    /// When it came.
    async fn submitted_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// The member who sent it; null for a guest, and when you may not see them.
    async fn sender(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        face(ctx, self.0.sender_id?).await.map_err(Into::into).transpose()
    }

    /// What its sender calls themselves.
    async fn sender_name(&self) -> Option<&str> {
        self.0.sender_name.as_deref()
    }

    /// Where its sender can be reached.
    async fn sender_email(&self) -> Option<EmailAddress> {
        self.0.sender_email.clone().map(EmailAddress)
    }

    /// The language of its sender.
    async fn locale(&self) -> Option<Locale> {
        self.0.locale.clone().map(Locale)
    }

    /// Mails to the sender, and what the sender wrote since, oldest first.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Vec<SubmissionMessage>> {
        SubmissionMessage::of(ctx, self.0.id).await
    }

    /// The task that was made of it; null when none was, or you may not see its board.
    async fn task(&self, ctx: &Context<'_>) -> Option<Result<Task>> {
        let found = ctx.loaders().of::<Tied>().task_of(self.0.id, lane(ctx)).await;
        found.map(|row| row.map(Task)).map_err(Into::into).transpose()
    }

    /// Who sees to it. For the team; null for others, as all that follows.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let assignee = self.0.assignee_id?;
        self.for_team(ctx, face(ctx, assignee)).await
    }

    /// What the team noted, the oldest first. For the team.
    async fn notes(&self, ctx: &Context<'_>) -> Option<Result<Vec<InternalNote>>> {
        let notes = async {
            let notes = ctx.loaders().of::<Loaders>().notes(self.0.id, lane(ctx)).await?;
            Ok(Some(notes.iter().cloned().map(InternalNote::Submission).collect()))
        };
        self.for_team(ctx, notes).await
    }

    /// Its labels, in alphabetical order. For the team.
    async fn label_names(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        let labels = async {
            let labels = ctx.loaders().of::<Loaders>().labels(self.0.id, lane(ctx)).await?;
            Ok(Some(labels.to_vec()))
        };
        self.for_team(ctx, labels).await
    }

    /// How much it looks like spam, from 0 to 100. For the team.
    async fn spam_score(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        self.for_team(ctx, async { Ok(Some(f64::from(self.0.spam_score))) }).await
    }

    /// Why. For the team.
    async fn spam_reasons(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        let reasons =
            async { serde_json::from_str(&self.0.spam_reasons).map(Some).map_err(Error::internal) };
        self.for_team(ctx, reasons).await
    }

    /// The page that it was sent from, as the browser said. For the team.
    async fn origin(&self, ctx: &Context<'_>) -> Option<Result<Url>> {
        self.for_team(ctx, async { Ok(self.0.origin.clone().map(Url)) }).await
    }

    /// Grows by one with each change. For the team.
    async fn version(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.for_team(ctx, async { Ok(Some(self.0.version)) }).await
    }

    /// You and this submission; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<SubmissionViewer> {
        ctx.cx().actor.id().map(|_| SubmissionViewer(self.clone()))
    }
}

/// You and this submission: what you did, what you may do.
#[derive(Debug)]
pub struct SubmissionViewer(Submission);

/// You and this submission: what you did, what you may do.
#[Object]
impl SubmissionViewer {
    /// Whether you sent it.
    async fn is_sender(&self, ctx: &Context<'_>) -> bool {
        contact_policy::is_sender(ctx.cx().actor, self.0.0.sender_id)
    }

    /// Whether `submissionReply` would be allowed.
    async fn can_reply(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_team = self.0.is_team(ctx).await?;
        Ok(policy::reply(ctx.cx().actor, is_team, &self.0.0).is_ok())
    }

    /// Whether `submissionsUpdate` and `noteAdd` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_team = self.0.is_team(ctx).await?;
        Ok(policy::edit(ctx.cx().actor, is_team).is_ok())
    }
}

impl SubmissionReceipt {
    /// What the sender of a submission, who holds this token, keeps of it.
    pub fn of(row: submission::Model, form: form::Model, token: String) -> Self {
        Self { row: row.into(), token, redirect_url: form.redirect_url }
    }
}

/// A note that a team keeps for itself.
#[derive(Clone, Debug)]
pub enum InternalNote {
    /// On what came in through a form.
    Submission(Arc<submission_note::Model>),
    /// On an application to a job.
    Application(Arc<application_note::Model>),
}

/// A note that a team keeps for itself.
#[Object]
impl InternalNote {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("internal_note", self.key())
    }

    /// Who wrote it; null when their account is gone, or you may not see them.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let author = match self {
            Self::Submission(note) => note.author_id,
            Self::Application(note) => note.author_id,
        };
        face(ctx, author?).await.map_err(Into::into).transpose()
    }

    /// What it says: plain text.
    async fn text(&self) -> &str {
        match self {
            Self::Submission(note) => &note.text,
            Self::Application(note) => &note.text,
        }
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        made_at(self.key()).into()
    }
}

impl InternalNote {
    fn key(&self) -> Uuid {
        match self {
            Self::Submission(note) => note.id,
            Self::Application(note) => note.id,
        }
    }
}

connection!(
    /// A page of submissions.
    SubmissionConnection,
    /// One of the submissions on a page.
    SubmissionEdge of Submission,
);
