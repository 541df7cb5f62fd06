use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::{Filter, list, marks};
use crate::{
    Result,
    entity::job,
    graph::{
        Batch, Batched, Execution, Lanes, Loader, LoaderSet, alike, answer, ask, fail, loader,
    },
    page::{Ask, Page},
    sql,
};

type Found = Arc<Page<Arc<job::Model>>>;
type Which = (Uuid, (Filter, Ask));

/// What is asked of lists of postings that stand in one place of the answer.
struct At {
    marked: Loader<(Uuid, String), Batched<String>, Batch<Marked>>,
    of_organization: Loader<Which, Batched<Found>, Batch<OfOrganization>>,
}

/// The loaders of lists of postings; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            marked: loader(execution, Marked),
            of_organization: loader(execution, OfOrganization),
        }
    }
}

impl Loaders {
    /// A part of what is found of a posting, with these words marked: HTML.
    pub async fn marked(&self, job: Uuid, words: &str, lane: u64) -> Result<String> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.marked, (job, words.to_owned()))).await
    }

    /// A page of an organization's postings that fit.
    pub async fn of_organization(
        &self,
        organization: Uuid,
        filter: Filter,
        page: Ask,
        lane: u64,
    ) -> Result<Found> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.of_organization, (organization, (filter, page)))).await
    }
}

struct Marked;

impl BatchFn<(Uuid, String), Batched<String>> for Batch<Marked> {
    async fn load(&mut self, keys: &[(Uuid, String)]) -> HashMap<(Uuid, String), Batched<String>> {
        let ids: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
        match documents(&self.execution, &ids).await {
            Err(error) => fail(keys, &error),
            Ok(found) => {
                let mark = |(id, words): &(Uuid, String)| {
                    let (title, body) = found.get(id).cloned().unwrap_or_default();
                    marks::marked(&title, &body, words)
                };
                keys.iter().map(|key| (key.clone(), Ok(mark(key)))).collect()
            }
        }
    }
}

/// The title, and the first 20,000 characters of the body, of what is found of postings that the actor found.
async fn documents(execution: &Execution, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, String)>> {
    let cx = execution.cx();
    let text = format!(
        "SELECT d.subject, d.title, substr(d.body, 1, 20000) FROM search_document d WHERE {}",
        sql::among(cx.backend(), "d.subject", 1)
    );
    let values = [sql::keys(cx.backend(), ids)];
    let rows = cx.db.query_all_raw(sql::statement(cx.backend(), text, values)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let text = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        found.insert(row.try_get_by_index(0)?, text);
    }
    Ok(found)
}

struct OfOrganization;

impl BatchFn<Which, Batched<Found>> for Batch<OfOrganization> {
    async fn load(&mut self, keys: &[Which]) -> HashMap<Which, Batched<Found>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (asked, organizations) in alike(keys) {
            let (filter, page) = &asked;
            let cx = self.execution.cx();
            let found = list::of_organizations(cx, &organizations, filter, page).await;
            let found = found
                .map(|pages| pages.into_iter().map(|(id, page)| (id, Arc::new(page))).collect());
            answer(&mut answers, &asked, &organizations, found);
        }
        answers
    }
}
