use std::sync::Arc;

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::{Loaders, Profile};
use crate::{
    Error,
    chat::{self, MessagesLoaders},
    comments,
    entity::{
        application, application_event, board, comment, form, job, message, organization, post,
        profile, resume, resume_entry, revision, submission_message, task,
    },
    graph::{ContextExt, Html, Markdown, Result},
    markdown,
    portfolio::Story,
    posts,
};

/// Text a person wrote, in every form a screen needs.
#[derive(Clone, Debug)]
pub enum RichText {
    /// The bio of a profile.
    Bio(Arc<profile::Model>),
    /// The body of a post.
    Post(Arc<post::Model>),
    /// The body of a comment, and by which way the comment was reached.
    Comment(Arc<comment::Model>, comments::Via),
    /// The body of a message, and by which way the message was reached.
    Message(Arc<message::Model>, chat::Via),
    /// How a portfolio item came about.
    Story(Arc<Story>),
    /// The body that a post or a message had.
    Revision(Arc<revision::Model>),
    /// What stands above the entries of a resume.
    Resume(Arc<resume::Model>),
    /// What is said of an entry of a resume.
    ResumeEntry(Arc<resume_entry::Model>),
    /// What stands above the questions of a form.
    Form(Arc<form::Model>),
    /// What a board is about.
    Board(Arc<board::Model>),
    /// A mail of the talk about a submission.
    SubmissionMessage(Arc<submission_message::Model>),
    /// What is said of a task.
    Task(Arc<task::Model>),
    /// The letter of an application.
    Application(Arc<application::Model>),
    /// What a hiring team wrote to an applicant.
    ApplicationEvent(Arc<application_event::Model>),
    /// What an organization tells about itself.
    Organization(Arc<organization::Model>),
    /// What a posting says of the work.
    JobDescription(Arc<job::Model>),
    /// What it says there is to do.
    JobResponsibilities(Arc<job::Model>),
    /// What it asks.
    JobRequirements(Arc<job::Model>),
}

impl RichText {
    fn source(&self) -> &str {
        match self {
            Self::Bio(row) => &row.bio_source,
            Self::Post(row) => &row.body_source,
            Self::Comment(row, _) => &row.body_source,
            Self::Message(row, _) => &row.body_source,
            Self::Story(story) => &story.source,
            Self::Revision(row) => &row.body_source,
            Self::Resume(row) => &row.summary_source,
            Self::ResumeEntry(row) => &row.summary_source,
            Self::Form(row) => &row.intro_source,
            Self::Board(row) => &row.description_source,
            Self::SubmissionMessage(row) => &row.body_source,
            Self::Task(row) => &row.description_source,
            Self::Application(row) => row.cover_source.as_deref().unwrap_or_default(),
            Self::ApplicationEvent(row) => row.message_source.as_deref().unwrap_or_default(),
            Self::Organization(row) => &row.about_source,
            Self::JobDescription(row) => &row.description_source,
            Self::JobResponsibilities(row) => {
                row.responsibilities_source.as_deref().unwrap_or_default()
            }
            Self::JobRequirements(row) => row.requirements_source.as_deref().unwrap_or_default(),
        }
    }

    fn html(&self) -> &str {
        match self {
            Self::Bio(row) => &row.bio_html,
            Self::Post(row) => &row.body_html,
            Self::Comment(row, _) => &row.body_html,
            Self::Message(row, _) => &row.body_html,
            Self::Story(story) => &story.html,
            Self::Revision(row) => &row.body_html,
            Self::Resume(row) => &row.summary_html,
            Self::ResumeEntry(row) => &row.summary_html,
            Self::Form(row) => &row.intro_html,
            Self::Board(row) => &row.description_html,
            Self::SubmissionMessage(row) => &row.body_html,
            Self::Task(row) => &row.description_html,
            Self::Application(row) => row.cover_html.as_deref().unwrap_or_default(),
            Self::ApplicationEvent(row) => row.message_html.as_deref().unwrap_or_default(),
            Self::Organization(row) => &row.about_html,
            Self::JobDescription(row) => &row.description_html,
            Self::JobResponsibilities(row) => {
                row.responsibilities_html.as_deref().unwrap_or_default()
            }
            Self::JobRequirements(row) => row.requirements_html.as_deref().unwrap_or_default(),
        }
    }

