//! Slows down guessing: a few free tries, then a wait that doubles.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

/// Tries that cost no wait.
const FREE: u32 = 10;
/// How long a failed try is remembered after the last one.
const MEMORY: Duration = Duration::from_secs(10 * 60);
/// The longest wait, so that a stranger can't lock a member out for good.
const LONGEST: i64 = 10 * 60;

/// Failed tries by name: an account, an address. After 10 within ten minutes each further one doubles
/// the wait, from 2 seconds to 10 minutes. In the memory of this process.
#[derive(Clone, Debug)]
pub struct Throttle {
    failures: Cache<String, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl Throttle {
    /// A throttle that remembers at most 100,000 names.
    pub fn new() -> Self {
        Self { failures: Cache::new(100_000) }
    }

    /// How long `name` has to wait before its next try, if it has to.
    pub fn wait(&self, name: &str, now: DateTime<Utc>) -> Option<Duration> {
        let failures = self.remembered(name, now)?;
        let over = failures.count.checked_sub(FREE)?;
        let seconds = 2i64.saturating_pow(over.saturating_add(1)).min(LONGEST);
        (failures.last + TimeDelta::seconds(seconds) - now).to_std().ok().filter(|w| !w.is_zero())
    }

    /// Remembers a failed try.
    pub fn failed(&self, name: &str, now: DateTime<Utc>) {
        let count = self.remembered(name, now).map_or(0, |failures| failures.count);
        self.failures
            .insert(name.to_owned(), Failures { count: count.saturating_add(1), last: now });
    }

    /// Forgets the failures of `name`: it proved itself.
    pub fn succeeded(&self, name: &str) {
        self.failures.invalidate(name);
    }

    fn remembered(&self, name: &str, now: DateTime<Utc>) -> Option<Failures> {
        let failures = self.failures.get(name)?;
        let age = (now - failures.last).to_std().unwrap_or_default();
        let wait = Duration::from_secs(LONGEST.unsigned_abs());
        (age < MEMORY.max(wait)).then_some(failures)
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}
