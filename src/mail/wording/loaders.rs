use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    Result,
    entity::email_topic,
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, fail, loader, one},
    mail::{
        policy,
        service::{self, Subscription},
        words::Template,
    },
    sql,
};

/// The loaders of what mails say and who wants them.
pub struct WordsLoaders {
    template: Loader<Uuid, Batched<Option<Arc<Template>>>, Batch<Templates>>,
    topic: Loader<Uuid, Batched<Option<Arc<email_topic::Model>>>, Batch<Topics>>,
    chosen: Loader<String, Batched<Vec<Subscription>>, Batch<Chosen>>,
}

impl LoaderSet for WordsLoaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            template: loader(execution, Templates),
            topic: loader(execution, Topics),
            chosen: loader(execution, Chosen),
        }
    }
}

impl WordsLoaders {
    /// A template, for staff.
    pub async fn template(&self, id: Uuid) -> Result<Option<Arc<Template>>> {
        Box::pin(ask(&self.template, id)).await
    }

    /// A topic, for staff.
    pub async fn topic(&self, id: Uuid) -> Result<Option<Arc<email_topic::Model>>> {
        Box::pin(ask(&self.topic, id)).await
    }

    /// What the address of an account that was shown has chosen.
    pub async fn chosen(&self, email: &str) -> Result<Vec<Subscription>> {
        Box::pin(ask(&self.chosen, email.to_lowercase())).await
    }
}

struct Templates;

impl BatchFn<Uuid, Batched<Option<Arc<Template>>>> for Batch<Templates> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<Arc<Template>>>> {
        let cx = self.execution.cx();
        if policy::read_outbox(cx.actor).is_err() {
            return one(ids, Ok(Vec::new()), |template| template.id);
        }
        one(ids, service::by_ids(cx.db, ids).await, |template| template.id)
    }
}

struct Topics;

impl BatchFn<Uuid, Batched<Option<Arc<email_topic::Model>>>> for Batch<Topics> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Option<Arc<email_topic::Model>>>> {
        let cx = self.execution.cx();
        if policy::read_outbox(cx.actor).is_err() {
            return one(ids, Ok(Vec::new()), |topic| topic.id);
        }
        let rows = email_topic::Entity::find();
        let rows = rows.filter(sql::key_in(cx.backend(), email_topic::Column::Id, ids));
        let rows = rows.all(cx.db).await.map_err(Into::into);
        one(ids, rows, |topic: &email_topic::Model| topic.id)
    }
}

struct Chosen;

impl BatchFn<String, Batched<Vec<Subscription>>> for Batch<Chosen> {
    async fn load(&mut self, emails: &[String]) -> HashMap<String, Batched<Vec<Subscription>>> {
        match service::subscriptions(self.execution.cx().db, emails).await {
            Ok(found) => found.into_iter().map(|(email, chosen)| (email, Ok(chosen))).collect(),
            Err(error) => fail(emails, &error),
        }
    }
}
