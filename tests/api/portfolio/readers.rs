//! Who sees what is published, and who is hidden from whom.

use guildhall::{Actor::Guest, entity::account::Role};
use serde_json::{Value, json};

use super::kit::{ALONE, EVERYWHERE, answer, create, publish, read, sees};
use crate::kit::{TestApp, block, follow, profile_id};

fn work(visibility: &str) -> Value {
    json!({ "title": "Loom", "story": "x", "visibility": visibility })
}

#[tokio::test]
async fn an_item_is_shown_to_those_whom_it_is_for() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let cleo = app.member("cleo").await;
    let staff = app.with_role("root", Role::Moderator).await;
    let token = app.by_token(ben, &[]);
    follow(&app, &cleo, &ada).await;
    let [public, members, followers] = ["PUBLIC", "MEMBERS", "FOLLOWERS"];
    for (visibility, who) in [
        (public, vec![&Guest, &token, &ben, &cleo, &staff, &ada]),
        (members, vec![&ben, &cleo, &staff, &ada]),
        (followers, vec![&cleo, &staff, &ada]),
    ] {
        let id = publish(&app, &ada, work(visibility)).await;
        for one in [&Guest, &token, &ben, &cleo, &staff, &ada] {
            let seen = sees(&app, one, &ada, &id).await;
            let expected = if who.contains(&one) { &EVERYWHERE[..] } else { &[] };
            assert_eq!(seen, expected, "{visibility} {one:?}");
        }
    }
}

#[tokio::test]
async fn who_blocked_somebody_and_whom_they_blocked_see_nothing_of_each_other() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let hers = publish(&app, &ada, work("PUBLIC")).await;
    let his = publish(&app, &ben, work("PUBLIC")).await;
    block(&app, &ada, &ben).await;
    assert_eq!(sees(&app, &ben, &ada, &hers).await, [""; 0]);
    assert_eq!(sees(&app, &ada, &ben, &his).await, [""; 0]);
    assert_eq!(sees(&app, &Guest, &ada, &hers).await, EVERYWHERE);
}

#[tokio::test]
async fn who_was_asked_to_be_credited_sees_the_draft_until_they_refuse() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let mut draft = work("FOLLOWERS");
    draft["collaborators"] = json!([{ "profile": profile_id(&ben), "credit": "Paint" }]);
    let id = create(&app, &ada, draft).await;
    assert_eq!(sees(&app, &ben, &ada, &id).await, ALONE);
    answer(&app, &ben, &id, true).await.done();
    assert_eq!(sees(&app, &ben, &ada, &id).await, ALONE);
    let last = answer(&app, &ben, &id, false).await.done();
    assert_eq!(last.text("collaborationAnswer.portfolioItem.id"), id, "shown a last time");
    assert_eq!(sees(&app, &ben, &ada, &id).await, [""; 0]);
    let again = answer(&app, &ben, &id, true).await;
    assert_eq!(again.refusals(), ["NOT_FOUND item"]);
}

#[tokio::test]
async fn who_is_credited_sees_what_is_for_followers() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let mut item = work("FOLLOWERS");
    item["collaborators"] = json!([{ "profile": profile_id(&ben), "credit": "Paint" }]);
    let id = publish(&app, &ada, item).await;
    assert_eq!(sees(&app, &ben, &ada, &id).await, EVERYWHERE);
    answer(&app, &ben, &id, false).await.done();
    assert_eq!(sees(&app, &ben, &ada, &id).await, [""; 0]);
}

#[tokio::test]
async fn an_address_leads_to_an_item_by_a_handle_that_was_given_up_too() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = publish(&app, &ada, work("PUBLIC")).await;
    let rename =
        r#"mutation { profileUpdate(input: { handle: "ada_l" }) { userErrors { code path } } }"#;
    app.run(&ada, rename).await.done();
    let query = "query($owner: String!, $slug: String!) {
        portfolioItem(by: { path: { owner: $owner, slug: $slug } }) { id } }";
    for (owner, slug, found) in [
        ("ada_l", "loom", json!({ "id": id })),
        ("@ADA", "loom", json!({ "id": id })),
        ("ada", "Loom", Value::Null),
        ("ada", "nothing", Value::Null),
        ("nobody", "loom", Value::Null),
        ("ada\u{0}", "loom", Value::Null),
        ("ada", "loom\u{0}", Value::Null),
    ] {
        let run = app.run_with(&Guest, query, json!({ "owner": owner, "slug": slug })).await.ok();
        assert_eq!(run.at("portfolioItem"), &found, "{owner}/{slug}");
    }
}

#[tokio::test]
async fn guests_have_no_viewer_and_members_are_told_what_they_did() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let id = publish(&app, &ada, work("PUBLIC")).await;
    let viewer = "viewer { isOwner collaboration credit collaborators { credit } reactions }";
    assert_eq!(read(&app, &Guest, &id, viewer).await["viewer"], Value::Null);
    let none = json!({ "isOwner": false, "collaboration": null, "credit": null,
        "collaborators": [], "reactions": [] });
    assert_eq!(read(&app, &ben, &id, viewer).await["viewer"], none);
}
