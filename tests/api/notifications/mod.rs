//! Notifications: who hears of what, how alike news gather, what a mail tells of them, and how it is all shown.

mod graph;
pub mod graph_kit;
mod graph_live;
mod graph_settings;
mod graph_statements;
mod graph_watch;
mod grouping;
mod hearing;
mod mailed;
mod news_kit;
mod prune;
mod submissions;
mod talks;
mod unheard;
