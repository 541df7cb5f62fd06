//! What pages ask of organizations, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::service;
use crate::{
    Result,
    entity::{
        organization,
        organization_member::{self, Column},
        profile::{self, Face},
    },
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, alike, answer, ask, loader, one},
    members,
    page::{Ask, By, Page, Place},
    sql::{self, OfEach},
};

type Row = Option<Arc<organization::Model>>;
type Standing = Option<Arc<organization_member::Model>>;
/// Those who belong to an organization, with what they are there.
pub(super) type Belonging = (organization_member::Model, Arc<Face>);
type Members = Arc<Page<Belonging>>;
type Key = (Uuid, Ask);

/// What is asked of organizations that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row>, Batch<ById>>,
    standing: Loader<Uuid, Batched<Standing>, Batch<StandingIn>>,
    members: Loader<Key, Batched<Members>, Batch<MembersOf>>,
}

/// The loaders of organizations; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            standing: loader(execution, StandingIn),
            members: loader(execution, MembersOf),
        }
    }
}

impl Loaders {
    /// The row of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid, lane: u64) -> Result<Row> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// What the actor is in an organization.
    pub async fn role(
        &self,
        organization: Uuid,
        lane: u64,
    ) -> Result<Option<organization_member::Role>> {
        let at = self.0.at(lane);
        let standing = Box::pin(ask(&at.standing, organization)).await?;
        Ok(standing.map(|standing| standing.role))
    }

    /// A page of those who belong to an organization and whom the actor may see.
    pub async fn members(&self, organization: Uuid, page: Ask, lane: u64) -> Result<Members> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.members, (organization, page))).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), organization::Column::Id, ids);
        let rows = service::visible(cx).filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct StandingIn;

impl BatchFn<Uuid, Batched<Standing>> for Batch<StandingIn> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Standing>> {
        let cx = self.execution.cx();
        let key = |row: &organization_member::Model| row.organization_id;
        let Some(me) = cx.actor.id() else { return one(ids, Ok(Vec::new()), key) };
        let rows = organization_member::Entity::find()
            .filter(Column::ProfileId.eq(me))
            .filter(sql::key_in(cx.backend(), Column::OrganizationId, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), key)
    }
}

struct MembersOf;

impl BatchFn<Key, Batched<Members>> for Batch<MembersOf> {
    async fn load(&mut self, keys: &[Key]) -> HashMap<Key, Batched<Members>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (ask, organizations) in alike(keys) {
            let found = members_of(&self.execution, &organizations, &ask).await;
            answer(&mut answers, &ask, &organizations, found);
        }
        answers
    }
}

async fn members_of(
    execution: &Execution,
    organizations: &[Uuid],
    ask: &Ask,
) -> Result<Vec<(Uuid, Members)>> {
    let cx = execution.cx();
    let seen = members::service::visible(cx).select_only().column(profile::Column::Id);
    let rows = OfEach {
        rows: organization_member::Entity::find()
            .filter(Column::ProfileId.in_subquery(seen.into_query())),
        parent: Column::OrganizationId,
        parents: organizations,
        key: Column::ProfileId,
        by: &By::oldest(Column::ProfileId),
        ask,
    };
    let to = (Column::ProfileId, profile::Column::Id);
    let rows = rows.with_one::<organization_member::Model, Face>(cx.db, to.0, to.1).await?;
    let pages = Page::of_each(
        organizations,
        rows,
        ask,
        |(row, _)| row.organization_id,
        |(row, _)| Place::key(row.profile_id),
    );
    let share = |page: Page<(_, Face)>| Arc::new(page.map(|(row, face)| (row, Arc::new(face))));
    Ok(pages.into_iter().map(|(id, page)| (id, share(page))).collect())
}
