use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::{Row, Rows};
use crate::{
    entity::{
        application_assignee, application_item, hiring_stage, job, portfolio_item,
        profile::{self, Face},
    },
    graph::{Batch, Batched, many, one},
    members, portfolio, sql,
};

pub(super) struct JobOf;

impl BatchFn<Uuid, Batched<Row<job::Model>>> for Batch<JobOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<job::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), job::Column::Id, ids);
        let rows = job::Entity::find().filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

pub(super) struct StageOf;

impl BatchFn<Uuid, Batched<Row<hiring_stage::Model>>> for Batch<StageOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<hiring_stage::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), hiring_stage::Column::Id, ids);
        let rows = hiring_stage::Entity::find().filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

pub(super) struct Faces;

impl BatchFn<Uuid, Batched<Row<Face>>> for Batch<Faces> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<Face>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), profile::Column::Id, ids);
        let rows = sql::shaped::<Face>(cx.db, members::service::visible(cx).filter(these)).await;
        one(ids, rows, |face| face.id)
    }
}

pub(super) struct ItemsOf;

impl BatchFn<Uuid, Batched<Rows<portfolio_item::Model>>> for Batch<ItemsOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Rows<portfolio_item::Model>>> {
        use application_item::Column::{ApplicationId, PortfolioItemId, Position};
        let cx = self.execution.cx();
        let seen = portfolio::service::visible(cx).select_only().column(portfolio_item::Column::Id);
        let rows = application_item::Entity::find()
            .filter(sql::key_in(cx.backend(), ApplicationId, ids))
            .filter(PortfolioItemId.in_subquery(seen.into_query()))
            .order_by_asc(Position);
        let key = portfolio_item::Column::Id;
        let rows = sql::with_one::<application_item::Model, portfolio_item::Model>(
            rows,
            PortfolioItemId,
            key,
        );
        let rows = sql::pairs::<application_item::Model, portfolio_item::Model>(cx.db, &rows).await;
        many(ids, rows, |(shown, item)| (shown.application_id, Arc::new(item)))
    }
}

pub(super) struct AssigneesOf;

impl BatchFn<Uuid, Batched<Rows<Face>>> for Batch<AssigneesOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Rows<Face>>> {
        use application_assignee::Column::{ApplicationId, ProfileId};
        let cx = self.execution.cx();
        // Who hires for the organization no more looks after nothing of it.
        let hires = "EXISTS (SELECT 1 FROM application a JOIN job j ON j.id = a.job_id \
            JOIN organization_member m ON m.organization_id = j.organization_id \
            WHERE a.id = application_assignee.application_id \
            AND m.profile_id = application_assignee.profile_id AND m.role IN ('moderator', 'owner'))";
        let rows = application_assignee::Entity::find()
            .filter(sql::key_in(cx.backend(), ApplicationId, ids))
            .filter(sql::custom(cx.backend(), hires, &[]))
            .filter(members::policy::visible_to(cx.actor));
        let mut rows = sql::with_one::<application_assignee::Model, Face>(
            rows,
            ProfileId,
            profile::Column::Id,
        );
        rows.order_by((profile::Entity, profile::Column::Handle), Order::Asc);
        let rows = sql::pairs::<application_assignee::Model, Face>(cx.db, &rows).await;
        many(ids, rows, |(row, face)| (row.application_id, Arc::new(face)))
    }
}
