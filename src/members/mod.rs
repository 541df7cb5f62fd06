//! Members: profiles, the directory, and who follows, blocks and mutes whom.

mod loaders;
mod mutation;
/// Who may see, change and relate to whom.
pub mod policy;
mod query;
mod rich_text;
/// Reads and writes of profiles and relations.
pub mod service;
mod skill;
mod types;
mod viewer;

pub use loaders::*;
pub use mutation::*;
pub use query::*;
pub use rich_text::RichText;
pub use skill::{ProfileSkill, SkillViewer};
pub use types::*;
pub use viewer::MembersViewer;
