//! Background work as it is asked for and kept: an item is written in the transaction of the change that wants it,
//! claimed by one worker at a time, tried again when it fails, and deleted when it is done. What there is to do,
//! its slice says (`work.rs`); who does it, `work/`.

mod add;
mod bell;
mod claim;
mod kinds;
mod settle;

pub use add::{NewItem, add, add_many};
pub use bell::{Bell, Rung};
pub use claim::{Held, LEASE, abandoned, claim, is_due, prolong};
pub use kinds::{Backoff, Handler, Job, Kind, Outcome, Queue, Timer};
pub use settle::{Failed, done, failed, give_back};
