//! Who follows the discussion of an item hears of its changes, for as long as they see it.

use guildhall::{Actor, Actor::Guest, entity::account::Role};
use serde_json::{Value, json};

use super::kit::{answer, create, publish, show, update};
use crate::kit::{Follower, TestApp, follow, profile_id};

const EVENTS: &str = "subscription($id: ID!) { discussionEvents(id: $id) { __typename
    ... on StreamReset { reason } ... on SubjectChanged { subject { ... on PortfolioItem {
        title tags { name } cover { id } collaborators { profile { handle } } owner { handle } } } } } }";

async fn listen(app: &TestApp, actor: &Actor, id: &str) -> Follower {
    let mut follower = app.follow(actor, EVENTS, json!({ "id": id })).await;
    follower.ready().await;
    follower
}

async fn cut_off(follower: &mut Follower) {
    assert_eq!(follower.next().await["reason"], "ACCESS_CHANGED");
    follower.ends().await;
    follower.hears_nothing().await;
}

async fn told(follower: &mut Follower) -> Value {
    let event = follower.next().await;
    assert_eq!(event["__typename"], "SubjectChanged", "{event:#}");
    event["subject"].clone()
}

fn work(visibility: &str) -> Value {
    json!({ "title": "Loom", "story": "x", "visibility": visibility })
}

#[tokio::test]
async fn what_is_taken_back_is_hidden_from_those_who_follow_it_at_once() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let staff = app.with_role("root", Role::Admin).await;
    let id = publish(&app, &ada, work("PUBLIC")).await;
    let mut hers = listen(&app, &ada, &id).await;
    let mut others = [
        listen(&app, &ben, &id).await,
        listen(&app, &Guest, &id).await,
        listen(&app, &staff, &id).await,
    ];
    show(&app, &ada, &id, false).await.done();
    for other in &mut others {
        cut_off(other).await;
    }
    assert_eq!(told(&mut hers).await["title"], "Loom");
    let refused = app.try_to_follow(&ben, EVENTS, json!({ "id": id })).await.err().unwrap();
    assert_eq!(refused["errors"][0]["path"], json!(["discussionEvents"]));
}

#[tokio::test]
async fn a_change_is_told_and_who_sees_it_no_more_is_cut_off() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let cleo = app.member("cleo").await;
    follow(&app, &cleo, &ada).await;
    let id = publish(&app, &ada, work("MEMBERS")).await;
    let (mut his, mut hers) = (listen(&app, &ben, &id).await, listen(&app, &cleo, &id).await);
    let input = json!({ "title": "Great loom", "tags": ["wood"] });
    update(&app, &ada, &id, input).await.done();
    let expected = json!({ "title": "Great loom", "tags": [{ "name": "wood" }], "cover": null,
        "collaborators": [], "owner": { "handle": "ada" } });
    for one in [&mut his, &mut hers] {
        assert_eq!(told(one).await, expected);
    }
    update(&app, &ada, &id, json!({ "visibility": "FOLLOWERS" })).await.done();
    cut_off(&mut his).await;
    assert_eq!(told(&mut hers).await["title"], "Great loom");
    app.act(&ada, "portfolioItemDelete", &id).await.done();
    cut_off(&mut hers).await;
}

#[tokio::test]
async fn who_is_credited_no_more_follows_a_draft_no_more() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let cleo = app.member("cleo").await;
    let credit = |who: &Actor| json!({ "profile": profile_id(who), "credit": "Paint" });
    let input = json!({ "title": "Draft", "collaborators": [credit(&ben), credit(&cleo)] });
    let id = create(&app, &ada, input).await;
    let (mut his, mut hers) = (listen(&app, &ben, &id).await, listen(&app, &cleo, &id).await);
    answer(&app, &ben, &id, true).await.done();
    for one in [&mut his, &mut hers] {
        let agreed = json!([{ "profile": { "handle": "ben" } }]);
        assert_eq!(told(one).await["collaborators"], agreed);
    }
    answer(&app, &cleo, &id, false).await.done();
    cut_off(&mut hers).await;
    told(&mut his).await;
    update(&app, &ada, &id, json!({ "collaborators": [] })).await.done();
    cut_off(&mut his).await;
}

#[tokio::test]
async fn a_strangers_draft_is_followed_by_nobody() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let staff = app.with_role("root", Role::Admin).await;
    let id = create(&app, &ada, work("PUBLIC")).await;
    for one in [&Guest, &ben, &staff] {
        assert!(app.try_to_follow(one, EVENTS, json!({ "id": id })).await.is_err());
    }
}
