//! What the search box finds: one document for each thing, written in the transaction of its source. What of it
//! somebody may see is not known here: whoever looks joins the rules of the slices.

mod document;
mod look;

pub use document::{Document, Kind, put, remove};
pub use look::Look;
