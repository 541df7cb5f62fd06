use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, sea_query::Order,
};
use uuid::Uuid;

use super::visible;
use crate::{
    Cx, Error, Result,
    check::{self, each_once},
    entity::{
        profile::{self, Column},
        profile_open_to::{self, OpenTo},
        profile_skill,
    },
    page::{Ask, By, Page, Place, Rank},
    sql,
};

/// Narrows the directory; all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The handle or the name begins so.
    pub text: Option<String>,
    /// Has all of these skills (keys of tags).
    pub skills: Vec<Uuid>,
    /// Is open to any of these.
    pub open_to: Vec<OpenTo>,
    /// Is in this country.
    pub country: Option<String>,
}

/// What the directory can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// The name, without regard to case.
    Name,
    /// When they joined.
    Joined,
    /// How many follow them.
    Followers,
}

/// The most skills that the directory can be narrowed by.
const MOST_SKILLS: usize = 20;

/// A page of the directory; bios are left out.
pub async fn directory(
    cx: Cx<'_>,
    filter: Filter,
    order_by: OrderBy,
    order: Order,
    ask: &Ask,
) -> Result<Page<profile::Model>> {
    if filter.skills.len() > MOST_SKILLS {
        return Err(Error::BadRequest(format!("ask for at most {MOST_SKILLS} skills").into()));
    }
    let mut rows = visible(cx).filter(Column::Kind.eq(profile::Kind::Person));
    if let Some(text) = filter.text.map(|text| text.trim().to_lowercase()).filter(|t| !t.is_empty())
    {
        // PostgreSQL can't be asked for text with NUL; no name has one.
        if text.contains('\0') {
            return Ok(Page::empty());
        }
        let begins = |column: Column, text: &str| {
            let end = format!("{text}\u{10ffff}");
            Condition::all().add(column.gte(text)).add(column.lt(end))
        };
        let handle = begins(Column::Handle, text.trim_start_matches('@'));
        rows = rows.filter(Condition::any().add(handle).add(begins(Column::NameKey, &text)));
    }
    for skill in filter.skills {
        let with = profile_skill::Entity::find()
            .select_only()
            .column(profile_skill::Column::ProfileId)
            .filter(profile_skill::Column::TagId.eq(skill));
        rows = rows.filter(Column::Id.in_subquery(with.into_query()));
    }
    if !filter.open_to.is_empty() {
        let open = profile_open_to::Entity::find()
            .select_only()
            .column(profile_open_to::Column::ProfileId)
            .filter(profile_open_to::Column::OpenTo.is_in(each_once(filter.open_to)));
        rows = rows.filter(Column::Id.in_subquery(open.into_query()));
    }
    if let Some(country) = filter.country {
        let Some(country) = check::country(&country) else { return Ok(Page::empty()) };
        rows = rows.filter(Column::Country.eq(country));
    }
    let by = match order_by {
        OrderBy::Joined if order == Order::Asc => By::oldest(Column::Id),
        OrderBy::Joined => By::newest(Column::Id),
        OrderBy::Name => By::lettered(Column::NameKey, Column::Id, order),
        OrderBy::Followers => By::ranked(Column::FollowerCount, Column::Id, order),
    };
    let place = |row: &profile::Model| Place {
        rank: match order_by {
            OrderBy::Joined => None,
            OrderBy::Name => Some(Rank::Text(row.name_key.clone())),
            OrderBy::Followers => Some(Rank::Number(row.follower_count)),
        },
        id: row.id,
    };
    let rows = by.cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::shaped::<profile::Model>(cx.db, rows).await?;
    Ok(Page::new(rows, ask, place))
}
