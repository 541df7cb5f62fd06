use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use super::{
    Profile,
    service::{self, Changes, Link, Skill},
};
use crate::{
    entity::{profile, profile_open_to::OpenTo, profile_skill::Level},
    graph::{ContextExt, CountryCode, DateTime, Markdown, Result, Url, decode, maybe, payload},
};

/// A link to show.
#[derive(Debug, InputObject)]
pub struct LinkInput {
    /// What it says; 1 to 50 characters.
    label: String,
    /// Where it leads.
    url: Url,
}

/// Changes to your profile: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct ProfileUpdateInput {
    /// 2 to 30 of a to z, digits and _.
    handle: Option<String>,
    /// 1 to 80 characters.
    name: Option<String>,
    /// At most 40 characters.
    pronouns: MaybeUndefined<String>,
    /// At most 160 characters.
    headline: MaybeUndefined<String>,
    /// At most 5,000 characters.
    bio: MaybeUndefined<Markdown>,
    /// At most 100 characters.
    location: MaybeUndefined<String>,
    /// The country that you are in.
    country: MaybeUndefined<CountryCode>,
    /// Your own site.
    website: MaybeUndefined<Url>,
    /// All links, in order; at most 10.
    links: Option<Vec<LinkInput>>,
    /// All that you want to be asked about.
    open_to: Option<Vec<OpenTo>>,
    /// Your face: the id of a picture of yours. Make it PUBLIC, and its address never changes.
    avatar: MaybeUndefined<ID>,
    /// The wide picture on top: the id of a picture of yours.
    banner: MaybeUndefined<ID>,
}

/// A skill to claim.
#[derive(Debug, InputObject)]
pub struct SkillInput {
    /// What it is called; 1 to 50 characters.
    skill: String,
    /// How well.
    level: Option<Level>,
    /// For how many years; 0 to 80.
    years: Option<i32>,
}

payload!(
    /// Answer about a profile.
    ProfilePayload {
        /// The profile as it is now; null when nothing was done.
        profile: Profile
    }
);

/// The members' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

async fn settle(ctx: &Context<'_>, row: crate::Result<profile::Model>) -> Result<ProfilePayload> {
    ProfilePayload::settle(ctx, row.map(|row| Profile::whole(row.into()))).await
}

#[Object(name = "MemberMutation")]
impl Mutation {
    /// Change your public face.
    async fn profile_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ProfileUpdateInput,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::update(ctx.cx(), input.into()).await).await
    }

    /// Set the whole list of your skills, in order; at most 50.
    async fn skills_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All of them.")] skills: Vec<SkillInput>,
    ) -> Result<ProfilePayload> {
        let skills = skills
            .into_iter()
            .map(|s| Skill { name: s.skill, level: s.level, years: s.years })
            .collect();
        settle(ctx, service::set_skills(ctx.cx(), skills).await).await
    }

    /// Vouch for a skill that somebody claims, or no more; doing it twice is doing it once.
    async fn skill_endorse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose skill: not yours.")] profile: ID,
        #[graphql(desc = "Which one: the id of its tag.")] skill: ID,
        #[graphql(default = true, desc = "False takes it back.")] endorsed: bool,
    ) -> Result<ProfilePayload> {
        let (profile, skill) = (decode("profile", &profile), decode("tag", &skill));
        settle(ctx, service::endorse(ctx.cx(), profile, skill, endorsed).await).await
    }

    /// Follow somebody; doing it twice is doing it once.
    async fn profile_follow(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::follow(ctx.cx(), decode("profile", &id)).await).await
    }

    /// Follow somebody no more.
    async fn profile_unfollow(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::unfollow(ctx.cx(), decode("profile", &id)).await).await
    }

    /// Hear no more of somebody in your feeds; they do not notice.
    async fn profile_mute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
        #[graphql(desc = "Until when; for good if left out.")] until: Option<DateTime>,
    ) -> Result<ProfilePayload> {
        let until = until.map(|until| until.0);
        settle(ctx, service::mute(ctx.cx(), decode("profile", &id), until).await).await
    }

    /// Hear of somebody again.
    async fn profile_unmute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::unmute(ctx.cx(), decode("profile", &id)).await).await
    }

    /// Block somebody: neither sees what the other writes, they do not see you, and follows end both
    /// ways.
    async fn profile_block(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::block(ctx.cx(), decode("profile", &id)).await).await
    }

    /// Undo a block; follows stay ended.
    async fn profile_unblock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] id: ID,
    ) -> Result<ProfilePayload> {
        settle(ctx, service::unblock(ctx.cx(), decode("profile", &id)).await).await
    }
}

impl From<LinkInput> for Link {
    fn from(input: LinkInput) -> Self {
        Self { label: input.label, url: input.url.0 }
    }
}

impl From<ProfileUpdateInput> for Changes {
    fn from(input: ProfileUpdateInput) -> Self {
        Self {
            handle: input.handle,
            name: input.name,
            pronouns: maybe(input.pronouns),
            headline: maybe(input.headline),
            bio: maybe(input.bio).map(|bio| bio.map(|bio| bio.0)),
            location: maybe(input.location),
            country: maybe(input.country).map(|country| country.map(|country| country.0)),
            website: maybe(input.website).map(|website| website.map(|website| website.0)),
            links: input.links.map(|links| links.into_iter().map(Into::into).collect()),
            open_to: input.open_to,
            avatar: picture(input.avatar),
            banner: picture(input.banner),
        }
    }
}

fn picture(id: MaybeUndefined<ID>) -> Option<Option<Option<Uuid>>> {
    maybe(id).map(|id| id.map(|id| decode("file", &id)))
}
