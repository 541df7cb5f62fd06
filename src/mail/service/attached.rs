use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::{
    Result,
    app::App,
    entity::{file, file_use},
    infra::{mailer::Attached, store::Place},
    sql,
};

/// Bytes of all files of one mail: few mail servers take more, and they are held in memory while it is sent.
const MOST: i64 = 25 * 1024 * 1024;

/// The files of a mail as they are sent, in their order.
pub(super) enum Files {
    /// Here they are.
    Read(Vec<Attached>),
    /// They can never be sent, for this reason.
    Never(String),
}

/// Reads the files that hang on a mail. A store that can't be reached is an error.
pub(super) async fn read(app: &App, mail: Uuid) -> Result<Files> {
    let db = app.db.fresh();
    let uses = file_use::Entity::find()
        .filter(file_use::Column::EmailId.eq(mail))
        .order_by_asc(file_use::Column::Position)
        .all(db)
        .await?;
    if uses.is_empty() {
        return Ok(Files::Read(Vec::new()));
    }
    let keys: Vec<Uuid> = uses.iter().map(|used| used.file_id).collect();
    let found = file::Entity::find().filter(sql::key_in(app.db.backend(), file::Column::Id, &keys));
    let mut files = found.all(db).await?;
    files.sort_by_key(|file| keys.iter().position(|key| *key == file.id));
    let size = files.iter().fold(0_i64, |sum, file| sum.saturating_add(file.size));
    if size > MOST {
        return Ok(Files::Never(format!("its files have {size} bytes; a mail takes {MOST}")));
    }
    let mut read = Vec::with_capacity(files.len());
    for file in files {
        let place = Place::Blob(file.sha256);
        let Some(bytes) = app.store.bytes(&place).await? else {
            return Ok(Files::Never(format!("the bytes of its file {:?} are gone", file.name)));
        };
        let (name, media_type) = (file.name, file.media_type);
        read.push(Attached { name, media_type, bytes: bytes.to_vec() });
    }
    Ok(Files::Read(read))
}
