use std::{collections::HashMap, fmt::Debug, hash::Hash, sync::Arc};

use dataloader::{BatchFn, cached::Loader};
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

/// A loader of one execution. Two yields gather all siblings of a level; the default ten re-poll the
/// whole tree eight times more. A thousand keys go into one statement; the default is 200.
pub fn loader<K, V, T>(execution: &Arc<Execution>, what: T) -> Loader<K, Batched<V>, Batch<T>>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    Batch<T>: BatchFn<K, Batched<V>>,
{
    Loader::new(Batch { execution: execution.clone(), what })
        .with_yield_count(2)
        .with_max_batch_size(1_000)
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

/// Asks a loader. Box the future where it is awaited in a resolver: async-graphql copies a future as large as
/// the largest of a type's resolvers for each field. Asks again where the batch was lost: the future that ran it may have been dropped
/// (a sibling field failed, the client left) while others waited for its answer.
pub async fn ask<K, V, F>(loader: &Loader<K, Batched<V>, F>, key: K) -> Result<V>
where
    K: Clone + Debug + Eq + Hash,
    V: Clone,
    F: BatchFn<K, Batched<V>>,
{
    let mut tries = 3;
    loop {
        tries -= 1;
        match loader.try_load(key.clone()).await {
            Ok(answer) => return answer,
            Err(_) if tries > 0 => {}
            Err(unanswered) => return Err(Error::internal(unanswered)),
        }
    }
}
