//! What the operator's monitoring sees of the queues, whoever works.

use std::{sync::Arc, time::Duration};

use metrics::gauge;
use sea_orm::{ConnectionTrait as _, prelude::DateTimeUtc};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{Result, app::App, queue::Queue, sql};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(15);
/// Items that are counted, at most: a longer queue is as bad.
const COUNTED: i64 = 10_000;

/// How full a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// The queue.
    pub queue: Queue,
    /// Items that are due and wait; at most 10,000.
    pub waiting: i64,
    /// Seconds for which the first of them waits; 0 when none does.
    pub oldest: i64,
}

/// How full the queues are: a few steps into an index each, and as many as wait.
pub async fn look(app: &App) -> Result<Vec<Gauges>> {
    let mut all = Vec::with_capacity(Queue::ALL.len());
    let now = app.clock.now();
    for queue in Queue::ALL {
        let text = "SELECT COUNT(*), MIN(run_at) FROM (SELECT run_at FROM work_item \
            WHERE queue = $1 AND state = 'queued' AND run_at <= $2 ORDER BY run_at, id LIMIT $3) AS due";
        let values = [queue.name().into(), now.into(), COUNTED.into()];
        let statement = sql::statement(app.db.backend(), text, values);
        let row = app.db.read.query_one_raw(statement).await?;
        let (waiting, first) = match row {
            Some(row) => {
                (row.try_get_by_index(0)?, row.try_get_by_index::<Option<DateTimeUtc>>(1)?)
            }
            None => (0, None),
        };
        let oldest = first.map_or(0, |first| (now - first).num_seconds());
        all.push(Gauges { queue, waiting, oldest });
    }
    Ok(all)
}

/// Looks now and then until `stop`.
pub async fn watch(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        match look(&app).await {
            Ok(all) => all.into_iter().for_each(show),
            Err(error) => tracing::warn!(%error, "can't look how much background work waits"),
        }
    }
}

fn show(of: Gauges) {
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    gauge!("guildhall_work_waiting", "queue" => of.queue.name()).set(count(of.waiting));
    gauge!("guildhall_work_oldest_seconds", "queue" => of.queue.name()).set(count(of.oldest));
}
