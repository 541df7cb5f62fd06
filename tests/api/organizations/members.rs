//! Who belongs to an organization.

use guildhall::Actor::Guest;
use serde_json::{Value, json};

use super::kit::{MEMBER, becomes, organization};
use crate::kit::{TestApp, block};

#[tokio::test]
async fn owners_say_who_belongs_and_the_last_one_stays() {
    let app = TestApp::new().await;
    let (ada, bob, cleo) =
        (app.member("ada").await, app.member("bob").await, app.member("cleo").await);
    let id = organization(&app, &ada, "Looms").await;
    let add = becomes(&id, &cleo, json!("MEMBER"));
    assert_eq!(app.refuses(&Guest, MEMBER, add.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.refuses(&bob, MEMBER, add.clone()).await.refusals(), ["FORBIDDEN id"]);
    app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("MODERATOR"))).await.done();
    assert_eq!(app.refuses(&bob, MEMBER, add).await.refusals(), ["FORBIDDEN id"]);
    for role in [Value::Null, json!("MEMBER")] {
        let ask = becomes(&id, &ada, role);
        assert_eq!(app.refuses(&ada, MEMBER, ask).await.refusals(), ["STATE_NOT_ALLOWED role"]);
    }
    let stranger = becomes(&id, &cleo, Value::Null);
    assert_eq!(app.refuses(&ada, MEMBER, stranger).await.refusals(), ["NOT_FOUND profile"]);
    app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("OWNER"))).await.done();
    let run = app.run_with(&ada, MEMBER, becomes(&id, &ada, Value::Null)).await.done();
    let left = json!([{ "role": "OWNER", "node": { "handle": "bob" } }]);
    assert_eq!(run.at("organizationMemberSet.organization.members.edges"), &left);
    let back = becomes(&id, &ada, json!("OWNER"));
    assert_eq!(app.refuses(&ada, MEMBER, back).await.refusals(), ["FORBIDDEN id"]);
}

#[tokio::test]
async fn nobody_is_added_by_whom_they_blocked_or_who_blocked_them() {
    let app = TestApp::new().await;
    let (ada, bob, cleo) =
        (app.member("ada").await, app.member("bob").await, app.member("cleo").await);
    let id = organization(&app, &ada, "Looms").await;
    block(&app, &bob, &ada).await;
    block(&app, &ada, &cleo).await;
    let ask = becomes(&id, &bob, json!("MEMBER"));
    assert_eq!(app.refuses(&ada, MEMBER, ask).await.refusals(), ["NOT_FOUND profile"]);
    let ask = becomes(&id, &cleo, json!("MEMBER"));
    assert_eq!(app.refuses(&ada, MEMBER, ask).await.refusals(), ["BLOCKED profile"]);
    let seen = "query($id: ID!) { organization(by: { id: $id }) { members { nodes { handle } } } }";
    let run = app.run_with(&cleo, seen, json!({ "id": id })).await.ok();
    assert_eq!(run.at("organization.members.nodes"), &json!([]), "who blocked one is not shown");
}
