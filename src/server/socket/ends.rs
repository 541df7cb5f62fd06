//! Why sockets end.

use super::protocol::Close;

/// The session or token has ended.
pub(super) fn over() -> Close {
    Close::new(Close::FORBIDDEN, "Forbidden: the session or token has ended")
}

/// Clients come back, and go on where they were.
pub(super) fn slow() -> Close {
    Close::new(Close::LATER, "what was sent was not read in time")
}

pub(super) fn lost() -> Close {
    Close::new(1006, "the connection is lost")
}

/// Why nothing more can be read or written. The library tells apart, in words alone, what we need to.
pub(super) fn broken(error: &axum::Error) -> Close {
    let text = error.to_string();
    match () {
        () if text.starts_with("Space limit") => {
            Close::new(Close::TOO_LARGE, "messages are at most 256 KiB")
        }
        () if text.starts_with("UTF-8") => Close::new(Close::NOT_TEXT, "the message is not UTF-8"),
        () if text.ends_with("without closing handshake") => lost(),
        () if text.starts_with("WebSocket protocol") => {
            Close::new(Close::BROKEN, "the WebSocket protocol was broken")
        }
        () => lost(),
    }
}
