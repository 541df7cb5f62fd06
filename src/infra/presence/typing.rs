use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Presence;
use crate::infra::bus::{Note, Passing};

/// How long somebody types who does not say so again.
const FADES: TimeDelta = TimeDelta::seconds(6);
/// How often somebody is heard who says so again and again.
const RENEWAL: TimeDelta = TimeDelta::seconds(1);

/// Who types, as far as this process has heard, by conversation and profile.
pub(super) type Typers = HashMap<(Uuid, Uuid), Typer>;

/// Somebody who types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typer {
    /// When it ends by itself.
    until: DateTime<Utc>,
    /// When they said so last.
    renewed: DateTime<Utc>,
}

impl Presence {
    /// Notes that somebody types in a conversation, for 6 s, or types no more. Answers whether that is worth telling:
    /// it changed, or was renewed after a second at least.
    pub async fn typing(&self, conversation: Uuid, profile: Uuid, typing: bool) -> bool {
        let (now, who) = (self.now(), (conversation, profile));
        if !typing {
            let known = self.typers().remove(&who);
            if known.is_none_or(|known| known.until <= now) {
                return false;
            }
            self.0.store.typed(conversation, profile).await;
            return true;
        }
        {
            let mut typers = self.typers();
            if typers.get(&who).is_some_and(|known| now < known.renewed + RENEWAL) {
                return false;
            }
            typers.insert(who, Typer { until: now + FADES, renewed: now });
        }
        self.0.store.typing(conversation, profile, now, FADES).await;
        true
    }

    /// Who types in each of these conversations, in the order of their keys: at most one round trip, and at most
    /// 200 ms.
    pub async fn typing_in(&self, conversations: &[Uuid]) -> Vec<Vec<Uuid>> {
        let now = self.now();
        let mut found = match self.0.store.typing_in(conversations, now).await {
            Some(found) => found,
            None => {
                let mut of: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
                for ((conversation, profile), typer) in &*self.typers() {
                    if typer.until > now {
                        of.entry(*conversation).or_default().push(*profile);
                    }
                }
                conversations.iter().map(|key| of.get(key).cloned().unwrap_or_default()).collect()
            }
        };
        found.iter_mut().for_each(|profiles| profiles.sort_unstable());
        found
    }

    /// Another server, or this one, has told of somebody who types.
    pub(super) fn hear_typing(&self, conversation: Uuid, profile: Uuid, typing: bool) {
        let (now, who) = (self.now(), (conversation, profile));
        let mut typers = self.typers();
        if !typing {
            typers.remove(&who);
            return;
        }
        let new = Typer { until: now + FADES, renewed: now };
        typers.entry(who).and_modify(|known| known.until = new.until).or_insert(new);
    }

    /// Tells those who listen here of everybody who has stopped without a word; every server does so for its own.
    pub(super) fn fade(&self) {
        let now = self.now();
        let mut gone = Vec::new();
        self.typers().retain(|who, typer| {
            let stays = typer.until > now;
            if !stays {
                gone.push(*who);
            }
            stays
        });
        for (stream, profile) in gone {
            let passing = Passing::Typing { profile, typing: false };
            self.0.bus.publish_local(Note::Passing { stream, passing });
        }
    }

    fn typers(&self) -> MutexGuard<'_, Typers> {
        self.0.typers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
