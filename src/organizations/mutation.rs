use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    Organization,
    service::{self, Changes},
};
use crate::{
    entity::{organization::Size, organization_member::Role},
    graph::{ContextExt, CountryCode, Markdown, Result, Url, decode, maybe, payload},
};

/// An organization, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct OrganizationInput {
    /// 1 to 100 characters; a new organization needs one.
    name: Option<String>,
    /// Its name in addresses: 1 to 80 of a to z, digits, and - between them. Without one it is made from the name.
    slug: MaybeUndefined<String>,
    /// Markdown; at most 20,000 characters.
    about: MaybeUndefined<Markdown>,
    /// A picture of yours, its sign: the id of a file.
    logo: MaybeUndefined<ID>,
    /// A picture of yours, the wide one on top: the id of a file.
    banner: MaybeUndefined<ID>,
    /// Its own site.
    website: MaybeUndefined<Url>,
    /// Where it sits, in words; at most 100 characters.
    location: MaybeUndefined<String>,
    /// The country that it sits in.
    country: MaybeUndefined<CountryCode>,
    /// How many work there.
    size: MaybeUndefined<Size>,
    /// What it does; at most 100 characters.
    industry: MaybeUndefined<String>,
    /// Since when it exists.
    founded_year: MaybeUndefined<i32>,
}

impl From<OrganizationInput> for Changes {
    fn from(input: OrganizationInput) -> Self {
        let file = |id: MaybeUndefined<ID>| {
            maybe(id).map(|id| id.into_iter().map(|id| decode("file", &id)).collect())
        };
        Self {
            name: input.name,
            slug: maybe(input.slug),
            about: maybe(input.about).map(|about| about.map(|about| about.0)),
            logo: file(input.logo),
            banner: file(input.banner),
            website: maybe(input.website).map(|url| url.map(|url| url.0)),
            location: maybe(input.location),
            country: maybe(input.country).map(|country| country.map(|country| country.0)),
            size: maybe(input.size),
            industry: maybe(input.industry),
            founded_year: maybe(input.founded_year),
        }
    }
}

payload!(
    /// Answer about an organization.
    OrganizationPayload {
        /// The organization as it is now; null when nothing was done.
        organization: Organization
    }
);

/// The organizations' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "OrganizationMutation")]
impl Mutation {
    /// Make an organization, whose owner you become, or change one of yours. A token needs WRITE_JOBS.
    async fn organization_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one; without it a new one is made.")] id: Option<ID>,
        #[graphql(desc = "What to write.")] input: OrganizationInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<OrganizationPayload> {
        let id = id.map(|id| decode("organization", &id));
        let row = Box::pin(service::save(ctx.cx(), id, input.into(), expected_version)).await;
        OrganizationPayload::settle(ctx, row.map(Into::into)).await
    }

    /// Add somebody to an organization, make them something else there, or remove them. Its owners may; and whoever
    /// belongs to it may leave. The last owner stays.
    async fn organization_member_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organization.")] id: ID,
        #[graphql(desc = "Who: the id of a profile.")] profile: ID,
        #[graphql(desc = "What they are to be there; null removes them.")] role: Option<Role>,
    ) -> Result<OrganizationPayload> {
        let (id, who) = (decode("organization", &id), decode("profile", &profile));
        let row = service::set_member(ctx.cx(), id, who, role).await;
        OrganizationPayload::settle(ctx, row.map(Into::into)).await
    }

    /// Say that an organization is who it says, or take that back. For moderators of the community; a token needs
    /// MODERATE.
    async fn organization_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(default = true, desc = "Whether it is.")] verified: bool,
    ) -> Result<OrganizationPayload> {
        let row = service::verify(ctx.cx(), decode("organization", &id), verified).await;
        OrganizationPayload::settle(ctx, row.map(Into::into)).await
    }
}
