use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use super::Execution;

/// The loaders of one slice.
pub trait LoaderSet: Any + Send + Sync {
    /// Loaders that answer what the actor of `execution` may see.
    fn new(execution: &Arc<Execution>) -> Self;
}

type Sets = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// All loaders of one execution: each set is made when it is first asked for.
pub struct Loaders {
    execution: Arc<Execution>,
    sets: Mutex<Sets>,
}

impl Loaders {
    pub(super) fn new(execution: Arc<Execution>) -> Self {
        Self { execution, sets: Mutex::default() }
    }

    /// The loaders of one slice.
    pub fn of<L: LoaderSet>(&self) -> Arc<L> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sets.get(&TypeId::of::<L>()).cloned().and_then(|set| set.downcast().ok());
        known.unwrap_or_else(|| {
            let set = Arc::new(L::new(&self.execution));
            sets.insert(TypeId::of::<L>(), set.clone());
            set
        })
    }

    /// Drops what was cached; after a write it may be wrong.
    pub fn forget(&self) {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl std::fmt::Debug for Loaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaders").finish_non_exhaustive()
    }
}

/// The loaders `At`, once for each place of the answer (`lane`) that asks.
pub struct Lanes<At, Place = u64> {
    execution: Arc<Execution>,
    lanes: Mutex<HashMap<Place, Arc<At>>>,
}

impl<At: LoaderSet, Place: Eq + Hash> Lanes<At, Place> {
    /// None yet.
    pub fn new(execution: &Arc<Execution>) -> Self {
        Self { execution: execution.clone(), lanes: Mutex::default() }
    }

    /// Those of one place.
    pub fn at(&self, lane: Place) -> Arc<At> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.entry(lane).or_insert_with(|| Arc::new(At::new(&self.execution))).clone()
    }
}
