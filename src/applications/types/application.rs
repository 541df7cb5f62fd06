use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::ApplicationEvent;
use crate::{
    Error,
    applications::{ApplicationFilter, Loaders, policy, service},
    contact::{FieldValue, inbox::InternalNote},
    entity::{
        application::{self, State},
        file_use::Place,
        job,
    },
    files::{File, service::On},
    graph::{
        ContextExt, Date, DateTime, EmailAddress, Result, connection, encode, lane, lane_above,
    },
    jobs::{HiringStage, Job},
    members::{Profile, ProfileLink, RichText},
    page::{Ask, Page},
    portfolio::PortfolioItem,
};

/// One person's application to one job. Its applicant sees it, and whoever hires for the organization; nobody else does,
/// whatever they are in the community.
#[derive(Clone, Debug)]
pub struct Application(pub Arc<application::Model>);

impl From<application::Model> for Application {
    fn from(row: application::Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Application {
    /// Applications to a job, those that came last first, for those who hire for it; null for others.
    pub async fn of_job(
        ctx: &Context<'_>,
        job: Uuid,
        filter: Option<ApplicationFilter>,
        (first, after): (i32, Option<String>),
    ) -> Option<Result<ApplicationConnection>> {
        let page = async {
            let loaders = ctx.loaders().of::<Loaders>();
            if !loaders.hires(job, lane(ctx)).await? {
                return Ok(None);
            }
            let ask = Ask::new(first, after.as_deref())?;
            let filter = filter.unwrap_or_default().into();
            let page = loaders.of_job(job, filter, ask, lane(ctx)).await?;
            Ok::<_, Error>(Some(ApplicationConnection(Page::clone(&page).map(Self))))
        };
        page.await.map_err(Into::into).transpose()
    }

    /// The caller's own application to a job, withdrawn or not.
    pub async fn of_viewer(ctx: &Context<'_>, job: Uuid) -> Option<Result<Self>> {
        let own = ctx.loaders().of::<Loaders>().own(job, lane_above(ctx)).await;
        own.map(|own| own.map(Self)).map_err(Into::into).transpose()
    }

    /// Whether `applicationSubmit` would be allowed for a job that the caller sees.
    pub async fn can_apply(ctx: &Context<'_>, job: &job::Model) -> Result<bool> {
        if policy::apply(ctx.cx().actor, job, ctx.cx().now()).is_err() {
            return Ok(false);
        }
        let own = ctx.loaders().of::<Loaders>().own(job.id, lane_above(ctx)).await?;
        Ok(own.is_none_or(|own| own.state == State::Withdrawn))
    }

    async fn hires(&self, ctx: &Context<'_>) -> crate::Result<bool> {
        ctx.loaders().of::<Loaders>().hires(self.0.job_id, lane_above(ctx)).await
    }

    /// What the team alone sees.
    async fn for_team<T>(
        &self,
        ctx: &Context<'_>,
        what: impl Future<Output = crate::Result<Option<T>>>,
    ) -> Option<Result<T>> {
        let shown = async {
            let hires = self.hires(ctx).await?;
            if policy::is_team(ctx.cx().actor, &self.0, hires) { what.await } else { Ok(None) }
        };
        shown.await.map_err(Into::into).transpose()
    }
}

/// One person's application to one job. Its applicant sees it, and whoever hires for the organization; nobody else does,
/// whatever they are in the community.
#[Object]
impl Application {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("application", self.0.id)
    }

    /// The job.
    async fn job(&self, ctx: &Context<'_>) -> Result<Job> {
        let job = ctx.loaders().of::<Loaders>().job(self.0.job_id, lane(ctx)).await?;
        Ok(Job(job.ok_or_else(|| Error::bug("an application to no job"))?))
    }

    /// Where it stands, as its applicant is told.
    async fn application_state(&self) -> State {
        self.0.state
    }

    /// When they applied last.
    async fn submitted_at(&self) -> DateTime {
        self.0.submitted_at.into()
    }

    /// When something changed that its applicant is told of.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// Who applies; null when you may not see them.
    async fn applicant(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<Loaders>().face(self.0.applicant_id, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where to reach them.
    async fn contact_email(&self) -> EmailAddress {
        EmailAddress(self.0.email.clone())
    }

    /// Likewise.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// What they write.
    async fn cover_letter(&self) -> Option<RichText> {
        self.0.cover_html.is_some().then(|| RichText::Application(self.0.clone()))
    }

    /// Their resume, as a document.
    async fn resume(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        File::one(ctx, On::Application(self.0.id), Place::Resume).await
    }

    /// What they show of their portfolio, in their order; what you may see of it.
    async fn portfolio_items(&self, ctx: &Context<'_>) -> Result<Vec<PortfolioItem>> {
        let items = ctx.loaders().of::<Loaders>().items(self.0.id, lane(ctx)).await?;
        Ok(items.iter().cloned().map(PortfolioItem::alone).collect())
    }

    /// The answers to the job's questions, in the order of the questions; none to what was left out.
    async fn answers(&self) -> Result<Vec<FieldValue>> {
        let on = On::Application(self.0.id);
        let answers = service::answers(&self.0)?.into_iter();
        Ok(answers.map(|answer| FieldValue { answer, on }).collect())
    }

    /// Links that they show.
    async fn links(&self) -> Result<Vec<ProfileLink>> {
        Ok(ProfileLink::list(&self.0.links)?)
    }

    /// What they agreed to, word for word.
    async fn consent_text(&self) -> Option<&str> {
        self.0.consent_text.as_deref()
    }

    /// The steps so far, the oldest first.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<ApplicationEvent>> {
        let events = ctx.loaders().of::<Loaders>().events(self.0.id, lane(ctx)).await?;
        Ok(events.iter().cloned().map(ApplicationEvent).collect())
    }

    /// Where the team has it. For the team; null for others, as all that the team keeps for itself. Whoever applies is not
    /// of the team, though they hire for the organization.
    async fn stage(&self, ctx: &Context<'_>) -> Option<Result<HiringStage>> {
        let stage = self.0.stage_id?;
        let stage = async {
            let stage = ctx.loaders().of::<Loaders>().stage(stage, lane(ctx)).await?;
            Ok(stage.map(HiringStage))
        };
        self.for_team(ctx, stage).await
    }

    /// What the team thinks, 1 to 5. For the team.
    async fn rating(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        self.for_team(ctx, async { Ok(self.0.rating) }).await
    }

    /// What the team noted, the oldest first. For the team.
    async fn notes(&self, ctx: &Context<'_>) -> Option<Result<Vec<InternalNote>>> {
        let notes = async {
            let notes = ctx.loaders().of::<Loaders>().notes(self.0.id, lane(ctx)).await?;
            Ok(Some(notes.iter().cloned().map(InternalNote::Application).collect()))
        };
        self.for_team(ctx, notes).await
    }

    /// Who looks after it, by handle. For the team.
    async fn reviewers(&self, ctx: &Context<'_>) -> Option<Result<Vec<Profile>>> {
        let reviewers = async {
            let faces = ctx.loaders().of::<Loaders>().assignees(self.0.id, lane(ctx)).await?;
            Ok(Some(faces.iter().cloned().map(Profile::face).collect()))
        };
        self.for_team(ctx, reviewers).await
    }

    /// The day on which it is erased, with all that belongs to it; null while that is open.
    async fn delete_after(&self) -> Option<Date> {
        self.0.erase_at.map(|at| Date(at.date_naive()))
    }

    /// Grows by one with each change that its applicant is told of.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// You and this application.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<ApplicationViewer> {
        ctx.cx().actor.id().map(|_| ApplicationViewer(self.clone()))
    }
}

/// You and this application: what you did, what you may do.
#[derive(Debug)]
pub struct ApplicationViewer(Application);

/// You and this application: what you did, what you may do.
#[Object]
impl ApplicationViewer {
    /// Whether it is yours.
    async fn is_applicant(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.0.0.applicant_id)
    }

    /// Whether `applicationWithdraw` would be allowed.
    async fn can_withdraw(&self, ctx: &Context<'_>) -> bool {
        policy::withdraw(ctx.cx().actor, &self.0.0).is_ok()
    }

    /// Whether `applicationsMove` would be allowed.
    async fn can_move(&self, ctx: &Context<'_>) -> Result<bool> {
        let hires = self.0.hires(ctx).await?;
        Ok(policy::advance(ctx.cx().actor, &self.0.0, hires).is_ok())
    }
}

connection!(
    /// A page of applications.
    ApplicationConnection,
    /// One of the applications on a page.
    ApplicationEdge of Application,
);
