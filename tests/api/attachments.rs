//! What files hang on: profiles, posts and messages; and that who may not see the thing may not see its files.

use guildhall::{
    Actor::{self, Guest},
    entity::{
        account::Role,
        conversation::{Kind as Room, Visibility as Door},
        conversation_member::Role as Place,
        file::{Kind, Visibility},
        file_use,
    },
    graph::encode,
    scope::Scope,
};
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};

use crate::{
    chat::messages_kit::{SEND, leave, room},
    kit::{CREATE, Run, TestApp, follow},
};

const PROFILE: &str = "mutation($input: ProfileUpdateInput!) { profileUpdate(input: $input) {
    profile { avatar { id name } banner { id } } userErrors { code path message } } }";
const POST: &str =
    "mutation($id: ID!, $input: PostUpdateInput!) { postUpdate(id: $id, input: $input) {
    post { version editedAt attachments { id } } userErrors { code path message } } }";
const MESSAGE: &str = "mutation($id: ID!, $body: Markdown!, $files: [ID!]) {
    messageUpdate(id: $id, body: $body, attachments: $files) {
    message { body { html } attachments { id } } userErrors { code path } } }";

async fn sees(app: &TestApp, actor: &Actor, file: &str) -> bool {
    let query = "query($id: ID!) { node(id: $id) { ... on File { name } } }";
    let run = app.run_with(actor, query, json!({ "id": file })).await.ok();
    !run.at("node").is_null()
}

async fn uses(app: &TestApp) -> u64 {
    app.count::<file_use::Entity>(Expr::value(true)).await
}

async fn publish(app: &TestApp, actor: &Actor, visibility: &str, files: &[&str]) -> String {
    let input = json!({ "body": "words", "visibility": visibility, "attachments": files });
    app.publish(actor, input).await
}

async fn send(app: &TestApp, who: &Actor, room: &str, body: &str, files: &[&str]) -> Run {
    let input =
        json!({ "conversation": room, "body": body, "attachments": files, "clientKey": body });
    app.run_with(who, SEND, json!({ "input": input })).await
}

#[tokio::test]
async fn a_face_and_a_banner_are_set_changed_and_taken_off() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let (face, wide) = (app.picture(&ada, "face.png").await, app.picture(&ada, "wide.png").await);

    let input = json!({ "input": { "avatar": face, "banner": wide } });
    let run = app.run_with(&ada, PROFILE, input).await.done();
    assert_eq!(run.at("profileUpdate.profile.avatar"), &json!({ "id": face, "name": "face.png" }));
    assert_eq!(run.text("profileUpdate.profile.banner.id"), wide);
    // What is left out stays.
    let run = app.run_with(&ada, PROFILE, json!({ "input": { "avatar": wide } })).await.done();
    assert_eq!(run.text("profileUpdate.profile.avatar.id"), wide);
    assert_eq!(run.text("profileUpdate.profile.banner.id"), wide);
    let run = app.run_with(&ada, PROFILE, json!({ "input": { "avatar": null } })).await.done();
    assert_eq!(run.at("profileUpdate.profile.avatar"), &Value::Null);
    assert_eq!(uses(&app).await, 1);
}

#[tokio::test]
async fn only_a_picture_of_ones_own_becomes_a_face() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let theirs = app.file(&grace, "face.png", Kind::Image, Visibility::Public).await;
    let paper = app.file(&ada, "paper.pdf", Kind::Document, Visibility::Private).await;
    let tag = encode("tag", ada.id().unwrap()).to_string();

    for (id, refusal) in [
        (&theirs, "NOT_FOUND input.avatar"),
        (&paper, "FILE_TYPE_REJECTED input.avatar"),
        (&tag, "NOT_FOUND input.avatar"),
    ] {
        let input = json!({ "input": { "name": "Other", "avatar": id } });
        let run = app.refuses(&ada, PROFILE, input).await;
        assert_eq!(run.refusals(), [refusal]);
    }
}

