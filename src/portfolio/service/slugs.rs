use std::collections::HashSet;

use super::input::SLUG;
use crate::slug;

/// A name in addresses that is made from a title, and is not taken.
pub(super) fn made(title: &str, taken: &HashSet<String>) -> String {
    // Room for a number.
    let slug = slug::made(title, SLUG - 4, "item");
    let numbered = (2..).map(|number: u32| format!("{slug}-{number}"));
    let mut names = std::iter::once(slug.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
