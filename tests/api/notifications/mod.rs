//! Notifications: who hears of what, and how it is shown.

mod graph;
pub mod graph_kit;
mod graph_live;
mod graph_settings;
mod graph_statements;
mod graph_watch;
