//! Looking over all kinds of things, and writing what is found of them anew.

mod alike;
mod find;
mod highlight;
mod load;
mod rebuild;
mod rule;

pub use find::{Filter, Found, Hit, find};
pub use highlight::highlights;
pub use load::{Thing, load};
pub use rebuild::{is_missing, rebuild, rows};
