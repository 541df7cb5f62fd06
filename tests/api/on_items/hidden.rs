//! Who may not see an item sees none of it: not its comments as nodes, not what they are about, not what is kept of
//! them, not what happens there.

use guildhall::Actor;
use serde_json::{Value, json};

use super::kit::{Cast, comment, refusal};
use crate::kit::{block, follow, profile_id};

const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id
    ... on Comment { attachments { name } commentedOn { id } parent { id } replies { nodes { id } } }
    ... on PortfolioItem { comments { nodes { id } } } } }";
const KEPT: &str = "{ viewer { bookmarks { nodes { id target { ... on Node { id } } } } } }";
const EVENTS: &str = "subscription($id: ID!) { discussionEvents(id: $id) { __typename } }";
const CREATE: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id } userErrors { code path } } }";
const UPDATE: &str =
    "mutation($id: ID!) { commentUpdate(id: $id, body: \"b\") { userErrors { code path } } }";
const REACT: &str =
    "mutation($id: ID!) { reactionAdd(id: $id, emoji: \"🎉\") { userErrors { code path } } }";
const UNREACT: &str =
    "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"🎉\") { userErrors { code path } } }";

/// An item on which everybody who saw it wrote, reacted and kept something.
struct Scene {
    cast: Cast,
    item: String,
    top: String,
    answer: String,
}

async fn scene() -> Scene {
    let cast = Cast::new().await;
    let item = cast.item("PUBLIC").await;
    let picture = cast.app.picture(&cast.stranger, "a.png").await;
    let more = json!({ "attachments": [picture] });
    let top = comment(&cast.app, &cast.stranger, &item, "top", more).await;
    let answer = cast.app.reply_to(&cast.follower, &item, &top, "answer").await;
    for actor in [&cast.stranger, &cast.follower, &cast.collaborator, &cast.moderator] {
        for id in [&item, &top, &answer] {
            cast.app.act(actor, "bookmarkAdd", id).await.done();
            cast.app.react(actor, id, "🎉").await;
        }
    }
    Scene { cast, item, top, answer }
}

impl Scene {
    /// Nothing of the item is there for this actor, who kept it when it was (`kept`).
    async fn is_hidden_from(&self, actor: &Actor, kept: usize) {
        let (app, ids) = (&self.cast.app, json!([self.item, self.top, self.answer]));
        let run = app.run_with(actor, NODES, json!({ "ids": ids })).await.ok();
        assert_eq!(run.at("nodes"), &json!([null, null, null]), "{actor:?}");
        let opened = app.open(actor, EVENTS, json!({ "id": self.item })).await;
        assert_eq!(opened.unwrap_err(), "BAD_REQUEST");
        if actor.member().is_err() {
            return;
        }
        let run = app.run(actor, KEPT).await.ok();
        let targets = run.at("viewer.bookmarks.nodes").as_array().unwrap();
        assert_eq!(targets.len(), kept);
        assert!(targets.iter().all(|bookmark| bookmark["target"].is_null()), "{targets:?}");
        for bookmark in targets {
            let node =
                "query($id: ID!) { node(id: $id) { ... on Bookmark { target { __typename } } } }";
            let run = app.run_with(actor, node, json!({ "id": bookmark["id"] })).await.ok();
            assert_eq!(run.at("node"), &json!({ "target": null }));
        }
        for id in [&self.item, &self.top, &self.answer] {
            for query in [REACT, UNREACT] {
                assert_eq!(refusal(app, actor, query, json!({ "id": id })).await, "NOT_FOUND id");
            }
            assert_eq!(app.refuses_act(actor, "bookmarkAdd", id).await, ["NOT_FOUND id"]);
        }
        for id in [&self.top, &self.answer] {
            assert_eq!(refusal(app, actor, UPDATE, json!({ "id": id })).await, "NOT_FOUND id");
            assert_eq!(app.refuses_act(actor, "commentDelete", id).await, ["NOT_FOUND id"]);
        }
        for parent in [Value::Null, json!(self.top)] {
            let input = json!({ "subject": self.item, "parent": parent, "body": "b" });
            let refused = refusal(app, actor, CREATE, json!({ "input": input })).await;
            assert_eq!(refused, "NOT_FOUND input.subject");
        }
    }

