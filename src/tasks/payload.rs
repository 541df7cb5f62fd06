use super::Task;
use crate::graph::payload;

payload!(
    /// Answer about a task.
    TaskPayload {
        /// The task as it is now; null when nothing was done.
        task: Task
    }
);