#[tokio::test]
async fn files_hang_on_a_post_in_their_order() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut files = Vec::new();
    for name in ["a.png", "b.png", "c.png"] {
        files.push(app.picture(&ada, name).await);
    }
    let id = publish(&app, &ada, "PUBLIC", &[&files[2], &files[0]]).await;
    let query = "query($id: ID!) { post(by: { id: $id }) { attachments { name } } }";
    let shown = app.run_with(&Guest, query, json!({ "id": id })).await.ok();
    assert_eq!(shown.list("post.attachments", "name"), ["c.png", "a.png"]);

    let change = json!({ "id": id, "input": { "attachments": [files[1]] } });
    let run = app.run_with(&ada, POST, change).await.done();
    assert_eq!(run.list("postUpdate.post.attachments", "id"), [files[1].as_str()]);
    // The text is what it was.
    assert_eq!(run.at("postUpdate.post.version"), 1);
    let keep = json!({ "id": id, "input": { "body": "other words" } });
    let run = app.run_with(&ada, POST, keep).await.done();
    assert_eq!(run.list("postUpdate.post.attachments", "id"), [files[1].as_str()]);
    let none = json!({ "id": id, "input": { "attachments": [] } });
    let run = app.run_with(&ada, POST, none).await.done();
    assert_eq!(run.at("postUpdate.post.attachments"), &json!([]));
    assert_eq!(uses(&app).await, 0);
}

#[tokio::test]
async fn what_can_not_hang_on_a_post_is_named_by_its_place() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let (mine, theirs) = (app.picture(&ada, "a.png").await, app.picture(&grace, "b.png").await);
    let input = json!({ "input": { "body": "words", "attachments": [mine, theirs, mine] } });
    let run = app.refuses(&ada, CREATE, input).await;
    assert_eq!(run.refusals(), ["NOT_FOUND input.attachments.1", "DUPLICATE input.attachments.2"]);
    let many = vec![mine.clone(); 11];
    let run =
        app.refuses(&ada, CREATE, json!({ "input": { "body": "words", "attachments": many } }));
    assert_eq!(run.await.refusals(), ["TOO_LONG input.attachments"]);
}

#[tokio::test]
async fn a_message_may_be_files_alone() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let people = [(&ada, Place::Member), (&grace, Place::Member)];
    let talk = room(&app, Room::Circle, Door::Private, &people).await;
    let (one, two) = (app.picture(&ada, "a.png").await, app.picture(&ada, "b.png").await);

    let input = json!({ "conversation": talk, "body": " ", "clientKey": "k" });
    let run = app.refuses(&ada, SEND, json!({ "input": input })).await;
    assert_eq!(run.refusals(), ["REQUIRED input.body"]);
    let sent = send(&app, &ada, &talk, " ", &[&one]).await.done();
    let id = sent.text("messageSend.message.id").to_owned();

    // Without its files it would say nothing.
    let run = app.refuses(&ada, MESSAGE, json!({ "id": id, "body": "", "files": [] })).await;
    assert_eq!(run.refusals(), ["REQUIRED body"]);
    let run = app.run_with(&ada, MESSAGE, json!({ "id": id, "body": "", "files": [two] })).await;
    assert_eq!(run.done().list("messageUpdate.message.attachments", "id"), [two.as_str()]);
    let run =
        app.run_with(&ada, MESSAGE, json!({ "id": id, "body": "now with words" })).await.done();
    assert_eq!(run.list("messageUpdate.message.attachments", "id"), [two.as_str()]);

    assert!(sees(&app, &grace, &two).await);
    app.act(&ada, "messageDelete", &id).await.done();
    assert!(!sees(&app, &grace, &two).await);
    assert_eq!(uses(&app).await, 0);
}