    fn mentions(&self) -> Option<&str> {
        match self {
            Self::Bio(_)
            | Self::Resume(_)
            | Self::ResumeEntry(_)
            | Self::Form(_)
            | Self::Board(_)
            | Self::Application(_)
            | Self::ApplicationEvent(_)
            | Self::SubmissionMessage(_)
            | Self::Organization(_)
            | Self::JobDescription(_)
            | Self::JobResponsibilities(_)
            | Self::JobRequirements(_) => None,
            Self::Post(row) => row.mentions.as_deref(),
            Self::Comment(row, _) => row.mentions.as_deref(),
            Self::Message(row, _) => row.mentions.as_deref(),
            Self::Story(story) => story.mentions.as_deref(),
            Self::Revision(row) => row.mentions.as_deref(),
            Self::Task(row) => row.mentions.as_deref(),
        }
    }
}

/// Text a person wrote, in every form a screen needs.
#[Object]
impl RichText {
    /// What to put back in the editor.
    #[graphql(name = "source")]
    async fn markdown(&self, ctx: &Context<'_>) -> Result<Markdown> {
        if !self.source().is_empty() || self.html().is_empty() {
            return Ok(Markdown(self.source().to_owned()));
        }
        // Lists leave the source out: an editor asks for it, readers don't.
        let source = match self {
            Self::Post(row) => ctx.loaders().of::<posts::Loaders>().source(row.id).await?,
            Self::Comment(row, via) => {
                ctx.loaders().of::<comments::Loaders>().source(row.id, *via).await?
            }
            Self::Message(row, via) => {
                ctx.loaders().of::<MessagesLoaders>().at(*via).source(row.id).await?
            }
            Self::Bio(_)
            | Self::Story(_)
            | Self::Revision(_)
            | Self::Resume(_)
            | Self::ResumeEntry(_)
            | Self::Form(_)
            | Self::Board(_)
            | Self::SubmissionMessage(_)
            | Self::Task(_)
            | Self::Application(_)
            | Self::ApplicationEvent(_)
            | Self::Organization(_)
            | Self::JobDescription(_)
            | Self::JobResponsibilities(_)
            | Self::JobRequirements(_) => None,
        };
        Ok(Markdown(source.map(|source| source.to_string()).unwrap_or_default()))
    }

    /// The text as readers see it, safe to insert.
    #[graphql(name = "html")]
    async fn safe_html(&self) -> Html {
        Html(self.html().to_owned())
    }

    /// Plain text, cut at a word with an ellipsis when `maxLength` is given.
    async fn text(
        &self,
        #[graphql(desc = "The most characters, 1 to 10,000.")] max_length: Option<i32>,
    ) -> Result<String> {
        let max =
            max_length.map(|max| usize::try_from(max).ok().filter(|m| (1..=10_000).contains(m)));
        if max == Some(None) {
            return Err(Error::BadRequest("`maxLength` must be 1 to 10000".into()).into());
        }
        Ok(markdown::plain_text(self.html(), max.flatten()))
    }

    /// Members named with @handle, in order of appearance; those whom you may see.
    #[graphql(name = "mentions")]
    async fn mentioned(&self, ctx: &Context<'_>) -> Result<Vec<Profile>> {
        let Some(mentions) = self.mentions() else { return Ok(Vec::new()) };
        let keys: Vec<Uuid> = serde_json::from_str(mentions).map_err(Error::internal)?;
        let loaders = ctx.loaders().of::<Loaders>();
        let found = futures_util::future::try_join_all(keys.into_iter().map(|k| loaders.by_id(k)));
        Ok(found.await?.into_iter().flatten().map(Profile::whole).collect())
    }
}
