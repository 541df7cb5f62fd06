use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::{
    Loaders,
    loaders::{Around, Relation},
    policy,
    rich_text::RichText,
    service::Link,
};
use crate::{
    Error,
    clock::made_at,
    entity::{
        profile::{self, Kind},
        profile_open_to::OpenTo,
        profile_skill::{self, Level},
    },
    graph::{ContextExt, CountryCode, DateTime, Result, Url, connection, encode},
    page::{Ask, Page},
    posts::{self, PostConnection},
    tags::{self, Tag},
};

/// The public face of a member.
#[derive(Clone, Debug)]
pub struct Profile {
    row: Arc<profile::Model>,
    /// Whether the row was read without its bio, beside something that the member wrote.
    brief: bool,
}

impl Profile {
    /// A profile of which everything was read.
    pub fn whole(row: Arc<profile::Model>) -> Self {
        Self { row, brief: false }
    }

    /// A profile that was read beside something else, without its bio.
    pub fn brief(row: Arc<profile::Model>) -> Self {
        Self { row, brief: true }
    }
}

/// The public face of a member.
#[Object]
impl Profile {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("profile", self.row.id)
    }

    /// Unique, in lower case; the old one keeps leading here for 90 days after a change.
    async fn handle(&self) -> &str {
        &self.row.handle
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// How to speak of them.
    async fn pronouns(&self) -> Option<&str> {
        self.row.pronouns.as_deref()
    }

    /// A line below the name.
    async fn headline(&self) -> Option<&str> {
        self.row.headline.as_deref()
    }

    /// What they tell about themselves.
    async fn bio(&self, ctx: &Context<'_>) -> Result<RichText> {
        if !self.brief {
            return Ok(RichText::Bio(self.row.clone()));
        }
        let whole = ctx.loaders().of::<Loaders>().by_id(self.row.id).await?;
        Ok(RichText::Bio(whole.unwrap_or_else(|| self.row.clone())))
    }

    /// What stands behind it.
    async fn profile_kind(&self) -> Kind {
        self.row.kind
    }

    /// Where they are, in their own words.
    async fn location(&self) -> Option<&str> {
        self.row.location.as_deref()
    }

    /// The country that they are in.
    async fn country(&self) -> Option<CountryCode> {
        self.row.country.clone().map(CountryCode)
    }

    /// Their own site.
    async fn website(&self) -> Option<Url> {
        self.row.website.clone().map(Url)
    }

    /// Links that they show, in their order.
    async fn links(&self) -> Result<Vec<ProfileLink>> {
        let links: Vec<Link> = serde_json::from_str(&self.row.links).map_err(Error::internal)?;
        Ok(links.into_iter().map(|l| ProfileLink { label: l.label, url: Url(l.url) }).collect())
    }

    /// When they joined.
    async fn joined_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// What they want to be asked about.
    async fn open_to(&self, ctx: &Context<'_>) -> Result<Vec<OpenTo>> {
        Ok(ctx.loaders().of::<Loaders>().open_to(self.row.id).await?.to_vec())
    }

    /// The skills that they claim, in their order.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Vec<ProfileSkill>> {
        let skills = ctx.loaders().of::<Loaders>().skills(self.row.id).await?;
        Ok(skills.iter().cloned().map(ProfileSkill).collect())
    }

    /// How many follow them.
    async fn follower_count(&self) -> i32 {
        self.row.follower_count
    }

    /// How many they follow.
    async fn following_count(&self) -> i32 {
        self.row.following_count
    }

    /// How many posts they have published.
    async fn post_count(&self) -> i32 {
        self.row.post_count
    }

    /// Those who follow them, latest first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.row.id, Around::Followers, first, after).await
    }

    /// Those whom they follow, latest first.
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.row.id, Around::Following, first, after).await
    }

    /// What they have published and you may see, newest first.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PostConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<posts::Loaders>().by_author(self.row.id, ask).await?;
        Ok(PostConnection::by(&page, &self.row))
    }

    /// You and this profile; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<ProfileViewer>> {
        ctx.cx().actor.id()?;
        let relation = ctx.loaders().of::<Loaders>().relation(self.row.id).await;
        let viewer = |relation| ProfileViewer { profile: self.clone(), relation };
        Some(relation.map(viewer).map_err(Into::into))
    }
}

async fn around(
    ctx: &Context<'_>,
    id: uuid::Uuid,
    around: Around,
    first: i32,
    after: Option<String>,
) -> Result<ProfileConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let page = ctx.loaders().of::<Loaders>().around(id, around, ask).await?;
    Ok(ProfileConnection(Page::clone(&page).map(Profile::brief)))
}

/// A link shown on a profile.
#[derive(Debug, SimpleObject)]
pub struct ProfileLink {
    /// What it says.
    label: String,
    /// Where it leads.
    url: Url,
}

/// A skill that a member claims.
#[derive(Debug)]
pub struct ProfileSkill(profile_skill::Model);

/// A skill that a member claims.
#[Object]
impl ProfileSkill {
    /// The skill.
    async fn tag(&self, ctx: &Context<'_>) -> Result<Tag> {
        let tag = ctx.loaders().of::<tags::Loaders>().by_id(self.0.tag_id).await?;
        Ok(Tag(tag.ok_or_else(|| Error::bug("a skill has no tag"))?))
    }

    /// How well, by their own word.
    async fn level(&self) -> Option<Level> {
        self.0.level
    }

    /// For how many years.
    async fn years(&self) -> Option<i32> {
        self.0.years
    }
}

/// From you to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FollowState {
    /// You do not follow them.
    None,
    /// You follow them.
    Following,
}

/// You and a profile: what you did, what you may do.
#[derive(Debug)]
pub struct ProfileViewer {
    profile: Profile,
    relation: Relation,
}

/// You and a profile: what you did, what you may do.
#[Object]
impl ProfileViewer {
    /// Whether it is yours.
    async fn is_self(&self, ctx: &Context<'_>) -> bool {
        ctx.cx().actor.is(self.profile.row.id)
    }

    /// Whether you follow them.
    async fn following(&self) -> FollowState {
        if self.relation.following { FollowState::Following } else { FollowState::None }
    }

    /// Whether they follow you.
    async fn followed_by(&self) -> bool {
        self.relation.followed_by
    }

    /// Whether you muted them.
    async fn is_muted(&self) -> bool {
        self.relation.muted.is_some()
    }

    /// Until when, if not for good.
    async fn mute_until(&self) -> Option<DateTime> {
        self.relation.muted.flatten().map(Into::into)
    }

    /// Whether you blocked them.
    async fn is_blocked(&self) -> bool {
        self.relation.blocked
    }

    /// Whether `profileFollow` would be allowed.
    async fn can_follow(&self, ctx: &Context<'_>) -> bool {
        let free = !self.relation.blocked && !self.relation.blocked_by;
        free && policy::relate(ctx.cx().actor, self.profile.row.id).is_ok()
    }

    /// Whether `profileUpdate` changes it: it is yours.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor).is_ok_and(|me| me.id == self.profile.row.id)
    }

    /// People you follow who follow this one, latest first.
    async fn mutual_followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.profile.row.id, Around::Mutual, first, after).await
    }
}

connection!(
    /// A page of profiles.
    ProfileConnection,
    /// One of the profiles on a page.
    ProfileEdge of Profile,
    /// When the relation began: they joined, followed, reacted.
    since(row): crate::graph::DateTime = crate::clock::made_at(row.place.id).into(),
);
