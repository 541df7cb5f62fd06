//! Everything that is followed in this process, and the ear on the bus.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak},
    time::Duration,
};

use async_graphql::Variables;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use super::{
    group::Group,
    member::Member,
    tail::{Tail, within},
};
use crate::{
    Error, Result,
    app::App,
    engine::Engine,
    graph::{Topic, documents::Prepared},
    infra::bus::{Heard, Listener, Note},
    streams::{self, Stream},
};

/// How often the database is asked whether a ring was lost.
const LOOK: Duration = Duration::from_secs(5);
/// The same while the bus is known to be broken.
const LOOK_BROKEN: Duration = Duration::from_millis(500);
/// How many at a time are told that there is news elsewhere.
const BUMPS: usize = 4;
/// How many at a time are opened anew.
const OPENINGS: usize = 8;

/// Everything that is followed in this process.
pub(in crate::engine) struct Hub {
    tails: Registry<Uuid, Tail>,
    shared: Registry<Key, Group>,
    bumps: Lists<Group>,
    passing: Lists<Group>,
    members: Lists<Member>,
    bump_turns: Semaphore,
    opening_turns: Semaphore,
    listening: Once,
}

/// What subscribers have in common who are told the same: the stream, the document, the operation, the variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    stream: Uuid,
    /// Where the document lies; whoever has the key's group holds the document.
    document: usize,
    name: Option<String>,
    variables: String,
}

impl Key {
    pub(super) fn new(
        stream: Uuid,
        document: &Arc<Prepared>,
        name: Option<&str>,
        variables: &Variables,
    ) -> Result<Self> {
        let document = Arc::as_ptr(document).addr();
        let variables = serde_json::to_string(variables).map_err(Error::internal)?;
        Ok(Self { stream, document, name: name.map(str::to_owned), variables })
    }
}

impl Hub {
    pub(in crate::engine) fn new() -> Self {
        Self {
            tails: Registry::default(),
            shared: Registry::default(),
            bumps: Lists::default(),
            passing: Lists::default(),
            members: Lists::default(),
            bump_turns: Semaphore::new(BUMPS),
            opening_turns: Semaphore::new(OPENINGS),
            listening: Once::new(),
        }
    }

    /// Listens to the bus from now on, if it does not yet.
    pub(super) fn listen(&self, engine: &Arc<Engine>) {
        self.listening.call_once(|| {
            let listener = engine.app.bus.listen();
            tokio::spawn(hear(Arc::downgrade(engine), listener));
        });
    }

    /// The tail of a stream.
    pub(super) fn tail(&self, stream: Stream) -> Arc<Tail> {
        self.tails.get_or(stream.id, || Arc::new(Tail::new(stream)))
    }

    /// The group of those who asked alike.
    pub(super) fn shared(&self, key: Key, make: impl FnOnce() -> Arc<Group>) -> Arc<Group> {
        self.shared.get_or(key, make)
    }

    /// Notes whose rights a subscription hangs on.
    pub(super) fn note(&self, member: &Arc<Member>) {
        if let Some(id) = member.actor().id() {
            self.members.add(id, member);
        }
    }

    /// Brings a group what its topic wants to hear beside its stream.
    pub(super) fn connect(&self, group: &Arc<Group>, topic: &Topic) {
        for stream in &topic.bumps {
            self.bumps.add(*stream, group);
        }
        for stream in &topic.passing {
            self.passing.add(*stream, group);
        }
    }

    /// A turn at telling that there is news elsewhere.
    pub(super) async fn bumps(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.bump_turns.acquire().await.ok()
    }

