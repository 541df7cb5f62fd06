//! Operations over WebSockets and event streams, and how those end.

mod caps;
pub mod client;
mod events;
mod protocol;
mod sessions;
mod subscriptions;

use std::time::Duration;

use guildhall::server::Patience;

/// As patient as a test: what ends by itself does so soon, whatever else waits for long.
fn brisk() -> Patience {
    Patience { look: Duration::from_millis(20), ..Patience::default() }
}
