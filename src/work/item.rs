use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use metrics::{counter, histogram};

use super::Crew;
use crate::{
    Error, Result,
    app::App,
    entity::work_item,
    queue::{self, Backoff, Failed, Handler, Held, Job, Outcome, Queue},
};

/// When to look again whether somebody knows what is to be done.
const UNKNOWN: TimeDelta = TimeDelta::minutes(1);

/// How a run ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// Well: the item is to be deleted.
    Done,
    /// It is to be run again then.
    Again(DateTime<Utc>),
    /// It failed, for this reason; and whether it is to be parked at once.
    Failed { why: String, park: bool, backoff: Backoff },
}

/// Does what an item asks for.
pub(super) async fn run(app: Arc<App>, crew: &Crew, item: work_item::Model) -> Ended {
    let Some(handler) = crew.handler(&item.kind) else {
        // A newer server wrote it, and will do it.
        tracing::warn!(kind = item.kind, "nobody here knows how to do this background work");
        return Ended::Again(app.clock.now() + UNKNOWN);
    };
    let Handler { kind, run } = handler;
    let begun = Instant::now();
    let job = Job { app, item };
    let running = AssertUnwindSafe(async move { run(job).await }).catch_unwind();
    let ended = tokio::time::timeout(kind.limit, running).await;
    histogram!("guildhall_work_seconds", "kind" => kind.name).record(begun.elapsed());
    let (why, park) = match ended {
        Ok(Ok(Ok(Outcome::Done))) => {
            count(kind.name, "done");
            return Ended::Done;
        }
        Ok(Ok(Ok(Outcome::Again(at)))) => {
            count(kind.name, "later");
            return Ended::Again(at);
        }
        Ok(Ok(Ok(Outcome::Park(why)))) => (why, true),
        Ok(Ok(Err(error))) => (words(&error), false),
        Ok(Err(_)) => ("it panicked: the log says where".to_owned(), false),
        Err(_) => (format!("it took longer than {:?}", kind.limit), false),
    };
    Ended::Failed { why, park, backoff: kind.backoff }
}

/// Counts how a run ended; kinds are those that this server knows, so they are few.
fn count(kind: &'static str, outcome: &'static str) {
    counter!("guildhall_work_total", "kind" => kind, "outcome" => outcome).increment(1);
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
    crew: &Crew,
    item: &work_item::Model,
    ended: &Ended,
) -> Result<()> {
    let (id, kind, attempt) = (item.id, &item.kind, item.attempts);
    let held: Vec<Held> = Held::of(item).into_iter().collect();
    match ended {
        Ended::Done => queue::done(app, &held).await,
        Ended::Again(at) => queue::give_back(app, &held, *at).await,
        Ended::Failed { why, park, backoff } => {
            let failed = queue::failed(app, item, why, (*park, *backoff)).await?;
            let outcome = match failed {
                Failed::Parked => {
                    tracing::error!(item = %id, kind, attempt, why, "background work is given up");
                    "parked"
                }
                Failed::Again => {
                    tracing::warn!(item = %id, kind, attempt, why, "background work is tried again");
                    "failed"
                }
                Failed::Lost => "lost",
            };
            if let Some(handler) = crew.handler(kind) {
                count(handler.kind.name, outcome);
            }
            Ok(())
        }
    }
}

/// Does everything that is due now, one by one, and what comes of it; answers how many items were run. What fails
/// waits for its next try, which is not now.
pub async fn drain(app: &Arc<App>) -> Result<usize> {
    drain_with(app, &Crew::of_server()).await
}

/// The same by others than the slices' own.
pub async fn drain_with(app: &Arc<App>, crew: &Crew) -> Result<usize> {
    let mut count = 0;
    loop {
        let before = count;
        for queue in Queue::ALL {
            for item in queue::claim(app, queue, 100).await? {
                let ended = run(app.clone(), crew, item.clone()).await;
                settle(app, crew, &item, &ended).await?;
                count += 1;
            }
        }
        if count == before {
            return Ok(count);
        }
    }
}
