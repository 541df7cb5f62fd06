//! Lists of tasks: which ones, in which order, and a page of them.

mod condition;
mod filter;
mod list;
mod order;
mod standing;

pub use filter::{Filter, Range};
pub use list::{Listed, all, of_boards, of_columns, of_member};
pub use order::{Field, Order};
