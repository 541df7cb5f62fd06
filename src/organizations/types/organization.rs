use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::OrganizationMemberConnection;
use crate::{
    clock::made_at,
    entity::{
        file_use::Place,
        organization::{self, Size},
        organization_member::Role,
    },
    files::{self, File, service::On},
    graph::{ContextExt, CountryCode, DateTime, Result, Url, encode, lane, lane_above},
    jobs::find::{self, JobConnection, JobFilter},
    members::RichText,
    organizations::{Loaders, policy},
    page::Ask,
};

/// Who hires: a company, a co-op, the community itself.
#[derive(Clone, Debug)]
pub struct Organization(pub Arc<organization::Model>);

impl From<organization::Model> for Organization {
    fn from(row: organization::Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Organization {
    async fn picture(&self, ctx: &Context<'_>, place: Place) -> Option<Result<File>> {
        let on = On::Organization(self.0.id);
        let file = ctx.loaders().of::<files::Loaders>().one_on(on, place, lane(ctx)).await;
        file.map(|file| file.map(File)).map_err(Into::into).transpose()
    }
}

/// Who hires: a company, a co-op, the community itself.
#[Object]
impl Organization {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("organization", self.0.id)
    }

    /// Its name in addresses; no other has this one.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it tells about itself.
    async fn about(&self) -> RichText {
        RichText::Organization(self.0.clone())
    }

    /// Its sign.
    async fn logo(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        Box::pin(self.picture(ctx, Place::Logo)).await
    }

    /// The wide picture on top.
    async fn banner(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        Box::pin(self.picture(ctx, Place::Banner)).await
    }

    /// Its own site.
    async fn website(&self) -> Option<Url> {
        self.0.website.clone().map(Url)
    }

    /// Its page in this community's front end.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(format!("{}/organizations/{}", ctx.cx().app.config.front_url(), self.0.slug))
    }

    /// Where it sits, in its own words.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// The country that it sits in.
    async fn country(&self) -> Option<CountryCode> {
        self.0.country.clone().map(CountryCode)
    }

    /// How many work there.
    async fn head_count(&self) -> Option<Size> {
        self.0.size
    }

    /// What it does, in a word or two.
    async fn industry(&self) -> Option<&str> {
        self.0.industry.as_deref()
    }

    /// Since when it exists.
    async fn founded_year(&self) -> Option<i32> {
        self.0.founded_year
    }

    /// When the community's staff found that it is who it says; null if they did not, or if it changed its name or site
    /// since.
    async fn verified_at(&self) -> Option<DateTime> {
        self.0.verified_at.map(Into::into)
    }

    /// Since when it is here.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// How many of its postings are open.
    async fn open_job_count(&self) -> i32 {
        self.0.open_job_count
    }

    /// Its postings, latest first; those that are open, if the filter says nothing else.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<JobFilter>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<JobConnection> {
        find::of_organization(ctx, self.0.id, filter, first, after).await
    }

    /// Who belongs to it, of those whom you may see; who joined the community first comes first.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<OrganizationMemberConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().members(self.0.id, ask, lane(ctx)).await?;
        Ok(OrganizationMemberConnection(page))
    }

    /// What to send as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// You and this organization; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<OrganizationViewer>> {
        ctx.cx().actor.id()?;
        let role = ctx.loaders().of::<Loaders>().role(self.0.id, lane_above(ctx)).await;
        Some(role.map(OrganizationViewer).map_err(Into::into))
    }
}

/// You and an organization: what you are there, what you may do.
#[derive(Clone, Copy, Debug)]
pub struct OrganizationViewer(Option<Role>);

/// You and an organization: what you are there, what you may do.
#[Object]
impl OrganizationViewer {
    /// What you are there; null if you do not belong to it.
    async fn role(&self) -> Option<Role> {
        self.0
    }

    /// Whether `organizationSave` and `organizationMemberSet` would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor, self.0).is_ok()
    }

    /// Whether `jobCreate` would be allowed in its name.
    async fn can_post_jobs(&self, ctx: &Context<'_>) -> bool {
        policy::hire(ctx.cx().actor, self.0).is_ok()
    }

    /// Whether you see who applied for its jobs.
    async fn can_see_applications(&self, ctx: &Context<'_>) -> bool {
        policy::sees_hiring(ctx.cx().actor, self.0)
    }
}
