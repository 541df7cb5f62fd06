//! The one way in which bytes become a file.

use futures_util::TryStreamExt as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{
    NewFile, blob,
    source::{Seen, Source},
    storage::bytes_limit,
};
use crate::{
    Error, Result,
    app::App,
    entity::{
        file::{self, Kind},
        storage::{self, Column},
    },
    error::{ErrorCode, Problem},
    index,
    infra::{
        pictures::Rejected,
        secrets::{HashKind, Hasher},
        sniff::{Sniffed, sniff},
        store::Place,
    },
};

/// Bytes of a picture, which is held whole to be tidied.
const PICTURE: u64 = 32 * 1024 * 1024;
/// Bytes that are kept in one go.
const AT_ONCE: u64 = 5 * 1024 * 1024;
/// How often bytes are put again that were swept away meanwhile; once is rare.
pub(super) const TRIES: usize = 5;

/// Bytes that were looked at: what they are, and where they lie.
#[derive(Debug)]
pub(super) struct Looked {
    source: Source,
    /// SHA-256 of the bytes to be kept.
    pub(super) sha256: String,
    /// Bytes to be kept.
    pub(super) size: u64,
    sent_sha256: String,
    media_type: String,
    kind: Kind,
    picture: Option<Picture>,
}

impl Looked {
    /// What the bytes are.
    pub(super) fn media_type(&self) -> &str {
        &self.media_type
    }
}

#[derive(Debug)]
struct Picture {
    width: i32,
    height: i32,
    frames: i32,
    blurhash: String,
}

