use guildhall::{
    Actor,
    entity::account::{self, Role},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use serde_json::json;

use super::{EVENTS, comments, follow, stage, texts};
use crate::kit::{TestApp, open_channel, write_comment, write_post};

async fn set_visibility(app: &TestApp, by: &Actor, post: &str, visibility: &str) {
    let query = format!(
        "mutation($id: ID!) {{ postUpdate(id: $id, input: {{ visibility: {visibility} }}) \
         {{ userErrors {{ code }} }} }}"
    );
    let run = app.run_with(by, &query, json!({ "id": post })).await.ok();
    assert_eq!(run.at("postUpdate.userErrors"), &json!([]));
}

#[tokio::test]
async fn what_one_may_not_read_one_may_not_follow() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let ben = app.member("ben").await;
    let post = write_post(&app, &ada, "For members.", "MEMBERS").await;
    let refused = app.try_to_follow(&Actor::Guest, EVENTS, json!({ "id": post })).await;
    let refused = refused.err().unwrap();
    assert_eq!(refused["errors"][0]["path"], json!(["discussionEvents"]), "{refused:#}");
    let mut follower = follow(&app, &ben, &post, None).await;
    follower.ready().await;
}

#[tokio::test]
async fn who_may_not_hear_any_more_is_told_so_and_hears_nothing() {
    let (app, ada, post) = stage().await;
    let (ben, cleo) = (app.member("ben").await, app.with_role("cleo", Role::Moderator).await);
    let mut his = follow(&app, &ben, &post, None).await;
    let mut guest = follow(&app, &Actor::Guest, &post, None).await;
    let mut staff = follow(&app, &cleo, &post, None).await;
    for follower in [&mut his, &mut guest, &mut staff] {
        follower.ready().await;
    }
    set_visibility(&app, &ada, &post, "FOLLOWERS").await;
    write_comment(&app, &ada, &post, "secret").await;
    for follower in [&mut his, &mut guest] {
        let event = follower.next().await;
        assert_eq!(event["reason"], "ACCESS_CHANGED");
        assert_eq!(event["cursor"], json!(null));
        follower.ends().await;
        follower.hears_nothing().await;
    }
    let event = staff.next().await;
    assert_eq!(event["__typename"], "SubjectChanged");
    assert_eq!(texts(&staff.take(1).await), ["secret"]);
}

#[tokio::test]
async fn who_was_blocked_hears_nothing_of_the_blocker_from_then_on() {
    let (app, ada, post) = stage().await;
    let (ben, cleo) = (app.member("ben").await, app.member("cleo").await);
    let mut his = follow(&app, &ben, &post, None).await;
    his.ready().await;
    comments(&app, &cleo, &post, 0..1).await;
    assert_eq!(texts(&his.take(1).await), ["0"]);
    let block = "mutation($id: ID!) { profileBlock(id: $id) { userErrors { code } } }";
    let id = guildhall::typeid::encode("profile", ben.id().unwrap());
    app.run_with(&cleo, block, json!({ "id": id })).await.ok();
    his.hears_nothing().await;
    comments(&app, &cleo, &post, 1..2).await;
    comments(&app, &ada, &post, 2..3).await;
    assert_eq!(texts(&his.take(1).await), ["2"], "what the blocker writes is left out");
}

#[tokio::test]
async fn a_subscription_has_one_root_and_runs_where_it_can() {
    let (app, ada, post) = stage().await;
    let two = "subscription($id: ID!) { a: discussionEvents(id: $id) { __typename } feedEvents { __typename } }";
    let refused = app.try_to_follow(&ada, two, json!({ "id": post })).await.err().unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "VALIDATION_FAILED");
    let none =
        "subscription($id: ID!) { discussionEvents(id: $id) @skip(if: true) { __typename } }";
    let refused = app.try_to_follow(&ada, none, json!({ "id": post })).await.err().unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    let run = app.run_with(&ada, EVENTS, json!({ "id": post })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

/// A note that did not arrive may have been about anybody.
#[tokio::test]
async fn who_lost_a_right_hears_nothing_more_even_when_the_note_of_it_was_lost() {
    let (app, ada, _) = stage().await;
    let cleo = app.with_role("cleo", Role::Moderator).await;
    let post = write_post(&app, &ada, "For followers.", "FOLLOWERS").await;
    let mut follower = follow(&app, &cleo, &post, None).await;
    follower.ready().await;
    let row = account::ActiveModel {
        id: Unchanged(cleo.id().unwrap()),
        role: Set(Role::Member),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
    app.lose_notes();
    assert_eq!(follower.next().await["reason"], "ACCESS_CHANGED");
    follower.ends().await;
}

/// News of a conversation waits for up to a second; the list of one's conversations may change within it.
#[tokio::test]
async fn news_is_not_lost_when_a_conversation_is_new_at_the_same_time() {
    const NEWS: &str = "subscription { viewerEvents { __typename ... on ConversationBumped \
        { conversation { viewer { title unreadCount } } } } }";
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let talk = app.open_talk(&ada, &[&grace]).await;
    let mut hers = app.follow(&grace, NEWS, json!({})).await;
    hers.ready().await;
    let unread = |event: &serde_json::Value| {
        let viewer = &event["conversation"]["viewer"];
        (viewer["title"] == "Ada").then(|| viewer["unreadCount"].as_i64().unwrap_or_default())
    };
    app.say(&ada, &talk, "one", &[]).await;
    assert_eq!(unread(&hers.next().await), Some(1));
    app.say(&ada, &talk, "two", &[]).await;
    let room = open_channel(&app, &ada, "looms", "PRIVATE").await;
    app.set(&ada, &room, &[&grace], json!("MEMBER")).await.done();
    while unread(&hers.next().await) != Some(2) {}
}
