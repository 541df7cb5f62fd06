use async_graphql::{Enum, Object, Union};

use super::service::Thing;
use crate::{
    chat::{Message, Via},
    files::File,
    graph::{Html, PageInfo},
    index::Kind,
    jobs::Job,
    members::Profile,
    organizations::Organization,
    page::{Page, Place},
    portfolio::PortfolioItem,
    posts::Post,
    tags::Tag,
    tasks::Task,
};

/// What search finds.
#[derive(Clone, Debug, Union)]
pub enum SearchHit {
    /// A member.
    Profile(Profile),
    /// A post.
    Post(Post),
    /// A tag.
    Tag(Tag),
    /// A posting.
    Job(Job),
    /// An organization.
    Organization(Organization),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// A task.
    Task(Task),
    /// A message.
    Message(Message),
    /// A file.
    File(File),
}

impl From<Thing> for SearchHit {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Profile(row) => Self::Profile(Profile::whole(row)),
            Thing::Post(post) => Self::Post(Post::loaded(&post)),
            Thing::Tag(row) => Self::Tag(Tag(row)),
            Thing::Job(row) => Self::Job(Job(row)),
            Thing::Organization(row) => Self::Organization(Organization(row)),
            Thing::PortfolioItem(item) => Self::PortfolioItem(PortfolioItem::loaded(&item)),
            Thing::Task(row) => Self::Task(Task(row)),
            Thing::Message(message) => Self::Message(Message::loaded(&message, Via::SEARCH)),
            Thing::File(row) => Self::File(File(row)),
        }
    }
}

/// Kinds of what search finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchKind {
    /// Members.
    Profile,
    /// Posts.
    Post,
    /// Tags.
    Tag,
    /// Postings.
    Job,
    /// Organizations.
    Organization,
    /// Pieces of work on show.
    PortfolioItem,
    /// Tasks.
    Task,
    /// Messages.
    Message,
    /// Files.
    File,
}

impl From<SearchKind> for Kind {
    fn from(kind: SearchKind) -> Self {
        match kind {
            SearchKind::Profile => Self::Profile,
            SearchKind::Post => Self::Post,
            SearchKind::Tag => Self::Tag,
            SearchKind::Job => Self::Job,
            SearchKind::Organization => Self::Organization,
            SearchKind::PortfolioItem => Self::PortfolioItem,
            SearchKind::Task => Self::Task,
            SearchKind::Message => Self::Message,
            SearchKind::File => Self::File,
        }
    }
}

/// Something that was found, and how.
#[derive(Debug)]
pub struct Shown {
    /// What it is.
    pub hit: SearchHit,
    /// How well it fits, in millionths.
    pub score: i32,
    /// Where the words stand in it.
    pub highlight: Option<String>,
}

/// What was found, the best first.
#[derive(Debug)]
pub struct SearchConnection(pub Page<Shown>);

/// What was found, the best first.
#[Object]
impl SearchConnection {
    /// The things on the page, each with its cursor.
    async fn edges(&self) -> Vec<SearchEdge<'_>> {
        self.0.items.iter().map(|(place, shown)| SearchEdge { place, shown }).collect()
    }

    /// The things on the page.
    async fn nodes(&self) -> Vec<&SearchHit> {
        self.0.items.iter().map(|(_, shown)| &shown.hit).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        (&self.0).into()
    }
}

/// Something that was found.
#[derive(Debug)]
pub struct SearchEdge<'a> {
    place: &'a Place,
    shown: &'a Shown,
}

/// Something that was found.
#[Object]
impl SearchEdge<'_> {
    /// Its place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// The thing.
    async fn node(&self) -> &SearchHit {
        &self.shown.hit
    }

    /// How well it fits: greater is better. Scores of one search can be compared with each other, and with no others.
    async fn score(&self) -> f64 {
        f64::from(self.shown.score) / 1_000_000.0
    }

    /// Where the words stand in it: escaped text, with `<mark>` around each; null when it was found because it is called
    /// alike.
    async fn highlight(&self) -> Option<Html> {
        self.shown.highlight.clone().map(Html)
    }
}
