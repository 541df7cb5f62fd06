//! What the graph says of a file, and to whom.

use guildhall::{
    Actor::{self, Guest},
    entity::file::{self, Visibility},
    scope::Scope,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::kit::{Stored, TestApp, block, key, profile_id, sha256};

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id ... on File { name } } }";

#[tokio::test]
async fn a_file_is_shown_whole() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let png = Stored::png("Ünder the sea.png", 40, 20);
    let id = app.keep(&ada, &png).await;
    let row = file::Entity::find_by_id(key("file", &id)).one(&app.app.db.write).await.unwrap();
    let mut row: file::ActiveModel = row.unwrap().into();
    (row.alt_text, row.caption) = (Set(Some("fish".to_owned())), Set(Some("many".to_owned())));
    (row.frames, row.focus_x, row.size) = (Set(Some(2)), Set(250), Set(5_000_000_000));
    row.update(&app.app.db.write).await.unwrap();
    let query = "query($id: ID!) { node(id: $id) { __typename id ... on File { name mediaType size sha256
        fileKind altText caption visibility createdAt uploadedBy { handle }
        image { width height blurhash focusX focusY isAnimated } viewer { isOwner canEdit canDelete } } } }";
    let run = app.run_with(&ada, query, json!({ "id": id })).await.ok();
    let expected = json!({
        "__typename": "File", "id": id, "name": "Ünder the sea.png", "mediaType": "image/png",
        "size": 5_000_000_000_u64, "sha256": sha256(&png.bytes), "fileKind": "IMAGE", "altText": "fish",
        "caption": "many", "visibility": "PRIVATE", "createdAt": "2026-05-04T09:30:00.000Z",
        "uploadedBy": { "handle": "ada" },
        "image": { "width": 40, "height": 20, "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            "focusX": 0.25, "focusY": 0.5, "isAnimated": true },
        "viewer": { "isOwner": true, "canEdit": true, "canDelete": true },
    });
    assert_eq!(run.at("node"), &expected);
    assert_eq!(run.sql.len(), 2, "{:#?}", run.sql);
}

#[tokio::test]
async fn what_is_no_picture_has_neither_size_nor_thumbnail() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::text("notes.txt", "hello")).await;
    let query = "query($id: ID!) { node(id: $id) { ... on File { fileKind image { width } thumbnail(width: 10) } } }";
    let run = app.run_with(&ada, query, json!({ "id": id })).await.ok();
    let nothing = json!({ "fileKind": "DOCUMENT", "image": null, "thumbnail": null });
    assert_eq!(run.at("node"), &nothing);
}

#[tokio::test]
async fn a_thumbnail_has_sides_of_1_to_4096() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.keep(&ada, &Stored::png("a.png", 4, 4)).await;
    for (arguments, message) in [
        ("width: 0", "`width` must be 1 to 4096"),
        ("width: -1", "`width` must be 1 to 4096"),
        ("width: 4097", "`width` must be 1 to 4096"),
        ("width: 2147483647", "`width` must be 1 to 4096"),
        ("width: 1, height: 0", "`height` must be 1 to 4096"),
        ("width: 4096, height: 4097", "`height` must be 1 to 4096"),
    ] {
        let query = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on File {{ thumbnail({arguments}) }} }} }}"
        );
        let run = app.run_with(&ada, &query, json!({ "id": id })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{arguments}");
        assert_eq!(run.errors[0]["message"], message);
        assert_eq!(run.at("node.thumbnail"), &Value::Null);
    }
    for arguments in ["width: 1", "width: 4096, height: 4096", "width: 1, height: null"] {
        app.field(&ada, &id, &format!("thumbnail({arguments})")).await;
    }
}

