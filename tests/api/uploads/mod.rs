//! How bytes become files: announced, stored, counted, swept.

mod events;
mod races;
mod start;
mod storing;
mod sweep;

pub use storing::picture;
