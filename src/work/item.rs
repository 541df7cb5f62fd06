use std::{panic::AssertUnwindSafe, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::registry;
use crate::{
    Error, Result,
    app::App,
    entity::work_item,
    queue::{self, Backoff, Handler, Job, Outcome, Queue},
};

/// How a run ended.
pub(super) enum Ended {
    /// Well: the item is to be deleted.
    Done,
    /// It is to be run again then.
    Again(DateTime<Utc>),
    /// It failed, for this reason; and whether it is to be parked at once.
    Failed { why: String, park: bool, backoff: Backoff },
}

/// Does what an item asks for.
pub(super) async fn run(app: Arc<App>, item: work_item::Model) -> Ended {
    let Some(handler) = registry::handler(&item.kind) else {
        // A newer server wrote it, and will do it.
        return Ended::Again(app.clock.now() + chrono::TimeDelta::minutes(1));
    };
    let Handler { kind, run } = handler;
    let job = Job { app, item };
    let running = AssertUnwindSafe(async move { run(job).await }).catch_unwind();
    let (why, park) = match tokio::time::timeout(kind.limit, running).await {
        Ok(Ok(Ok(Outcome::Done))) => return Ended::Done,
        Ok(Ok(Ok(Outcome::Again(at)))) => return Ended::Again(at),
        Ok(Ok(Ok(Outcome::Park(why)))) => (why, true),
        Ok(Ok(Err(error))) => (words(&error), false),
        Ok(Err(_)) => ("it panicked: the log says where".to_owned(), false),
        Err(_) => (format!("it took longer than {:?}", kind.limit), false),
    };
    Ended::Failed { why, park, backoff: kind.backoff }
}

/// Why a run failed, for staff: what a client of the graph would never be told.
fn words(error: &Error) -> String {
    match error {
        Error::Internal(source) => source.to_string(),
        other => other.to_string(),
    }
}

/// Writes down how a run ended.
pub(super) async fn settle(
    app: &App,
    worker: Uuid,
    item: &work_item::Model,
    ended: Ended,
) -> Result<()> {
    let (id, kind, attempt) = (item.id, &item.kind, item.attempts);
    match ended {
        Ended::Done => queue::done(app, worker, &[id]).await,
        Ended::Again(at) => queue::give_back(app, worker, &[id], at).await,
        Ended::Failed { why, park, backoff } => {
            let parked = queue::failed(app, worker, item, &why, (park, backoff)).await?;
            if parked {
                tracing::error!(item = %id, kind, attempt, why, "background work is given up");
            } else {
                tracing::warn!(item = %id, kind, attempt, why, "background work is tried again");
            }
            Ok(())
        }
    }
}

/// Does everything that is due now, one by one, and what comes of it; answers how many items were run. What fails
/// waits for its next try, which is not now.
pub async fn drain(app: &Arc<App>) -> Result<usize> {
    let worker = app.clock.key();
    let mut count = 0;
    loop {
        let before = count;
        for queue in Queue::ALL {
            for item in queue::claim(app, queue, worker, 100).await? {
                let ended = run(app.clone(), item.clone()).await;
                settle(app, worker, &item, ended).await?;
                count += 1;
            }
        }
        if count == before {
            return Ok(count);
        }
    }
}
