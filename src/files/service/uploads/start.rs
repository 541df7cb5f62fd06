use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{MOST, ticket};
use crate::{
    Cx, Error, Result,
    check::Check,
    client_key,
    entity::{
        file::{self, Visibility},
        storage,
        upload::{self, State},
    },
    error::{ErrorCode, Problem},
    files::{
        policy,
        service::{NewFile, keep, storage as counters},
    },
};

/// Characters of what a file is said to be.
const MEDIA_TYPE: usize = 255;

/// A file to be sent.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// What it is called.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What it is said to be.
    pub media_type: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: Option<String>,
    /// What a picture shows.
    pub alt_text: Option<String>,
    /// Who may fetch it.
    pub visibility: Visibility,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// What came of announcing a file.
#[derive(Clone, Debug)]
pub enum Started {
    /// Its bytes are awaited.
    Upload(upload::Model),
    /// It is there already: the actor has stored the same bytes before.
    File(file::Model),
}

/// What was announced, checked.
struct Announced {
    new: NewFile,
    size: i64,
    media_type: Option<String>,
    sha256: Option<String>,
}

/// Announces a file, and keeps room for it. Bytes that the actor has stored before, by their SHA-256, need not be sent:
/// they are a new file at once. The same `client_key` answers the first call again.
pub async fn start(cx: Cx<'_>, new: NewUpload) -> Result<Started> {
    let owner = policy::write(cx.actor)?.id;
    let client_key = new.client_key.clone();
    let announced = checked(cx, new)?;
    let mut known = match &announced.sha256 {
        Some(sha256) => known(cx, owner, sha256).await?,
        None => None,
    };
    loop {
        let tx = cx.begin().await?;
        let id = cx.key();
        let first = client_key::claim(cx, &tx, client_key.as_deref(), "upload", id).await?;
        if let Some(first) = first {
            tx.rollback().await?;
            return first_again(cx, owner, first).await;
        }
        let Some(known) = known.take() else {
            return write(cx, tx, owner, id, announced).await.map(Started::Upload);
        };
        let row = counters::locked(&tx, owner).await?;
        counters::room(cx, &row, known.size, &["input", "size"])?;
        let file = keep::write_again(cx.app, &tx, id, announced.new.clone(), known).await?;
        if let Some(file) = file {
            tx.commit().await?;
            return Ok(Started::File(file));
        }
        // Deleted at this very moment: it has to be sent after all.
        tx.rollback().await?;
    }
}

/// [`start`] for who sends the bytes in any case.
pub async fn announce(cx: Cx<'_>, new: NewUpload) -> Result<upload::Model> {
    let owner = policy::write(cx.actor)?.id;
    let announced = checked(cx, new)?;
    let tx = cx.begin().await?;
    write(cx, tx, owner, cx.key(), announced).await
}

fn checked(cx: Cx<'_>, new: NewUpload) -> Result<Announced> {
    let mut check = Check::new();
    let NewUpload { name, alt_text, visibility, .. } = new;
    let file = NewFile { name, alt_text, visibility }.checked(&mut check);
    let most = cx.app.config.file_bytes;
    if new.size == 0 {
        check.problem(ErrorCode::Required, &["size"], "a file has at least one byte");
    } else if new.size > most {
        let message = format!("a file has {most} bytes at most");
        let problem = Problem::at(ErrorCode::FileTooLarge, ["input", "size"], message);
        let actual = i64::try_from(new.size).unwrap_or(i64::MAX);
        check.push(problem.with(counters::bytes_limit(most, actual)));
    }
    let media_type = new
        .media_type
        .as_deref()
        .and_then(|text| check.optional_line(&["mediaType"], text, MEDIA_TYPE));
    let sha256 = new.sha256.map(|sha256| sha256.trim().to_ascii_lowercase());
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if sha256.as_ref().is_some_and(|sha256| !is_hash(sha256)) {
        check.problem(ErrorCode::Invalid, &["sha256"], "write 64 hexadecimal digits");
    }
    check.done()?;
    Ok(Announced { new: file, size: keep::bytes(new.size)?, media_type, sha256 })
}

/// A file of the same bytes, as they were sent or as they are kept.
async fn known(cx: Cx<'_>, owner: Uuid, sha256: &str) -> Result<Option<file::Model>> {
    let same = Condition::any()
        .add(file::Column::SentSha256.eq(sha256))
        .add(file::Column::Sha256.eq(sha256));
    let row = file::Entity::find().filter(same).filter(file::Column::OwnerId.eq(owner));
    Ok(row.order_by_desc(file::Column::Id).limit(1).one(cx.db).await?)
}

async fn write(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    owner: Uuid,
    id: Uuid,
    announced: Announced,
) -> Result<upload::Model> {
    use storage::Column::{ProfileId, Reserved, UploadCount};
    let row = counters::locked(&tx, owner).await?;
    if row.upload_count >= MOST {
        let message = format!("{MOST} uploads are on the way: end or abort some of them first");
        return Err(Error::refused(ErrorCode::QuotaExceeded, ["input"], message));
    }
    counters::room(cx, &row, announced.size, &["input", "size"])?;
    storage::Entity::update_many()
        .col_expr(Reserved, Expr::col(Reserved).add(announced.size))
        .col_expr(UploadCount, Expr::col(UploadCount).add(1))
        .filter(ProfileId.eq(owner))
        .exec(&tx)
        .await?;
    let upload = upload::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        name: Set(announced.new.name),
        media_type: Set(announced.media_type),
        size: Set(announced.size),
        received: Set(0),
        sent_sha256: Set(announced.sha256),
        alt_text: Set(announced.new.alt_text),
        visibility: Set(announced.new.visibility),
        state: Set(State::Receiving),
        failure: Set(None),
        file_id: Set(None),
        expires_at: Set(ticket::next_end(cx.app, id)),
        leased_until: Set(None),
    };
    let upload = upload.insert(&tx).await?;
    tx.commit().await?;
    Ok(upload)
}

/// What the first call under the same client key made.
async fn first_again(cx: Cx<'_>, owner: Uuid, id: Uuid) -> Result<Started> {
    let upload = upload::Entity::find_by_id(id).filter(upload::Column::OwnerId.eq(owner));
    if let Some(upload) = upload.one(cx.db).await? {
        return Ok(Started::Upload(upload));
    }
    let file = file::Entity::find_by_id(id).filter(file::Column::OwnerId.eq(owner));
    let file = file.one(cx.db).await?;
    file.map(Started::File).ok_or_else(|| client_key::gone("upload"))
}
