//! The doorbell: tells this process, and every other of the community, that something happened. What it says
//! may be lost; the database knows.

mod redis;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use uuid::Uuid;

pub use self::redis::Redis;
use crate::{Result, config::Config};

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
    /// Background work waits, or will in a moment.
    Work {
        /// In which queue.
        queue: String,
        /// Which process said so.
        from: Uuid,
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

/// Tells what happened, to this process and to others. Clones are the same bus.
#[derive(Clone, Debug)]
pub struct Bus {
    local: broadcast::Sender<Heard>,
    /// The way to the other processes; without it there are none.
    redis: Option<Arc<Redis>>,
}

/// Hears what the bus says from the moment it is made.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Heard>);

impl Bus {
    /// A bus within this process.
    pub fn memory() -> Self {
        Self { local: broadcast::Sender::new(WAITING), redis: None }
    }

    /// The bus that is configured: with a Redis, all processes that share it and the prefix. It is reached for in
    /// the background, from within tokio's runtime, and again whenever it is lost; wait for the first try with
    /// [`Bus::reached`].
    pub fn open(config: &Config) -> Result<Self> {
        let local = broadcast::Sender::new(WAITING);
        let redis = match &config.redis_url {
            Some(url) => Some(Arc::new(Redis::open(url, &config.redis_prefix, local.clone())?)),
            None => None,
        };
        Ok(Self { local, redis })
    }

    /// Waits until the other processes can be heard, or the first try to reach them has failed (at most 3 s).
    pub async fn reached(&self) {
        if let Some(redis) = &self.redis {
            redis.tried().await;
        }
    }

    /// Waits until what was published has left this process, at most for `longest`: for programs that end.
    pub async fn flush(&self, longest: Duration) {
        if let Some(redis) = &self.redis {
            let _ = tokio::time::timeout(longest, redis.flush()).await;
        }
    }

    /// Tells something. Never waits, never fails.
    pub fn publish(&self, note: Note) {
        if let Some(redis) = &self.redis
            && note.concerns_others()
        {
            redis.publish(&note);
        }
        self.publish_local(note);
    }

    /// Tells something to this process alone.
    pub fn publish_local(&self, note: Note) {
        // Nobody may listen.
        let _ = self.local.send(Heard::Note(note));
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.local.subscribe())
    }

    /// Whether what other processes say is heard now: while it is not, look at the database often. Without
    /// other processes it always is.
    pub fn is_whole(&self) -> bool {
        self.redis.as_ref().is_none_or(|redis| redis.is_connected())
    }

    /// The Redis behind it, for what else processes share.
    pub fn redis(&self) -> Option<&Arc<Redis>> {
        self.redis.as_ref()
    }
}

impl Note {
    /// Whether other processes want to hear it.
    fn concerns_others(&self) -> bool {
        let Self::Passing { passing, .. } = self else { return true };
        match passing {
            Passing::Typing { .. } | Passing::Presence { .. } => true,
            Passing::Bumped { .. } | Passing::Expiring { .. } => false,
        }
    }

    /// Whether it does harm that others miss it.
    fn is_passing(&self) -> bool {
        matches!(self, Self::Passing { .. } | Self::Work { .. })
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

    /// What was said already, without waiting; `None` is nothing.
    pub fn try_next(&mut self) -> Option<Heard> {
        match self.0.try_recv() {
            Ok(heard) => Some(heard),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Heard::Lost),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => {
                None
            }
        }
    }
}
