mod fields;
mod form;
mod talk;

pub use fields::{FieldOption, FieldValue, FormField};
pub use form::Form;
pub use talk::{SubmissionMessage, SubmissionReceipt};
