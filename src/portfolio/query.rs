use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};

use super::{
    PortfolioItem, PortfolioItemConnection, Via,
    service::{self, Filter, Sort},
};
use crate::{
    graph::{ContextExt, Result, decode},
    page::Ask,
};

/// How to name one portfolio item.
#[derive(Debug, OneofObject)]
pub enum PortfolioBy {
    /// By its global id.
    Id(ID),
    /// By its address.
    Path(PortfolioPath),
}

/// A portfolio item by its address.
#[derive(Debug, InputObject)]
pub struct PortfolioPath {
    /// The handle of whose it is; one that they gave up leads there for 90 days.
    owner: String,
    /// Its name in addresses.
    slug: String,
}

/// How to order portfolio items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PortfolioSort {
    /// What was published last first.
    Newest,
    /// What has most reactions first.
    Top,
}

/// Narrows portfolio items; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct PortfolioFilter {
    /// With any of these tags, by name; at most 20.
    tags: Option<Vec<String>>,
    /// Of this member: the id of a profile.
    owner: Option<ID>,
    /// The title or the summary holds this, in any case.
    text: Option<String>,
}

/// The portfolios' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "PortfolioQuery")]
impl Query {
    /// One portfolio item; null if there is none that you may see.
    async fn portfolio_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: PortfolioBy,
    ) -> Option<Result<PortfolioItem>> {
        let item = match by {
            PortfolioBy::Id(id) => service::one(ctx.cx(), decode("portfolio_item", &id)?).await,
            PortfolioBy::Path(path) => service::by_path(ctx.cx(), &path.owner, &path.slug).await,
        };
        let wrap = |item: Option<_>| item.map(|item| PortfolioItem::loaded(&item));
        item.map(wrap).map_err(Into::into).transpose()
    }

    /// The gallery: all that members have published of their work and you may see.
    async fn portfolio_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to list.")] filter: Option<PortfolioFilter>,
        #[graphql(default_with = "PortfolioSort::Newest", desc = "In which order.")]
        sort: PortfolioSort,
        #[graphql(default = 24, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<PortfolioItemConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            tags: filter.tags.unwrap_or_default(),
            // An id that names no profile is an owner who shows nothing.
            owner: filter.owner.map(|id| decode("profile", &id).unwrap_or_default()),
            text: filter.text,
        };
        let sort = match sort {
            PortfolioSort::Newest => Sort::Newest,
            PortfolioSort::Top => Sort::Top,
        };
        let page = service::gallery(ctx.cx(), filter, sort, &ask).await?;
        Ok(PortfolioItemConnection::of(page, Via::GALLERY))
    }
}
