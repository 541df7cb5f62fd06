//! Writing all documents anew, for a database that is older than the search box.

use std::time::Duration;

use super::service;
use crate::{
    Result,
    app::App,
    cx::Hand,
    queue::{self, Backoff, Handler, Kind, NewItem, Outcome, Queue},
};

/// Writes all documents anew.
static REBUILD: Kind = Kind {
    name: "search.rebuild",
    queue: Queue::Upkeep,
    tries: 5,
    backoff: Backoff::USUAL,
    limit: Duration::from_secs(6 * 3600),
};

/// Its handlers.
pub const HANDLERS: &[Handler] = &[Handler {
    kind: &REBUILD,
    run: |job| {
        Box::pin(async move { service::rebuild(&job.app, &|_| ()).await.map(|_| Outcome::Done) })
    },
}];

/// Asks for all documents to be written anew when there are none, though there are members: to be called at the start.
/// Answers whether it did.
pub async fn prepare(app: &App) -> Result<bool> {
    if !service::is_missing(app).await? {
        return Ok(false);
    }
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    let item = NewItem::new(&REBUILD, &())?.once("search.rebuild");
    queue::add(cx, &tx, item).await?;
    tx.commit().await?;
    Ok(true)
}
