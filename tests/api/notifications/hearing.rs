//! Who hears of what, and by which kind.

use guildhall::{
    Actor,
    entity::{follow, notification::Kind, skill_endorsement, watch::Level},
};
use sea_orm::ColumnTrait as _;
use serde_json::json;

use super::news_kit::about;
use crate::{
    kit::{TestApp, follow, key, profile_id, write_comment, write_post},
    portfolio::kit as portfolio,
};

const UPDATE_POST: &str =
    "mutation($id: ID!, $body: Markdown!) { postUpdate(id: $id, input: { body: $body }) {
    post { id } userErrors { code path } } }";
const UPDATE_COMMENT: &str =
    "mutation($id: ID!, $body: Markdown!) { commentUpdate(id: $id, body: $body) {
    comment { id } userErrors { code path } } }";

#[tokio::test]
async fn whom_a_post_names_hears_of_it_once_and_its_author_never() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let post = write_post(&app, &ada, "@ben and @ben and @cleo and @ada meet", "PUBLIC").await;
    // However many are named, the author waits for one row.
    assert_eq!(app.notices().await, 1);
    assert_eq!(app.notifications().await, 0);
    app.work().await;
    let heard = ["Mention post by ada (1): @ben and @ben and @cleo and @ada meet"];
    assert_eq!(app.heard(&ben).await, heard);
    assert_eq!(app.heard(&cleo).await, heard);
    assert_eq!(app.heard(&ada).await, [""; 0]);
    let row = &app.inbox(&ben).await[0];
    assert_eq!(about(row), ("post", key("post", &post)));
    assert_eq!((row.read_at, row.mailed_at), (None, None));
    assert_eq!(app.told(ben.id().unwrap()).await, ["notification_added"]);
    assert_eq!(app.told(ada.id().unwrap()).await, [""; 0]);

    write_post(&app, &ada, "nobody is named", "PUBLIC").await;
    assert_eq!(app.notices().await, 0);
}

#[tokio::test]
async fn who_is_named_by_an_edit_hears_of_it_and_nobody_else_again() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let post = write_post(&app, &ada, "@ben", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "@ben").await;
    app.work().await;
    app.reads_all(&ben).await;
    let before = app.heard(&ben).await;
    assert_eq!(before.len(), 2);
    for (query, id) in [(UPDATE_POST, &post), (UPDATE_COMMENT, &comment)] {
        for body in ["only words", "@ben and @cleo"] {
            app.run_with(&ada, query, json!({ "id": id, "body": body })).await.done();
            app.work().await;
        }
    }
    assert_eq!(app.heard(&ben).await, before);
    let heard =
        ["Mention post by ada (1): @ben and @cleo", "Mention comment by ada (1): @ben and @cleo"];
    assert_eq!(app.heard(&cleo).await, heard);
}

#[tokio::test]
async fn of_a_comment_everybody_hears_once_as_the_strongest_they_are() {
    let app = TestApp::new().await;
    let (ada, ben, cleo, dan) = (
        app.member("ada").await,
        app.member("ben").await,
        app.member("cleo").await,
        app.member("dan").await,
    );
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    app.watches(&dan, &post, Level::All).await;
    let parent = write_comment(&app, &ben, &post, "first").await;
    app.work().await;
    assert_eq!(app.heard(&ada).await, ["Comment post by ben (1): first"]);
    assert_eq!(app.heard(&dan).await, ["Comment post by ben (1): first"]);
    assert_eq!(app.heard(&ben).await, [""; 0]);
    for one in [&ada, &dan] {
        app.reads_all(one).await;
    }
    // Ada wrote the post and is named; Ben wrote what is answered, is named, and watches.
    app.watches(&ben, &post, Level::All).await;
    let reply = app.reply_to(&cleo, &post, &parent, "@ada what do you say?").await;
    app.work().await;
    assert_eq!(app.heard(&ada).await[1..], ["Mention comment by cleo (1): @ada what do you say?"]);
    assert_eq!(about(&app.inbox(&ada).await[1]), ("comment", key("comment", &reply)));
    assert_eq!(app.heard(&ben).await, ["Reply comment by cleo (1): @ada what do you say?"]);
    assert_eq!(about(&app.inbox(&ben).await[0]), ("comment", key("comment", &parent)));
    assert_eq!(app.heard(&dan).await[1..], ["Comment post by cleo (1): @ada what do you say?"]);
    assert_eq!(app.heard(&cleo).await, [""; 0]);
}

#[tokio::test]
async fn whose_strongest_kind_is_off_hears_by_the_next() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    let parent = write_comment(&app, &ada, &post, "first").await;
    app.switch_off(&ada, Kind::Mention).await;
    app.reply_to(&ben, &post, &parent, "@ada one").await;
    app.work().await;
    app.switch_off(&ada, Kind::Reply).await;
    app.reply_to(&ben, &post, &parent, "@ada two").await;
    app.work().await;
    app.switch_off(&ada, Kind::Comment).await;
    app.reply_to(&ben, &post, &parent, "@ada three").await;
    app.work().await;
    let heard = ["Reply comment by ben (1): @ada one", "Comment post by ben (1): @ada two"];
    assert_eq!(app.heard(&ada).await, heard);
}

#[tokio::test]
async fn how_much_somebody_watches_says_what_they_hear() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let levels = [
        (Level::All, vec![Kind::Comment, Kind::Reply, Kind::Reaction, Kind::Mention]),
        (Level::Participating, vec![Kind::Reply, Kind::Reaction, Kind::Mention]),
        (Level::Mentions, vec![Kind::Mention]),
        (Level::Nothing, vec![]),
    ];
    for (level, kinds) in levels {
        let post = write_post(&app, &ada, "a post", "PUBLIC").await;
        let parent = write_comment(&app, &ada, &post, "first").await;
        app.watches(&ada, &post, level).await;
        let before = app.inbox(&ada).await.len();
        write_comment(&app, &ben, &post, "a comment").await;
        app.reply_to(&ben, &post, &parent, "a reply").await;
        app.react(&ben, &post, "👍").await;
        write_comment(&app, &ben, &post, "@ada").await;
        app.work().await;
        let heard: Vec<Kind> = app.inbox(&ada).await[before..].iter().map(|row| row.kind).collect();
        assert_eq!(heard, kinds, "{level:?}");
    }
}

