use std::{collections::HashMap, hash::Hash, sync::Arc};

use uuid::Uuid;

use super::Execution;
use crate::{Error, Result};

/// What a batch answers for one key. `dataloader` has no way to fail, so the failure is a value.
pub type Batched<V> = Result<V>;

/// A batch function with the execution that it works for: what it may see is what the actor may see.
#[derive(Debug)]
pub struct Batch<T> {
    /// The execution.
    pub execution: Arc<Execution>,
    /// Which batch it is.
    pub what: T,
}

/// Answers every key of a to-one edge; a key left unanswered is an error in `dataloader`.
pub fn one<K, M>(
    keys: &[K],
    rows: Result<Vec<M>>,
    key_of: impl Fn(&M) -> K,
) -> HashMap<K, Batched<Option<Arc<M>>>>
where
    K: Clone + Eq + Hash,
{
    match rows {
        Err(error) => fail(keys, &error),
        Ok(rows) => {
            let mut found: HashMap<K, Arc<M>> =
                rows.into_iter().map(|row| (key_of(&row), Arc::new(row))).collect();
            keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect()
        }
    }
}

/// Answers every key of a to-many edge.
pub fn many<K, M, V>(
    keys: &[K],
    rows: Result<Vec<M>>,
    split: impl Fn(M) -> (K, V),
) -> HashMap<K, Batched<Arc<Vec<V>>>>
where
    K: Clone + Eq + Hash,
{
    match rows {
        Err(error) => fail(keys, &error),
        Ok(rows) => {
            let mut found: HashMap<K, Vec<V>> = HashMap::new();
            for row in rows {
                let (key, value) = split(row);
                found.entry(key).or_default().push(value);
            }
            let mut take = |key: &K| Ok(Arc::new(found.remove(key).unwrap_or_default()));
            keys.iter().map(|key| (key.clone(), take(key))).collect()
        }
    }
}

/// Parts keys by what they ask for beside their parent: all parents that ask alike are read in one
/// statement.
pub fn alike<A: Clone + Eq + Hash>(keys: &[(Uuid, A)]) -> Vec<(A, Vec<Uuid>)> {
    let mut alike: HashMap<&A, Vec<Uuid>> = HashMap::new();
    for (parent, ask) in keys {
        alike.entry(ask).or_default().push(*parent);
    }
    alike.into_iter().map(|(ask, parents)| (ask.clone(), parents)).collect()
}

/// Answers the keys of parents that asked alike.
pub fn answer<A: Clone + Eq + Hash, P>(
    answers: &mut HashMap<(Uuid, A), Batched<P>>,
    ask: &A,
    parents: &[Uuid],
    found: Result<Vec<(Uuid, P)>>,
) {
    match found {
        Ok(pages) => {
            answers.extend(pages.into_iter().map(|(id, page)| ((id, ask.clone()), Ok(page))));
        }
        Err(error) => {
            answers.extend(parents.iter().map(|id| ((*id, ask.clone()), Err(error.clone()))));
        }
    }
}

/// Answers every key with the failure.
pub fn fail<K: Clone + Eq + Hash, V>(keys: &[K], error: &Error) -> HashMap<K, Batched<V>> {
    keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
}