    /// A turn at opening a subscription anew.
    pub(super) async fn opening(&self) -> Option<SemaphorePermit<'_>> {
        self.opening_turns.acquire().await.ok()
    }

    fn heard(&self, app: &Arc<App>, note: &Note) {
        match note {
            Note::Reached { stream, seq, news } => {
                if let Some(tail) = self.tails.get(stream) {
                    tail.ring(app, *seq);
                }
                if *news {
                    for group in self.bumps.get(stream) {
                        group.bump(*stream);
                    }
                }
            }
            Note::Passing { stream, passing } => {
                if let Some(tail) = self.tails.get(stream) {
                    tail.pass(passing);
                }
                for group in self.passing.get(stream) {
                    group.pass(passing.clone());
                }
            }
            Note::Rights { member } => {
                for subscriber in self.members.get(member) {
                    subscriber.reopen();
                }
            }
            Note::Session { .. } | Note::Work { .. } => {}
        }
    }

    /// Asks the database how far every stream has come that is followed.
    async fn look(&self, app: &Arc<App>) {
        self.tidy();
        let followed = self.tails.keys();
        for some in followed.chunks(5_000) {
            let before: Vec<_> = some.iter().filter_map(|stream| self.tails.get(stream)).collect();
            let before: HashMap<_, _> =
                before.into_iter().map(|tail| (tail.stream.id, tail.position())).collect();
            match within(app, streams::reached(app.db.fresh(), some)).await {
                Ok(reached) => {
                    for (stream, seq) in reached {
                        let Some(tail) = self.tails.get(&stream) else { continue };
                        match before.get(&stream).is_some_and(|before| seq < *before) {
                            true => tail.is_set_back(seq),
                            false => tail.ring(app, seq),
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "can't look for missed events"),
            }
        }
    }

    /// Everything may have changed: there may be news everywhere, and anybody may have lost rights.
    fn doubt_all(&self) {
        for (stream, groups) in self.bumps.all() {
            for group in groups {
                group.bump(stream);
            }
        }
        for (_, subscribers) in self.members.all() {
            for subscriber in subscribers {
                subscriber.reopen();
            }
        }
    }

    fn tidy(&self) {
        self.tails.tidy();
        self.shared.tidy();
        self.bumps.tidy();
        self.passing.tidy();
        self.members.tidy();
    }
}

async fn hear(engine: Weak<Engine>, mut listener: Listener) {
    let mut next_look = tokio::time::Instant::now() + LOOK;
    loop {
        let heard = tokio::time::timeout_at(next_look, listener.next()).await;
        let Some(engine) = engine.upgrade() else { return };
        let (hub, app) = (&engine.hub, &engine.app);
        match heard {
            Ok(None) => return,
            Ok(Some(Heard::Note(note))) => {
                hub.heard(app, &note);
                if tokio::time::Instant::now() < next_look {
                    continue;
                }
            }
            Ok(Some(Heard::Lost)) => hub.doubt_all(),
            Err(_) => {}
        }
        hub.look(app).await;
        let pause = if app.bus.is_whole() { LOOK } else { LOOK_BROKEN };
        next_look = tokio::time::Instant::now() + pause;
    }
}

/// One thing for each key, for as long as somebody else holds it.
struct Registry<K, T>(Mutex<HashMap<K, Weak<T>>>);

impl<K, T> Default for Registry<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, T> Registry<K, T> {
    fn all(&self) -> MutexGuard<'_, HashMap<K, Weak<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &K) -> Option<Arc<T>> {
        self.all().get(key).and_then(Weak::upgrade)
    }

    fn get_or(&self, key: K, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        let mut all = self.all();
        if let Some(known) = all.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        let made = make();
        all.insert(key, Arc::downgrade(&made));
        made
    }

    fn keys(&self) -> Vec<K> {
        self.all().keys().cloned().collect()
    }

    fn tidy(&self) {
        self.all().retain(|_, known| known.strong_count() > 0);
    }
}

/// Several things for each key, for as long as somebody else holds them.
struct Lists<T>(Mutex<HashMap<Uuid, Vec<Weak<T>>>>);

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Lists<T> {
    fn lists(&self) -> MutexGuard<'_, HashMap<Uuid, Vec<Weak<T>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, key: Uuid, thing: &Arc<T>) {
        let mut lists = self.lists();
        let list = lists.entry(key).or_default();
        if list.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(thing))) {
            return;
        }
        list.push(Arc::downgrade(thing));
    }

    fn get(&self, key: &Uuid) -> Vec<Arc<T>> {
        let lists = self.lists();
        lists.get(key).into_iter().flatten().filter_map(Weak::upgrade).collect()
    }

    fn all(&self) -> Vec<(Uuid, Vec<Arc<T>>)> {
        let lists = self.lists();
        let strong = |list: &Vec<Weak<T>>| list.iter().filter_map(Weak::upgrade).collect();
        lists.iter().map(|(key, list)| (*key, strong(list))).collect()
    }

    fn tidy(&self) {
        self.lists().retain(|_, list| {
            list.retain(|known| known.strong_count() > 0);
            !list.is_empty()
        });
    }
}
