//! The server's secret: what the operator set, or one made once and kept beside the data.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, ensure};

use super::{Config, settings::LEAST_SECRET};

/// The secret that `config` says; without one, that of the file `secret` in the data directory, which
/// is made (by `make`, readable for its owner alone) if there is none.
pub fn secret(config: &Config, make: impl FnOnce() -> String) -> Result<String> {
    if let Some(secret) = &config.secret {
        return Ok(secret.0.clone());
    }
    let path = config.data_dir.join("secret");
    let secret = match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = make();
            keep(&path, &secret).with_context(|| {
                let path = path.display();
                format!("can't keep a secret in {path}: set GUILDHALL_DATA_DIR or GUILDHALL_SECRET")
            })?;
            secret
        }
        Err(error) => {
            return Err(error).with_context(|| format!("can't read {}", path.display()));
        }
    };
    ensure!(
        secret.chars().count() >= LEAST_SECRET,
        "{} holds less than {LEAST_SECRET} characters: put your secret back, or remove the file to \
         get a new one (all sessions end)",
        path.display()
    );
    Ok(secret)
}

fn keep(path: &Path, secret: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}
