//! Postings: who writes them, through which states they go, and what they pay.

mod bookmarks;
mod json_ld;
pub mod kit;
mod limits;
mod nodes;
mod pay;
mod rates;
mod refused;
mod stages;
mod statements;
mod states;
mod texts;
mod write;

/// What belongs to postings of the roots, as `access.rs` calls it; `{job}` is somebody else's and open.
pub const JOB_CALLS: &[(&str, &str)] = &[
    ("job", "{ job(by: { id: {job} }) { id } }"),
    (
        "jobCreate",
        "mutation { jobCreate(input: { organization: {organization}, title: \"X\" }) { job { id } userErrors { code } } }",
    ),
    (
        "jobUpdate",
        "mutation { jobUpdate(id: {job}, input: { title: \"X\" }) { job { id } userErrors { code } } }",
    ),
    (
        "jobStateSet",
        "mutation { jobStateSet(id: {job}, state: PAUSED) { job { id } userErrors { code } } }",
    ),
    ("jobDelete", "mutation { jobDelete(id: {job}) { deletedIds userErrors { code } } }"),
    (
        "hiringStagesSet",
        "mutation { hiringStagesSet(job: {job}, stages: [{ name: \"New\", kind: NEW }]) { job { id } userErrors { code } } }",
    ),
];
