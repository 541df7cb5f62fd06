use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject};
use sea_orm::sea_query::Order;

use super::{
    Loaders, Profile, ProfileConnection,
    service::{self, Filter, OrderBy},
};
use crate::{
    entity::profile_open_to::OpenTo,
    graph::{ContextExt, CountryCode, OrderDirection, Result, decode},
    page::Ask,
};

/// How to name one profile.
#[derive(Debug, OneofObject)]
pub enum ProfileBy {
    /// By its global id.
    Id(ID),
    /// By its handle, with or without `@`, in any case.
    Handle(String),
}

/// Narrows the directory; all conditions hold, a list means any of unless it says otherwise.
#[derive(Debug, Default, InputObject)]
pub struct ProfileFilter {
    /// The handle or the name begins so.
    text: Option<String>,
    /// Has all of these skills: ids of tags.
    skills: Option<Vec<ID>>,
    /// Is open to any of these.
    open_to: Option<Vec<OpenTo>>,
    /// Is in this country.
    country: Option<CountryCode>,
}

/// What profiles can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ProfileOrderField {
    /// The name, without regard to case.
    Name,
    /// When they joined.
    Joined,
    /// How many follow them.
    Followers,
}

/// How to order profiles; ties are broken by id.
#[derive(Debug, InputObject)]
pub struct ProfileOrder {
    /// What by.
    field: ProfileOrderField,
    /// Which end comes first.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

/// The members' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "MemberQuery")]
impl Query {
    /// One profile; null if there is none that you may see.
    async fn profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: ProfileBy,
    ) -> Option<Result<Profile>> {
        let found = match by {
            ProfileBy::Id(id) => ctx.loaders().of::<Loaders>().by_id(decode("profile", &id)?).await,
            ProfileBy::Handle(handle) => {
                service::by_handle(ctx.cx(), &handle).await.map(|row| row.map(Into::into))
            }
        };
        found.map(|row| row.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// The member directory; the newest first unless it is told otherwise.
    async fn profiles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to list.")] filter: Option<ProfileFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ProfileOrder>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ProfileConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let skills = filter.skills.unwrap_or_default();
        let filter = Filter {
            text: filter.text,
            // An id that names no tag is a skill that nobody has.
            skills: skills.iter().map(|id| decode("tag", id).unwrap_or_default()).collect(),
            open_to: filter.open_to.unwrap_or_default(),
            country: filter.country.map(|country| country.0),
        };
        let (field, direction) = match order_by {
            None => (OrderBy::Joined, Order::Desc),
            Some(ProfileOrder { field, direction }) => (field.into(), direction.into()),
        };
        let page = service::directory(ctx.cx(), filter, field, direction, &ask).await?;
        Ok(ProfileConnection(page.map(|row| Profile::listed(row.into()))))
    }
}

impl From<ProfileOrderField> for OrderBy {
    fn from(field: ProfileOrderField) -> Self {
        match field {
            ProfileOrderField::Name => Self::Name,
            ProfileOrderField::Joined => Self::Joined,
            ProfileOrderField::Followers => Self::Followers,
        }
    }
}
