//! Files on their way, as the graph shows them, and how full one's storage is.

mod events;
mod loaders;
mod mutation;
mod subscription;
mod types;
mod viewer;

pub use events::{UploadChanged, UploadEvent};
pub use loaders::Loaders;
pub use mutation::{Mutation, UploadPayload, UploadStartInput};
pub use subscription::Subscription;
pub use types::{StorageUsage, UploadConnection, UploadEdge, UploadMethod, UploadSession};
pub use viewer::UploadsViewer;
