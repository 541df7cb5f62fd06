//! How much a client may say.

use tokio::time::Instant;

/// Messages a second that a client may send, and how many at once.
const MESSAGES: (u32, u32) = (100, 200);

/// What may yet be sent to us, as a bucket that fills up with time.
pub(super) struct Allowance {
    left: f64,
    at: Instant,
}

impl Allowance {
    /// A full one.
    pub(super) fn new(now: Instant) -> Self {
        Self { left: f64::from(MESSAGES.1), at: now }
    }

    /// Takes one message out; answers whether there was one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let (a_second, most) = MESSAGES;
        let filled = (now - self.at).as_secs_f64() * f64::from(a_second);
        *self = Self { left: (self.left + filled).min(f64::from(most)) - 1.0, at: now };
        self.left >= 0.0
    }
}
