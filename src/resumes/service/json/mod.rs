//! JSON Resume 1.0 (<https://docs.jsonresume.org/schema>): how its documents are read into columns, and written from
//! them. What has no column is kept beside the columns, so that what was read is written again as it was.

mod details;
mod document;
mod export;
mod fragment;
mod residue;
mod sections;

pub(crate) use details::{Details, Told};
pub(crate) use document::{Document, Wrong};
pub(crate) use export::skill;
pub use export::{Parts, document, for_everybody};
pub(crate) use fragment::{read, text as clean};
pub(crate) use residue::Residue;
pub(crate) use sections::{SECTIONS, Section, section_of};

/// A JSON object.
pub(crate) type Map = serde_json::Map<String, serde_json::Value>;