    /// All of it is there for this actor.
    async fn is_shown_to(&self, actor: &Actor) {
        let (item, top, answer) = (&self.item, &self.top, &self.answer);
        let run =
            self.cast.app.run_with(actor, NODES, json!({ "ids": [item, top, answer] })).await.ok();
        let expected = json!([
            { "id": item, "comments": { "nodes": [{ "id": top }] } },
            { "id": top, "attachments": [{ "name": "a.png" }], "commentedOn": { "id": item },
                "parent": null, "replies": { "nodes": [{ "id": answer }] } },
            { "id": answer, "attachments": [], "commentedOn": { "id": item },
                "parent": { "id": top }, "replies": { "nodes": [] } },
        ]);
        assert_eq!(run.at("nodes"), &expected, "{actor:?}");
        assert!(self.cast.app.open(actor, EVENTS, json!({ "id": item })).await.is_ok());
    }
}

#[tokio::test]
async fn of_what_was_taken_back_only_its_owner_and_the_credited_see_anything() {
    let scene = scene().await;
    let cast = &scene.cast;
    for actor in [&Actor::Guest, &cast.stranger, &cast.follower, &cast.moderator, &cast.owner] {
        scene.is_shown_to(actor).await;
    }
    cast.show(&scene.item, false).await;
    scene.is_hidden_from(&Actor::Guest, 0).await;
    for actor in [&cast.stranger, &cast.follower, &cast.moderator] {
        scene.is_hidden_from(actor, 3).await;
    }
    for actor in [&cast.owner, &cast.collaborator] {
        scene.is_shown_to(actor).await;
    }
    let refuse = "mutation($id: ID!) { collaborationAnswer(item: $id, accept: false) { userErrors { code path } } }";
    cast.app.run_with(&cast.collaborator, refuse, json!({ "id": scene.item })).await.done();
    scene.is_hidden_from(&cast.collaborator, 3).await;
    cast.show(&scene.item, true).await;
    scene.is_shown_to(&cast.stranger).await;
}

#[tokio::test]
async fn of_what_is_for_followers_others_see_nothing() {
    let scene = scene().await;
    let cast = &scene.cast;
    let hide =
        "mutation($id: ID!) { portfolioItemUpdate(id: $id, input: { visibility: FOLLOWERS }) {
        userErrors { code path } } }";
    cast.app.run_with(&cast.owner, hide, json!({ "id": scene.item })).await.done();
    scene.is_hidden_from(&Actor::Guest, 0).await;
    scene.is_hidden_from(&cast.stranger, 3).await;
    for actor in [&cast.follower, &cast.collaborator, &cast.moderator, &cast.owner] {
        scene.is_shown_to(actor).await;
    }
    cast.app.act(&cast.follower, "profileUnfollow", &profile_id(&cast.owner)).await.done();
    scene.is_hidden_from(&cast.follower, 3).await;
    follow(&cast.app, &cast.stranger, &cast.owner).await;
    scene.is_shown_to(&cast.stranger).await;
}

#[tokio::test]
async fn who_was_blocked_since_sees_nothing() {
    let scene = scene().await;
    let cast = &scene.cast;
    block(&cast.app, &cast.owner, &cast.stranger).await;
    scene.is_hidden_from(&cast.stranger, 3).await;
    block(&cast.app, &cast.follower, &cast.owner).await;
    scene.is_hidden_from(&cast.follower, 3).await;
    block(&cast.app, &cast.owner, &cast.collaborator).await;
    scene.is_hidden_from(&cast.collaborator, 3).await;
    scene.is_shown_to(&Actor::Guest).await;
    scene.is_shown_to(&cast.moderator).await;
}

#[tokio::test]
async fn who_never_saw_it_sees_nothing_by_any_way() {
    let scene = scene().await;
    for actor in [scene.cast.blocked, scene.cast.blocker] {
        scene.is_hidden_from(&actor, 0).await;
    }
}
