//! Applications to jobs: the applicant's half, and the hiring team's.

mod at_once;
mod erasure;
pub mod kit;
mod moving;
mod privacy;
mod reading;
mod statements;
mod submit;

/// What belongs to applications of the roots, as `access.rs` calls it; `{application}` is somebody else's to `{job}`.
pub const APPLICATION_CALLS: &[(&str, &str)] = &[
    ("application", "{ application(id: {application}) { id } }"),
    ("applications", "{ applications(job: {job}) { nodes { id } } }"),
    (
        "applicationSubmit",
        "mutation { applicationSubmit(input: { job: {job} }) { application { id } userErrors { code } } }",
    ),
    (
        "applicationWithdraw",
        "mutation { applicationWithdraw(id: {application}) { application { id } userErrors { code } } }",
    ),
    (
        "applicationsMove",
        "mutation { applicationsMove(ids: [{application}], stage: {stage}) { applications { id } userErrors { code } } }",
    ),
    (
        "applicationRate",
        "mutation { applicationRate(id: {application}, rating: 1) { application { id } userErrors { code } } }",
    ),
    (
        "applicationNoteAdd",
        "mutation { applicationNoteAdd(id: {application}, text: \"hi\") { note { id } userErrors { code } } }",
    ),
];
