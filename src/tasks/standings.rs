//! Boards with what the actor is there, for pages that show what may be done on them, in batches.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Context;
use dataloader::BatchFn;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::policy;
use crate::{
    Result,
    boards::service::{self as boards, Standing},
    entity::{board, board_member},
    graph::{Batch, Batched, ContextExt, Execution, Loader, LoaderSet, ask, loader, one},
    sql,
};

type Found = Option<Arc<Standing>>;
type Lane = Arc<Loader<Uuid, Batched<Found>, Batch<ByBoard>>>;

/// The loaders of boards with what the actor is there; each place of the answer (`lane`) has its own.
pub struct Standings {
    execution: Arc<Execution>,
    lanes: Mutex<HashMap<u64, Lane>>,
}

impl LoaderSet for Standings {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { execution: execution.clone(), lanes: Mutex::default() }
    }
}

impl Standings {
    /// The board of this key and what the actor is there, if they may see it.
    pub async fn of(&self, board: Uuid, lane: u64) -> Result<Found> {
        let lane = {
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(loader(&self.execution, ByBoard));
            lanes.entry(lane).or_insert_with(new).clone()
        };
        Box::pin(ask(&lane, board)).await
    }
}

/// Whether the caller may join what is said about the tasks of a board.
pub(crate) async fn may_join(ctx: &Context<'_>, board: Uuid, lane: u64) -> Result<bool> {
    let cx = ctx.cx();
    let found = ctx.loaders().of::<Standings>().of(board, lane).await?;
    Ok(found.is_some_and(|at| policy::join(cx.actor, &at.board, at.role).is_ok()))
}

struct ByBoard;

impl BatchFn<Uuid, Batched<Found>> for Batch<ByBoard> {
    async fn load(&mut self, keys: &[Uuid]) -> HashMap<Uuid, Batched<Found>> {
        one(keys, standings(&self.execution, keys).await, |found| found.board.id)
    }
}

async fn standings(execution: &Execution, keys: &[Uuid]) -> Result<Vec<Standing>> {
    use board_member::Column::{BoardId, ProfileId, Role};
    let cx = execution.cx();
    let these = sql::key_in(cx.backend(), board::Column::Id, keys);
    let boards = boards::visible(cx).filter(these).all(cx.db).await?;
    let roles: Vec<(Uuid, board_member::Role)> = match cx.actor.id() {
        None => Vec::new(),
        Some(me) => {
            let rows = board_member::Entity::find().select_only().columns([BoardId, Role]);
            let rows = rows.filter(ProfileId.eq(me));
            let rows = rows.filter(sql::key_in(cx.backend(), BoardId, keys));
            rows.into_tuple().all(cx.db).await?
        }
    };
    let roles: HashMap<Uuid, board_member::Role> = roles.into_iter().collect();
    let standing = |board: board::Model| Standing { role: roles.get(&board.id).copied(), board };
    Ok(boards.into_iter().map(standing).collect())
}
