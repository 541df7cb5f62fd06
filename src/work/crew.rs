use std::{collections::HashMap, time::Duration};

use super::registry;
use crate::queue::{Handler, Timer};

/// Who does what, what is done by the clock, and how closely all that is looked after.
#[derive(Clone, Debug)]
pub struct Crew {
    handlers: HashMap<&'static str, &'static Handler>,
    timers: Vec<&'static Timer>,
    /// How closely it is looked after.
    pub pace: Pace,
}

/// How closely work is looked after.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often each queue is looked at though nobody rang.
    pub net: Duration,
    /// How often leases are prolonged.
    pub beat: Duration,
    /// How soon that is tried again when it failed.
    pub again: Duration,
    /// How long leases may go without being prolonged before what runs is cut off, so that it never runs twice at a
    /// time. Less than [`crate::queue::LEASE`].
    pub sure: Duration,
    /// How often timers, and what killed workers left behind, are looked at.
    pub tick: Duration,
    /// How long running work may take to end once the worker is to stop.
    pub drain: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            net: Duration::from_secs(2),
            beat: Duration::from_secs(4),
            again: Duration::from_secs(1),
            sure: Duration::from_secs(11),
            tick: Duration::from_secs(1),
            drain: Duration::from_secs(10),
        }
    }
}

impl Crew {
    /// These do the work.
    pub fn new(
        handlers: impl IntoIterator<Item = &'static Handler>,
        timers: impl IntoIterator<Item = &'static Timer>,
    ) -> Self {
        let handlers = handlers.into_iter().map(|handler| (handler.kind.name, handler)).collect();
        Self { handlers, timers: timers.into_iter().collect(), pace: Pace::default() }
    }

    /// All that the slices can do.
    pub fn of_server() -> Self {
        Self::new(registry::handlers(), registry::timers())
    }

    /// Who does work of this kind.
    pub(super) fn handler(&self, kind: &str) -> Option<&'static Handler> {
        self.handlers.get(kind).copied()
    }

    /// What is done by the clock.
    pub(super) fn timers(&self) -> &[&'static Timer] {
        &self.timers
    }
}
