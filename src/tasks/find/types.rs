use std::sync::Arc;

use crate::{entity::task, graph::connection, page::Page, tasks::Task};

connection!(
    /// A page of tasks.
    TaskConnection,
    /// One of the tasks on a page.
    TaskEdge of Task,
);

impl TaskConnection {
    pub(super) fn of(page: Page<task::Model>) -> Self {
        Self(page.map(|row| Task(Arc::new(row))))
    }

    /// A page that a loader keeps.
    pub(super) fn kept(page: &Page<Arc<task::Model>>) -> Self {
        Self(page.clone().map(Task))
    }
}
