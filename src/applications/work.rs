use crate::queue::{Handler, Timer};

/// Who does the work of this slice.
pub const HANDLERS: &[Handler] = &[];

/// What happens by itself.
pub const TIMERS: &[Timer] = &[];
