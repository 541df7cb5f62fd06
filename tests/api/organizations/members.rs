//! Who belongs to an organization.

use guildhall::{Actor::Guest, entity::organization_member};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::kit::{MEMBER, SAVE, becomes, organization};
use crate::kit::{TestApp, block, key};

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

#[tokio::test]
async fn nobody_owns_more_than_twenty() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let mut ids = Vec::new();
    for at in 0..19 {
        ids.push(organization(&app, &ada, &format!("Loom {at}")).await);
    }
    let of_bob = organization(&app, &bob, "Mill").await;
    // Of several at once, one is the twentieth.
    let asks = (0..3).map(|at| {
        app.run_with(&ada, SAVE, json!({ "input": { "name": format!("At once {at}") } }))
    });
    let runs = futures_util::future::join_all(asks).await;
    let refused: Vec<_> = runs.iter().flat_map(crate::kit::Run::refusals).collect();
    assert_eq!(refused, ["QUOTA_EXCEEDED "; 2]);
    let one_more = json!({ "input": { "name": "One more" } });
    assert_eq!(app.refuses(&ada, SAVE, one_more.clone()).await.refusals(), ["QUOTA_EXCEEDED "]);
    let given = becomes(&of_bob, &ada, json!("OWNER"));
    assert_eq!(app.refuses(&bob, MEMBER, given.clone()).await.refusals(), ["QUOTA_EXCEEDED role"]);
    app.run_with(&bob, MEMBER, becomes(&of_bob, &ada, json!("MODERATOR"))).await.done();
    assert_eq!(app.refuses(&bob, MEMBER, given.clone()).await.refusals(), ["QUOTA_EXCEEDED role"]);
    // Who hands one on has room again.
    app.run_with(&ada, MEMBER, becomes(&ids[0], &bob, json!("OWNER"))).await.done();
    app.run_with(&ada, MEMBER, becomes(&ids[0], &ada, Value::Null)).await.done();
    app.run_with(&bob, MEMBER, given).await.done();
}

#[tokio::test]
async fn an_organization_has_five_hundred_members_at_most() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let id = organization(&app, &ada, "Looms").await;
    for at in 0..498 {
        let who = app.member(&format!("weaver{at}")).await;
        let row = organization_member::Model {
            organization_id: key("organization", &id),
            profile_id: who.id().unwrap(),
            role: organization_member::Role::Member,
            since: app.app.clock.now(),
        };
        row.into_active_model().insert(&app.app.db.write).await.unwrap();
    }
    let cleo = app.member("cleo").await;
    app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("MEMBER"))).await.done();
    let add = becomes(&id, &cleo, json!("MEMBER"));
    assert_eq!(app.refuses(&ada, MEMBER, add).await.refusals(), ["QUOTA_EXCEEDED "]);
    app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("MODERATOR"))).await.done();
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let id = organization(&app, &ada, "Looms").await;
    app.run_with(&ada, MEMBER, becomes(&id, &bob, json!("OWNER"))).await.done();
    let runs = tokio::join!(
        app.run_with(&ada, MEMBER, becomes(&id, &ada, Value::Null)),
        app.run_with(&bob, MEMBER, becomes(&id, &bob, Value::Null)),
    );
    let refused: Vec<_> = [runs.0, runs.1].iter().flat_map(crate::kit::Run::refusals).collect();
    assert_eq!(refused, ["STATE_NOT_ALLOWED role"]);
    let owners = organization_member::Column::Role.eq(organization_member::Role::Owner);
    assert_eq!(app.count::<organization_member::Entity>(owners).await, 1);
}
