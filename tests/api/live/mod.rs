//! Streams as subscriptions tell them: in order, once, to whom they are for. Told here by the discussion of a post;
//! the same code tells every stream.

mod access;
mod faults;
mod replay;
mod shared;

use serde_json::{Value, json};

use crate::kit::{Follower, TestApp, write_comment, write_post};

/// What these tests ask for: the same for all who may hear it.
pub const EVENTS: &str = "subscription($id: ID!, $after: EventCursor) { \
    discussionEvents(id: $id, after: $after) { __typename \
    ... on StreamEvent { cursor } ... on StreamReady { replayed } ... on StreamReset { reason } \
    ... on CommentAdded { comment { id body { text } author { handle } } } \
    ... on CommentRemoved { id } } }";

/// A post by Ada, which everybody may read.
pub async fn stage() -> (TestApp, guildhall::Actor, String) {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "Discuss this.", "PUBLIC").await;
    (app, ada, post)
}

/// Comments, one by one, with the numbers of a range as their text.
pub async fn comments(
    app: &TestApp,
    by: &guildhall::Actor,
    post: &str,
    numbers: std::ops::Range<usize>,
) -> Vec<String> {
    let mut ids = Vec::new();
    for number in numbers {
        ids.push(write_comment(app, by, post, &number.to_string()).await);
    }
    ids
}

/// The texts of added comments.
pub fn texts(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["comment"]["body"]["text"].as_str().unwrap()).collect()
}

/// The cursor of an event.
pub fn cursor(event: &Value) -> String {
    event["cursor"].as_str().unwrap().to_owned()
}

/// Follows the post from a cursor on.
pub async fn follow(
    app: &TestApp,
    actor: &guildhall::Actor,
    post: &str,
    after: Option<&str>,
) -> Follower {
    app.follow(actor, EVENTS, json!({ "id": post, "after": after })).await
}
