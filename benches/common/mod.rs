//! What the benchmarks share.

pub(crate) mod cpu;
pub(crate) mod home;
pub(crate) mod http;
pub(crate) mod side;
pub(crate) mod table;
