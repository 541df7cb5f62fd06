use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use uuid::Uuid;

use super::{
    Loaders,
    loaders::{Around, Relation},
    policy,
    rich_text::RichText,
    service::Link,
    skill::ProfileSkill,
};
use crate::{
    Error,
    chat::{self, Conversation},
    clock::made_at,
    entity::{
        file_use::Place,
        profile::{self, Face, Kind},
        profile_open_to::OpenTo,
    },
    files::{File, service::On},
    graph::{ContextExt, CountryCode, DateTime, Result, Url, connection, encode},
    page::{Ask, Page},
    portfolio::{self, PortfolioItemConnection},
    posts::{self, PostConnection},
    presence::{self, Presence},
    resumes::{self, Resume},
};

/// The public face of a member.
#[derive(Clone, Debug)]
pub struct Profile(Known);

/// How much of a profile was read.
#[derive(Clone, Debug)]
enum Known {
    /// What stands beside something that they wrote.
    Face(Arc<Face>),
    /// Everything but the bio.
    Listed(Arc<profile::Model>),
    /// Everything.
    Whole(Arc<profile::Model>),
}

impl Profile {
    /// A profile of which everything was read.
    pub fn whole(row: Arc<profile::Model>) -> Self {
        Self(Known::Whole(row))
    }

    /// A profile that was read beside something else; the rest is loaded when it is asked for.
    pub fn face(row: Arc<Face>) -> Self {
        Self(Known::Face(row))
    }

    /// A profile of the directory, where bios are left out.
    pub fn listed(row: Arc<profile::Model>) -> Self {
        Self(Known::Listed(row))
    }

    fn key(&self) -> Uuid {
        match &self.0 {
            Known::Face(row) => row.id,
            Known::Listed(row) | Known::Whole(row) => row.id,
        }
    }

    /// Something about them that may be missing; it is null when it can't be read.
    async fn optional<T>(
        &self,
        ctx: &Context<'_>,
        what: impl Fn(&profile::Model) -> Option<T>,
    ) -> Option<Result<T>> {
        self.row(ctx).await.map(|row| what(&row)).map_err(Into::into).transpose()
    }

    /// Everything about them.
    async fn row(&self, ctx: &Context<'_>) -> crate::Result<Arc<profile::Model>> {
        match &self.0 {
            Known::Listed(row) | Known::Whole(row) => Ok(row.clone()),
            Known::Face(row) => found(ctx.loaders().of::<Loaders>().by_id(row.id).await?),
        }
    }
}

