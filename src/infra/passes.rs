//! What this process remembers of credentials, so that a request of somebody known asks the database
//! nothing: verified tokens until they end, and for five seconds what stands behind them.

use std::{
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use uuid::Uuid;

use crate::entity::account::{Role, State};

/// How long something is believed without being read again: how long a session that was ended in
/// another process may go on in this one.
const BELIEVED: TimeDelta = TimeDelta::seconds(5);

/// How long it is kept, by the clock of the machine.
const KEPT: Duration = Duration::from_secs(10);

/// The most of each kind that is remembered.
const MOST: u64 = 50_000;

/// What is remembered of credentials. What changes here is dropped at once.
#[derive(Debug)]
pub struct Passes {
    /// Access tokens that were verified, by their hash.
    verified: Cache<Vec<u8>, Verified>,
    /// Sessions, by key.
    pub sessions: Fresh<Uuid, Session>,
    /// API tokens, by their hash.
    pub api_tokens: Fresh<Vec<u8>, ApiToken>,
    /// Accounts, by key.
    pub accounts: Fresh<Uuid, Account>,
}

/// What a verified access token says.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    /// The key of its account.
    pub account: Uuid,
    /// The key of its session.
    pub session: Uuid,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What is known of a session.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Whose it is.
    pub account: Uuid,
    /// When the password was last proved in it.
    pub proved_at: DateTime<Utc>,
    /// When it ends unless it is renewed.
    pub expires_at: DateTime<Utc>,
}

/// What is known of an API token.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// Its key.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// What it may do: names of scopes, separated by spaces.
    pub scopes: String,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is known of an account.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// What the person is in the community.
    pub role: Role,
    /// Where the account stands.
    pub state: State,
}

impl Passes {
    /// Remembers nothing yet.
    pub fn new() -> Self {
        Self {
            verified: Cache::new(MOST),
            sessions: Fresh::new(),
            api_tokens: Fresh::new(),
            accounts: Fresh::new(),
        }
    }

    /// What the access token with this hash says, if it was verified before and has not ended.
    pub fn verified(&self, hash: &[u8], now: DateTime<Utc>) -> Option<Verified> {
        self.verified.get(hash).filter(|verified| now < verified.expires_at)
    }

    /// Forgets what is known of a member: their rights may have changed, or one of their API tokens ended.
    pub fn forget_member(&self, id: &Uuid) {
        self.accounts.forget(id);
        self.api_tokens.forget_where(|token| token.account == *id);
    }

    /// Forgets all that may have changed: what changed was not heard.
    pub fn forget_all(&self) {
        self.sessions.forget_all();
        self.api_tokens.forget_all();
        self.accounts.forget_all();
    }

    /// Remembers that an access token was verified.
    pub fn remember(&self, hash: Vec<u8>, verified: Verified) {
        self.verified.insert(hash, verified);
    }
}

impl Default for Passes {
    fn default() -> Self {
        Self::new()
    }
}

/// Values that are believed for five seconds.
#[derive(Debug)]
pub struct Fresh<K: Eq + Hash + Send + Sync + 'static, V: Clone + Send + Sync + 'static> {
    seen: Cache<K, Seen<V>>,
    /// Moves on when something is dropped, so that a slow reader does not put back what it had read
    /// before.
    drops: AtomicU64,
}

#[derive(Clone, Debug)]
struct Seen<V> {
    value: V,
    at: DateTime<Utc>,
}

/// When a value was read, to be told when it is put.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    at: DateTime<Utc>,
    drops: u64,
}

impl<K, V> Fresh<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new() -> Self {
        // What is not believed any more does not stay to be looked through.
        let seen = Cache::builder().max_capacity(MOST).time_to_live(KEPT).build();
        Self { seen, drops: AtomicU64::new(0) }
    }

    /// The value, if it was read a moment ago.
    pub fn get(&self, key: &K, now: DateTime<Utc>) -> Option<V> {
        let seen = self.seen.get(key)?;
        let age = now - seen.at;
        (TimeDelta::zero() <= age && age < BELIEVED).then_some(seen.value)
    }

    /// To be called before a value is read.
    pub fn reading(&self, now: DateTime<Utc>) -> Reading {
        Reading { at: now, drops: self.drops.load(Ordering::SeqCst) }
    }

    /// Remembers what was read, unless something was dropped meanwhile.
    pub fn put(&self, key: K, value: V, reading: Reading) {
        self.seen.insert(key.clone(), Seen { value, at: reading.at });
        if self.drops.load(Ordering::SeqCst) != reading.drops {
            self.seen.invalidate(&key);
        }
    }

    /// Forgets a value: it changed.
    pub fn forget(&self, key: &K) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        self.seen.invalidate(key);
    }

    /// Forgets the values that are meant. Looks at each.
    fn forget_where(&self, is_meant: impl Fn(&V) -> bool) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        for (key, seen) in &self.seen {
            if is_meant(&seen.value) {
                self.seen.invalidate(&*key);
            }
        }
    }

    /// Forgets every value.
    fn forget_all(&self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        self.seen.invalidate_all();
    }
}
