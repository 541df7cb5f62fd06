mod answers;
mod blob;
mod change;
mod guests;
mod keep;
mod links;
mod list;
mod new;
mod places;
mod small;
mod source;
mod storage;
mod sweep;
/// Files on their way.
pub mod uploads;
mod uses;

pub use answers::{AnswerFiles, Sent, check_ids, hang_answers, prepare_answers};
pub use change::{Changes, delete, update};
pub use guests::{Prepared, discard, own, prepare};
pub use links::{Link, Thumbnail, Unusable, What, link, read_link, thumbnail_link};
pub use list::{Filter, files};
pub use new::{ALT_TEXT, NewFile, clean_name};
pub use small::{SMALL, store_small};
pub use storage::{Storage, storage};
pub use sweep::sweep;
pub use uses::{On, any_on, hang, hang_on_each, hung_on, let_go, put_up, rehang};