/// The public face of a member.
#[Object]
impl Profile {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("profile", self.key())
    }

    /// Unique, in lower case; the old one keeps leading here for 90 days after a change.
    async fn handle(&self) -> &str {
        match &self.0 {
            Known::Face(row) => &row.handle,
            Known::Listed(row) | Known::Whole(row) => &row.handle,
        }
    }

    /// What they are called.
    async fn name(&self) -> &str {
        match &self.0 {
            Known::Face(row) => &row.name,
            Known::Listed(row) | Known::Whole(row) => &row.name,
        }
    }

    /// How to speak of them.
    async fn pronouns(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.optional(ctx, |row| row.pronouns.clone()).await
    }

    /// Their face.
    async fn avatar(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        Box::pin(File::one(ctx, On::Profile(self.key()), Place::Avatar)).await
    }

    /// The wide picture on top.
    async fn banner(&self, ctx: &Context<'_>) -> Option<Result<File>> {
        Box::pin(File::one(ctx, On::Profile(self.key()), Place::Banner)).await
    }

    /// A line below the name.
    async fn headline(&self) -> Option<&str> {
        match &self.0 {
            Known::Face(row) => row.headline.as_deref(),
            Known::Listed(row) | Known::Whole(row) => row.headline.as_deref(),
        }
    }

    /// What they tell about themselves.
    async fn bio(&self, ctx: &Context<'_>) -> Result<RichText> {
        Ok(RichText::Bio(match &self.0 {
            Known::Whole(row) => row.clone(),
            Known::Face(_) => self.row(ctx).await?,
            Known::Listed(row) => found(ctx.loaders().of::<Loaders>().with_bio(row.id).await?)?,
        }))
    }

    /// What stands behind it.
    async fn profile_kind(&self, ctx: &Context<'_>) -> Result<Kind> {
        Ok(self.row(ctx).await?.kind)
    }

    /// Where they are, in their own words.
    async fn location(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.optional(ctx, |row| row.location.clone()).await
    }

    /// The country that they are in.
    async fn country(&self, ctx: &Context<'_>) -> Option<Result<CountryCode>> {
        self.optional(ctx, |row| row.country.clone().map(CountryCode)).await
    }

    /// Their own site.
    async fn website(&self, ctx: &Context<'_>) -> Option<Result<Url>> {
        self.optional(ctx, |row| row.website.clone().map(Url)).await
    }

    /// Links that they show, in their order.
    async fn links(&self, ctx: &Context<'_>) -> Result<Vec<ProfileLink>> {
        Ok(ProfileLink::list(&self.row(ctx).await?.links)?)
    }

    /// When they joined.
    async fn joined_at(&self) -> DateTime {
        made_at(self.key()).into()
    }

    /// What they want to be asked about.
    async fn open_to(&self, ctx: &Context<'_>) -> Result<Vec<OpenTo>> {
        Ok(ctx.loaders().of::<Loaders>().open_to(self.key()).await?.to_vec())
    }

    /// The skills that they claim, in their order.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Vec<ProfileSkill>> {
        let skills = ctx.loaders().of::<Loaders>().skills(self.key()).await?;
        Ok(skills.iter().cloned().map(ProfileSkill).collect())
    }

    /// What they have done and learned; null if they wrote nothing of it.
    async fn resume(&self, ctx: &Context<'_>) -> Option<Result<Resume>> {
        let loaders = ctx.loaders().of::<resumes::Loaders>();
        let resume = loaders.by_owner(ctx.depth(), self.key()).await;
        resume.map(|row| row.map(Resume)).map_err(Into::into).transpose()
    }

    /// How many follow them.
    async fn follower_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.row(ctx).await?.follower_count)
    }

    /// How many they follow.
    async fn following_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.row(ctx).await?.following_count)
    }

    /// How many posts they have published.
    async fn post_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.row(ctx).await?.post_count)
    }

    /// Whether they are around; null for guests.
    async fn presence(&self, ctx: &Context<'_>) -> Option<Result<Presence>> {
        let seen = ctx.loaders().of::<presence::Loaders>().seen(self.key()).await;
        seen.map(|seen| seen.map(Presence::from)).map_err(Into::into).transpose()
    }

    /// Those who follow them, latest first.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.key(), Around::Followers, first, after).await
    }

    /// Those whom they follow, latest first.
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.key(), Around::Following, first, after).await
    }

    /// What they have published and you may see, newest first.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PostConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<posts::Loaders>().by_author(self.key(), ask).await?;
        Ok(PostConnection::by(&page, self))
    }

    /// Their work on show, in their order: what they have published and you may see.
    async fn portfolio(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 12, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PortfolioItemConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<portfolio::Loaders>().by_owner(self.key(), ask).await?;
        Ok(PortfolioItemConnection::by(&page, self))
    }

    /// You and this profile; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<ProfileViewer>> {
        ctx.cx().actor.id()?;
        let relation = ctx.loaders().of::<Loaders>().relation(self.key()).await;
        let viewer = |relation| ProfileViewer { profile: self.clone(), relation };
        Some(relation.map(viewer).map_err(Into::into))
    }
}

/// A profile that was seen a moment ago.
fn found(row: Option<Arc<profile::Model>>) -> crate::Result<Arc<profile::Model>> {
    row.ok_or_else(|| Error::bug("a profile went away while it was read"))
}

async fn around(
    ctx: &Context<'_>,
    id: Uuid,
    around: Around,
    first: i32,
    after: Option<String>,
) -> Result<ProfileConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let page = ctx.loaders().of::<Loaders>().around(id, around, ask).await?;
    Ok(ProfileConnection(Page::clone(&page).map(Profile::face)))
}

/// A link shown on a profile, or on a piece of work.
#[derive(Debug, SimpleObject)]
pub struct ProfileLink {
    /// What it says.
    label: String,
    /// Where it leads.
    url: Url,
}

impl ProfileLink {
    /// The links that a row keeps.
    pub(crate) fn list(links: &str) -> crate::Result<Vec<Self>> {
        let links: Vec<Link> = serde_json::from_str(links).map_err(Error::internal)?;
        Ok(links.into_iter().map(|l| Self { label: l.label, url: Url(l.url) }).collect())
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
        ctx.cx().actor.is(self.profile.key())
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
        free && policy::relate(ctx.cx().actor, self.profile.key()).is_ok()
    }

    /// Whether `profileUpdate` changes it: it is yours.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        policy::edit(ctx.cx().actor).is_ok_and(|me| me.id == self.profile.key())
    }

    /// The direct talk that you share, if there is one.
    async fn conversation(&self, ctx: &Context<'_>) -> Option<Result<Conversation>> {
        let talk = ctx.loaders().of::<chat::Loaders>().direct_with(self.profile.key()).await;
        talk.map(|talk| talk.map(Conversation)).map_err(Into::into).transpose()
    }

    /// Whether `conversationOpen` would be allowed with them alone.
    async fn can_message(&self, ctx: &Context<'_>) -> Result<bool> {
        let free = !self.relation.blocked && !self.relation.blocked_by;
        let may = chat::policy::write(ctx.cx().actor).is_ok_and(|me| me.id != self.profile.key());
        Ok(free && may && self.profile.row(ctx).await?.kind == Kind::Person)
    }

    /// People you follow who follow this one, latest first.
    async fn mutual_followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        around(ctx, self.profile.key(), Around::Mutual, first, after).await
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
