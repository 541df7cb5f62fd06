//! What tasks and applications share with everything else: comments, reactions, files, watches, news.

mod comments;
mod events;
mod files;
pub mod kit;
mod news;
mod reactions;
mod submissions;
mod watching;

/// What belongs to the roots, as `access.rs` calls it.
pub const SEAM_CALLS: &[(&str, &str)] = &[(
    "submissionToTask",
    "mutation { submissionToTask(id: {submission}, board: {board}) { task { id } userErrors { code } } }",
)];
