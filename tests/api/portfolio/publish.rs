use guildhall::{
    Actor::Guest,
    entity::{account::Role, file::Kind},
};
use serde_json::{Value, json};

use super::kit::{
    ALONE, EVERYWHERE, PUBLISH, create, file, publish, read, refuses_update, sees, show, update,
};
use crate::kit::TestApp;

async fn uses(app: &TestApp, tag: &str) -> Value {
    let query = "query($name: String!) { tag(name: $name) { useCount } }";
    app.run_with(&Guest, query, json!({ "name": tag })).await.ok().at("tag.useCount").clone()
}

#[tokio::test]
async fn a_draft_is_seen_by_its_owner_alone_until_it_is_published() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let staff = app.with_role("root", Role::Admin).await;
    let input = json!({ "title": "Loom", "story": "x", "visibility": "PUBLIC" });
    let id = create(&app, &ada, input).await;
    assert_eq!(sees(&app, &ada, &ada, &id).await, ALONE);
    for other in [&ben, &staff, &Guest] {
        assert_eq!(sees(&app, other, &ada, &id).await, [""; 0]);
    }
    let run = show(&app, &ada, &id, true).await.done();
    assert_eq!(run.text("portfolioItemPublish.portfolioItem.publicationState"), "PUBLISHED");
    let at = run.text("portfolioItemPublish.portfolioItem.publishedAt");
    assert_eq!(at, "2026-05-04T09:30:00.000Z");
    for one in [&ada, &ben, &staff, &Guest] {
        assert_eq!(sees(&app, one, &ada, &id).await, EVERYWHERE);
    }
    show(&app, &ada, &id, false).await.done();
    assert_eq!(sees(&app, &ada, &ada, &id).await, ALONE);
    for other in [&ben, &staff, &Guest] {
        assert_eq!(sees(&app, other, &ada, &id).await, [""; 0]);
    }
    assert_eq!(read(&app, &ada, &id, "publishedAt").await["publishedAt"], Value::Null);
}

#[tokio::test]
async fn what_is_published_has_a_story_or_a_picture() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let bare = create(&app, &ada, json!({ "title": "Loom", "story": "\u{200b}" })).await;
    let publish = json!({ "id": bare, "published": true });
    assert_eq!(app.refuses(&ada, PUBLISH, publish).await.refusals(), ["REQUIRED id"]);
    let cover = file(&app, &ada, Kind::Image).await;
    update(&app, &ada, &bare, json!({ "cover": cover })).await.done();
    show(&app, &ada, &bare, true).await.done();
    let refused = refuses_update(&app, &ada, &bare, json!({ "cover": null })).await;
    assert_eq!(refused, ["REQUIRED input.story"]);
    update(&app, &ada, &bare, json!({ "cover": null, "story": "How it was." })).await.done();
    let refused = refuses_update(&app, &ada, &bare, json!({ "story": null })).await;
    assert_eq!(refused, ["REQUIRED input.story"]);
    show(&app, &ada, &bare, false).await.done();
    update(&app, &ada, &bare, json!({ "story": null })).await.done();
}

#[tokio::test]
async fn publishing_twice_is_publishing_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "title": "Loom", "story": "x", "tags": ["wood"] });
    let id = publish(&app, &ada, input).await;
    let before = app.contents().await;
    show(&app, &ada, &id, true).await.done();
    assert_eq!(app.contents().await, before);
    show(&app, &ada, &id, false).await.done();
    let before = app.contents().await;
    show(&app, &ada, &id, false).await.done();
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn tags_count_while_an_item_is_published() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "title": "Loom", "story": "x", "tags": ["wood", "Wood", "craft"] });
    let id = create(&app, &ada, input).await;
    let counts = async || (uses(&app, "wood").await, uses(&app, "craft").await);
    assert_eq!(counts().await, (json!(0), json!(0)));
    update(&app, &ada, &id, json!({ "tags": ["wood"] })).await.done();
    assert_eq!(counts().await, (json!(0), json!(0)));
    show(&app, &ada, &id, true).await.done();
    assert_eq!(counts().await, (json!(1), json!(0)));
    update(&app, &ada, &id, json!({ "tags": ["craft"] })).await.done();
    assert_eq!(counts().await, (json!(0), json!(1)));
    show(&app, &ada, &id, false).await.done();
    assert_eq!(counts().await, (json!(0), json!(0)));
    app.act(&ada, "portfolioItemDelete", &id).await.done();
    assert_eq!(counts().await, (json!(0), json!(0)));
    let input = json!({ "title": "Loom", "story": "x", "tags": ["wood"] });
    let id = publish(&app, &ada, input).await;
    app.act(&ada, "portfolioItemDelete", &id).await.done();
    assert_eq!(counts().await, (json!(0), json!(0)));
}

#[tokio::test]
async fn a_change_is_seen_as_one_only_once_it_was_published() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = create(&app, &ada, json!({ "title": "Loom", "story": "x" })).await;
    update(&app, &ada, &id, json!({ "title": "A loom" })).await.done();
    assert_eq!(read(&app, &ada, &id, "editedAt").await["editedAt"], Value::Null);
    show(&app, &ada, &id, true).await.done();
    assert_eq!(read(&app, &ada, &id, "editedAt").await["editedAt"], Value::Null);
    app.app.clock.advance(chrono::TimeDelta::hours(1));
    update(&app, &ada, &id, json!({ "tags": ["wood"] })).await.done();
    let edited = read(&app, &ada, &id, "editedAt version").await;
    assert_eq!(edited, json!({ "editedAt": "2026-05-04T10:30:00.000Z", "version": 3 }));
}

#[tokio::test]
async fn only_its_owner_publishes_an_item_and_takes_it_back() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let staff = app.with_role("root", Role::Admin).await;
    let id = publish(&app, &ada, json!({ "title": "Loom", "story": "x" })).await;
    let draft = create(&app, &ada, json!({ "title": "Draft", "story": "x" })).await;
    for other in [&ben, &staff] {
        let back = json!({ "id": id, "published": false });
        assert_eq!(app.refuses(other, PUBLISH, back).await.refusals(), ["FORBIDDEN id"]);
        let forth = json!({ "id": draft, "published": true });
        assert_eq!(app.refuses(other, PUBLISH, forth).await.refusals(), ["NOT_FOUND id"]);
    }
    let nothing = json!({ "id": "nothing", "published": true });
    assert_eq!(app.refuses(&ada, PUBLISH, nothing).await.refusals(), ["NOT_FOUND id"]);
}
