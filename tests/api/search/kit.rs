//! Postings and tasks to be found.

use guildhall::{
    Actor,
    entity::{board::Visibility, board_member::Role},
    index::{self, Document, Kind},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    jobs::kit::{STATE, draft},
    kit::TestApp,
    organizations::kit::organization,
    tasks::kit::{Board, add, new_board},
};

/// Writes the document of a thing, which stands in English.
pub async fn put(app: &TestApp, kind: Kind, subject: Uuid, title: &str, body: &str) {
    let made_at = app.app.clock.now();
    let document = Document { kind, subject, author: None, made_at, language: "en", title, body };
    index::put(&app.app.db.write, &document).await.unwrap();
}

/// A board with one task, on which somebody works.
pub async fn add_task(app: &TestApp, visibility: Visibility, admin: &Actor, title: &str) -> Board {
    let name = app.app.clock.key().simple().to_string().to_uppercase();
    let name = format!("B{}", &name[name.len() - 8..]);
    let board = new_board(app, &name, visibility, &[(admin, Role::Admin)]).await;
    add(app, admin, &board, json!({ "title": title })).await;
    board
}

/// An organization for which somebody hires, and a draft of a posting of it: the posting's id.
pub async fn add_job(app: &TestApp, owner: &Actor, title: &str) -> String {
    let organization = organization(app, owner, "Ashgrove").await;
    draft(app, owner, &organization, title).await
}

/// Opens a posting.
pub async fn open(app: &TestApp, owner: &Actor, job: &str) {
    app.run_with(owner, STATE, json!({ "id": job, "state": "OPEN" })).await.done();
}
