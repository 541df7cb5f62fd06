mod abort;
mod finish;
mod receive;
mod start;
mod ticket;
/// What is told of uploads.
pub mod told;

pub use abort::{abort, terminate};
pub use finish::{finish, resume, settled};
pub use receive::{Checksum, Halt, PART, Receiving, still_open};
pub use start::{NewUpload, Started, announce, start};
pub use ticket::{at_ticket, path, url};

pub(super) use abort::{drop_streams, expired, remove_expired};

use futures_util::future::BoxFuture;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Actor, Cx, Error, Result,
    app::App,
    entity::{
        storage,
        upload::{self, Column, State},
        upload_part,
    },
    files::policy,
    page::{Ask, By, Page, Place},
};
use sea_orm::sea_query::{Expr, ExprTrait as _};

/// Uploads of one member on the way at a time.
pub const MOST: i32 = 20;

/// The actor's uploads, latest first.
pub async fn own(cx: Cx<'_>, ask: &Ask) -> Result<Page<upload::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = upload::Entity::find().filter(Column::OwnerId.eq(me));
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}

/// An upload as it is now, whoever asks.
pub async fn at(app: &App, id: Uuid) -> Result<Option<upload::Model>> {
    Ok(upload::Entity::find_by_id(id).one(app.db.fresh()).await?)
}

/// The upload that an id names, for who wants to follow it: its owner.
pub async fn heard(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let me = policy::read_own(cx.actor)?.id;
    let missing = || Error::not_found("upload");
    let id = id.ok_or_else(missing)?;
    let row = upload::Entity::find_by_id(id).filter(Column::OwnerId.eq(me)).one(cx.db).await?;
    row.map(|row| row.id).ok_or_else(missing)
}

/// Which of these actors may follow an upload: its owner, for as long as there is one.
pub fn hears<'a>(app: &'a App, id: Uuid, actors: &'a [Actor]) -> BoxFuture<'a, Result<Vec<bool>>> {
    Box::pin(async move {
        let owner: Option<Uuid> = upload::Entity::find_by_id(id)
            .select_only()
            .column(Column::OwnerId)
            .into_tuple()
            .one(app.db.fresh())
            .await?;
        let hears =
            |actor: &Actor| policy::read_own(actor).is_ok_and(|member| Some(member.id) == owner);
        Ok(actors.iter().map(hears).collect())
    })
}

/// The upload as it is now, locked for a change. Who locks it locks the owner's counters after it.
async fn locked(tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<upload::Model>> {
    Ok(upload::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// Whether it takes room in its owner's storage, and one of their places.
fn is_on_the_way(state: State) -> bool {
    matches!(state, State::Receiving | State::Processing)
}

/// Gives back what an upload on the way had reserved.
async fn free(tx: &impl ConnectionTrait, upload: &upload::Model) -> Result<()> {
    use storage::Column::{ProfileId, Reserved, UploadCount};
    storage::Entity::update_many()
        .col_expr(Reserved, Expr::col(Reserved).sub(upload.size))
        .col_expr(UploadCount, Expr::col(UploadCount).sub(1))
        .filter(ProfileId.eq(upload.owner_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The parts of an upload, in their order.
async fn parts(db: &impl ConnectionTrait, upload: Uuid) -> Result<Vec<upload_part::Model>> {
    let rows = upload_part::Entity::find().filter(upload_part::Column::UploadId.eq(upload));
    let rows = sea_orm::QueryOrder::order_by_asc(rows, upload_part::Column::Start);
    Ok(rows.all(db).await?)
}

/// Refuses an upload on the way for good: what it had reserved is given back, what was sent is deleted. False: it is on
/// the way no more.
async fn fail(cx: Cx<'_>, id: Uuid, words: &str) -> Result<bool> {
    let tx = cx.begin().await?;
    let Some(upload) = locked(&tx, id).await?.filter(|upload| is_on_the_way(upload.state)) else {
        return Ok(false);
    };
    free(&tx, &upload).await?;
    let parts = take_parts(&tx, id).await?;
    let row = upload::ActiveModel {
        id: Unchanged(id),
        state: Set(State::Failed),
        failure: Set(Some(words.to_owned())),
        expires_at: Set(ticket::next_end(cx.app, id)),
        leased_until: Set(None),
        ..Default::default()
    };
    row.update(&tx).await?;
    told::changed(cx, tx, id).await?;
    drop_parts(cx.app, parts).await;
    Ok(true)
}

/// Deletes the rows of an upload's parts, and answers which.
async fn take_parts(tx: &impl ConnectionTrait, upload: Uuid) -> Result<Vec<Uuid>> {
    let keys = parts(tx, upload).await?.into_iter().map(|part| part.id).collect();
    let all = upload_part::Entity::delete_many();
    all.filter(upload_part::Column::UploadId.eq(upload)).exec(tx).await?;
    Ok(keys)
}

/// Deletes the bytes of parts that no row names any more; what fails is left to the sweep.
async fn drop_parts(app: &App, parts: Vec<Uuid>) {
    use crate::infra::store::Place;
    for part in parts {
        if let Err(error) = app.store.delete(&Place::Part(part)).await {
            tracing::warn!(%error, "a part of an upload is left to the sweep");
        }
    }
}
