//! Notifications: who hears of what, how alike news gather, and what a mail tells of them.

mod grouping;
mod hearing;
mod mailed;
mod news_kit;
mod prune;
mod submissions;
mod talks;
mod unheard;
