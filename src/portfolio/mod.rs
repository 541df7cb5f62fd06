//! Members' work on show: portfolio items, in drafts and published, and who is credited on them.

/// Who may see and change portfolio items.
pub mod policy;
/// Reads and writes of portfolio items.
pub mod service;
