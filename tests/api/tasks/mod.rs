//! Tasks: what is made, changed and moved on boards.

mod at_once;
mod bulk;
mod converging;
mod counting;
mod creating;
mod hostile;
pub mod kit;
mod limits;
mod moving;
mod refusing;
mod relating;
mod shown;
mod sockets;
mod updating;

/// What belongs to tasks of the roots, as `access.rs` calls it; `{task}` is on a board that members see and somebody
/// else edits.
pub const CALLS: &[(&str, &str)] = &[
    ("task", "{ task(by: { id: {task} }) { id } }"),
    (
        "taskCreate",
        r#"mutation { taskCreate(input: { board: {board}, title: "hi" }) { task { id } userErrors { code } } }"#,
    ),
    (
        "taskUpdate",
        r#"mutation { taskUpdate(id: {task}, input: { title: "hi" }) { task { id } userErrors { code } } }"#,
    ),
    (
        "tasksUpdate",
        "mutation { tasksUpdate(ids: [{task}], input: { priority: LOW }) { tasks { id } userErrors { code } } }",
    ),
    (
        "taskMove",
        "mutation { taskMove(id: {task}, column: {task_column}) { task { id } userErrors { code } } }",
    ),
    ("taskDelete", "mutation { taskDelete(id: {task}) { deletedIds userErrors { code } } }"),
    (
        "taskRelate",
        "mutation { taskRelate(id: {task}, kind: BLOCKS, other: {task}) { task { id } userErrors { code } } }",
    ),
    (
        "checklistSet",
        "mutation { checklistSet(task: {task}, items: []) { task { id } userErrors { code } } }",
    ),
];
