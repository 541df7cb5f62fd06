//! Boards: making and changing them, who may, how they are read, and how those who follow hear of it.

mod columns;
mod events;
pub mod kit;
mod limits;
mod making;
mod refusals;
mod statements;

/// What belongs to boards of the roots, as `access.rs` calls it; `{board}`, `{column}`, `{other_column}` and `{label}` are
/// somebody else's, on a board for members.
pub const CALLS: &[(&str, &str)] = &[
    ("board", "{ board(by: { id: {board} }) { id } }"),
    ("boards", "{ boards { nodes { id } } }"),
    (
        "boardCreate",
        r#"mutation { boardCreate(input: { name: "Looms" }) { board { id } userErrors { code } } }"#,
    ),
    (
        "boardUpdate",
        r#"mutation { boardUpdate(id: {board}, input: { name: "Mine" }) { board { id } userErrors { code } } }"#,
    ),
    ("boardArchive", "mutation { boardArchive(id: {board}) { board { id } userErrors { code } } }"),
    ("boardDelete", "mutation { boardDelete(id: {board}) { deletedIds userErrors { code } } }"),
    (
        "boardMemberSet",
        "mutation { boardMemberSet(id: {board}, profile: {profile}, role: VIEWER) { board { id } userErrors { code } } }",
    ),
    (
        "boardColumnSave",
        r#"mutation { boardColumnSave(board: {board}, input: { name: "New", category: TODO }) { board { id } userErrors { code } } }"#,
    ),
    (
        "boardColumnDelete",
        "mutation { boardColumnDelete(id: {column}, moveTo: {other_column}) { board { id } userErrors { code } } }",
    ),
    (
        "taskLabelSave",
        r##"mutation { taskLabelSave(board: {board}, name: "bug", color: "#aa0000") { board { id } userErrors { code } } }"##,
    ),
    (
        "taskLabelDelete",
        "mutation { taskLabelDelete(id: {label}) { deletedIds userErrors { code } } }",
    ),
    ("boardEvents", "subscription { boardEvents(id: {board}) { __typename } }"),
];
