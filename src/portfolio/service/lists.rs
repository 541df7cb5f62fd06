use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Order},
};
use uuid::Uuid;

use super::{Shown, visible};
use crate::{
    Cx, Error, Result,
    entity::{
        collaborator,
        portfolio_item::{self, Column},
        portfolio_item_tag,
        profile::{self, Face},
        tag,
    },
    members,
    page::{Ask, By, Page, Place, Rank},
    portfolio::policy,
    sql, tags,
};

/// How to order the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What was published last first.
    Newest,
    /// What has most reactions first.
    Top,
}

/// Narrows the gallery; all conditions hold, a list means any of.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// With any of these tags.
    pub tags: Vec<String>,
    /// Of this member.
    pub owner: Option<Uuid>,
    /// The title or the summary holds this, in any case.
    pub text: Option<String>,
}

/// The most tags that the gallery can be narrowed by.
const MOST_TAGS: usize = 20;

/// The item of this key with whose it is, if the actor may see it.
pub async fn one(cx: Cx<'_>, id: Uuid) -> Result<Option<Shown>> {
    let rows = visible(cx).filter(Column::Id.eq(id));
    first(cx, rows).await
}

/// The item of this name, of the member who has this handle or had it up to 90 days ago.
pub async fn by_path(cx: Cx<'_>, owner: &str, slug: &str) -> Result<Option<Shown>> {
    // PostgreSQL can't be asked for text with NUL; no name has one.
    if slug.contains('\0') {
        return Ok(None);
    }
    let Some(owner) = members::service::by_handle(cx, owner).await? else { return Ok(None) };
    let rows = visible(cx).filter(Column::OwnerId.eq(owner.id)).filter(Column::Slug.eq(slug));
    first(cx, rows).await
}

async fn first(cx: Cx<'_>, rows: sea_orm::Select<portfolio_item::Entity>) -> Result<Option<Shown>> {
    let rows =
        sql::with_one::<portfolio_item::Model, Face>(rows, Column::OwnerId, profile::Column::Id);
    Ok(sql::pairs(cx.db, &rows).await?.into_iter().next().map(share))
}

fn share((item, owner): (portfolio_item::Model, Face)) -> Shown {
    (item.into(), owner.into())
}

/// The published items of everybody that the actor may see.
pub async fn gallery(cx: Cx<'_>, filter: Filter, sort: Sort, ask: &Ask) -> Result<Page<Shown>> {
    if filter.tags.len() > MOST_TAGS {
        return Err(Error::BadRequest(format!("ask for at most {MOST_TAGS} tags").into()));
    }
    let mut rows = visible(cx).filter(Column::Publication.is_not_null());
    if let Some(owner) = filter.owner {
        rows = rows.filter(Column::OwnerId.eq(owner));
    }
    if !filter.tags.is_empty() {
        let names = filter.tags.iter().filter_map(|text| tags::service::name(text));
        let tags = tag::Entity::find()
            .select_only()
            .column(tag::Column::Id)
            .filter(tag::Column::Name.is_in(names.map(|name| name.name)));
        let tagged = portfolio_item_tag::Entity::find()
            .select_only()
            .column(portfolio_item_tag::Column::PortfolioItemId)
            .filter(portfolio_item_tag::Column::TagId.in_subquery(tags.into_query()));
        rows = rows.filter(Column::Id.in_subquery(tagged.into_query()));
    }
    if let Some(text) = filter.text.map(|text| text.trim().to_lowercase()).filter(|t| !t.is_empty())
    {
        if text.contains('\0') {
            return Ok(Page::empty());
        }
        rows = rows.filter(holds(cx, &text));
    }
    let by = match sort {
        Sort::Newest => By::newest(Column::Publication),
        Sort::Top => By::ranked(Column::ReactionCount, Column::Publication, Order::Desc),
    };
    let rows = by.cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows =
        sql::with_one::<portfolio_item::Model, Face>(rows, Column::OwnerId, profile::Column::Id);
    let found = sql::pairs(cx.db, &rows).await?;
    let place = |(row, _): &(portfolio_item::Model, Face)| Place {
        rank: (sort == Sort::Top).then_some(Rank::Number(row.reaction_count)),
        id: row.publication.unwrap_or_default(),
    };
    Ok(Page::new(found, ask, place).map(share))
}

/// `text_key` holds `text`, in which nothing stands for anything else.
fn holds(cx: Cx<'_>, text: &str) -> sea_orm::sea_query::SimpleExpr {
    let find = match cx.backend() {
        sea_orm::DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    let key = Expr::col((portfolio_item::Entity, Column::TextKey));
    let call = sea_orm::sea_query::Func::cust(find).arg(key).arg(text);
    Expr::expr(call).gt(0)
}

/// The actor's own items in their order: drafts, what is published, or both.
pub async fn mine(
    cx: Cx<'_>,
    drafts: bool,
    published: bool,
    ask: &Ask,
) -> Result<Page<portfolio_item::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let mut rows = portfolio_item::Entity::find().filter(Column::OwnerId.eq(me));
    rows = match (drafts, published) {
        (true, true) => rows,
        (true, false) => rows.filter(Column::Publication.is_null()),
        (false, true) => rows.filter(Column::Publication.is_not_null()),
        (false, false) => return Ok(Page::empty()),
    };
    let by = By::ranked(Column::Position, Column::Id, Order::Asc);
    let rows = by.cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::shaped::<portfolio_item::Model>(cx.db, rows).await?;
    Ok(Page::new(rows, ask, |row| Place::at(row.position, row.id)))
}

/// The items on which the actor was asked to be credited and has not answered, latest first.
pub async fn asked(cx: Cx<'_>, ask: &Ask) -> Result<Page<portfolio_item::Model>> {
    use collaborator::Column::{Id, PortfolioItemId, ProfileId, State};
    let me = policy::read_own(cx.actor)?.id;
    let this = Expr::col(Column::Id.as_column_ref()).equals(PortfolioItemId.as_column_ref());
    let seen = visible(cx).select_only().column(Column::Id).filter(this);
    let rows = collaborator::Entity::find()
        .filter(ProfileId.eq(me))
        .filter(State.eq(collaborator::State::Asked))
        .filter(Expr::exists(seen.into_query()));
    let rows = By::newest(Id).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<collaborator::Model, portfolio_item::Model>(
        rows,
        PortfolioItemId,
        Column::Id,
    );
    let pairs = sql::pairs::<collaborator::Model, portfolio_item::Model>(cx.db, &rows).await?;
    Ok(Page::new(pairs, ask, |(asked, _)| Place::key(asked.id)).map(|(_, item)| item))
}
