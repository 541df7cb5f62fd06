//! Making and changing organizations, and finding them.

use guildhall::{Actor::Guest, entity::account::Role, scope::Scope};
use serde_json::{Value, json};

use super::kit::{MEMBER, SAVE, becomes, organization};
use crate::kit::TestApp;

const VERIFY: &str = "mutation($id: ID!, $verified: Boolean!) {
    organizationVerify(id: $id, verified: $verified) {
        organization { verifiedAt } userErrors { code path } } }";

#[tokio::test]
async fn whoever_makes_an_organization_owns_it() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let logo = app.picture(&ada, "logo.png").await;
    let input = json!({ "name": "Müller & Söhne", "about": "**Looms**", "logo": logo,
        "website": "https://example.org", "location": "Ulm", "country": "de", "size": "UP_TO_10",
        "industry": "Textile", "foundedYear": 1911 });
    app.run_with(&ada, SAVE, json!({ "input": input })).await.done();
    let query = "{ organization(by: { slug: \"mueller-soehne\" }) { name about { html } logo { id }
        website location country headCount industry foundedYear openJobCount verifiedAt
        viewer { role canEdit canPostJobs canSeeApplications } } }";
    let mut expected = json!({ "name": "Müller & Söhne", "about": { "html": "<p><strong>Looms</strong></p>" },
        "logo": { "id": logo }, "website": "https://example.org", "location": "Ulm", "country": "DE",
        "headCount": "UP_TO_10", "industry": "Textile", "foundedYear": 1911, "openJobCount": 0,
        "verifiedAt": null,
        "viewer": { "role": "OWNER", "canEdit": true, "canPostJobs": true, "canSeeApplications": true } });
    assert_eq!(app.run(&ada, query).await.ok().at("organization"), &expected);
    expected["viewer"] = Value::Null;
    assert_eq!(app.run(&Guest, query).await.ok().at("organization"), &expected);
    let mine = "{ viewer { organizations { edges { role node { slug } } } } }";
    let edges = json!([{ "role": "OWNER", "node": { "slug": "mueller-soehne" } }]);
    assert_eq!(app.run(&ada, mine).await.ok().at("viewer.organizations.edges"), &edges);
}

#[tokio::test]
async fn only_owners_change_an_organization() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let admin = app.with_role("root", Role::Admin).await;
    let id = organization(&app, &ada, "Looms").await;
    let change = json!({ "id": id, "input": { "location": "Ulm" } });
    assert_eq!(app.refuses(&Guest, SAVE, change.clone()).await.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPrivate]);
    assert_eq!(app.refuses(&token, SAVE, change.clone()).await.error_code(), "SCOPE_MISSING");
    assert_eq!(app.refuses(&bob, SAVE, change.clone()).await.refusals(), ["FORBIDDEN id"]);
    for role in ["MEMBER", "MODERATOR"] {
        app.run_with(&ada, MEMBER, becomes(&id, &bob, json!(role))).await.done();
        assert_eq!(app.refuses(&bob, SAVE, change.clone()).await.refusals(), ["FORBIDDEN id"]);
    }
    let none = json!({ "id": "organization_1", "input": {} });
    assert_eq!(app.refuses(&ada, SAVE, none).await.refusals(), ["NOT_FOUND id"]);
    for actor in [app.by_token(ada, &[Scope::WriteJobs]), admin] {
        app.run_with(&actor, SAVE, change.clone()).await.done();
    }
    let stale = json!({ "id": id, "version": 1, "input": { "location": "Bonn" } });
    assert_eq!(app.refuses(&ada, SAVE, stale).await.refusals(), ["STALE_VERSION expectedVersion"]);
}

