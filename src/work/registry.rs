//! Who does what: joined from the slices. The one file of this folder to touch when a slice has work.

use crate::{
    contact, mail,
    queue::{Handler, Timer},
};

/// All handlers.
pub fn handlers() -> impl Iterator<Item = &'static Handler> {
    let all: [&'static [Handler]; 3] =
        [mail::work::HANDLERS, contact::work::HANDLERS, super::upkeep::HANDLERS];
    all.into_iter().flatten()
}

/// All timers.
pub(super) fn timers() -> impl Iterator<Item = &'static Timer> {
    let all: [&'static [Timer]; 2] = [contact::work::TIMERS, super::upkeep::TIMERS];
    all.into_iter().flatten()
}

/// Who does work of this kind.
pub fn handler(kind: &str) -> Option<&'static Handler> {
    handlers().find(|handler| handler.kind.name == kind)
}