#[tokio::test]
async fn the_files_of_a_post_are_seen_by_who_sees_the_post() {
    let app = TestApp::new().await;
    let (ada, fan) = (app.member("ada").await, app.member("fan").await);
    let (other, foe) = (app.member("other").await, app.member("foe").await);
    let staff = app.with_role("staff", Role::Moderator).await;
    let token = app.by_token(other, &[Scope::WriteSocial]);
    follow(&app, &fan, &ada).await;
    app.act(&ada, "profileBlock", &encode("profile", foe.id().unwrap())).await.done();

    let seen = async |file: &str| {
        let mut seen = Vec::new();
        for who in [&ada, &fan, &other, &foe, &staff, &token, &Guest] {
            seen.push(u8::from(sees(&app, who, file).await));
        }
        seen
    };
    let hidden = app.picture(&ada, "hidden.png").await;
    assert_eq!(seen(&hidden).await, [1, 0, 0, 0, 0, 0, 0]);
    let file = app.picture(&ada, "a.png").await;
    publish(&app, &ada, "FOLLOWERS", &[&file]).await;
    assert_eq!(seen(&file).await, [1, 1, 0, 0, 1, 0, 0]);
    let file = app.picture(&ada, "b.png").await;
    publish(&app, &ada, "MEMBERS", &[&file]).await;
    assert_eq!(seen(&file).await, [1, 1, 1, 0, 1, 0, 0]);
    let file = app.picture(&ada, "c.png").await;
    publish(&app, &ada, "PUBLIC", &[&file]).await;
    assert_eq!(seen(&file).await, [1, 1, 1, 0, 1, 1, 1]);
    let file = app.file(&ada, "d.png", Kind::Image, Visibility::Members).await;
    assert_eq!(seen(&file).await, [1, 1, 1, 1, 1, 0, 0]);
    let file = app.file(&ada, "e.png", Kind::Image, Visibility::Public).await;
    assert_eq!(seen(&file).await, [1, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn the_files_of_a_talk_are_seen_by_who_is_in_it() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("staff", Role::Admin).await;
    let people = [(&ada, Place::Member), (&grace, Place::Member)];
    let talk = room(&app, Room::Circle, Door::Private, &people).await;
    let file = app.picture(&ada, "a.png").await;
    send(&app, &ada, &talk, "look", &[&file]).await.done();

    assert!(sees(&app, &grace, &file).await);
    let token = app.by_token(grace, &[Scope::ReadPublic]);
    for who in [&staff, &token, &Guest] {
        assert!(!sees(&app, who, &file).await, "{who:?}");
    }
    leave(&app, &talk, &grace).await;
    assert!(!sees(&app, &grace, &file).await);
}

#[tokio::test]
async fn faces_and_attachments_of_a_page_are_a_statement_each() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "{ feed(first: 50) { nodes { attachments { name } author { avatar { name } banner { name } } } } }";
    let mut counts = Vec::new();
    for rows in [2, 20] {
        for at in 0..rows {
            let who = app.member(&format!("m{rows}x{at}")).await;
            let face = app.picture(&who, "face.png").await;
            let input = json!({ "input": { "avatar": face, "banner": face } });
            app.run_with(&who, PROFILE, input).await.done();
            publish(&app, &who, "PUBLIC", &[&face]).await;
        }
        for actor in [&Guest, &ada] {
            let run = app.run(actor, query).await.ok();
            assert_eq!(run.text("feed.nodes.0.author.avatar.name"), "face.png");
            counts.push(run.sql.len());
        }
    }
    assert_eq!(counts, [4, 4, 4, 4]);
}

#[tokio::test]
async fn where_a_file_is_used_is_told_of_what_one_sees() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let people = [(&ada, Place::Member)];
    let talk = room(&app, Room::Circle, Door::Private, &people).await;
    let file = app.file(&ada, "a.png", Kind::Image, Visibility::Public).await;
    let face = json!({ "input": { "avatar": file, "banner": file } });
    app.run_with(&ada, PROFILE, face).await.done();
    let post = publish(&app, &ada, "MEMBERS", &[&file]).await;
    let comment =
        "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id }
        userErrors { code path } } }";
    let words = json!({ "input": { "subject": post, "body": "look", "attachments": [file] } });
    let comment = app.run_with(&ada, comment, words).await.done();
    let comment = comment.text("commentCreate.comment.id").to_owned();
    let sent = send(&app, &ada, &talk, "look", &[&file]).await.done();
    let message = sent.text("messageSend.message.id").to_owned();
    let me = encode("profile", ada.id().unwrap()).to_string();

    let query = "query($id: ID!) { node(id: $id) { ... on File { usedIn { id } } } }";
    let used = async |who: &Actor| {
        let run = app.run_with(who, query, json!({ "id": file })).await.ok();
        (run.list("node.usedIn", "id"), run.sql.len())
    };
    let (shown, statements) = used(&ada).await;
    assert_eq!(shown, [message, comment.clone(), post.clone(), me.clone()]);
    // The file, its uses, and a statement for each kind of thing.
    assert_eq!(statements, 6);
    assert_eq!(used(&grace).await.0, [comment, post, me.clone()]);
    assert_eq!(used(&Guest).await.0, [me]);
}
