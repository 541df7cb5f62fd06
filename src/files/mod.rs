//! Files: bytes that members store once and use in many places. A file belongs to who stored it; who sees what it
//! hangs on sees it too. Bytes travel over plain HTTP, by addresses that are signed.

mod loaders;
mod mutation;
/// Who may do what with files, and what may stand where.
pub mod policy;
mod reach;
/// Reads and writes of files.
pub mod service;
mod types;
/// Files on their way, as the graph shows them.
pub mod uploads;
mod viewer;

pub use loaders::Loaders;
pub use mutation::*;
pub use reach::visible;
pub use service::{sweep, uploads::resume};
pub use types::*;
pub use viewer::{FileFilter, FilesViewer};
