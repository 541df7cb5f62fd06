//! Who does what: joined from the slices. The one file of this folder to touch when a slice has work.

use crate::{
    accounts, applications, contact, jobs, mail, notifications, operations,
    queue::{Handler, Timer},
    search, tasks,
};

/// All handlers.
pub(super) fn handlers() -> impl Iterator<Item = &'static Handler> {
    let all: &[&'static [Handler]] = &[
        accounts::work::HANDLERS,
        jobs::work::HANDLERS,
        applications::work::HANDLERS,
        tasks::work::HANDLERS,
        contact::work::HANDLERS,
        mail::work::HANDLERS,
        notifications::work::HANDLERS,
        operations::work::HANDLERS,
        search::work::HANDLERS,
        super::upkeep::HANDLERS,
    ];
    all.iter().copied().flatten()
}

/// All timers.
pub(super) fn timers() -> impl Iterator<Item = &'static Timer> {
    let all: &[&'static [Timer]] = &[
        jobs::work::TIMERS,
        applications::work::TIMERS,
        tasks::work::TIMERS,
        contact::work::TIMERS,
        notifications::work::TIMERS,
        operations::work::TIMERS,
        super::upkeep::TIMERS,
    ];
    all.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_is_done_by_one_and_every_timer_has_somebody_who_does_it() {
        let kinds: Vec<_> = handlers().map(|handler| handler.kind.name).collect();
        let known: HashSet<_> = kinds.iter().copied().collect();
        assert_eq!(kinds.len(), known.len(), "a kind has two handlers: {kinds:?}");
        assert!(handlers().all(|handler| handler.kind.tries > 0));
        let names: Vec<_> = timers().map(|timer| timer.name).collect();
        assert_eq!(names.len(), names.iter().collect::<HashSet<_>>().len(), "{names:?}");
        for timer in timers() {
            assert!(known.contains(timer.kind.name), "nobody does {}", timer.kind.name);
        }
    }
}
