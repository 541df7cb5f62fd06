//! What only a folder of this machine needs.

use std::{
    fs::{self, File},
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};

use super::{Pieces, on_disk};

/// Bytes that are read of a file at once.
const PIECE: u64 = 64 * 1024;

/// The bytes of a range of a file. Each piece costs a turn of another thread, so there are few of them.
pub(super) fn pieces(file: File, range: Range<u64>) -> Pieces {
    stream::try_unfold((file, range), async |(mut file, range)| {
        let size = (range.end - range.start).min(PIECE);
        if size == 0 {
            return Ok(None);
        }
        // Made here: what many threads make stays with each of them.
        let mut piece = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let read = move || {
            file.seek(SeekFrom::Start(range.start))?;
            let read = Read::by_ref(&mut file).take(size).read_to_end(&mut piece)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let start = range.start + u64::try_from(read).unwrap_or(size);
            Ok(Some((Bytes::from(piece), (file, start..range.end))))
        };
        on_disk(read).await
    })
    .boxed()
}

/// Whether something can be written there.
pub(super) fn check(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder)?.write_all(b"written")
}

/// Removes what was begun before `before` and never finished, as when the power failed. Answers how many there
/// were. Such files end in `#` and a number, and are in no list.
pub(super) fn clear_unfinished(folder: PathBuf, before: DateTime<Utc>) -> io::Result<u64> {
    let (mut folders, mut cleared) = (vec![folder], 0);
    while let Some(folder) = folders.pop() {
        // Empty folders go when their last file does, at any time.
        let Some(entries) = there(fs::read_dir(folder))? else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let Some(about) = there(entry.metadata())? else { continue };
            if is_unfinished(&entry.path()) && DateTime::<Utc>::from(about.modified()?) < before {
                there(fs::remove_file(entry.path()))?;
                cleared += 1;
            }
        }
    }
    Ok(cleared)
}

fn is_unfinished(path: &Path) -> bool {
    let number = path.file_name().and_then(|name| name.to_str()?.rsplit_once('#'));
    number.is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
