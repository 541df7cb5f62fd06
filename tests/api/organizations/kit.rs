//! What the tests of organizations and postings do again and again.

use guildhall::Actor;
use serde_json::{Value, json};

use crate::kit::{TestApp, profile_id};

pub const SAVE: &str = "mutation($id: ID, $input: OrganizationInput!, $version: Int) {
    organizationSave(id: $id, input: $input, expectedVersion: $version) {
        organization { id slug name version } userErrors { code message path } } }";
pub const MEMBER: &str = "mutation($id: ID!, $profile: ID!, $role: OrganizationRole) {
    organizationMemberSet(id: $id, profile: $profile, role: $role) {
        organization { members { edges { role node { handle } } } }
        userErrors { code message path } } }";

/// Makes an organization of this name and answers its id.
pub async fn organization(app: &TestApp, owner: &Actor, name: &str) -> String {
    let run = app.run_with(owner, SAVE, json!({ "input": { "name": name } })).await.done();
    run.text("organizationSave.organization.id").to_owned()
}

/// What to ask so that somebody becomes this in an organization.
pub fn becomes(id: &str, who: &Actor, role: Value) -> Value {
    json!({ "id": id, "profile": profile_id(who), "role": role })
}
