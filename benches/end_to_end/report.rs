//! The table.

use crate::{
    common::{cpu::Cpu, side::Side, table},
    load::Outcome,
};

/// One page on one side in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) outcome: Outcome,
    pub(crate) cpu: Cpu,
}

impl Sample {
    fn for_thousand(&self, seconds: f64) -> f64 {
        seconds * 1_000.0 / f64::from(self.outcome.requests.max(1))
    }
}

/// All that was measured of a page.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) title: &'static str,
    pub(crate) samples: Vec<(Side, Sample)>,
}

/// The medians of a page on one side.
#[derive(Clone, Copy, Debug)]
struct Medians {
    per_second: f64,
    p50: f64,
    p99: f64,
    /// CPU seconds for 1,000 requests, of server and database.
    cpu: f64,
    /// What of it is the database's.
    database: f64,
}

impl Line {
    fn medians(&self, side: Side) -> Option<Medians> {
        let median = |of: fn(&Sample) -> f64| {
            let samples = self.samples.iter().filter(|(whose, _)| *whose == side);
            table::median(samples.map(|(_, sample)| of(sample)).collect())
        };
        Some(Medians {
            per_second: median(|s| f64::from(s.outcome.requests) / s.outcome.seconds)?,
            p50: median(|s| s.outcome.p50)?,
            p99: median(|s| s.outcome.p99)?,
            cpu: median(|s| s.for_thousand(s.cpu.server + s.cpu.database))?,
            database: median(|s| s.for_thousand(s.cpu.database))?,
        })
    }

    /// One line of progress.
    pub(crate) fn brief(&self) -> String {
        let cpu = |side| self.medians(side).map(|medians| medians.cpu);
        match (cpu(Side::Guildhall), cpu(Side::Hand)) {
            (Some(ours), Some(limit)) => {
                format!("{ours:.3} s for 1,000 requests, by hand {limit:.3} s")
            }
            (one, other) => {
                format!("{:.3} s for 1,000 requests", one.or(other).unwrap_or_default())
            }
        }
    }
}

const HEADS: [&str; 12] = [
    "page",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU s per 1,000",
    "of it database",
    "by hand: requests/s",
    "p50 ms",
    "p99 ms",
    "CPU s per 1,000",
    "of it database",
    "times the CPU by hand",
];

/// The table, for eyes or in Markdown.
pub(crate) fn table(lines: &[Line], markdown: bool) -> String {
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    rows.extend(lines.iter().map(row));
    table::write(&rows, markdown)
}

fn row(line: &Line) -> Vec<String> {
    let (ours, limit) = (line.medians(Side::Guildhall), line.medians(Side::Hand));
    let mut row = vec![line.title.to_owned()];
    for medians in [ours, limit] {
        match medians {
            None => row.extend(["-"; 5].map(str::to_owned)),
            Some(Medians { per_second, p50, p99, cpu, database }) => row.extend([
                format!("{per_second:.0}"),
                format!("{p50:.2}"),
                format!("{p99:.2}"),
                format!("{cpu:.3}"),
                format!("{database:.3}"),
            ]),
        }
    }
    let ratio = ours.zip(limit).filter(|(_, limit)| limit.cpu > 0.0);
    row.push(ratio.map_or("-".to_owned(), |(ours, limit)| format!("{:.2}", ours.cpu / limit.cpu)));
    row
}