/// Looks at bytes: refuses what is not taken here, tidies pictures. `announced` is the SHA-256 they should have;
/// `path` is the argument that named them. Nothing is kept yet.
pub(super) async fn look(
    app: &App,
    source: Source,
    announced: Option<&str>,
    path: &[&'static str],
) -> Result<Looked> {
    let Seen { head, size, sha256: sent_sha256 } = source.see(&app.store).await?;
    if announced.is_some_and(|announced| announced != sent_sha256) {
        let message = "these are not the bytes that were announced: their SHA-256 is another";
        return Err(Error::refused(ErrorCode::Invalid, path.iter().copied(), message));
    }
    let what = accepted(&head, size, path)?;
    if what.kind != Kind::Image {
        let (media_type, kind) = (what.media_type.to_owned(), what.kind);
        let sha256 = sent_sha256.clone();
        return Ok(Looked { source, sha256, size, sent_sha256, media_type, kind, picture: None });
    }
    if size > PICTURE {
        let message = "a picture may have 32 MB at most";
        let problem = Problem::at(ErrorCode::FileTooLarge, path.iter().copied(), message);
        let actual = i64::try_from(size).unwrap_or(i64::MAX);
        return Err(problem.with(bytes_limit(PICTURE, actual)).into());
    }
    let whole = source.whole(&app.store, size).await?;
    let tidied = app.pictures.tidy(whole, what.media_type).await;
    let tidied = tidied.map_err(|rejected| {
        let code = match rejected {
            Rejected::TooLarge | Rejected::TooLong => ErrorCode::FileTooLarge,
            Rejected::Unknown | Rejected::Broken | Rejected::Moving => ErrorCode::FileTypeRejected,
        };
        Error::refused(code, path.iter().copied(), rejected.to_string())
    })?;
    let source = Source::Held(tidied.bytes);
    let Seen { size, sha256, .. } = source.see(&app.store).await?;
    let pixels = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let picture = Picture {
        width: pixels(tidied.width),
        height: pixels(tidied.height),
        frames: pixels(tidied.frames),
        blurhash: tidied.blurhash,
    };
    let (media_type, picture) = (tidied.media_type.to_owned(), Some(picture));
    Ok(Looked { source, sha256, size, sent_sha256, media_type, kind: Kind::Image, picture })
}

/// What bytes are that begin like this, if that is taken here.
pub(super) fn accepted(head: &[u8], size: u64, path: &[&'static str]) -> Result<Sniffed> {
    sniff(head, size).ok_or_else(|| {
        let message = "files of this kind are not taken here";
        Error::refused(ErrorCode::FileTypeRejected, path.iter().copied(), message)
    })
}

/// Puts the bytes where they are kept, unless they are there: when this returns they are durable.
pub(super) async fn put(app: &App, looked: &Looked) -> Result<()> {
    let place = Place::Blob(looked.sha256.clone());
    if app.store.size(&place).await? == Some(looked.size) {
        return Ok(());
    }
    if let Source::Held(bytes) = &looked.source {
        return app.store.put(&place, bytes.clone()).await;
    }
    if looked.size <= AT_ONCE {
        let bytes = looked.source.whole(&app.store, looked.size).await?;
        return app.store.put(&place, bytes).await;
    }
    let mut writer = app.store.write(&place, looked.size).await?;
    let mut hasher = Hasher::new(HashKind::Sha256);
    let mut pieces = looked.source.pieces(&app.store);
    let written = async {
        while let Some(piece) = pieces.try_next().await? {
            hasher.take(&piece);
            writer.push(piece).await?;
        }
        if hasher.finish_hex() == looked.sha256 {
            Ok(())
        } else {
            Err(Error::bug("bytes changed while they were kept"))
        }
    };
    if let Err(error) = written.await {
        // What is left of it is swept; why it failed is what counts.
        let _ = writer.abort().await;
        return Err(error);
    }
    writer.finish().await
}

/// Writes the file (its key, its owner) of bytes that were put, and counts it; the owner's counters are locked, and there is room.
/// `None`: the bytes were swept meanwhile, put them again.
pub(super) async fn write(
    app: &App,
    tx: &impl ConnectionTrait,
    (id, owner): (Uuid, Uuid),
    new: NewFile,
    looked: &Looked,
) -> Result<Option<file::Model>> {
    if !blob::touch(app, tx, &looked.sha256, looked.size).await? {
        return Ok(None);
    }
    let picture = looked.picture.as_ref();
    let row = file::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        sha256: Set(looked.sha256.clone()),
        sent_sha256: Set(looked.sent_sha256.clone()),
        size: Set(bytes(looked.size)?),
        name: Set(new.name),
        media_type: Set(looked.media_type.clone()),
        width: Set(picture.map(|picture| picture.width)),
        height: Set(picture.map(|picture| picture.height)),
        frames: Set(picture.map(|picture| picture.frames)),
        blurhash: Set(picture.map(|picture| picture.blurhash.clone())),
        kind: Set(looked.kind),
        alt_text: Set(new.alt_text),
        caption: Set(None),
        visibility: Set(new.visibility),
        focus_x: Set(500),
        focus_y: Set(500),
    };
    let file = row.insert(tx).await?;
    index::put_file(tx, &file).await?;
    count(tx, &file).await?;
    Ok(Some(file))
}

/// Writes another file of the same bytes, and counts it, as [`write`].
pub(super) async fn write_again(
    app: &App,
    tx: &impl ConnectionTrait,
    id: Uuid,
    new: NewFile,
    known: file::Model,
) -> Result<Option<file::Model>> {
    let size = u64::try_from(known.size).map_err(Error::internal)?;
    if !blob::touch(app, tx, &known.sha256, size).await? {
        return Ok(None);
    }
    let again = file::Model {
        id,
        name: new.name,
        alt_text: new.alt_text,
        visibility: new.visibility,
        caption: None,
        focus_x: 500,
        focus_y: 500,
        ..known
    };
    let file = file::ActiveModel::from(again).reset_all().insert(tx).await?;
    index::put_file(tx, &file).await?;
    count(tx, &file).await?;
    Ok(Some(file))
}

async fn count(tx: &impl ConnectionTrait, file: &file::Model) -> Result<()> {
    storage::Entity::update_many()
        .col_expr(Column::Used, Expr::col(Column::Used).add(file.size))
        .col_expr(Column::FileCount, Expr::col(Column::FileCount).add(1))
        .filter(Column::ProfileId.eq(file.owner_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Bytes as the database counts them.
pub(super) fn bytes(size: u64) -> Result<i64> {
    i64::try_from(size).map_err(Error::internal)
}
