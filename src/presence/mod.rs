//! Who is around. What is known of it stands in `infra::presence`; here is who may know it.

mod events;
mod loaders;
/// Who may know who is around.
pub mod policy;
/// Whom a member sees.
pub mod service;
mod subscription;
mod types;

pub use events::*;
pub use loaders::Loaders;
pub use subscription::Subscription;
pub use types::*;
