//! All bytes came: they become a file.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::Expr,
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{drop_parts, fail, free, locked, parts, take_parts, ticket, told};
use crate::{
    Cx, Error, Result,
    app::App,
    cx::Hand,
    entity::upload::{self, Column, State},
    files::service::{
        NewFile, blob,
        keep::{self, Looked},
        source::Source,
        storage as counters,
    },
};

/// For how long one server makes a file of an upload before another may take it up.
const LEASE: TimeDelta = TimeDelta::seconds(20);
/// How often the lease is prolonged while it works.
const BEAT: Duration = Duration::from_secs(5);
/// How often who waits for another server looks.
const LOOK: Duration = Duration::from_millis(500);
/// Files that are made at a time.
static PLACES: Semaphore = Semaphore::const_new(4);

/// Makes the file of an upload whose bytes all came, unless somebody does; answers the upload as it is then. It may be
/// called again and again, by any server; whoever is cut off in the middle leaves nothing that another can't take up.
pub async fn finish(app: Arc<App>, id: Uuid) -> Result<Option<upload::Model>> {
    if !lease(&app, id).await? {
        return Ok(upload::Entity::find_by_id(id).one(app.db.fresh()).await?);
    }
    let made = tokio::select! {
        made = make(&app, id) => made,
        never = beat(&app, id) => match never {},
    };
    if made.is_err() {
        // Not the upload's fault: it is tried again, by us or another.
        unlease(&app, id).await?;
    }
    made
}

/// [`finish`], and waits while another server makes the file. Who no longer waits stops nothing.
pub async fn settled(app: &Arc<App>, id: Uuid) -> Result<Option<upload::Model>> {
    loop {
        let made = tokio::spawn(finish(app.clone(), id)).await.map_err(Error::internal)??;
        if made.as_ref().is_none_or(|upload| upload.state != State::Processing) {
            return Ok(made);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Takes up the uploads whose bytes all came and of which nobody makes a file, because a server was killed perhaps. To be
/// called at the start, and every few seconds.
pub async fn resume(app: &Arc<App>) -> Result<()> {
    let waiting: Vec<Uuid> = upload::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_free(app))
        .limit(100)
        .into_tuple()
        .all(app.db.fresh())
        .await?;
    for id in waiting {
        if let Err(error) = finish(app.clone(), id).await {
            tracing::error!(%error, upload = %id, "an upload could not be made a file; it is tried again");
        }
    }
    Ok(())
}

fn is_free(app: &App) -> Condition {
    let free = Condition::any()
        .add(Column::LeasedUntil.is_null())
        .add(Column::LeasedUntil.lt(app.clock.now()));
    Condition::all().add(Column::State.eq(State::Processing)).add(free)
}

async fn lease(app: &App, id: Uuid) -> Result<bool> {
    let taken = upload::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(app.clock.now() + LEASE))
        .filter(Column::Id.eq(id))
        .filter(is_free(app))
        .exec(&app.db.write)
        .await?;
    Ok(taken.rows_affected > 0)
}

async fn unlease(app: &App, id: Uuid) -> Result<()> {
    upload::Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(app.clock.now() + LEASE / 4))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Processing))
        .exec(&app.db.write)
        .await?;
    Ok(())
}

/// Prolongs the lease, for as long as it is asked to.
async fn beat(app: &App, id: Uuid) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(BEAT).await;
        let prolonged = upload::Entity::update_many()
            .col_expr(Column::LeasedUntil, Expr::value(app.clock.now() + LEASE))
            .filter(Column::Id.eq(id))
            .filter(Column::State.eq(State::Processing))
            .exec(&app.db.write)
            .await;
        if let Err(error) = prolonged {
            tracing::warn!(%error, upload = %id, "can't prolong the lease of an upload");
        }
    }
}

async fn make(app: &App, id: Uuid) -> Result<Option<upload::Model>> {
    let _place = PLACES.acquire().await.map_err(Error::internal)?;
    let db = app.db.fresh();
    let Some(upload) = upload::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let size = |bytes: i64| u64::try_from(bytes).map_err(Error::internal);
    let parts: Result<Arc<[_]>> =
        parts(db, id).await?.iter().map(|part| Ok((part.id, size(part.size)?))).collect();
    let parts = parts?;
    if parts.iter().map(|(_, size)| size).sum::<u64>() != size(upload.size)? {
        return Err(Error::bug("the parts of an upload are not all of it"));
    }
    let hand = Hand::of(app, upload.owner_id);
    let cx = hand.cx(app);
    let announced = upload.sent_sha256.as_deref();
    let kept = match keep::look(app, Source::Parts(parts), announced, &[]).await {
        Ok(looked) => {
            let kept = keep(cx, &upload, &looked).await;
            if kept.is_err() {
                blob::forget(app, &looked.sha256).await?;
            }
            kept
        }
        Err(error) => Err(error),
    };
    match kept {
        Ok(()) => {}
        Err(Error::Refused(problems)) => {
            let words = problems.into_iter().next().map(|problem| problem.message);
            fail(cx, id, &words.unwrap_or_default()).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(upload::Entity::find_by_id(id).one(db).await?)
}

/// Keeps the bytes, and turns the upload into a file. One that was thrown away meanwhile becomes none.
async fn keep(cx: Cx<'_>, upload: &upload::Model, looked: &Looked) -> Result<()> {
    for _ in 0..keep::TRIES {
        keep::put(cx.app, looked).await?;
        let tx = cx.begin().await?;
        let now = locked(&tx, upload.id).await?;
        let Some(upload) = now.filter(|now| now.state == State::Processing) else {
            tx.rollback().await?;
            return blob::forget(cx.app, &looked.sha256).await;
        };
        counters::locked(&tx, upload.owner_id).await?;
        free(&tx, &upload).await?;
        let row = counters::locked(&tx, upload.owner_id).await?;
        // What it had reserved is free again; a picture may be kept in more bytes than it was sent in.
        counters::room(cx, &row, keep::bytes(looked.size)?, &[])?;
        let new = NewFile {
            name: upload.name.clone(),
            alt_text: upload.alt_text.clone(),
            visibility: upload.visibility,
        };
        let Some(file) = keep::write(cx.app, &tx, (cx.key(), upload.owner_id), new, looked).await?
        else {
            tx.rollback().await?;
            continue;
        };
        let parts = take_parts(&tx, upload.id).await?;
        let ready = upload::ActiveModel {
            id: Unchanged(upload.id),
            state: Set(State::Ready),
            file_id: Set(Some(file.id)),
            expires_at: Set(ticket::next_end(cx.app, upload.id)),
            leased_until: Set(None),
            ..Default::default()
        };
        ready.update(&tx).await?;
        told::changed(cx, tx, upload.id).await?;
        drop_parts(cx.app, parts).await;
        return Ok(());
    }
    Err(Error::bug("bytes are gone again and again"))
}
