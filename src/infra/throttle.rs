//! Slows down guessing: a few free tries, then a wait that doubles.

use std::{net::IpAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::{ops::compute::Op, sync::Cache};

/// Tries that cost no wait.
const FREE: u32 = 10;
/// How long a try is remembered after the last one.
const MEMORY: TimeDelta = TimeDelta::minutes(10);
/// The longest wait in seconds, so that a stranger can't lock a member out for good.
const LONGEST: i64 = 10 * 60;

/// Tries by name: an account, an address. After 10 within ten minutes each further one doubles the
/// wait, from 2 seconds to 10 minutes. In the memory of this process.
#[derive(Clone, Debug)]
pub struct Throttle {
    tries: Cache<String, Tries>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: DateTime<Utc>,
}

impl Tries {
    fn wait(self, now: DateTime<Utc>) -> Option<Duration> {
        let over = self.count.checked_sub(FREE)?;
        let seconds = 2i64.saturating_pow(over.saturating_add(1)).min(LONGEST);
        (self.last + TimeDelta::seconds(seconds) - now).to_std().ok().filter(|wait| !wait.is_zero())
    }
}

impl Throttle {
    /// A throttle that remembers at most 100,000 names.
    pub fn new() -> Self {
        Self { tries: Cache::new(100_000) }
    }

    /// Takes a try of `name`, or says how long it has to wait for one. The try counts as failed from
    /// the start, so that a hundred at once are a hundred, until it is given back or forgiven.
    pub fn take(&self, name: &str, now: DateTime<Utc>) -> Result<(), Duration> {
        let mut wait = None;
        self.tries.entry_by_ref(name).and_compute_with(|entry| {
            let known = entry.map(|entry| entry.into_value());
            let known = known.filter(|tries| now - tries.last < MEMORY);
            wait = known.and_then(|tries| tries.wait(now));
            let count = known.map_or(0, |tries| tries.count).saturating_add(1);
            if wait.is_some() { Op::Nop } else { Op::Put(Tries { count, last: now }) }
        });
        wait.map_or(Ok(()), Err)
    }

    /// Gives one try of `name` back: it was a good one.
    pub fn give_back(&self, name: &str) {
        self.tries.entry_by_ref(name).and_compute_with(|entry| {
            match entry.map(|entry| entry.into_value()) {
                Some(tries) if tries.count > 1 => {
                    Op::Put(Tries { count: tries.count - 1, ..tries })
                }
                Some(_) => Op::Remove,
                None => Op::Nop,
            }
        });
    }

    /// Forgets the tries of `name`: it proved itself.
    pub fn forgive(&self, name: &str) {
        self.tries.invalidate(name);
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

/// What addresses are told apart by: an IPv6 network of 64 bits is one household.
pub fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
