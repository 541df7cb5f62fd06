//! What the search box finds: one document for each thing, written in the transaction of its source. What of it
//! somebody may see is not known here: whoever looks joins the rules of the slices.

mod document;
mod look;
mod sources;

pub use document::{Document, Kind, put, put_many, remove};
pub use look::{END, FOUND, Look};
pub use sources::*;
