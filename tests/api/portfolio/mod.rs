//! Portfolios: items, who is credited on them, and the gallery.

mod credits;
mod gallery;
mod hearing;
mod items;
pub mod kit;
mod lists;
mod order;
mod publish;
mod readers;
mod related;
mod statements;
