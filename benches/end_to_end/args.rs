//! What can be set from the command line.

use std::time::Duration;

use clap::Parser;

use crate::common::side::Side;

/// Guildhall beside the limit: the same pages, written by hand as one SQL statement each.
#[derive(Clone, Debug, Parser)]
#[command(name = "end_to_end")]
pub(crate) struct Args {
    /// A PostgreSQL server to measure on, in a database of its own that goes at the end; SQLite in a
    /// temporary folder when there is none.
    #[arg(long, env = "GUILDHALL_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Members.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) members: usize,
    /// Posts.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub(crate) posts: usize,
    /// Comments; five for each post by default.
    #[arg(long, value_name = "N")]
    pub(crate) comments: Option<usize>,
    /// Reactions; ten for each post by default.
    #[arg(long, value_name = "N")]
    pub(crate) reactions: Option<usize>,
    /// How often each page is measured, on both sides in turn; medians are shown.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How long a round lasts on each side.
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    seconds: f64,
    /// Connections that ask at once, each for one page after another.
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub(crate) connections: usize,
    /// Measure only these pages.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Measure only one side, to look at it with a profiler.
    #[arg(long, value_enum, value_name = "SIDE")]
    pub(crate) side: Option<Side>,
    /// Print the table in Markdown.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    pub(crate) fn round(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.01, 3_600.0))
    }
}
