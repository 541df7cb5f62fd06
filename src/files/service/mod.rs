mod change;
mod links;
mod list;
mod new;
mod places;
mod storage;
mod uses;

pub use change::{Changes, delete, update};
pub use links::{Link, Thumbnail, Unusable, What, link, read_link, thumbnail_link};
pub use list::{Filter, files, visible};
pub use new::{ALT_TEXT, NewFile, clean_name};
pub use storage::{Storage, storage};
pub use uses::{On, hang, hung_on, rehang};

use crate::{Cx, Error, Result, entity::file};

/// Stores what came in one go: the bytes of `spooled`, at most 8 MB, from its beginning. `path` is the argument that
/// named it, for refusals of the bytes themselves.
pub async fn store_small(
    cx: Cx<'_>,
    new: NewFile,
    spooled: std::fs::File,
    path: &[&'static str],
) -> Result<file::Model> {
    let _ = (cx, new, spooled, path);
    Err(Error::Unavailable)
}
