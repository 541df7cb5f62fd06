//! The table.

use crate::{
    common::{side::Side, table},
    load::Outcome,
};

/// All that was measured with so many subscribers.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) subscribers: u32,
    pub(crate) samples: Vec<(Side, Outcome)>,
}

/// The medians of one side.
#[derive(Clone, Copy, Debug)]
struct Medians {
    per_second: f64,
    p50: f64,
    p99: f64,
    /// CPU seconds of the server for 100,000 deliveries.
    cpu: f64,
    /// CPU seconds of the database for as many.
    database: f64,
    /// KB for each subscription.
    kb: f64,
}

impl Outcome {
    fn per_100_000(&self, seconds: f64) -> f64 {
        seconds * 100_000.0 / self.deliveries.max(1.0)
    }

    /// One line of progress.
    pub(crate) fn brief(&self) -> String {
        format!(
            "{:.0} deliveries a second, p99 {:.1} ms, {:.3} s CPU for 100,000, {:.1} KB each",
            self.deliveries / self.seconds,
            self.p99,
            self.per_100_000(self.cpu.server),
            self.kb_each
        )
    }
}

impl Line {
    fn medians(&self, side: Side) -> Option<Medians> {
        let median = |of: fn(&Outcome) -> f64| {
            let samples = self.samples.iter().filter(|(whose, _)| *whose == side);
            table::median(samples.map(|(_, outcome)| of(outcome)).collect())
        };
        Some(Medians {
            per_second: median(|o| o.deliveries / o.seconds)?,
            p50: median(|o| o.p50)?,
            p99: median(|o| o.p99)?,
            cpu: median(|o| o.per_100_000(o.cpu.server))?,
            database: median(|o| o.per_100_000(o.cpu.database))?,
            kb: median(|o| o.kb_each)?,
        })
    }
}

const HEADS: [&str; 14] = [
    "subscribers",
    "deliveries/s",
    "p50 ms",
    "p99 ms",
    "CPU s per 100,000",
    "database besides",
    "KB per subscription",
    "by hand: deliveries/s",
    "p50 ms",
    "p99 ms",
    "CPU s per 100,000",
    "KB per subscription",
    "times the CPU by hand",
    "times the memory",
];

/// The table, for eyes or in Markdown.
pub(crate) fn table(lines: &[Line], markdown: bool) -> String {
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    rows.extend(lines.iter().map(row));
    table::write(&rows, markdown)
}

fn row(line: &Line) -> Vec<String> {
    let (ours, limit) = (line.medians(Side::Guildhall), line.medians(Side::Hand));
    let figure = |medians: Option<Medians>, digits: usize, of: fn(Medians) -> f64| {
        medians.map_or("-".to_owned(), |medians| format!("{:.digits$}", of(medians)))
    };
    let ratio = |of: fn(Medians) -> f64| {
        let both = ours.zip(limit).filter(|(_, limit)| of(*limit) > 0.0);
        both.map_or("-".to_owned(), |(ours, limit)| format!("{:.2}", of(ours) / of(limit)))
    };
    vec![
        line.subscribers.to_string(),
        figure(ours, 0, |m| m.per_second),
        figure(ours, 2, |m| m.p50),
        figure(ours, 2, |m| m.p99),
        figure(ours, 3, |m| m.cpu),
        figure(ours, 3, |m| m.database),
        figure(ours, 1, |m| m.kb),
        figure(limit, 0, |m| m.per_second),
        figure(limit, 2, |m| m.p50),
        figure(limit, 2, |m| m.p99),
        figure(limit, 3, |m| m.cpu),
        figure(limit, 1, |m| m.kb),
        ratio(|m| m.cpu),
        ratio(|m| m.kb),
    ]
}
