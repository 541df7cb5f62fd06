use async_graphql::{Context, ID, Interface, Object};

use super::{comment::Comment, post::Post};
use crate::{
    graph::{ContextExt, Emoji, Result},
    members::{Profile, ProfileConnection},
    page::{Ask, Page},
    posts::{
        Loaders,
        service::{Subject, groups},
    },
};

/// Something people react to with emoji.
#[derive(Debug, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its global id."),
    field(
        name = "reactions",
        ty = "Vec<ReactionGroup>",
        desc = "Reactions by emoji, most used first."
    ),
    field(
        name = "reaction_count",
        ty = "i32",
        desc = "How many reacted, counted once for each emoji."
    )
)]
pub enum Reactable {
    /// A post.
    Post(Post),
    /// A comment.
    Comment(Comment),
}

impl Reactable {
    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        match self {
            Self::Post(post) => post.groups(),
            Self::Comment(comment) => comment.groups(),
        }
    }
}

/// Something people discuss.
#[derive(Debug, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its global id."),
    field(
        name = "comment_count",
        ty = "i32",
        desc = "How many comments stand under it, at every depth."
    )
)]
pub enum Commentable {
    /// A post.
    Post(Post),
}

/// How many reacted with one emoji, and who.
#[derive(Debug)]
pub struct ReactionGroup {
    on: Subject,
    emoji: String,
    count: i32,
}

impl ReactionGroup {
    /// The groups of a row.
    pub fn list(on: Subject, reactions: &str) -> crate::Result<Vec<Self>> {
        if reactions == "[]" {
            return Ok(Vec::new());
        }
        let groups = groups(reactions)?.into_iter();
        Ok(groups.map(|(emoji, count)| Self { on, emoji, count }).collect())
    }
}

/// How many reacted with one emoji, and who.
#[Object]
impl ReactionGroup {
    /// With what.
    async fn emoji(&self) -> Emoji {
        Emoji(self.emoji.clone())
    }

    /// How many.
    async fn count(&self) -> i32 {
        self.count
    }

    /// Who, latest first; those whom you may see.
    async fn reactors(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().reactors_of(self.on, &self.emoji, ask).await?;
        Ok(ProfileConnection(Page::clone(&page).map(Profile::face)))
    }
}
