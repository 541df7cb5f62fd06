//! Does background work: claims items, runs what their slices say, and keeps the timers. `serve` has a worker, and
//! `guildhall work` is one alone.

mod item;
mod registry;
mod timers;
mod upkeep;
mod worker;

pub use item::drain;
pub use registry::{handler, handlers};
pub use timers::fire;
pub use worker::work;
