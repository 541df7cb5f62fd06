//! Contact: forms as data, what comes in through them, and the talk about it.

mod erasure;
mod forms;
mod guests;
mod inbox;
pub mod inbox_kit;
pub mod kit;
mod limits;
mod notes;
mod origins;
mod progress;
mod replies;
mod search;
mod submit;

/// What belongs to the inbox of the roots, as `access.rs` calls it; `{submission}` came through somebody else's form.
pub const INBOX_CALLS: &[(&str, &str)] = &[
    ("submissionReceipt", r#"{ submissionReceipt(token: "none") { number } }"#),
    (
        "submissionsUpdate",
        "mutation { submissionsUpdate(ids: [{submission}], input: { state: DONE }) { submissions { id } userErrors { code } } }",
    ),
    (
        "submissionReply",
        "mutation { submissionReply(id: {submission}, body: \"hi\") { submissions { id } userErrors { code } } }",
    ),
    (
        "submissionFollowUp",
        r#"mutation { submissionFollowUp(token: "none", body: "hi") { receipt { number } userErrors { code } } }"#,
    ),
    (
        "noteAdd",
        "mutation { noteAdd(id: {submission}, text: \"hi\") { note { id } userErrors { code } } }",
    ),
];
