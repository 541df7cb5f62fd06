//! Tables of figures.

use std::fmt::Write as _;

/// The one in the middle; `None` of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    Some((values.get(low)? + values.get(high)?) / 2.0)
}

/// A table of rows, the first of which are its heads: for eyes or in Markdown.
pub(crate) fn write(rows: &[Vec<String>], markdown: bool) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| match (markdown, column) {
                (true, _) => cell.clone(),
                (false, 0) => format!("{cell:<width$}"),
                (false, _) => format!("{cell:>width$}"),
            })
            .collect();
        if markdown {
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if place == 0 {
                let _ = writeln!(text, "| --- |{}", " --: |".repeat(columns.saturating_sub(1)));
            }
        } else {
            let _ = writeln!(text, "{}", cells.join("  "));
        }
    }
    text
}
