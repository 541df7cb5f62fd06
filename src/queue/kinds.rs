use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::{Error, Result, app::App, entity::work_item};

/// Where items wait, so that one kind's crowd never keeps another's from its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Mails that somebody waits for.
    Mail,
    /// Mails that can wait.
    BulkMail,
    /// News for members.
    News,
    /// Everything else that a change wants done.
    Default,
    /// Tidying up, by timers.
    Upkeep,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Mail, Self::BulkMail, Self::News, Self::Default, Self::Upkeep];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::BulkMail => "bulk_mail",
            Self::News => "news",
            Self::Default => "default",
            Self::Upkeep => "upkeep",
        }
    }

    /// The queue with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.name() == name)
    }

    /// How many of its items one worker runs at a time.
    pub fn places(self) -> usize {
        match self {
            Self::Mail | Self::News => 8,
            Self::BulkMail | Self::Default => 4,
            Self::Upkeep => 1,
        }
    }
}

/// A kind of work: what it is called, where it waits, and how often it is tried.
#[derive(Debug)]
pub struct Kind {
    /// What it is called: `mail.send`. Items of an unknown kind wait for a server that knows it.
    pub name: &'static str,
    /// Where it waits.
    pub queue: Queue,
    /// How often it is begun before it is parked, at least 1.
    pub tries: i32,
    /// How long it waits after each try that failed.
    pub backoff: Backoff,
    /// How long one run may take; then it counts as failed.
    pub limit: Duration,
}

/// How long work waits after a try that failed: twice as long after each, give or take a quarter.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// After the first try.
    pub first: TimeDelta,
    /// At most.
    pub most: TimeDelta,
}

impl Backoff {
    /// What most work wants: from 5 seconds to an hour.
    pub const USUAL: Self = Self { first: TimeDelta::seconds(5), most: TimeDelta::hours(1) };

    /// When to try again after `attempts` tries; `luck` is 0 to 255 and spreads those that failed together.
    pub fn next(&self, now: DateTime<Utc>, attempts: i32, luck: u8) -> DateTime<Utc> {
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
        let wait = self.first.num_milliseconds().saturating_mul(1 << doublings);
        let wait = wait.min(self.most.num_milliseconds());
        // 3/4 to 5/4 of it.
        let wait = wait / 4 * 3 + wait / 2 * i64::from(luck) / 255;
        now + TimeDelta::milliseconds(wait)
    }
}

/// An item that is being done.
#[derive(Clone, Debug)]
pub struct Job {
    /// The running server.
    pub app: Arc<App>,
    /// The item, as it was claimed.
    pub item: work_item::Model,
}

impl Job {
    /// What its handler was to know.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.item.payload).map_err(Error::internal)
    }

    /// Whether it will not be tried again if this run fails.
    pub fn is_last_try(&self) -> bool {
        self.item.attempts >= self.item.max_attempts
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, or there is nothing to do any more.
    Done,
    /// It is to be run again then; that is no failure, and uses up no try.
    Again(DateTime<Utc>),
    /// It can't be done, however often it is tried: it is parked, with these words.
    Park(String),
}

/// Who does a kind of work. It may be run again after it was cut off anywhere, so running it twice must leave the
/// same as once.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// What it does.
    pub kind: &'static Kind,
    /// Does it.
    pub run: fn(Job) -> BoxFuture<'static, Result<Outcome>>,
}

/// Something to do again and again: whenever the clock passes a whole number of `every` since 1970, once in all
/// servers. What fell into a time when no server ran is done once.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    /// Its name.
    pub name: &'static str,
    /// How often; whole milliseconds, above 0.
    pub every: TimeDelta,
    /// What it does, with nothing as payload.
    pub kind: &'static Kind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_the_most_give_or_take_a_quarter() {
        let now = DateTime::UNIX_EPOCH;
        let backoff = Backoff { first: TimeDelta::seconds(8), most: TimeDelta::seconds(60) };
        let wait = |attempts, luck| (backoff.next(now, attempts, luck) - now).num_seconds();
        assert_eq!([wait(1, 0), wait(1, 255)], [6, 10]);
        assert_eq!([wait(2, 0), wait(2, 255)], [12, 20]);
        assert_eq!([wait(4, 0), wait(4, 255)], [45, 75]);
        assert_eq!([wait(1_000_000, 0), wait(0, 0)], [45, 6]);
    }
}