#[tokio::test]
async fn a_file_is_found_by_who_may_see_it() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let blocked = app.member("blocked").await;
    block(&app, &ada, &blocked).await;
    let staff = app.with_role("staff", guildhall::entity::account::Role::Admin).await;
    let mut ids = Vec::new();
    for visibility in [Visibility::Public, Visibility::Members, Visibility::Private] {
        ids.push(app.keep(&ada, &Stored::text("a.txt", "hello").with(visibility)).await);
    }
    let sees = async |actor: &Actor| {
        let mut seen = Vec::new();
        for id in &ids {
            let run = app.run_with(actor, NODE, json!({ "id": id })).await.ok();
            seen.push(run.at("node.id") == id.as_str());
        }
        seen
    };
    assert_eq!(sees(&ada).await, [true, true, true]);
    assert_eq!(sees(&grace).await, [true, true, false]);
    assert_eq!(sees(&staff).await, [true, true, false]);
    assert_eq!(sees(&Guest).await, [true, false, false]);
    assert_eq!(sees(&blocked).await, [true, true, false], "it is for everybody, or all members");
    let token = |actor, scopes: &[Scope]| app.by_token(actor, scopes);
    assert_eq!(sees(&token(ada, &[Scope::ReadPublic])).await, [true, true, true]);
    assert_eq!(sees(&token(ada, &[Scope::WriteFiles])).await, [true, false, false]);
    assert_eq!(sees(&token(grace, &[Scope::WriteFiles])).await, [true, false, false]);

    let viewer = "query($id: ID!) { node(id: $id) { ... on File { viewer { isOwner canEdit canDelete } } } }";
    let run = app.run_with(&grace, viewer, json!({ "id": ids[0] })).await.ok();
    let nothing = json!({ "isOwner": false, "canEdit": false, "canDelete": false });
    assert_eq!(run.at("node.viewer"), &nothing);
    let run = app.run_with(&Guest, viewer, json!({ "id": ids[0] })).await.ok();
    assert_eq!(run.at("node.viewer"), &Value::Null);
    for id in [
        "file_",
        "file_0",
        &ids[0].replace("file", "post"),
        &profile_id(&ada).replace("profile", "file"),
    ] {
        let run = app.run_with(&ada, NODE, json!({ "id": id })).await.ok();
        assert_eq!(run.at("node"), &Value::Null, "{id}");
    }
}

#[tokio::test]
async fn a_link_is_the_same_for_everybody_and_for_five_minutes() {
    let app = TestApp::with(|config| {
        config.base_url = Some("https://guild.example/base/".parse().unwrap());
    })
    .await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let members = app.keep(&ada, &Stored::text("a.txt", "a").with(Visibility::Members)).await;
    let public = app.keep(&ada, &Stored::text("My Text.txt", "a").with(Visibility::Public)).await;
    let link = app.link(&ada, &members).await;
    assert_eq!(app.link(&grace, &members).await, link);
    let start = format!("/files/{members}/a.txt?expires=");
    let expires: i64 =
        link.strip_prefix(&start).unwrap().split('&').next().unwrap().parse().unwrap();
    let now = app.app.clock.now().timestamp();
    assert_eq!(expires - now, 600, "the clock stands at half past");
    app.app.clock.advance(chrono::TimeDelta::seconds(299));
    assert_eq!(app.link(&grace, &members).await, link, "it is good for 301 seconds");
    app.app.clock.advance(chrono::TimeDelta::seconds(1));
    let next = app.link(&ada, &members).await;
    assert!(next.contains(&format!("expires={}", expires + 300)), "{next}");

    let link = app.link(&ada, &public).await;
    assert!(link.starts_with(&format!("/files/{public}/My-Text.txt?sig=")), "{link}");
    app.app.clock.advance(chrono::TimeDelta::days(4_000));
    assert_eq!(app.link(&Guest, &public).await, link);
    let download = app.field(&Guest, &public, "url(download: true)").await;
    assert!(download.starts_with(&format!("/files/{public}/My-Text.txt?download=1&sig=")));
}

#[tokio::test]
async fn the_limits_of_files_are_told() {
    let app = TestApp::with(|config| {
        config.file_bytes = 5_000_000_000;
        config.storage_quota = 1 << 40;
    })
    .await;
    let query =
        "{ server { limits { fileMaxSize inlineUploadMaxSize storageQuota allowedFileTypes } } }";
    let run = app.run(&Guest, query).await.ok();
    let limits = run.at("server.limits");
    assert_eq!(limits["fileMaxSize"], 5_000_000_000_u64);
    assert_eq!(limits["inlineUploadMaxSize"], 8 * 1024 * 1024);
    assert_eq!(limits["storageQuota"], 1_u64 << 40);
    let types = limits["allowedFileTypes"].as_array().unwrap();
    assert!(types.contains(&json!("image/png")) && types.contains(&json!("application/pdf")));
    assert!(!types.contains(&json!("text/html")) && !types.contains(&json!("image/svg+xml")));
    let small = TestApp::with(|config| config.file_bytes = 1024 * 1024).await;
    let run = small.run(&Guest, query).await.ok();
    assert_eq!(run.at("server.limits.inlineUploadMaxSize"), 1024 * 1024);
}
