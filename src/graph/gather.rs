//! Loaders: what is asked one by one is read in batches.
//!
//! `dataloader` reads the batches; when one is complete is told here. In a list of more than thirty, futures are
//! woken one by one, not all at each turn. The crate's own waiting hands the answers on from one who waits to the
//! next, so those who wait come to what they ask next over many turns, and a fixed number of turns cuts them into
//! several batches: how many then hangs on the number of rows. These wake all who wait at once, and wait
//! themselves until nobody has come for two turns.

use std::{
    collections::{HashMap, HashSet},
    fmt::Debug,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use dataloader::{BatchFn, non_cached::Loader as Batches};
use tokio::sync::Notify;

use super::{Batch, Batched, Execution};
use crate::{Error, Result};

/// Turns without a new key after which a batch is complete.
const QUIET: u8 = 2;

/// Keys in one statement at most.
const MOST: usize = 1_000;

/// Reads what is asked for in batches, each thing once.
pub struct Loader<K, V, F>
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: BatchFn<K, V>,
{
    // Not in the crate's cache: that is locked while a batch is read.
    state: Mutex<State<K, V>>,
    batches: Batches<K, V, F>,
    answered: Notify,
}

struct State<K, V> {
    known: HashMap<K, V>,
    /// Asked for, and in no batch yet.
    pending: HashSet<K>,
    /// In a batch that is being read.
    flying: HashSet<K>,
    /// Whether somebody gathers the next batch.
    has_leader: bool,
}

/// A loader of one execution.
pub fn loader<K, V, T>(execution: &Arc<Execution>, what: T) -> Loader<K, Batched<V>, Batch<T>>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    Batch<T>: BatchFn<K, Batched<V>>,
{
    Loader::new(Batch { execution: execution.clone(), what })
}

/// Asks a loader. Box the future where it is awaited in a resolver: async-graphql copies a future as large as
/// the largest of a type's resolvers for each field.
pub async fn ask<K, V, F>(loader: &Loader<K, Batched<V>, F>, key: K) -> Result<V>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    F: BatchFn<K, Batched<V>>,
{
    loop {
        let (answered, leads) = {
            let mut state = loader.state();
            if let Some(known) = state.known.get(&key) {
                return known.clone();
            }
            if !state.flying.contains(&key) {
                state.pending.insert(key.clone());
            }
            let leads = !state.pending.is_empty() && !state.has_leader;
            state.has_leader |= leads;
            (loader.answered.notified(), leads)
        };
        if leads {
            Lead { loader, keys: Vec::new() }.run().await;
        } else {
            answered.await;
        }
    }
}

impl<K, V, F> Loader<K, Batched<V>, F>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    F: BatchFn<K, Batched<V>>,
{
    fn new(batch: F) -> Self {
        let state = State {
            known: HashMap::new(),
            pending: HashSet::new(),
            flying: HashSet::new(),
            has_leader: false,
        };
        let batches = Batches::new(batch).with_yield_count(0).with_max_batch_size(MOST);
        Self { state: Mutex::new(state), batches, answered: Notify::new() }
    }

    /// Knows these answers, which were read otherwise.
    pub fn know(&self, answers: impl IntoIterator<Item = (K, V)>) {
        let answers = answers.into_iter().map(|(key, answer)| (key, Ok(answer)));
        self.state().known.extend(answers);
    }
}

impl<K, V, F> Loader<K, V, F>
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: BatchFn<K, V>,
{
    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gathers a batch and reads it. Dropped before it was answered (a sibling failed, the client left) it wakes
/// all who wait, and one of them does it again.
struct Lead<'a, K, V, F>
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: BatchFn<K, V>,
{
    loader: &'a Loader<K, V, F>,
    /// What is being read; nothing while it gathers.
    keys: Vec<K>,
}

impl<K, V, F> Lead<'_, K, Batched<V>, F>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    F: BatchFn<K, Batched<V>>,
{
    async fn run(mut self) {
        let (mut quiet, mut before) = (0, 1);
        while quiet < QUIET {
            tokio::task::yield_now().await;
            let now = self.loader.state().pending.len();
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
        }
        {
            let mut state = self.loader.state();
            self.keys = state.pending.drain().collect();
            state.flying.extend(self.keys.iter().cloned());
            state.has_leader = false;
        }
        let found = self.loader.batches.try_load_many(self.keys.clone()).await;
        let found = found.unwrap_or_else(|left_out| {
            let error = Error::internal(left_out);
            self.keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
        });
        self.loader.state().known.extend(found);
    }
}

impl<K, V, F> Drop for Lead<'_, K, V, F>
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: BatchFn<K, V>,
{
    fn drop(&mut self) {
        let mut state = self.loader.state();
        if self.keys.is_empty() {
            state.has_leader = false;
        }
        for key in &self.keys {
            state.flying.remove(key);
        }
        drop(state);
        self.loader.answered.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::{join_all, select};

    use super::*;

    /// Answers numbers with themselves, and notes its batches.
    struct Echo(Sizes);

    impl BatchFn<u32, Batched<u32>> for Echo {
        async fn load(&mut self, keys: &[u32]) -> HashMap<u32, Batched<u32>> {
            self.0.lock().unwrap().push(keys.len());
            tokio::task::yield_now().await;
            keys.iter().filter(|key| **key != 13).map(|key| (*key, Ok(*key))).collect()
        }
    }

    type Sizes = Arc<Mutex<Vec<usize>>>;

    fn echo() -> (Loader<u32, Batched<u32>, Echo>, Sizes) {
        let sizes = Sizes::default();
        (Loader::new(Echo(sizes.clone())), sizes)
    }

    #[tokio::test]
    async fn many_siblings_are_one_batch_at_each_level() {
        let ((upper, of_upper), (lower, of_lower)) = (echo(), echo());
        let both = (100..300).map(async |n| {
            let n = ask(&upper, n).await.unwrap();
            ask(&lower, n + 1).await.unwrap()
        });
        let answers = join_all(both).await;
        assert_eq!(answers, (101..301).collect::<Vec<_>>());
        assert_eq!(*of_upper.lock().unwrap(), [200]);
        assert_eq!(*of_lower.lock().unwrap(), [200]);
        assert_eq!(ask(&upper, 150).await.unwrap(), 150);
        upper.know([(7, 8)]);
        assert_eq!(ask(&upper, 7).await.unwrap(), 8);
        assert_eq!(of_upper.lock().unwrap().len(), 1, "what is known is not read again");
    }

    #[tokio::test]
    async fn a_batch_is_a_thousand_keys_at_most() {
        let (loader, sizes) = echo();
        let answers = join_all((100..2_600).map(|n| ask(&loader, n))).await;
        assert!(answers.into_iter().map(Result::unwrap).eq(100..2_600));
        assert_eq!(*sizes.lock().unwrap(), [1_000, 1_000, 500]);
    }

    #[tokio::test]
    async fn who_waits_is_answered_when_the_leader_is_gone() {
        let (loader, batches) = echo();
        for turns in 0..5 {
            let leader = Box::pin(ask(&loader, 2 * turns));
            let others = join_all([1, 2].map(|n| ask(&loader, 100 + 2 * turns + n)));
            let cut = Box::pin(async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            });
            let led = async { drop(select(leader, cut).await) };
            let ((), answers) = tokio::join!(led, others);
            assert!(answers.into_iter().all(|answer| answer.is_ok()), "{turns}");
        }
        assert!(batches.lock().unwrap().len() >= 5);
    }

    #[tokio::test]
    async fn a_key_that_a_batch_leaves_out_is_a_failure() {
        let (loader, _) = echo();
        assert!(matches!(ask(&loader, 13).await, Err(Error::Internal(_))));
    }
}
