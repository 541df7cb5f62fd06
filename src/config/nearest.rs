//! What somebody may have meant: the name nearest to the one that they wrote.

/// ": did you mean X?", or where all names are when none is near; `prefix` goes before the name.
pub(super) fn hint<'a>(wrong: &str, prefix: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = names.map(|name| (distance(wrong, name), name)).min();
    match near {
        Some((distance, name)) if distance <= 1 + name.len() / 6 => {
            format!(": did you mean {prefix}{name}?")
        }
        _ => ": `guildhall config` shows all settings".to_owned(),
    }
}

/// Letters to add, remove or change to make one word the other (Levenshtein), in any case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.to_lowercase().chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, pair) in other.iter().zip(row.windows(2)) {
            let &[corner, above] = pair else { continue };
            left = (corner + usize::from(a != *b)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
