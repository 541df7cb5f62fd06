use std::collections::HashMap;

use dataloader::BatchFn;
use uuid::Uuid;

use crate::{
    graph::{Batch, Batched, fail},
    streams,
};

pub(super) struct Reached;

impl BatchFn<Uuid, Batched<i64>> for Batch<Reached> {
    async fn load(&mut self, posts: &[Uuid]) -> HashMap<Uuid, Batched<i64>> {
        match streams::reached(self.execution.cx().db, posts).await {
            Err(error) => fail(posts, &error),
            Ok(found) => {
                let found: HashMap<Uuid, i64> = found.into_iter().collect();
                let of = |post: &Uuid| found.get(post).copied().unwrap_or_default();
                posts.iter().map(|post| (*post, Ok(of(post)))).collect()
            }
        }
    }
}
