//! The import law of `ARCHITECTURE.md`, and the sizes that keep files readable.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Layers, each knowing only itself and those before it.
const LAYERS: &[&[&str]] = &[
    &["entity"],
    &[
        "error", "check", "clock", "config", "fields", "markdown", "page", "shape", "slug", "sql",
        "typeid", "words",
    ],
    &["infra"],
    &["app", "cx", "scope", "client_key", "index", "notice", "queue"],
    &["streams"],
];
/// Slices in the order in which a rule may call another.
const SLICES: &[&str] = &[
    "files",
    "mail",
    "accounts",
    "tags",
    "members",
    "presence",
    "reactions",
    "posts",
    "portfolio",
    "resumes",
    "organizations",
    "jobs",
    "applications",
    "boards",
    "tasks",
    "comments",
    "bookmarks",
    "chat",
    "contact",
    "notifications",
    "operations",
    "search",
    "community",
];
/// Files of a slice that hold rules: they know no GraphQL, so that jobs and commands obey them too.
const RULES: &[&str] = &["policy", "service", "work"];
/// What joins the slices to one graph; the slices' GraphQL files may name its types.
const JOINTS: &[&str] = &["admin", "viewer", "node", "stream_event", "schema"];
/// What stands above the graph, from the lowest.
const DOORS: &[&str] = &["engine", "work", "server", "seed", "telemetry", "cli", "main"];
/// What `lib.rs` lifts to the top of the crate.
const LIFTED: &[(&str, &str)] =
    &[("Actor", "cx"), ("Cx", "cx"), ("Error", "error"), ("Result", "error")];

fn may_import(from: &str, part: &str, to: &str) -> bool {
    let to = LIFTED.iter().find(|(name, _)| *name == to).map_or(to, |(_, module)| module);
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let slice = |name: &str| SLICES.iter().position(|slice| *slice == name);
    let door = |name: &str| DOORS.iter().position(|door| *door == name);
    if from == to {
        return true;
    }
    match (layer(from), slice(from), door(from)) {
        (Some(from), ..) => layer(to).is_some_and(|to| to <= from && !(to == 0 && from == 0)),
        _ if from == "graph" => layer(to).is_some(),
        (_, Some(from), _) if RULES.contains(&part) => {
            layer(to).is_some() || slice(to).is_some_and(|to| to < from)
        }
        (_, Some(_), _) => {
            layer(to).is_some()
                || to == "graph"
                || slice(to).is_some()
                || ["admin", "viewer", "node"].contains(&to)
        }
        _ if JOINTS.contains(&from) => {
            layer(to).is_some() || to == "graph" || slice(to).is_some() || JOINTS.contains(&to)
        }
        (_, _, Some(from)) => door(to).is_none_or(|to| to < from),
        _ => panic!("{from} has no place in the import law: give it one"),
    }
}

/// Every file below `folder` that ends in `.rs`.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The first names after each `crate::`.
fn imports(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        if source[..at].ends_with('$') {
            continue;
        }
        let rest = &source[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(rest.to_owned());
            continue;
        };
        let (mut depth, mut part) = (0, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => found.push(std::mem::take(&mut part)),
                c => part.push(c),
            }
        }
        found.push(part);
    }
    let first = |s: String| -> String {
        s.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    found.into_iter().map(first).filter(|s| !s.is_empty()).collect()
}

#[test]
fn imports_go_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    for path in sources("src") {
        let inner = path.strip_prefix(&src).unwrap();
        let mut parts = inner.iter().map(|part| part.to_str().unwrap().trim_end_matches(".rs"));
        let (from, part) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        if from == "lib" {
            continue;
        }
        for to in imports(&fs::read_to_string(&path).unwrap()) {
            if !may_import(from, part, &to) {
                broken.push(format!("{} imports crate::{to}", inner.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn rules_know_no_graphql_and_only_the_server_knows_axum() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    for path in sources("src") {
        let inner = path.strip_prefix(&src).unwrap();
        let mut parts = inner.iter().map(|part| part.to_str().unwrap().trim_end_matches(".rs"));
        let (from, part) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        let text = fs::read_to_string(&path).unwrap();
        if SLICES.contains(&from) && RULES.contains(&part) && text.contains("async_graphql") {
            broken.push(format!("{} knows async_graphql", inner.display()));
        }
        if from != "server" && text.contains("axum::") {
            broken.push(format!("{} knows axum", inner.display()));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<_> = ["src", "migration/src", "tests", "benches"]
        .into_iter()
        .flat_map(sources)
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 400)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}
