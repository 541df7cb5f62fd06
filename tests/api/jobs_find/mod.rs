//! Finding jobs: filters, orders, facets, and searches that are kept.

mod alerts;
mod facets;
pub mod kit;
mod large;
mod orders;
mod page;
mod saved;

/// What belongs to finding jobs of the roots, as `access.rs` calls it.
pub const FIND_CALLS: &[(&str, &str)] = &[
    ("jobs", "{ jobs(first: 1) { nodes { id } } }"),
    (
        "jobSearchSave",
        "mutation { jobSearchSave(input: { name: \"looms\" }) { jobSearch { id } userErrors { code } } }",
    ),
    (
        "jobSearchSeen",
        "mutation { jobSearchSeen(id: \"none\") { jobSearch { id } userErrors { code } } }",
    ),
    (
        "jobSearchDelete",
        "mutation { jobSearchDelete(id: \"none\") { deletedIds userErrors { code } } }",
    ),
];
