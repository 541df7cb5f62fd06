use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Presence;
use crate::infra::bus::{Heard, Listener, Note, Passing};

/// How often it is looked whether something is due.
const TURN: Duration = Duration::from_secs(1);
/// How often a server says who is connected to it.
const BEAT: TimeDelta = TimeDelta::seconds(15);
/// How often it is looked whether somebody came or left without a word.
const LOOK: TimeDelta = TimeDelta::seconds(5);

/// Does what is due: lets members go, says again who is here, and tells of what ended without a word. One for each
/// server.
#[derive(Debug)]
pub struct Keeper {
    presence: Presence,
    listener: Listener,
    next_beat: DateTime<Utc>,
    next_look: DateTime<Utc>,
}

impl Keeper {
    /// A keeper that listens from now on.
    pub fn new(presence: &Presence) -> Self {
        let now = presence.now();
        Self {
            presence: presence.clone(),
            listener: presence.0.bus.listen(),
            next_beat: now + BEAT,
            next_look: now + LOOK,
        }
    }

    /// Works until the bus is gone.
    pub async fn run(mut self) {
        let mut turns = tokio::time::interval(TURN);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = self.listener.next() => match heard {
                    Some(heard) => self.hear(&heard),
                    None => return,
                },
                _ = turns.tick() => self.turn().await,
            }
        }
    }

    /// Hears what was said and does what is due now.
    pub async fn turn(&mut self) {
        while let Some(heard) = self.listener.try_next() {
            self.hear(&heard);
        }
        let (presence, now) = (&self.presence, self.presence.now());
        presence.fade();
        presence.let_go().await;
        if now >= self.next_beat {
            self.next_beat = now + BEAT;
            presence.say_again().await;
        }
        if now >= self.next_look {
            self.next_look = now + LOOK;
            presence.look().await;
        }
    }

    fn hear(&mut self, heard: &Heard) {
        match heard {
            Heard::Note(Note::Passing { stream, passing }) => match passing {
                Passing::Typing { profile, typing } => {
                    self.presence.hear_typing(*stream, *profile, *typing);
                }
                Passing::Presence { profile } => self.presence.hear_presence(*profile),
                Passing::Bumped { .. } | Passing::Expiring { .. } => {}
            },
            Heard::Note(_) => {}
            // Redis may have been away, and may have forgotten everything.
            Heard::Lost => {
                let now = self.presence.now();
                (self.next_beat, self.next_look) = (now, now);
            }
        }
    }
}
