//! Counts what happens by name within a while: so many, and then no more until it is over.

use std::{collections::HashSet, time::Duration};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use moka::{ops::compute::Op, sync::Cache};
use std::sync::Arc;

/// Counters by name, each for a while that begins with the first count. In the memory of this process.
#[derive(Clone, Debug)]
pub struct Windows {
    counts: Cache<String, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    count: u32,
    until: DateTime<Utc>,
}

impl Windows {
    /// Counters for at most 100,000 names.
    pub fn new() -> Self {
        Self { counts: Cache::new(100_000) }
    }

    /// Counts one more under `name`, if there are fewer than `most` within `window`; or says how long to wait.
    pub fn take(
        &self,
        name: &str,
        most: u32,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<(), Duration> {
        let mut wait = None;
        self.counts.entry_by_ref(name).and_compute_with(|entry| {
            let known = entry.map(|entry| entry.into_value()).filter(|known| known.until > now);
            match known {
                Some(known) if known.count >= most => {
                    wait = Some((known.until - now).to_std().unwrap_or_default());
                    Op::Nop
                }
                Some(known) => Op::Put(Count { count: known.count.saturating_add(1), ..known }),
                None => Op::Put(Count { count: 1, until: now + window }),
            }
        });
        wait.map_or(Ok(()), Err)
    }

    /// How many were counted under `name` in its present window.
    pub fn count(&self, name: &str, now: DateTime<Utc>) -> u32 {
        self.counts.get(name).filter(|known| known.until > now).map_or(0, |known| known.count)
    }
}

impl Default for Windows {
    fn default() -> Self {
        Self::new()
    }
}

/// Origins of other sites that were looked up, for a while.
#[derive(Debug, Default)]
pub struct Origins {
    known: ArcSwapOption<(DateTime<Utc>, HashSet<String>)>,
}

impl Origins {
    /// Whether an origin is among those that were looked up before `until`; nothing when that was too long ago.
    pub fn has(&self, origin: &str, now: DateTime<Utc>) -> Option<bool> {
        let known = self.known.load();
        let (until, origins) = &**known.as_ref()?;
        (*until > now).then(|| origins.contains(origin))
    }

    /// Keeps what was looked up until then.
    pub fn keep(&self, origins: HashSet<String>, until: DateTime<Utc>) {
        self.known.store(Some(Arc::new((until, origins))));
    }

    /// Forgets it: something changed.
    pub fn forget(&self) {
        self.known.store(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_counted_and_then_no_more_until_the_while_is_over() {
        let (windows, now) = (Windows::new(), DateTime::UNIX_EPOCH);
        let take = |name, at| windows.take(name, 2, TimeDelta::seconds(10), at);
        assert_eq!([take("a", now), take("a", now)], [Ok(()), Ok(())]);
        let later = now + TimeDelta::seconds(4);
        assert_eq!(take("a", later), Err(Duration::from_secs(6)));
        assert_eq!(take("b", later), Ok(()));
        assert_eq!(windows.count("a", later), 2);
        let over = now + TimeDelta::seconds(10);
        assert_eq!(windows.count("a", over), 0);
        assert_eq!(take("a", over), Ok(()));
    }
}
