//! What the tests of portfolios do again and again.

use guildhall::{
    Actor,
    entity::{
        blob,
        file::{self, Kind, Visibility},
    },
    graph::encode,
};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::kit::{Run, TestApp, profile_id};

pub const CREATE: &str = "mutation($input: PortfolioItemInput!) { portfolioItemCreate(input: $input) {
    portfolioItem { id slug position version publicationState } userErrors { code path message } } }";
pub const UPDATE: &str = "mutation($id: ID!, $input: PortfolioItemInput!, $version: Int) {
    portfolioItemUpdate(id: $id, input: $input, expectedVersion: $version) {
        portfolioItem { id slug version editedAt } userErrors { code path message
            ... on StaleVersionError { currentVersion } } } }";
pub const PUBLISH: &str = "mutation($id: ID!, $published: Boolean!) {
    portfolioItemPublish(id: $id, published: $published) {
        portfolioItem { id publicationState publishedAt } userErrors { code path message } } }";
pub const ANSWER: &str = "mutation($item: ID!, $accept: Boolean!) {
    collaborationAnswer(item: $item, accept: $accept) {
        portfolioItem { id viewer { collaboration credit } } userErrors { code path message } } }";

/// Begins an item and answers its id.
pub async fn create(app: &TestApp, owner: &Actor, input: Value) -> String {
    let run = app.run_with(owner, CREATE, json!({ "input": input })).await.done();
    run.text("portfolioItemCreate.portfolioItem.id").to_owned()
}

/// Begins an item, publishes it, and answers its id.
pub async fn publish(app: &TestApp, owner: &Actor, input: Value) -> String {
    let id = create(app, owner, input).await;
    show(app, owner, &id, true).await.done();
    id
}

/// Publishes an item, or takes it back.
pub async fn show(app: &TestApp, actor: &Actor, id: &str, published: bool) -> Run {
    app.run_with(actor, PUBLISH, json!({ "id": id, "published": published })).await
}

/// Changes an item.
pub async fn update(app: &TestApp, actor: &Actor, id: &str, input: Value) -> Run {
    app.run_with(actor, UPDATE, json!({ "id": id, "input": input })).await
}

/// Tries to change an item, which must change nothing, and answers why not.
pub async fn refuses_update(app: &TestApp, actor: &Actor, id: &str, input: Value) -> Vec<String> {
    app.refuses(actor, UPDATE, json!({ "id": id, "input": input })).await.refusals()
}

/// Tries to begin an item, which must change nothing, and answers why not.
pub async fn refuses_create(app: &TestApp, actor: &Actor, input: Value) -> Vec<String> {
    app.refuses(actor, CREATE, json!({ "input": input })).await.refusals()
}

/// Agrees to being credited, or refuses.
pub async fn answer(app: &TestApp, actor: &Actor, item: &str, accept: bool) -> Run {
    app.run_with(actor, ANSWER, json!({ "item": item, "accept": accept })).await
}

/// What an actor is shown of an item; null if nothing.
pub async fn read(app: &TestApp, actor: &Actor, id: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ portfolioItem(by: {{ id: $id }}) {{ {fields} }} }}");
    app.run_with(actor, &query, json!({ "id": id })).await.ok().at("portfolioItem").clone()
}

/// Whether an actor sees an item: by its id, by its address, as a node, in the gallery and on the profile.
pub async fn sees(app: &TestApp, actor: &Actor, owner: &Actor, id: &str) -> Vec<&'static str> {
    let slug = read(app, owner, id, "slug owner { handle }").await;
    let query = "query($id: ID!, $owner: ID!, $path: PortfolioPath!) {
        id: portfolioItem(by: { id: $id }) { id } path: portfolioItem(by: { path: $path }) { id }
        node: node(id: $id) { id } gallery: portfolioItems { nodes { id } }
        profile(by: { id: $owner }) { portfolio { nodes { id } } } }";
    let path = json!({ "owner": slug["owner"]["handle"], "slug": slug["slug"] });
    let variables = json!({ "id": id, "owner": profile_id(owner), "path": path });
    let run = app.run_with(actor, query, variables).await.ok();
    let mut seen = Vec::new();
    for way in ["id", "path", "node"] {
        if run.at(way)["id"] == id {
            seen.push(way);
        }
    }
    for (way, list) in [("gallery", "gallery.nodes"), ("profile", "profile.portfolio.nodes")] {
        if run.at(list).as_array().into_iter().flatten().any(|item| item["id"] == id) {
            seen.push(way);
        }
    }
    seen
}

pub const EVERYWHERE: [&str; 5] = ["id", "path", "node", "gallery", "profile"];
pub const ALONE: [&str; 3] = ["id", "path", "node"];

/// A file that a member stored, and its id.
pub async fn file(app: &TestApp, owner: &Actor, kind: Kind) -> String {
    let id = app.app.clock.key();
    let sha256 = format!("{:0>64}", id.simple());
    let blob = blob::ActiveModel {
        sha256: Set(sha256.clone()),
        size: Set(3),
        touched_at: Set(app.app.clock.now()),
    };
    blob::Entity::insert(blob).exec(&app.app.db.write).await.unwrap();
    let file = file::ActiveModel {
        id: Set(id),
        owner_id: Set(owner.id().unwrap()),
        sha256: Set(sha256.clone()),
        sent_sha256: Set(sha256),
        size: Set(3),
        name: Set("work.png".to_owned()),
        media_type: Set("image/png".to_owned()),
        width: Set(None),
        height: Set(None),
        frames: Set(None),
        blurhash: Set(None),
        kind: Set(kind),
        alt_text: Set(None),
        caption: Set(None),
        visibility: Set(Visibility::Private),
        focus_x: Set(500),
        focus_y: Set(500),
    };
    file::Entity::insert(file).exec(&app.app.db.write).await.unwrap();
    encode("file", id).to_string()
}
