//! What can be set from the command line.

use clap::Parser;

use crate::common::side::Side;

/// Deliveries of a round, unless the number of messages is given.
const DELIVERIES: u32 = 500_000;

/// A room of subscribers, beside the limit: a server written by hand that sends prepared frames.
#[derive(Clone, Debug, Parser)]
#[command(name = "live")]
pub(crate) struct Args {
    /// A PostgreSQL server to measure on, in a database of its own that goes at the end; SQLite in a
    /// temporary folder when there is none.
    #[arg(long, env = "GUILDHALL_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// How many follow the room, each over a socket of their own: one line of the table for each number.
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1_000, 5_000],
          value_parser = clap::value_parser!(u32).range(1..=25_000))]
    pub(crate) subscribers: Vec<u32>,
    /// Messages of a round; by default as many as make 500,000 deliveries.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    messages: Option<u32>,
    /// Messages under way at once: the next one is sent when one has reached everybody.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) at_once: u32,
    /// How often each line is measured, on both sides in turn; medians are shown.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) rounds: usize,
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
    /// Messages of a round before so many subscribers.
    pub(crate) fn messages(&self, subscribers: u32) -> u32 {
        self.messages.unwrap_or_else(|| (DELIVERIES / subscribers.max(1)).max(10))
    }
}
