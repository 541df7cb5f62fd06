use async_graphql::{Context, ID, InputObject, Object};

use super::{
    service::{self, Filter, Hit},
    types::{SearchConnection, SearchHit, SearchKind, Shown},
};
use crate::{
    graph::{ContextExt, DateTimeRange, Result, decode},
    page::{Ask, Page},
};

/// Narrows a search.
#[derive(Debug, Default, InputObject)]
pub struct SearchFilter {
    /// Only these kinds.
    pub kinds: Option<Vec<SearchKind>>,
    /// Only what this member made: a profile's id.
    pub author: Option<ID>,
    /// Only what was made, or published, in this time.
    pub at: Option<DateTimeRange>,
}

impl From<SearchFilter> for Filter {
    fn from(filter: SearchFilter) -> Self {
        let at = filter.at.unwrap_or_default();
        Self {
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            author: filter.author.map(|id| decode("profile", &id)),
            from: at.from.map(|from| from.0),
            to: at.to.map(|to| to.0),
        }
    }
}

/// The part of the root that looks through everything.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "SearchQuery")]
impl Query {
    /// Looks through everything that you may see: what has all the words, the best first. When nothing has them, what
    /// is called alike, so that a letter may be wrong: one page of it.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most 200 characters, of which the first 10 words count; the last may go on."
        )]
        text: String,
        #[graphql(desc = "What to look for.")] filter: Option<SearchFilter>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<SearchConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let cx = ctx.cx();
        let found = service::find(cx, &text, &filter.unwrap_or_default().into(), &ask).await?;
        let hits: Vec<Hit> = found.page.items.iter().map(|(_, hit)| *hit).collect();
        let mut things = service::load(cx, &hits).await?;
        let is_shown = ctx.look_ahead().field("edges").field("highlight").exists();
        let mut highlights = match &found.look {
            Some(look) if is_shown => service::highlights(cx, look, &hits).await?,
            _ => Default::default(),
        };
        // What went away meanwhile is left out.
        let shown = found.page.items.into_iter().filter_map(|(place, hit)| {
            let thing = SearchHit::from(things.remove(&hit.subject)?);
            let highlight = highlights.remove(&hit.subject);
            Some((place, Shown { hit: thing, score: hit.score, highlight }))
        });
        let (more, began_after) = (found.page.more, found.page.began_after);
        let page = Page { items: shown.collect(), more, began_after };
        Ok(SearchConnection(page))
    }
}
