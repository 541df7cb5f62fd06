//! What commands begin with: the configuration from the process's surroundings, and the app.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Usage;
use crate::{
    app::App,
    clock::Clock,
    config::{self, Config, Inputs, Loaded},
    infra::{db::Db, secrets},
};

/// The file that is read when none is named, if it is there.
const FILE: &str = "guildhall.toml";

/// The settings that flags of a command can set.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Settings {
    /// Where to listen, such as 127.0.0.1:8000; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The folder of the embedded database.
    #[arg(long, value_name = "PATH")]
    data_dir: Option<String>,
    /// postgres://… or sqlite://path instead of the embedded database.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// How the world reaches the server.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// What to log: warn, info, debug, or a filter.
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
    /// development, or production: safety first.
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

impl Settings {
    fn given(self) -> Vec<(&'static str, String)> {
        let all = [
            ("listen", self.listen),
            ("data_dir", self.data_dir),
            ("database_url", self.database_url),
            ("base_url", self.base_url),
            ("log", self.log),
            ("env", self.env),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

/// Reads and checks the configuration; `file` is what the command line or GUILDHALL_CONFIG names.
pub(super) fn load(file: Option<&Path>, flags: Settings) -> Result<Loaded> {
    let file = match file {
        Some(path) => Some((path.to_owned(), read(path)?)),
        None if Path::new(FILE).is_file() => Some((PathBuf::from(FILE), read(Path::new(FILE))?)),
        None => None,
    };
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        Some((name.to_str()?.to_owned(), value.to_string_lossy().into_owned()))
    });
    let inputs = Inputs { file, environment: environment.collect(), flags: flags.given() };
    Ok(config::load(&inputs)?)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Usage(format!("can't read the configuration file {path}: {error}")).into()
    })
}

/// Puts the app together.
pub(super) fn app(config: Config, db: Db) -> Result<App> {
    let secret = config::secret(&config, secrets::token)?;
    Ok(App::new(config, db, Clock::default(), &secret)?)
}
