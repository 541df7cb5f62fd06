use async_graphql::{Context, ID, Interface, Object, SimpleObject};

use super::{Loaders, service};
use crate::{
    chat::Message,
    comments::Comment,
    graph::{ContextExt, DateTime, Emoji, EventCursor, Result},
    members::{Profile, ProfileConnection},
    page::{Ask, Page},
    portfolio::PortfolioItem,
    posts::Post,
    tasks::Task,
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
    /// A message.
    Message(Message),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// Something to do.
    Task(Task),
}

impl Reactable {
    /// Its reactions.
    pub(crate) fn groups(&self) -> crate::Result<Vec<ReactionGroup>> {
        match self {
            Self::Post(post) => post.groups(),
            Self::Comment(comment) => comment.groups(),
            Self::Message(message) => message.groups(),
            Self::PortfolioItem(item) => item.groups(),
            Self::Task(task) => task.groups(0),
        }
    }
}

/// Something that people react to, and where it stands in the answer: what stands in different places has
/// loaders of its own, so that the number of statements never hangs on which place was read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct On {
    /// The thing.
    pub subject: service::Subject,
    /// The place; 0 where a kind of thing has one.
    pub place: u64,
}

impl From<service::Subject> for On {
    fn from(subject: service::Subject) -> Self {
        Self { subject, place: 0 }
    }
}

/// How many reacted with one emoji, and who.
#[derive(Debug)]
pub struct ReactionGroup {
    on: On,
    emoji: String,
    count: i32,
}

impl ReactionGroup {
    /// The groups of a row.
    pub fn list(on: impl Into<On>, reactions: &str) -> crate::Result<Vec<Self>> {
        if reactions == "[]" {
            return Ok(Vec::new());
        }
        let on = on.into();
        let groups = service::groups(reactions)?.into_iter();
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

/// What the caller reacted with, in the order they did.
pub(crate) async fn mine(ctx: &Context<'_>, on: impl Into<On>) -> Result<Vec<Emoji>> {
    let mine = ctx.loaders().of::<Loaders>().mine(on.into()).await?;
    Ok(mine.iter().cloned().map(Emoji).collect())
}

/// Somebody reacted, or took it back.
#[derive(SimpleObject)]
pub struct ReactionsChanged {
    /// The place behind it, for `after`.
    pub cursor: Option<EventCursor>,
    /// When.
    pub at: DateTime,
    /// What was reacted to, as it is now.
    pub subject: Reactable,
}
