//! The end-to-end benchmark.
fn main() {}
