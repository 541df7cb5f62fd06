use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::FormField;
use crate::{
    contact::{
        Loaders,
        inbox::{Submission, SubmissionConnection, SubmissionFilter},
        service,
    },
    entity::form::{self, State},
    graph::{ContextExt, DateTime, Duration, EmailAddress, Result, Url, encode, lane},
    members::{Profile, RichText},
};

/// A form anybody can fill in: contact, feedback, registration of interest.
#[derive(Clone, Debug)]
pub struct Form(pub Arc<form::Model>);

impl Form {
    /// What only those see who read its submissions.
    async fn for_team<T>(
        &self,
        ctx: &Context<'_>,
        what: impl FnOnce(&form::Model) -> crate::Result<Option<T>>,
    ) -> Option<Result<T>> {
        let what = async {
            let works = ctx.loaders().of::<Loaders>().works_on(self.0.id, depth(ctx)).await?;
            if works { what(&self.0) } else { Ok(None) }
        };
        what.await.map_err(Into::into).transpose()
    }
}

/// Where it stands in the answer: what is asked at several depths has a loader for each.
fn depth(ctx: &Context<'_>) -> u64 {
    u64::try_from(ctx.depth()).unwrap_or_default()
}

fn list<T>(json: &str, of: impl Fn(String) -> T) -> crate::Result<Option<Vec<T>>> {
    let texts: Vec<String> = serde_json::from_str(json).map_err(crate::Error::internal)?;
    Ok(Some(texts.into_iter().map(of).collect()))
}

/// A form anybody can fill in: contact, feedback, registration of interest.
#[Object]
impl Form {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("form", self.0.id)
    }

    /// Its name in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its heading.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What stands above the questions.
    async fn intro(&self) -> Option<RichText> {
        (!self.0.intro_source.is_empty()).then(|| RichText::Form(self.0.clone()))
    }

    /// Where it stands. An open one may still be too early, too late or full: see `opensAt` and `closesAt`.
    async fn form_state(&self) -> State {
        self.0.state
    }

    /// The questions, in their order.
    async fn fields(&self) -> Result<Vec<FormField>> {
        Ok(service::fields(&self.0)?.into_iter().map(Into::into).collect())
    }

    /// What stands on the button; null leaves it to the page.
    async fn submit_label(&self) -> Option<&str> {
        self.0.submit_label.as_deref()
    }

    /// What whoever sends it has to agree to; null asks nothing.
    async fn consent_text(&self) -> Option<&str> {
        self.0.consent_text.as_deref()
    }

    /// Whether `formSubmit` always wants a solved challenge. When many come at once, it does anyway.
    async fn needs_challenge(&self) -> bool {
        self.0.needs_challenge != 0
    }

    /// It takes nothing before this.
    async fn opens_at(&self) -> Option<DateTime> {
        self.0.opens_at.map(Into::into)
    }

    /// It takes nothing from then on.
    async fn closes_at(&self) -> Option<DateTime> {
        self.0.closes_at.map(Into::into)
    }

    /// How many it takes in all; null is no limit.
    async fn submission_limit(&self) -> Option<i32> {
        self.0.submission_limit
    }

    /// Who reads what comes in, beside staff. For them; null for others, as all that follows.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Vec<Profile>>> {
        let team = async {
            let loaders = ctx.loaders().of::<Loaders>();
            if !loaders.works_on(self.0.id, depth(ctx)).await? {
                return Ok(None);
            }
            let team = loaders.team(self.0.id, lane(ctx)).await?;
            Ok::<_, crate::Error>(Some(team.iter().cloned().map(Profile::face).collect()))
        };
        team.await.map_err(Into::into).transpose()
    }

    /// Addresses that hear of each submission. For the team.
    async fn notify_emails(&self, ctx: &Context<'_>) -> Option<Result<Vec<EmailAddress>>> {
        self.for_team(ctx, |form| list(&form.notify_emails, EmailAddress)).await
    }

    /// Where the browser goes afterwards. For the team; senders find it in their receipt.
    async fn redirect_url(&self, ctx: &Context<'_>) -> Option<Result<Url>> {
        self.for_team(ctx, |form| Ok(form.redirect_url.clone().map(Url))).await
    }

    /// How many submissions there are. For the team.
    async fn submission_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.for_team(ctx, |form| Ok(Some(form.submission_count))).await
    }

    /// How many of them are new, open or waiting. For the team.
    async fn open_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.for_team(ctx, |form| Ok(Some(form.open_count))).await
    }

    /// What came in, the latest first; spam is left out unless it is asked for. For the team.
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SubmissionFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<SubmissionConnection>> {
        Submission::through(ctx, self.0.id, filter, (first, after)).await
    }

    /// How long submissions are kept; then they are erased, with all that belongs to them. For the team.
    async fn retention(&self, ctx: &Context<'_>) -> Option<Result<Duration>> {
        let length = |days| {
            std::time::Duration::from_secs(u64::from(u32::try_from(days).unwrap_or(0)) * 86_400)
        };
        self.for_team(ctx, |form| Ok(form.retention_days.map(length).map(Duration::from))).await
    }

    /// Origins of other sites whose pages may send it. For the team.
    async fn allowed_origins(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        self.for_team(ctx, |form| list(&form.allowed_origins, |origin| origin)).await
    }

    /// What to send as `expectedVersion`. For the team.
    async fn version(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.for_team(ctx, |form| Ok(Some(form.version))).await
    }
}
