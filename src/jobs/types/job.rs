use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use serde::de::DeserializeOwned;

use super::{HiringStage, JobApplyMethod, JobLocation, SalaryRange};
use crate::{
    Error,
    applications::{Application, ApplicationConnection, ApplicationFilter},
    bookmarks,
    clock::made_at,
    contact::FormField,
    entity::{
        file_use::Place,
        job::{self, Employment, Seniority, State, Workplace},
        organization,
        organization_member::Role,
    },
    fields::Field,
    files,
    graph::{
        ContextExt, CountryCode, Date, DateTime, Duration, Locale, Result, Url, encode, lane,
        lane_above,
    },
    jobs::{
        Loaders,
        service::{self, Location},
    },
    members::{self, Profile, RichText},
    organizations::{self, Organization, policy},
    tags::Tag,
};

/// A posting: what is looked for, where, and for what pay.
#[derive(Clone, Debug)]
pub struct Job(pub Arc<job::Model>);

impl From<job::Model> for Job {
    fn from(row: job::Model) -> Self {
        Self(Arc::new(row))
    }
}

fn list<T: DeserializeOwned>(json: &str) -> Result<Vec<T>> {
    Ok(serde_json::from_str(json).map_err(Error::internal)?)
}

impl Job {
    async fn organization_now(&self, ctx: &Context<'_>) -> Result<Arc<organization::Model>> {
        let loaders = ctx.loaders().of::<organizations::Loaders>();
        let row = loaders.by_id(self.0.organization_id, lane(ctx)).await?;
        Ok(row.ok_or_else(|| Error::bug("a posting without its organization"))?)
    }

    /// What the actor is in the organization that hires.
    async fn role(&self, ctx: &Context<'_>) -> Result<Option<Role>> {
        if ctx.cx().actor.id().is_none() {
            return Ok(None);
        }
        let loaders = ctx.loaders().of::<organizations::Loaders>();
        Ok(loaders.role(self.0.organization_id, lane_above(ctx)).await?)
    }

    /// Whether the actor sees what is the hiring team's alone.
    async fn sees_hiring(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(policy::sees_hiring(ctx.cx().actor, self.role(ctx).await?))
    }
}

