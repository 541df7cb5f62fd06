use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    Application,
    service::{self, NewApplication, Verdict},
};
use crate::{
    contact::{
        FieldValueInput,
        inbox::{InternalNote, NotePayload},
    },
    graph::{
        ContextExt, EmailAddress, Markdown, Result, UserError, decode, keys, maybe, payload, settle,
    },
    members::LinkInput,
    node::Node,
};

/// An application to a job that takes them here.
#[derive(Debug, InputObject)]
pub struct ApplicationSubmitInput {
    /// To which job.
    job: ID,
    /// 1 to 200 characters; as your profile says when it is left out.
    name: Option<String>,
    /// Where the team may reach you; the address of your account when it is left out. What the server mails about your
    /// application goes to your account's, once it is proved.
    email: Option<EmailAddress>,
    /// A telephone number; at most 50 characters.
    phone: Option<String>,
    /// Markdown; at most 20,000 characters.
    cover_letter: Option<Markdown>,
    /// A document of yours: the id of a file.
    resume: Option<ID>,
    /// Portfolio items of yours, in their order; at most 10. Who hires sees those that they may see anyway.
    portfolio_items: Option<Vec<ID>>,
    /// Links to show; at most 10.
    links: Option<Vec<LinkInput>>,
    /// Answers to the job's questions. Files that come within the request become files of yours.
    answers: Option<Vec<FieldValueInput>>,
    /// Whether you agree to the job's `consentText`, which is kept with your application.
    #[graphql(default = false)]
    consent: bool,
    /// Your name for this call: the same one within 24 hours answers the first application again.
    client_key: Option<String>,
}

payload!(
    /// Answer about an application.
    ApplicationPayload {
        /// The application as it is now; null when nothing was done.
        application: Application
    }
);

/// Answer about applications.
#[derive(SimpleObject)]
pub struct ApplicationsPayload {
    /// The applications as they are now, in the order named; empty when nothing was done.
    pub applications: Vec<Application>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

/// The applications' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "ApplicationsMutation")]
impl Mutation {
    /// Apply to a job, once; after you took it back, you may again. A token needs WRITE_JOBS and READ_PRIVATE, as for all
    /// that is done with applications.
    async fn application_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to apply with.")] input: ApplicationSubmitInput,
    ) -> Result<ApplicationPayload> {
        let submitted = async {
            let links = input.links.unwrap_or_default();
            let answers = input.answers.unwrap_or_default();
            let new = NewApplication {
                job: decode("job", &input.job),
                name: input.name,
                email: input.email.map(|email| email.0),
                phone: input.phone,
                cover_letter: input.cover_letter.map(|letter| letter.0),
                resume: input.resume.map(|id| decode("file", &id)),
                items: keys("portfolio_item", input.portfolio_items.unwrap_or_default()),
                links: links.into_iter().map(Into::into).collect(),
                answers: FieldValueInput::list(ctx, answers)?,
                consent: input.consent,
                client_key: input.client_key,
            };
            Box::pin(service::submit(ctx.cx(), new)).await
        };
        ApplicationPayload::settle(ctx, submitted.await.map(Application::from)).await
    }

    /// Take your application back, until it is decided.
    async fn application_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<ApplicationPayload> {
        let row = service::withdraw(ctx.cx(), decode("application", &id)).await;
        ApplicationPayload::settle(ctx, row.map(Application::from)).await
    }

    /// Move applications to a stage of their job: all of them, or none. Their applicants get mail when the stage means
    /// something else to them, or with your message. For those who hire for the organization.
    async fn applications_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, of one job; 1 to 100.")] ids: Vec<ID>,
        #[graphql(desc = "A stage of that job.")] stage: ID,
        #[graphql(desc = "What to write to the applicants: Markdown; at most 5,000 characters.")]
        message: Option<Markdown>,
    ) -> Result<ApplicationsPayload> {
        let message = message.as_ref().map(|message| message.0.as_str());
        let (ids, stage) = (keys("application", ids), decode("hiring_stage", &stage));
        let rows = Box::pin(service::advance(ctx.cx(), ids, stage, message)).await;
        let (rows, user_errors) = settle(ctx, rows).await?;
        let applications = rows.into_iter().flatten().map(Application::from).collect();
        Ok(ApplicationsPayload { applications, user_errors })
    }

    /// Rate an application, and say who looks after it. Its applicant never sees it. For those who hire for the
    /// organization.
    async fn application_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "1 to 5; left out stays, null is none.")] rating: MaybeUndefined<i32>,
        #[graphql(
            desc = "Who looks after it, of those who hire: ids of profiles, all of them; at most 10. Left out stays."
        )]
        assignees: Option<Vec<ID>>,
    ) -> Result<ApplicationPayload> {
        let assignees = assignees.map(|ids| keys("profile", ids));
        let verdict = Verdict { rating: maybe(rating), assignees };
        let row = service::rate(ctx.cx(), decode("application", &id), verdict).await;
        ApplicationPayload::settle(ctx, row.map(Application::from)).await
    }

    /// An internal note on an application: its applicant never sees it. For those who hire for the organization.
    async fn application_note_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] id: ID,
        #[graphql(desc = "Plain text; at most 5,000 characters.")] text: String,
    ) -> Result<NotePayload> {
        let noted = service::add_note(ctx.cx(), decode("application", &id), &text).await;
        let (noted, user_errors) = settle(ctx, noted).await?;
        let (note, row) = noted.unzip();
        Ok(NotePayload {
            note: note.map(|note| InternalNote::Application(note.into())),
            subject: row.map(|row| Node::Application(row.into())),
            user_errors,
        })
    }
}