#[tokio::test]
async fn who_made_it_hears_of_reactions_that_still_stand() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let post = write_post(&app, &ada, "a post", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "a comment").await;
    let item = portfolio::publish(
        &app,
        &ada,
        json!({ "title": "A loom", "story": "of wood", "visibility": "MEMBERS" }),
    )
    .await;
    let talk = app.open_talk(&ada, &[&ben]).await;
    let message = crate::chat::messages_kit::say(&app, &ada, &talk, "hello").await;
    app.work().await;
    for id in [&post, &comment, &item, &message] {
        app.react(&ada, id, "👍").await;
        app.react(&ben, id, "🎉").await;
    }
    app.work().await;
    let heard = [
        "Reaction post by ben (1): 🎉",
        "Reaction comment by ben (1): 🎉",
        "Reaction portfolio item by ben (1): 🎉",
        "Reaction message by ben (1): 🎉",
    ];
    assert_eq!(app.heard(&ada).await, heard);
    assert_eq!(app.heard(&ben).await, [""; 0]);

    // The same again, and one taken back before it was told.
    let waiting = app.notices().await;
    app.react(&ben, &post, "🎉").await;
    assert_eq!(app.notices().await, waiting);
    let cleo = app.member("cleo").await;
    app.react(&cleo, &post, "👍").await;
    let remove = "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"👍\") { userErrors { code path } } }";
    app.run_with(&cleo, remove, json!({ "id": post })).await.done();
    app.work().await;
    assert_eq!(app.heard(&ada).await, heard);
}

#[tokio::test]
async fn who_is_followed_hears_of_it_unless_it_ended() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    follow(&app, &ben, &ada).await;
    follow(&app, &cleo, &ada).await;
    app.act(&cleo, "profileUnfollow", &profile_id(&ada)).await.done();
    app.work().await;
    assert_eq!(app.heard(&ada).await, ["Follow member by ben (1): "]);
    assert_eq!(about(&app.inbox(&ada).await[0]).1, ada.id().unwrap());
    // Who follows already tells nothing.
    follow(&app, &ben, &ada).await;
    assert_eq!(app.notices().await, 0);
    assert_eq!(app.count::<follow::Entity>(follow::Column::Id.is_not_null()).await, 1);
}

#[tokio::test]
async fn whose_skill_is_endorsed_hears_of_it_unless_it_was_taken_back() {
    let app = TestApp::new().await;
    let (ada, ben, cleo) =
        (app.member("ada").await, app.member("ben").await, app.member("cleo").await);
    let skill = &app.claim(&ada, &["Rust"]).await[0];
    let endorse = "mutation($profile: ID!, $skill: ID!, $endorsed: Boolean!) {
        skillEndorse(profile: $profile, skill: $skill, endorsed: $endorsed) { userErrors { code path } } }";
    for (who, endorsed) in [(&ben, true), (&cleo, true), (&cleo, false)] {
        let variables =
            json!({ "profile": profile_id(&ada), "skill": skill, "endorsed": endorsed });
        app.run_with(who, endorse, variables).await.done();
    }
    assert_eq!(app.notices().await, 2);
    app.work().await;
    assert_eq!(app.heard(&ada).await, ["Endorsement member by ben (1): rust"]);
    let rows = skill_endorsement::Column::Id.is_not_null();
    assert_eq!(app.count::<skill_endorsement::Entity>(rows).await, 1);
}

fn credit(who: &Actor) -> serde_json::Value {
    json!({ "profile": profile_id(who), "credit": "Paint" })
}

#[tokio::test]
async fn who_is_to_be_credited_is_asked_even_on_a_draft() {
    let app = TestApp::new().await;
    let (ada, ben, cleo, dan) = (
        app.member("ada").await,
        app.member("ben").await,
        app.member("cleo").await,
        app.member("dan").await,
    );
    let input = json!({ "title": "A loom", "visibility": "MEMBERS", "story": "with @dan", "collaborators": [credit(&ben), credit(&cleo)] });
    let item = portfolio::create(&app, &ada, input).await;
    // Cleo is not meant any more when it comes to telling.
    portfolio::update(&app, &ada, &item, json!({ "collaborators": [credit(&ben)] })).await.done();
    app.work().await;
    assert_eq!(app.heard(&ben).await, ["Collaboration portfolio item by ada (1): Paint"]);
    assert_eq!(app.heard(&cleo).await, [""; 0]);
    assert_eq!(app.heard(&dan).await, [""; 0]);
    // To be named there is heard of when others may read it, and once.
    portfolio::show(&app, &ada, &item, true).await.done();
    app.work().await;
    assert_eq!(app.heard(&dan).await, ["Mention portfolio item by ada (1): A loom"]);
    app.reads_all(&dan).await;
    portfolio::update(&app, &ada, &item, json!({ "story": "@dan and @cleo" })).await.done();
    app.work().await;
    assert_eq!(app.inbox(&dan).await.len(), 1);
    assert_eq!(app.heard(&cleo).await, ["Mention portfolio item by ada (1): A loom"]);
    write_comment(&app, &ben, &item, "fine").await;
    app.work().await;
    assert_eq!(app.heard(&ada).await, ["Comment portfolio item by ben (1): fine"]);
}
