use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::{drop_parts, free, is_on_the_way, locked, parts, told};
use crate::{
    Cx, Error, Result,
    app::App,
    cx::Hand,
    entity::upload::{self, Column, State},
    error::ErrorCode,
    files::policy,
};

/// Throws away an upload of the actor's with all that was sent, and answers its key. What is a file already is
/// refused: delete the file.
pub async fn abort(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("upload");
    let id = id.ok_or_else(missing)?;
    let goes = |upload: &upload::Model| match upload.state {
        _ if upload.owner_id != me => Err(missing()),
        State::Ready => {
            let message = "this is a file already: delete the file";
            Err(Error::refused(ErrorCode::StateNotAllowed, ["id"], message))
        }
        State::Receiving | State::Processing | State::Failed => Ok(true),
    };
    if remove(cx, id, goes).await? { Ok(id) } else { Err(missing()) }
}

/// The same for who has the upload's address; false when it is gone.
pub async fn terminate(app: &App, upload: &upload::Model) -> Result<bool> {
    let hand = Hand::of(app, upload.owner_id);
    let goes = |upload: &upload::Model| Ok(upload.state != State::Ready);
    remove(hand.cx(app), upload.id, goes).await
}

/// Uploads whose time is over, some of them.
pub(in crate::files::service) async fn expired(
    app: &App,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, Uuid)>> {
    let rows = upload::Entity::find()
        .select_only()
        .columns([Column::Id, Column::OwnerId])
        .filter(is_over(now))
        .limit(100);
    Ok(rows.into_tuple().all(&app.db.write).await?)
}

/// Removes an upload that is over.
pub(in crate::files::service) async fn remove_expired(
    app: &App,
    (id, owner): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<bool> {
    let hand = Hand::of(app, owner);
    let goes = |upload: &upload::Model| {
        Ok(upload.expires_at < now && upload.leased_until.is_none_or(|until| until < now))
    };
    remove(hand.cx(app), id, goes).await
}

fn is_over(now: DateTime<Utc>) -> sea_orm::Condition {
    let free = sea_orm::Condition::any()
        .add(Column::LeasedUntil.is_null())
        .add(Column::LeasedUntil.lt(now));
    sea_orm::Condition::all().add(Column::ExpiresAt.lt(now)).add(free)
}

/// Deletes an upload, gives back what it had reserved, and deletes its bytes, if it is there and `goes`.
async fn remove(
    cx: Cx<'_>,
    id: Uuid,
    goes: impl FnOnce(&upload::Model) -> Result<bool>,
) -> Result<bool> {
    let tx = cx.begin().await?;
    let Some(upload) = locked(&tx, id).await? else { return Ok(false) };
    if !goes(&upload)? {
        return Ok(false);
    }
    if is_on_the_way(upload.state) {
        free(&tx, &upload).await?;
    }
    let parts = parts(&tx, id).await?;
    upload::Entity::delete_by_id(id).exec(&tx).await?;
    told::removed(cx, tx, id).await?;
    let parts = parts.into_iter().map(|part| part.id).collect();
    drop_parts(cx.app, parts).await;
    Ok(true)
}

/// Deletes the streams of uploads that are gone and of which nothing can be told any more.
pub(in crate::files::service) async fn drop_streams(app: &App) -> Result<()> {
    let text = "DELETE FROM stream WHERE kind = 'upload' \
        AND NOT EXISTS (SELECT 1 FROM upload WHERE upload.id = stream.id) \
        AND NOT EXISTS (SELECT 1 FROM event WHERE event.stream_id = stream.id)";
    let statement = crate::sql::statement(app.db.backend(), text, []);
    sea_orm::ConnectionTrait::execute_raw(&app.db.write, statement).await?;
    Ok(())
}
