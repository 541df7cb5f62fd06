//! CPU time, from /proc: of a serving process, and of a PostgreSQL server on the same machine. The load
//! comes from another process, and is not counted.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Ticks a second of the times in /proc: the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// Seconds of CPU time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Cpu {
    /// Of the serving process.
    pub(crate) server: f64,
    /// Of the PostgreSQL server.
    pub(crate) database: f64,
}

/// Whose time is counted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Meter {
    /// The serving process.
    pub(crate) server: u32,
    postmaster: Option<u32>,
}

impl Meter {
    /// Counts the process `server`, and the PostgreSQL server that `backend` belongs to, if that is here.
    pub(crate) fn new(server: u32, backend: Option<u32>) -> Self {
        let postmaster = backend.and_then(|backend| {
            let process = Process::read(&backend.to_string())?;
            (process.name == "postgres").then_some(process.parent)
        });
        Self { server, postmaster }
    }

    /// Whether the database's time is in it.
    pub(crate) fn sees_database(self) -> bool {
        self.postmaster.is_some()
    }

    /// The clocks, as they stand.
    pub(crate) fn read(self) -> Result<Clocks> {
        let server = Process::read(&self.server.to_string());
        let server = server.context("there is no such process in /proc to read CPU times of")?;
        let mut database = HashMap::new();
        if let Some(postmaster) = self.postmaster {
            let all = std::fs::read_dir("/proc")?.filter_map(|entry| {
                Process::read(entry.ok()?.file_name().to_str().filter(|name| is_number(name))?)
            });
            let of_server = all.filter(|one| one.parent == postmaster || one.id == postmaster);
            database.extend(of_server.filter(|one| !one.tidies()).map(|one| (one.id, one.ticks)));
        }
        Ok(Clocks { server: server.ticks, database })
    }
}

/// What the processes had used at a time, in ticks.
#[derive(Debug)]
pub(crate) struct Clocks {
    server: u32,
    database: HashMap<u32, u32>,
}

impl Clocks {
    /// The time used since `before`; of processes that have ended meanwhile nothing is known.
    pub(crate) fn since(&self, before: &Self) -> Cpu {
        let used = self.database.iter().map(|(process, ticks)| {
            ticks.saturating_sub(before.database.get(process).copied().unwrap_or_default())
        });
        Cpu {
            server: f64::from(self.server.saturating_sub(before.server)) / TICKS,
            database: f64::from(used.sum::<u32>()) / TICKS,
        }
    }
}

struct Process {
    id: u32,
    parent: u32,
    name: String,
    ticks: u32,
}

impl Process {
    fn read(id: &str) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (id, rest) = text.split_once(" (")?;
        let (name, rest) = rest.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let field = |place: usize| fields.get(place)?.parse::<u32>().ok();
        // state, ppid, …; utime and stime are the 14th and the 15th of all.
        let ticks = field(11)? + field(12)?;
        Some(Self { id: id.parse().ok()?, parent: field(1)?, name: name.to_owned(), ticks })
    }

    /// Whether it vacuums: it comes and goes when it likes, and would fall on either side.
    fn tidies(&self) -> bool {
        std::fs::read_to_string(format!("/proc/{}/cmdline", self.id))
            .is_ok_and(|line| line.contains("autovacuum worker"))
    }
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}
