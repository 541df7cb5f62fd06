//! The doorbell: tells this process, and every other of the community, that something happened. What it says
//! may be lost; the database knows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Notes that wait for a listener who is slow; it then hears that some were lost.
const WAITING: usize = 16_384;

/// What the bus says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// A stream has reached a number.
    Reached {
        /// The stream.
        stream: Uuid,
        /// The number of its latest event.
        seq: i64,
        /// Whether it is news for those who only want to know that there is some.
        news: bool,
    },
    /// Something passing, for those who follow a stream now.
    Passing {
        /// The stream.
        stream: Uuid,
        /// What.
        passing: Passing,
    },
    /// What a member may see or do has changed: their role, their state, whom they block or follow.
    Rights {
        /// The key of the account and profile.
        member: Uuid,
    },
    /// A session was renewed or has ended.
    Session {
        /// Its key.
        session: Uuid,
    },
}

/// Something that nobody needs to hear later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Passing {
    /// Somebody types, or stopped.
    Typing {
        /// Who.
        profile: Uuid,
        /// Whether they do.
        typing: bool,
    },
    /// Somebody came online, or left. Passed on the stream of that member.
    Presence {
        /// Who.
        profile: Uuid,
    },
    /// Something happened in a conversation. Never told between processes: each sees it for itself.
    Bumped {
        /// The conversation.
        conversation: Uuid,
    },
    /// The session of a socket is about to end. Told on that socket alone.
    Expiring {
        /// When.
        at: DateTime<Utc>,
    },
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A note.
    Note(Note),
    /// Notes were lost: anything may have happened.
    Lost,
}

/// Tells what happened, to this process and to others.
#[derive(Debug)]
pub struct Bus {
    local: broadcast::Sender<Heard>,
}

/// Hears what the bus says from the moment it is made.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Heard>);

impl Bus {
    /// A bus within this process.
    pub fn memory() -> Self {
        Self { local: broadcast::Sender::new(WAITING) }
    }

    /// Tells something. Never waits, never fails.
    pub fn publish(&self, note: Note) {
        // Nobody may listen.
        let _ = self.local.send(Heard::Note(note));
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.local.subscribe())
    }

    /// Whether what other processes say is heard now: while it is not, look at the database often.
    pub fn is_whole(&self) -> bool {
        true
    }
}

impl Listener {
    /// The next thing heard; `None` once the bus is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Lost),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
