//! What the program says about its work: lines for eyes, or JSON for programs, on standard error.
//! Log lines carry names, ids, counts and times, never the bodies of requests, never tokens.

use anyhow::{Context as _, Result};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::{Config, LogFormat};

/// What others say too much of, unless `log` says otherwise.
const QUIET: &str = "sea_orm_migration=warn,sqlx=warn";

/// Starts the log, once in a process.
pub fn start(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", config.log)).context("GUILDHALL_LOG")?;
    let registry = tracing_subscriber::registry().with(filter);
    match config.log_format {
        LogFormat::Text => {
            let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
            let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(ansi);
            registry.with(lines).try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .with_writer(std::io::stderr);
            registry.with(lines).try_init()
        }
    }
    .context("the log was started before")
}