/// A posting: what is looked for, where, and for what pay.
#[Object]
impl Job {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("job", self.0.id)
    }

    /// Its name in addresses; no other has this one.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What is looked for.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who hires.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        Ok(Organization(self.organization_now(ctx).await?))
    }

    /// Who wrote it; null when they are gone, or when you may not see them.
    async fn posted_by(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let who = ctx.loaders().of::<members::Loaders>().by_id(self.0.posted_by_id?).await;
        who.map(|who| who.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// Its page in this community's front end.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(service::page(&ctx.cx().app.config, &self.0))
    }

    /// Where it stands.
    async fn job_state(&self) -> State {
        self.0.state
    }

    /// About the work.
    async fn description(&self) -> RichText {
        RichText::JobDescription(self.0.clone())
    }

    /// What there is to do.
    async fn responsibilities(&self) -> Option<RichText> {
        self.0.responsibilities_source.as_ref()?;
        Some(RichText::JobResponsibilities(self.0.clone()))
    }

    /// What is asked.
    async fn requirements(&self) -> Option<RichText> {
        self.0.requirements_source.as_ref()?;
        Some(RichText::JobRequirements(self.0.clone()))
    }

    /// What is offered beside pay.
    async fn benefits(&self) -> Result<Vec<String>> {
        list(&self.0.benefits)
    }

    /// What one should know, the most important first.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        let skills = ctx.loaders().of::<Loaders>().skills(self.0.id, lane(ctx)).await?;
        Ok(skills.iter().cloned().map(Tag).collect())
    }

    /// How one is employed; any of these.
    async fn employment(&self) -> Vec<Employment> {
        Employment::of(self.0.employment)
    }

    /// How much experience is asked.
    async fn seniority(&self) -> Option<Seniority> {
        self.0.seniority
    }

    /// Where the work happens.
    async fn workplace(&self) -> Workplace {
        self.0.workplace
    }

    /// The places of work.
    async fn locations(&self) -> Result<Vec<JobLocation>> {
        let places: Vec<Location> = list(&self.0.locations)?;
        Ok(places.into_iter().map(Into::into).collect())
    }

    /// The countries that one may work from; empty when nothing is said.
    async fn remote_from(&self) -> Result<Vec<CountryCode>> {
        let codes: Vec<String> = list(&self.0.remote_from)?;
        Ok(codes.into_iter().map(CountryCode).collect())
    }

    /// The hours in which one works, in words.
    async fn time_zones(&self) -> Option<&str> {
        self.0.time_zones.as_deref()
    }

    /// What is paid.
    async fn salary(&self) -> Option<SalaryRange> {
        SalaryRange::of(&self.0)
    }

    /// Whether the organization helps with a visa; null when nothing is said.
    async fn visa_sponsorship(&self) -> Option<bool> {
        self.0.visa_sponsorship.map(|helps| helps != 0)
    }

    /// The language that it is written in.
    async fn language(&self) -> Option<Locale> {
        self.0.language.clone().map(Locale)
    }

    /// When it was first open.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(Into::into)
    }

    /// When it closes by itself.
    async fn closes_at(&self) -> Option<DateTime> {
        self.0.closes_at.map(Into::into)
    }

    /// When work begins.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// How many are looked for.
    async fn openings(&self) -> i32 {
        self.0.openings
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// When it was last changed, or came to another state.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// What to send as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// How to apply.
    async fn apply(&self) -> JobApplyMethod {
        JobApplyMethod::of(&self.0)
    }

    /// What applicants are asked, in order.
    async fn questions(&self) -> Result<Vec<FormField>> {
        let questions: Vec<Field> = list(&self.0.questions)?;
        Ok(questions.into_iter().map(Into::into).collect())
    }

    /// What applicants agree to; null asks nothing.
    async fn consent_text(&self) -> Option<&str> {
        self.0.consent_text.as_deref()
    }

    /// How long applications are kept after the end; null keeps them.
    async fn retention(&self) -> Option<Duration> {
        let days = self.0.retention_days.and_then(|days| u64::try_from(days).ok())?;
        Some(std::time::Duration::from_secs(days * 86_400).into())
    }

    /// The posting as schema.org's JobPosting: JSON that can stand as it is within
    /// `<script type="application/ld+json">`. Null unless it is open: nothing else may be advertised.
    async fn json_ld(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        if self.0.state != State::Open {
            return None;
        }
        let text = async {
            let organization = self.organization_now(ctx).await?;
            let on = files::service::On::Organization(organization.id);
            let logos = ctx.loaders().of::<files::Loaders>();
            let logo = logos.one_on(on, Place::Logo, lane(ctx)).await?;
            let app = ctx.cx().app;
            let logo = logo.map(|file| files::service::link(app, &file, false));
            Ok(service::json_ld(&app.config, &self.0, &organization, logo)?)
        };
        Some(text.await)
    }

    /// How many applied; null unless you hire for the organization.
    async fn application_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        match self.sees_hiring(ctx).await {
            Ok(sees) => sees.then_some(Ok(self.0.application_count)),
            Err(error) => Some(Err(error)),
        }
    }

    /// Who applied, those who came last first; null unless you hire for the organization.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all.")] filter: Option<ApplicationFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<ApplicationConnection>> {
        Application::of_job(ctx, self.0.id, filter, (first, after)).await
    }

    /// The steps of the team's own process, in order; empty unless you hire for the organization.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<HiringStage>> {
        if !self.sees_hiring(ctx).await? {
            return Ok(Vec::new());
        }
        let stages = ctx.loaders().of::<Loaders>().stages(self.0.id, lane(ctx)).await?;
        Ok(stages.iter().cloned().map(HiringStage).collect())
    }

    /// You and this posting; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<JobViewer>> {
        ctx.cx().actor.id()?;
        Some(self.role(ctx).await.map(|role| JobViewer { row: self.0.clone(), role }))
    }
}

/// You and a posting: what you may do.
#[derive(Clone, Debug)]
pub struct JobViewer {
    row: Arc<job::Model>,
    role: Option<Role>,
}

/// You and a posting: what you may do.
#[Object]
impl JobViewer {
    /// Whether `jobUpdate`, `jobStateSet` and `hiringStagesSet` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::hire(ctx.cx().actor, self.role).is_ok()
    }

    /// Whether you keep it.
    async fn is_bookmarked(&self, ctx: &Context<'_>) -> Result<bool> {
        let on = bookmarks::service::On::Job(self.row.id);
        Ok(ctx.loaders().of::<bookmarks::Loaders>().kept(on, lane(ctx)).await?)
    }

    /// Whether you see who applied for it.
    async fn can_see_applications(&self, ctx: &Context<'_>) -> bool {
        policy::sees_hiring(ctx.cx().actor, self.role)
    }

    /// What you sent; null while you did not.
    async fn application(&self, ctx: &Context<'_>) -> Option<Result<Application>> {
        Application::of_viewer(ctx, self.row.id).await
    }

    /// Whether `applicationSubmit` would be allowed.
    async fn can_apply(&self, ctx: &Context<'_>) -> Result<bool> {
        Application::can_apply(ctx, &self.row).await
    }
}
