//! The command line: one file per command. A command that fails says what to do next.

mod admin;
mod config;
mod keys;
mod migrate;
mod output;
mod process;
mod schema;
mod search;
mod seed;
mod serve;
mod setup;
mod work;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::Refused;

/// The self-hosted, headless backend for a professional community: one typed GraphQL graph.
#[derive(Debug, Parser)]
#[command(
    name = "guildhall",
    version,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "Without a command it serves. Each command has a --help of its own."
)]
struct Cli {
    /// The configuration file; without it guildhall.toml, if there is one.
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "GUILDHALL_CONFIG",
        hide_env_values = true
    )]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Args),
    /// Do background work alone, beside servers on the same PostgreSQL.
    Work(work::Args),
    /// Bring the tables up to date, or back; `serve` does the former by itself.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Print the GraphQL schema that is served.
    Schema,
    /// Fill an empty database with a made-up community, to measure with.
    Seed(seed::Args),
    /// Make an administrator.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Print the configuration that is in force, and where each value came from.
    Config(config::Args),
    /// Look after the keys that access tokens are signed with.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Look after what the search box finds.
    #[command(subcommand)]
    Search(search::Command),
}

/// The command line was understood, but asks for what can't be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs what the command line asks for. Ends with 0, with 1 when that failed, with 2 when the command
/// line or the configuration is not right.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let Err(error) = run(cli) else { return ExitCode::SUCCESS };
    output::warn(&format!("guildhall: {error:#}"));
    ExitCode::from(if error.is::<Refused>() || error.is::<Usage>() { 2 } else { 1 })
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let file = cli.config.as_deref();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command.unwrap_or_else(|| Command::Serve(serve::Args::default())) {
            Command::Serve(args) => serve::run(file, args).await,
            Command::Work(args) => work::run(file, args).await,
            Command::Migrate(command) => migrate::run(file, command).await,
            Command::Schema => schema::run(),
            Command::Seed(args) => seed::run(file, args).await,
            Command::Admin(command) => admin::run(file, command).await,
            Command::Config(args) => config::run(file, args),
            Command::Keys(command) => keys::run(file, command).await,
            Command::Search(command) => search::run(file, command).await,
        }
    })
}
