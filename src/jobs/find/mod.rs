//! Finding postings: what they are narrowed and ordered by, the counts beside them, and the words that were found.

mod counting;
mod facets;
mod filter;
mod input;
mod kept;
mod list;
mod loaders;
mod marks;
mod order;
mod query;
mod quick;
mod ranked;
mod types;

pub use self::types::of_organization;
pub use self::{
    facets::{Counts, facets},
    filter::{Filter, Floor},
    input::{JobFilter, JobOrder, JobOrderField, SalaryFloor},
    list::{Fits, count, fits, page, place},
    loaders::Loaders as FindLoaders,
    order::{Field, Order},
    query::FindQuery,
    types::{JobConnection, JobEdge, JobFacets},
};
