//! Lists of tasks: of all boards, of one, of its columns, and one's own.

mod input;
mod lists;
mod loaders;
mod query;
mod types;
mod viewer;

pub use input::{TaskFilter, TaskOrder, TaskOrderField};
pub(crate) use lists::{of_board, of_column};
pub use loaders::Loaders;
pub use query::Query;
pub use types::{TaskConnection, TaskEdge};
pub use viewer::TasksViewer;
