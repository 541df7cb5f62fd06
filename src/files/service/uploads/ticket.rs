//! The address of an upload, which is the permission to send its bytes.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{EntityTrait as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    clock::made_at,
    entity::{
        account::{self, State},
        upload,
    },
    typeid,
};

/// How long an upload may take in all, however often more of it comes.
pub(super) const LONGEST: TimeDelta = TimeDelta::days(30);
/// What the signatures of addresses of uploads are made for.
const LABEL: &str = "upload";

/// The path of an upload on this server, the same whenever it is asked for. Who has it may send its bytes, and nothing
/// else: keep it as a secret.
pub fn path(app: &App, id: Uuid) -> String {
    let expires = end(id).timestamp();
    let signature = app.vault.sign(LABEL, &signed(id, expires));
    format!("/uploads/{}?expires={expires}&sig={signature}", typeid::encode("upload", id))
}

/// The whole address of an upload.
pub fn url(app: &App, id: Uuid) -> String {
    app.config.public_url() + &path(app, id)
}

/// The upload that a path names, with its parts: what is not signed by this server, or over, or belongs to an account
/// that may not be here, is nothing.
pub async fn at_ticket(
    app: &App,
    id: &str,
    expires: i64,
    signature: &str,
) -> Result<Option<upload::Model>> {
    let Some(id) = typeid::decode("upload", id) else { return Ok(None) };
    let is_good = app.vault.is_signed(LABEL, &signed(id, expires), signature);
    if !is_good || expires <= app.clock.now().timestamp() {
        return Ok(None);
    }
    let Some(upload) = upload::Entity::find_by_id(id).one(app.db.fresh()).await? else {
        return Ok(None);
    };
    let owner = account::Entity::find_by_id(upload.owner_id);
    let state: Option<State> =
        owner.select_only().column(account::Column::State).into_tuple().one(app.db.fresh()).await?;
    Ok((state == Some(State::Active)).then_some(upload))
}

/// When an upload is thrown away whatever comes.
pub(super) fn end(id: Uuid) -> DateTime<Utc> {
    made_at(id) + LONGEST
}

/// When an upload of which something just came is thrown away if nothing more does.
pub(super) fn next_end(app: &App, id: Uuid) -> DateTime<Utc> {
    let life = TimeDelta::from_std(app.config.upload_life).unwrap_or(LONGEST);
    Ord::min(app.clock.now() + life, end(id))
}

fn signed(id: Uuid, expires: i64) -> Vec<u8> {
    [id.as_bytes().as_slice(), &expires.to_be_bytes()].concat()
}
