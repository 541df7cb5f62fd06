//! Does background work: claims items, runs what their slices say, and keeps the timers. `serve` has a worker, and
//! `guildhall work` is one alone.

mod crew;
mod desk;
mod hold;
mod item;
mod registry;
mod timers;
mod upkeep;
mod watch;
mod worker;

pub use crew::{Crew, Pace};
pub use item::{drain, drain_with};
pub use timers::{fire, fire_with};
pub use watch::{Gauges, look, watch};
pub use worker::{work, work_with};
