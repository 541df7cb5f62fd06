//! `guildhall config`

use std::path::Path;

use super::{output, setup};

/// Flags of `config`: those of `serve`, to see what they would change.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: setup::Settings,
}

pub(super) fn run(file: Option<&Path>, args: Args) -> anyhow::Result<()> {
    Ok(output::print(&setup::load(file, args.settings)?.to_toml())?)
}
