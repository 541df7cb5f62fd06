//! Who is around, and who types: kept in Redis where there is one, for all servers of the community, else in
//! this process. Everything in it ends by itself, so that nothing stays of a server that crashed.

mod keeper;
mod store;
mod typing;
mod watch;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::{keeper::Keeper, watch::Watch};
use self::{store::Store, typing::Typers, watch::Watched};
use super::bus::{Bus, Note, Passing};
use crate::clock::Clock;

/// How long a member stays after their last connection has closed: a page that loads again is no leaving.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// How long a server's word that a member is around is good for; it says it again every 15 s.
const LEASE: TimeDelta = TimeDelta::seconds(40);

/// Who is around, and who types. Clones share everything.
#[derive(Clone, Debug)]
pub struct Presence(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    bus: Bus,
    clock: Clock,
    tasks: TaskTracker,
    here: Mutex<HashMap<Uuid, Here>>,
    watched: Mutex<HashMap<Uuid, Watched>>,
    typers: Mutex<Typers>,
}

/// A member who is connected to this server, or was a moment ago.
#[derive(Clone, Copy, Debug, Default)]
struct Here {
    connections: usize,
    /// When they count as gone.
    leaves_at: Option<DateTime<Utc>>,
}

/// The stream on which it is passed that a member came or left. Streams are known by their keys alone, so this is
/// not the member's own: nothing is ever written to it.
pub fn channel(profile: Uuid) -> Uuid {
    Uuid::from_u128(profile.as_u128() ^ 0x7072_6573_656e_6365_7072_6573_656e_6365)
}

impl Presence {
    /// Nobody is around yet. Others are told by the bus, and known by its Redis; `tasks` are waited for before the
    /// server ends.
    pub fn new(bus: Bus, clock: Clock, tasks: TaskTracker) -> Self {
        let store = Store::of(bus.redis());
        let (here, watched, typers) = Default::default();
        Self(Arc::new(Inner { store, bus, clock, tasks, here, watched, typers }))
    }

    /// A member has opened a connection that stays. Never waits; for each there is one [`Presence::depart`].
    pub fn arrive(&self, profile: Uuid) {
        let mut here = self.here();
        let is_new = !here.contains_key(&profile);
        let entry = here.entry(profile).or_default();
        entry.connections += 1;
        entry.leaves_at = None;
        drop(here);
        if is_new {
            let presence = self.clone();
            self.0.tasks.spawn(async move {
                let was = presence.0.store.say(&[profile], presence.now(), LEASE).await;
                if was != Some(vec![true]) {
                    presence.tell(profile);
                }
            });
        }
    }

    /// A connection of a member has closed. They count as gone when none has been opened for 10 s.
    pub fn depart(&self, profile: Uuid) {
        let leaves_at = self.now() + GRACE;
        if let Some(entry) = self.here().get_mut(&profile) {
            entry.connections = entry.connections.saturating_sub(1);
            if entry.connections == 0 {
                entry.leaves_at = Some(leaves_at);
            }
        }
    }

    /// Whether each of these members is around, in their order: at most one round trip, and at most 200 ms. What
    /// can't be found out is no.
    pub async fn online(&self, profiles: &[Uuid]) -> Vec<bool> {
        match self.states(profiles).await {
            Some(states) => states,
            None => self.connected(profiles),
        }
    }

    /// The same; `None` when it can't be found out.
    async fn states(&self, profiles: &[Uuid]) -> Option<Vec<bool>> {
        let mut states = self.connected(profiles);
        let elsewhere: Vec<Uuid> =
            profiles.iter().zip(&states).filter(|(_, here)| !**here).map(|(key, _)| *key).collect();
        let mut others = self.0.store.online(&elsewhere, self.now()).await?.into_iter();
        for state in states.iter_mut().filter(|here| !**here) {
            *state = others.next().unwrap_or_default();
        }
        Some(states)
    }

    /// Whether each of these is connected to this server.
    fn connected(&self, profiles: &[Uuid]) -> Vec<bool> {
        let here = self.here();
        profiles.iter().map(|profile| here.contains_key(profile)).collect()
    }

    /// Lets those go whose time has come.
    async fn let_go(&self) {
        let now = self.now();
        let mut gone = Vec::new();
        self.here().retain(|profile, entry| {
            let stays = entry.leaves_at.is_none_or(|at| at > now);
            if !stays {
                gone.push(*profile);
            }
            stays
        });
        if gone.is_empty() {
            return;
        }
        let elsewhere = self.0.store.unsay(&gone, now).await;
        // Who came back while that was said is said to be here once more.
        let back: Vec<Uuid> = gone
            .iter()
            .zip(self.connected(&gone))
            .filter(|(_, back)| *back)
            .map(|(key, _)| *key)
            .collect();
        self.0.store.say(&back, now, LEASE).await;
        let elsewhere = elsewhere.unwrap_or_default().into_iter().chain(std::iter::repeat(false));
        for (profile, elsewhere) in gone.into_iter().zip(elsewhere) {
            if !elsewhere && !back.contains(&profile) {
                self.tell(profile);
            }
        }
    }

    /// Says once more who is connected to this server.
    async fn say_again(&self) {
        let here: Vec<Uuid> = self.here().keys().copied().collect();
        self.0.store.say(&here, self.now(), LEASE).await;
    }

    /// This server ends: its members have 10 s to come to another.
    pub async fn retire(&self) {
        let here: Vec<Uuid> = self.here().keys().copied().collect();
        self.0.store.say(&here, self.now(), GRACE).await;
    }

    /// Tells everybody that a member came or left.
    fn tell(&self, profile: Uuid) {
        let passing = Passing::Presence { profile };
        self.0.bus.publish(Note::Passing { stream: channel(profile), passing });
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    fn here(&self) -> MutexGuard<'_, HashMap<Uuid, Here>> {
        self.0.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
