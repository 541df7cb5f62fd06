//! Bundles GraphiQL (`src/server/graphiql`) into `$OUT_DIR/graphiql`, from where it is embedded.
//!
//! The build never depends on it: without npm, or when npm fails, the folder stays empty, and the
//! playground's page says what to do. `GUILDHALL_SKIP_GRAPHIQL=1` leaves it out on purpose.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "src/server/graphiql";
const SKIP: &str = "GUILDHALL_SKIP_GRAPHIQL";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

type Sources = BTreeMap<PathBuf, Vec<u8>>;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={PACKAGE}");
    println!("cargo::rerun-if-env-changed={SKIP}");
    if let Err(why) = playground() {
        println!(
            "cargo::warning=GraphiQL was not bundled: {why}. Its page will load it from a CDN \
             instead. Touch build.rs to try again; {SKIP}=1 silences this."
        );
    }
}

fn playground() -> Result<(), String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let (bundle, stamp) = (out.join("graphiql"), out.join("graphiql.stamp"));
    if env::var_os(SKIP).is_some_and(|value| !value.is_empty() && value != "0") {
        return clear(&bundle, &stamp).map_err(|e| e.to_string());
    }

    let sources = sources(Path::new(PACKAGE)).map_err(|e| format!("{PACKAGE}: {e}"))?;
    let print = fingerprint(&sources);
    if bundle.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|s| s == print) {
        return Ok(());
    }

    clear(&bundle, &stamp).map_err(|e| e.to_string())?;
    let copy = out.join("graphiql-package");
    let built = bundled(&sources, &copy).and_then(|made| {
        fs::remove_dir(&bundle)
            .and_then(|()| fs::rename(made, &bundle))
            .and_then(|()| fs::write(&stamp, print))
            .map_err(|e| e.to_string())
    });
    // The installed packages are a hundred times the size of what is made of them.
    removed(&copy).map_err(|e| e.to_string())?;
    built
}

/// Installs and builds a copy of the package, so that nothing appears in the source tree.
fn bundled(sources: &Sources, copy: &Path) -> Result<PathBuf, String> {
    removed(copy).and_then(|()| written(sources, copy)).map_err(|e| e.to_string())?;
    let install = ["ci", "--prefer-offline", "--loglevel=error", "--fetch-retries=1"];
    run(copy, &install)?;
    run(copy, &["run", "--silent", "build", "--", "dist"])?;
    let dist = copy.join("dist");
    if dist.join("index.html").is_file() { Ok(dist) } else { Err("it has no page".into()) }
}

fn run(folder: &Path, args: &[&str]) -> Result<(), String> {
    let name = format!("npm {}", args.first().unwrap_or(&""));
    let output = Command::new(NPM).args(args).current_dir(folder).output().map_err(|e| {
        if e.kind() == ErrorKind::NotFound {
            "npm is not installed".to_owned()
        } else {
            format!("{name}: {e}")
        }
    })?;
    if output.status.success() {
        return Ok(());
    }
    // A warning is one line, and npm says the reason first.
    let said = String::from_utf8_lossy(&output.stderr);
    let reason: Vec<&str> = said.lines().map(str::trim).filter(|l| !l.is_empty()).take(4).collect();
    Err(format!("{name} failed ({})", reason.join(" | ")))
}

fn sources(root: &Path) -> io::Result<Sources> {
    let mut found = Sources::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let made = [OsStr::new("node_modules"), OsStr::new("dist")];
            if path.file_name().is_some_and(|name| made.contains(&name)) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                found.insert(relative.to_path_buf(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

fn fingerprint(sources: &Sources) -> String {
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn written(sources: &Sources, folder: &Path) -> io::Result<()> {
    for (relative, content) in sources {
        let path = folder.join(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

/// Leaves the folder there, but empty.
fn clear(bundle: &Path, stamp: &Path) -> io::Result<()> {
    removed(bundle)?;
    match fs::remove_file(stamp) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    fs::create_dir_all(bundle)
}

fn removed(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
