use std::sync::Arc;

use async_graphql::{Context, InputType, Object, SimpleObject, Value};
use uuid::Uuid;

use super::{Counts, Filter, JobFilter, facets, loaders::Loaders};
use crate::{
    entity::job,
    graph::{ContextExt, Facet, Html, PageInfo, Result, encode, lane, lane_above},
    jobs::Job,
    page::{Ask, Page, Place},
};

/// A page of jobs.
#[derive(Debug)]
pub struct JobConnection {
    page: Page<Job>,
    filter: Arc<Filter>,
    has_facets: bool,
}

impl JobConnection {
    /// The page that a filter found.
    pub(crate) fn found(page: Page<Arc<job::Model>>, filter: Filter) -> Self {
        Self { page: page.map(Job), filter: Arc::new(filter), has_facets: true }
    }

    /// The page of one of many lists, which no facets are counted for.
    pub(crate) fn of_many(page: Page<Arc<job::Model>>, filter: Filter) -> Self {
        Self { has_facets: false, ..Self::found(page, filter) }
    }
}

/// A page of jobs.
#[Object]
impl JobConnection {
    /// The jobs on the page, each with its cursor.
    async fn edges(&self) -> Vec<JobEdge<'_>> {
        let edge = |(place, node)| JobEdge { place, node, filter: &self.filter };
        self.page.items.iter().map(|(place, node)| edge((place, node))).collect()
    }

    /// The jobs on the page.
    async fn nodes(&self) -> Vec<&Job> {
        self.page.items.iter().map(|(_, node)| node).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        (&self.page).into()
    }

    /// Counts under the same filter, each facet without its own choice. Without any filter they are up to ten seconds
    /// old. Only of the root's `jobs`; null in lists that stand on other things.
    async fn facets(&self, ctx: &Context<'_>) -> Option<Result<JobFacets>> {
        if !self.has_facets {
            return None;
        }
        let counts = facets(ctx.cx(), &self.filter).await;
        Some(counts.map(JobFacets::from).map_err(Into::into))
    }
}

/// One of the jobs on a page.
#[derive(Debug)]
pub struct JobEdge<'a> {
    place: &'a Place,
    node: &'a Job,
    filter: &'a Filter,
}

/// One of the jobs on a page.
#[Object]
impl JobEdge<'_> {
    /// Its place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// The job.
    async fn node(&self) -> &Job {
        self.node
    }

    /// A part of its text with the words that were looked for in `<mark>`; null without words.
    async fn highlight(&self, ctx: &Context<'_>) -> Option<Result<Html>> {
        let words = self.filter.words()?;
        let loaders = ctx.loaders().of::<Loaders>();
        let html = loaders.marked(self.node.0.id, words, lane(ctx)).await;
        Some(html.map(Html).map_err(Into::into))
    }
}

/// Counts for the filter column, the most frequent first; what nothing has is left out.
#[derive(Debug, SimpleObject)]
pub struct JobFacets {
    /// By how one is employed.
    employment: Vec<Facet>,
    /// By how much experience is asked.
    seniority: Vec<Facet>,
    /// By where the work happens.
    workplace: Vec<Facet>,
    /// By country.
    country: Vec<Facet>,
    /// By skill, the 20 most frequent; the key is the name of a tag.
    skill: Vec<Facet>,
    /// By organization, the 20 most frequent; the key is its id.
    organization: Vec<Facet>,
}

fn count(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// A value of an enum by its name in the graph.
fn named(name: String, n: i64) -> Facet {
    let words = name.replace('_', " ").to_lowercase();
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let label = first.into_iter().chain(letters).collect();
    Facet { key: name, label, count: count(n) }
}

impl From<Counts> for JobFacets {
    fn from(counts: Counts) -> Self {
        let kept = |(name, n): (String, i64)| named(name.to_uppercase(), n);
        let country = |(code, n): (String, i64)| {
            let name = rust_iso3166::from_alpha2(&code).map(|country| country.name.to_owned());
            Facet { label: name.unwrap_or_else(|| code.clone()), key: code, count: count(n) }
        };
        let employment = counts.employment.into_iter().map(|(kind, n)| match kind.to_value() {
            Value::Enum(name) => named(name.to_string(), n),
            _ => named(String::new(), n),
        });
        let organization = |(key, label, n): (String, String, i64)| {
            let key = Uuid::parse_str(&key).unwrap_or_default();
            Facet { key: encode("organization", key).to_string(), label, count: count(n) }
        };
        let skill = |(key, label, n)| Facet { key, label, count: count(n) };
        Self {
            employment: employment.collect(),
            seniority: counts.seniority.into_iter().map(kept).collect(),
            workplace: counts.workplace.into_iter().map(kept).collect(),
            country: counts.country.into_iter().map(country).collect(),
            skill: counts.skill.into_iter().map(skill).collect(),
            organization: counts.organization.into_iter().map(organization).collect(),
        }
    }
}

/// The postings of an organization, the newest first: all organizations of a list in one statement. Drafts are not
/// among them.
pub async fn of_organization(
    ctx: &Context<'_>,
    organization: Uuid,
    filter: Option<JobFilter>,
    first: i32,
    after: Option<String>,
) -> Result<JobConnection> {
    let ask = Ask::new(first, after.as_deref())?;
    let filter = filter.unwrap_or_default().read()?;
    let loaders = ctx.loaders().of::<Loaders>();
    let page = loaders.of_organization(organization, filter.clone(), ask, lane_above(ctx)).await?;
    Ok(JobConnection::of_many((*page).clone(), filter))
}
