//! Files as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Loaders, service::On};

use crate::{
    clock::made_at,
    entity::{file, file_use::Place},
    graph::{ContextExt, DateTime, Result, encode, lane},
};

/// A stored file. A file that hangs on something is seen by whoever sees that thing.
#[derive(Clone, Debug)]
pub struct File(pub Arc<file::Model>);

impl File {
    /// The files in a place of something that the caller sees, in their order.
    pub async fn hung(ctx: &Context<'_>, on: On, place: Place) -> Result<Vec<Self>> {
        let loaders = ctx.loaders().of::<Loaders>();
        let files = loaders.hung_on(on, place, lane(ctx)).await?;
        Ok(files.iter().cloned().map(Self).collect())
    }

    /// The one file in a place that holds one.
    pub async fn one(ctx: &Context<'_>, on: On, place: Place) -> Option<Result<Self>> {
        let file = ctx.loaders().of::<Loaders>().one_on(on, place, lane(ctx)).await;
        file.map(|file| file.map(Self)).map_err(Into::into).transpose()
    }
}

/// A stored file. A file that hangs on something is seen by whoever sees that thing.
#[Object]
impl File {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("file", self.0.id)
    }

    /// As its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the bytes are, as they themselves tell: `image/png`.
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// Broadly what it is.
    async fn file_kind(&self) -> file::Kind {
        self.0.kind
    }

    /// What a picture shows, for who does not see it.
    async fn alt_text(&self) -> Option<&str> {
        self.0.alt_text.as_deref()
    }

    /// When it was stored.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }
}
