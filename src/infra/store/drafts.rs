//! What a process that was killed left half-written on a disk.

use std::{fs, io, path::Path};

use chrono::{DateTime, Utc};

use super::Store;
use crate::{Error, Result};

impl Store {
    /// Deletes what was begun before `before` and never finished; answers how many. S3 keeps such things apart, and
    /// throws them away by a rule of the bucket (`AbortIncompleteMultipartUpload`).
    pub async fn sweep_drafts(&self, before: DateTime<Utc>) -> Result<u64> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let sweep = move || sweep(&folder, before);
        tokio::task::spawn_blocking(sweep).await.map_err(Error::internal)?.map_err(Error::internal)
    }
}

fn sweep(folder: &Path, before: DateTime<Utc>) -> io::Result<u64> {
    let mut swept = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What ends meanwhile is no failure.
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            swept += sweep(&entry.path(), before).or_else(gone)?;
        } else if is_draft(&entry.file_name().to_string_lossy())
            && DateTime::<Utc>::from(about.modified()?) < before
        {
            fs::remove_file(entry.path()).or_else(gone)?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// The disk's store writes beside the place, under its name and a number: `name#1`; no place of ours has a `#`.
fn is_draft(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn gone<T: Default>(error: io::Error) -> io::Result<T> {
    if error.kind() == io::ErrorKind::NotFound { Ok(T::default()) } else { Err(error) }
}
