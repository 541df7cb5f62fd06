use async_graphql::{Enum, SimpleObject};

use super::service::Seen;

/// Whether somebody is around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject)]
pub struct Presence {
    /// Whether they are connected: a page reloaded, or a connection that comes back within 10 seconds, makes no
    /// difference.
    pub state: PresenceState,
}

/// How much somebody is around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PresenceState {
    /// They are connected.
    Online,
    /// They are not, or you may not know it.
    Offline,
}

impl From<Seen> for Presence {
    fn from(seen: Seen) -> Self {
        let state = if seen.is_online { PresenceState::Online } else { PresenceState::Offline };
        Self { state }
    }
}
