use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::{Presence, channel};
use crate::infra::bus::{Note, Passing};

/// A member whom somebody watches who is connected to this server.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watched {
    watchers: usize,
    /// What the watchers know.
    is_online: Option<bool>,
    /// Whether they were told of a change since that was noted.
    stirred: bool,
}

/// For as long as this lives, it is told on the bus of this process when one of these members comes or leaves, even
/// where their server can't tell it any more.
#[derive(Debug)]
pub struct Watch {
    presence: Presence,
    profiles: Vec<Uuid>,
}

impl Presence {
    /// Watches these members; name each once.
    pub async fn watch(&self, profiles: Vec<Uuid>) -> Watch {
        {
            let mut watched = self.watched();
            for profile in &profiles {
                watched.entry(*profile).or_default().watchers += 1;
            }
        }
        let watch = Watch { presence: self.clone(), profiles };
        if let Some(states) = self.states(&watch.profiles).await {
            let mut watched = self.watched();
            for (profile, is_online) in watch.profiles.iter().zip(states) {
                if let Some(entry) = watched.get_mut(profile) {
                    entry.is_online.get_or_insert(is_online);
                }
            }
        }
        watch
    }

    /// It was told that a member came or left.
    pub(super) fn hear_presence(&self, profile: Uuid) {
        if let Some(entry) = self.watched().get_mut(&profile) {
            entry.stirred = true;
        }
    }

    /// Tells the watchers here of those who came or left without a word: their server crashed, or the word was
    /// lost. Costs nothing while nobody watches.
    pub(super) async fn look(&self) {
        let profiles: Vec<Uuid> = self.watched().keys().copied().collect();
        if profiles.is_empty() {
            return;
        }
        let Some(states) = self.states(&profiles).await else { return };
        let mut changed = Vec::new();
        {
            let mut watched = self.watched();
            for (profile, is_online) in profiles.iter().zip(states) {
                let Some(entry) = watched.get_mut(profile) else { continue };
                if entry.is_online == Some(!is_online) && !entry.stirred {
                    changed.push(*profile);
                }
                entry.is_online = Some(is_online);
                entry.stirred = false;
            }
        }
        for profile in changed {
            let passing = Passing::Presence { profile };
            self.0.bus.publish_local(Note::Passing { stream: channel(profile), passing });
        }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<Uuid, Watched>> {
        self.0.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.presence.watched();
        for profile in &self.profiles {
            if let Some(entry) = watched.get_mut(profile) {
                entry.watchers = entry.watchers.saturating_sub(1);
                if entry.watchers == 0 {
                    watched.remove(profile);
                }
            }
        }
    }
}
