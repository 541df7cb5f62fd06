use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{QueryOrder as _, prelude::*};
use uuid::Uuid;

use crate::{
    Result,
    entity::{email, email_attempt, suppression},
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, many, one},
    mail::policy,
    sql,
};

type One<M> = Batched<Option<Arc<M>>>;
type Many<M> = Batched<Arc<Vec<M>>>;

/// Mails by what other types know of them.
pub struct OutboxLoaders {
    emails: Loader<Uuid, One<email::Model>, Batch<Emails>>,
    attempts: Loader<Uuid, Many<email_attempt::Model>, Batch<AttemptsOf>>,
    suppressions: Loader<Uuid, One<suppression::Model>, Batch<Suppressions>>,
}

impl LoaderSet for OutboxLoaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            emails: loader(execution, Emails),
            attempts: loader(execution, AttemptsOf),
            suppressions: loader(execution, Suppressions),
        }
    }
}

impl OutboxLoaders {
    /// A mail; `None` if there is none that the actor may see.
    pub async fn email(&self, id: Uuid) -> Result<Option<Arc<email::Model>>> {
        Box::pin(ask(&self.emails, id)).await
    }

    /// The attempts to send a mail that was shown, the first first.
    pub async fn attempts(&self, email: Uuid) -> Result<Arc<Vec<email_attempt::Model>>> {
        Box::pin(ask(&self.attempts, email)).await
    }

    /// An address that gets no mail; `None` if there is none that the actor may see.
    pub async fn suppression(&self, id: Uuid) -> Result<Option<Arc<suppression::Model>>> {
        Box::pin(ask(&self.suppressions, id)).await
    }
}

impl std::fmt::Debug for OutboxLoaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxLoaders").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Emails;

impl BatchFn<Uuid, One<email::Model>> for Batch<Emails> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<email::Model>> {
        let cx = self.execution.cx();
        let rows = email::Entity::find()
            .filter(sql::key_in(cx.backend(), email::Column::Id, ids))
            .filter(policy::outbox_visible_to(cx.actor))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |email| email.id)
    }
}

#[derive(Debug)]
struct AttemptsOf;

impl BatchFn<Uuid, Many<email_attempt::Model>> for Batch<AttemptsOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Many<email_attempt::Model>> {
        let cx = self.execution.cx();
        let rows = email_attempt::Entity::find()
            .filter(sql::key_in(cx.backend(), email_attempt::Column::EmailId, ids))
            .order_by_asc(email_attempt::Column::Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |attempt| (attempt.email_id, attempt))
    }
}

#[derive(Debug)]
struct Suppressions;

impl BatchFn<Uuid, One<suppression::Model>> for Batch<Suppressions> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<suppression::Model>> {
        let cx = self.execution.cx();
        let rows = suppression::Entity::find()
            .filter(sql::key_in(cx.backend(), suppression::Column::Id, ids))
            .filter(policy::outbox_visible_to(cx.actor))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |suppression| suppression.id)
    }
}