#[tokio::test]
async fn what_is_wrong_with_an_organization_is_said_at_once() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    organization(&app, &ada, "Looms").await;
    let input = json!({ "input": { "name": " ", "slug": "No slug", "website": "ftp://x",
        "country": "XX", "foundedYear": 2027 } });
    let expected = [
        "REQUIRED input.name",
        "INVALID input.website",
        "INVALID input.country",
        "OUT_OF_RANGE input.foundedYear",
        "INVALID input.slug",
    ];
    assert_eq!(app.refuses(&ada, SAVE, input).await.refusals(), expected);
    let taken = json!({ "input": { "name": "Other", "slug": "looms" } });
    assert_eq!(app.refuses(&bob, SAVE, taken).await.refusals(), ["TAKEN input.slug"]);
    let theirs = app.picture(&ada, "logo.png").await;
    let input = json!({ "input": { "name": "Other", "logo": theirs } });
    assert_eq!(app.refuses(&bob, SAVE, input).await.refusals(), ["NOT_FOUND input.logo"]);
    let run = app.run_with(&bob, SAVE, json!({ "input": { "name": "LOOMS" } })).await.done();
    assert_eq!(run.text("organizationSave.organization.slug"), "looms-2");
}

#[tokio::test]
async fn the_staff_says_who_is_who_they_say() {
    let app = TestApp::new().await;
    let (ada, staff) = (app.member("ada").await, app.with_role("mo", Role::Moderator).await);
    let id = organization(&app, &ada, "Looms").await;
    let ask = |verified: bool| json!({ "id": id, "verified": verified });
    assert_eq!(app.refuses(&ada, VERIFY, ask(true)).await.error_code(), "FORBIDDEN");
    let token = app.by_token(staff, &[Scope::WriteJobs]);
    assert_eq!(app.refuses(&token, VERIFY, ask(true)).await.error_code(), "SCOPE_MISSING");
    let run = app.run_with(&staff, VERIFY, ask(true)).await.done();
    assert_eq!(run.text("organizationVerify.organization.verifiedAt"), "2026-05-04T09:30:00.000Z");
    let run = app.run_with(&staff, VERIFY, ask(false)).await.done();
    assert_eq!(run.at("organizationVerify.organization.verifiedAt"), &Value::Null);
}

#[tokio::test]
async fn whoever_calls_itself_otherwise_is_found_to_be_nobody_again() {
    let app = TestApp::new().await;
    let (ada, staff) = (app.member("ada").await, app.with_role("mo", Role::Moderator).await);
    let id = organization(&app, &ada, "Looms").await;
    for (input, stays) in [
        (json!({ "location": "Ulm", "name": "Looms" }), true),
        (json!({ "name": "Famous Mills" }), false),
        (json!({ "website": "https://famous.example" }), false),
        (json!({ "website": "https://famous.example" }), true),
    ] {
        app.run_with(&staff, VERIFY, json!({ "id": id, "verified": true })).await.done();
        app.run_with(&ada, SAVE, json!({ "id": id, "input": input })).await.done();
        let seen = "query($id: ID!) { organization(by: { id: $id }) { verifiedAt } }";
        let run = app.run_with(&ada, seen, json!({ "id": id })).await.ok();
        assert_eq!(!run.at("organization.verifiedAt").is_null(), stays, "{input}");
    }
}

#[tokio::test]
async fn a_page_of_organizations_with_members_is_four_statements() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let query = "query($after: String) { organizations(text: \"loom\", first: 20, after: $after) {
        nodes { name logo { id } viewer { role } members { edges { role node { handle } } } }
        pageInfo { hasNextPage endCursor } } }";
    let mut made = 0;
    for size in [2, 20] {
        while made < size {
            let id = organization(&app, &ada, &format!("Loom {made:02}")).await;
            app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("MEMBER"))).await.done();
            made += 1;
        }
        let run = app.run(&bob, query).await.ok();
        assert_eq!(run.at("organizations.nodes").as_array().unwrap().len(), size);
        assert_eq!(run.text("organizations.nodes.1.name"), "Loom 01");
        assert_eq!(run.text("organizations.nodes.1.members.edges.1.node.handle"), "bob");
        // Organizations, signs, what one is there, members.
        assert_eq!(run.sql.len(), 4, "{:#?}", run.sql);
    }
}
