use async_graphql::{Context, Object};

use super::{Endorsements, Loaders, Profile, loaders::Relation, policy};
use crate::{
    Error,
    entity::profile_skill::{self, Level},
    graph::{ContextExt, Result},
    page::Ask,
    tags::{self, Tag},
};

/// A skill that a member claims.
#[derive(Debug)]
pub struct ProfileSkill(pub profile_skill::Model);

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

    /// How many vouch for it.
    async fn endorsement_count(&self) -> i32 {
        self.0.endorsement_count
    }

    /// Who vouches for it, latest first; those whom you may see.
    async fn endorsers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5, desc = "How many, 1 to 100.")] first: i32,
    ) -> Result<Vec<Profile>> {
        let first = Ask::new(first, None)?.first;
        let skill = (self.0.profile_id, self.0.tag_id);
        let loaders = ctx.loaders().of::<Endorsements>();
        let faces = loaders.newest(ctx.depth(), skill, first).await?;
        Ok(faces.iter().cloned().map(Profile::face).collect())
    }

    /// You and this skill; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<SkillViewer<'_>> {
        ctx.cx().actor.id().map(|_| SkillViewer(&self.0))
    }
}

/// You and a skill of somebody: what you did, what you may do.
#[derive(Debug)]
pub struct SkillViewer<'a>(&'a profile_skill::Model);

/// You and a skill of somebody: what you did, what you may do.
#[Object]
impl SkillViewer<'_> {
    /// Whether you vouch for it.
    async fn endorsed(&self, ctx: &Context<'_>) -> Result<bool> {
        let loaders = ctx.loaders().of::<Endorsements>();
        let mine = loaders.mine(ctx.depth(), self.0.profile_id).await?;
        Ok(mine.contains(&self.0.tag_id))
    }

    /// Whether `skillEndorse` would be allowed.
    async fn can_endorse(&self, ctx: &Context<'_>) -> Result<bool> {
        if policy::endorse(ctx.cx().actor, self.0.profile_id).is_err() {
            return Ok(false);
        }
        let relation = ctx.loaders().of::<Loaders>().relation(self.0.profile_id).await?;
        let Relation { blocked, blocked_by, .. } = relation;
        Ok(!blocked && !blocked_by)
    }
}
