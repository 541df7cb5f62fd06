//! Organizations, and who acts for them.

pub mod kit;
mod members;
mod save;

/// What belongs to organizations of the roots, as `access.rs` calls it; `{organization}` is somebody else's.
pub const ORGANIZATION_CALLS: &[(&str, &str)] = &[
    ("organization", "{ organization(by: { id: {organization} }) { id } }"),
    ("organizations", "{ organizations { nodes { id } } }"),
    (
        "organizationSave",
        "mutation { organizationSave(id: {organization}, input: { location: \"X\" }) { organization { id } userErrors { code } } }",
    ),
    (
        "organizationMemberSet",
        "mutation { organizationMemberSet(id: {organization}, profile: {profile}, role: MEMBER) { organization { id } userErrors { code } } }",
    ),
    (
        "organizationVerify",
        "mutation { organizationVerify(id: {organization}) { organization { id } userErrors { code } } }",
    ),
];
