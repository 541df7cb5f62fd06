//! What only a folder of this machine needs.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

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
