use chrono::TimeDelta;

use super::saved;
use crate::queue::{Handler, Timer};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[
    Handler { kind: &saved::PUBLISHED, run: |job| Box::pin(saved::told(job)) },
    Handler { kind: &saved::DIGEST, run: |job| Box::pin(saved::is_due(job)) },
];

/// What happens by itself.
pub const TIMERS: &[Timer] =
    &[Timer { name: saved::DIGEST.name, every: TimeDelta::hours(1), kind: &saved::DIGEST }];
