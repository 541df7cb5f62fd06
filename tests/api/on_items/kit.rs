//! Portfolio items, those who may and may not see them, and files.

use guildhall::{
    Actor::{self, Guest},
    entity::account::Role,
    scope::Scope,
};
use serde_json::{Value, json};

use crate::{
    kit::{TestApp, block, follow, profile_id},
    portfolio::kit as items,
};

const COMMENT: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id } userErrors { code path message } } }";

/// Everybody who may stand in some way to an item of ada's.
pub struct Cast {
    pub app: TestApp,
    pub owner: Actor,
    pub collaborator: Actor,
    pub stranger: Actor,
    pub follower: Actor,
    pub blocked: Actor,
    pub blocker: Actor,
    pub moderator: Actor,
}

impl Cast {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let owner = app.member("ada").await;
        let cast = Self {
            collaborator: app.member("cleo").await,
            stranger: app.member("sam").await,
            follower: app.member("finn").await,
            blocked: app.member("bea").await,
            blocker: app.member("bob").await,
            moderator: app.with_role("mo", Role::Moderator).await,
            owner,
            app,
        };
        follow(&cast.app, &cast.follower, &owner).await;
        block(&cast.app, &owner, &cast.blocked).await;
        block(&cast.app, &cast.blocker, &owner).await;
        cast
    }

    /// Who they are, by name; the tokens may read alone, and write alone.
    pub fn all(&self) -> [(&'static str, Actor); 10] {
        let token = |scope| self.app.by_token(self.stranger, &[scope]);
        [
            ("guest", Guest),
            ("stranger", self.stranger),
            ("follower", self.follower),
            ("blocked", self.blocked),
            ("blocker", self.blocker),
            ("collaborator", self.collaborator),
            ("owner", self.owner),
            ("moderator", self.moderator),
            ("reading token", token(Scope::ReadPublic)),
            ("writing token", token(Scope::WriteSocial)),
        ]
    }

    /// Those of them who may see an item.
    pub fn seers(state: &str) -> &'static [&'static str] {
        match state {
            "PUBLIC" => &[
                "guest",
                "stranger",
                "follower",
                "collaborator",
                "owner",
                "moderator",
                "reading token",
                "writing token",
            ],
            "MEMBERS" => {
                &["stranger", "follower", "collaborator", "owner", "moderator", "reading token"]
            }
            "FOLLOWERS" => &["follower", "collaborator", "owner", "moderator"],
            "DRAFT" => &["collaborator", "owner"],
            other => panic!("{other}"),
        }
    }

    /// An item of the owner's, on which the collaborator is credited: a draft, or published for whom `state` says.
    pub async fn item(&self, state: &str) -> String {
        let id = draft(&self.app, &self.owner, state, &[&self.collaborator]).await;
        if state != "DRAFT" {
            self.show(&id, true).await;
        }
        id
    }

    /// Publishes an item of the owner's, or takes it back.
    pub async fn show(&self, id: &str, published: bool) {
        show(&self.app, &self.owner, id, published).await;
    }
}

/// Begins an item.
pub async fn draft(app: &TestApp, owner: &Actor, visibility: &str, credited: &[&Actor]) -> String {
    let credit = |actor: &&Actor| json!({ "profile": profile_id(actor), "credit": "Paint" });
    let visibility = if visibility == "DRAFT" { "PUBLIC" } else { visibility };
    let input = json!({ "title": "Loom", "story": "woven", "visibility": visibility,
        "collaborators": credited.iter().map(credit).collect::<Vec<_>>() });
    items::create(app, owner, input).await
}

/// Publishes an item, or takes it back.
pub async fn show(app: &TestApp, owner: &Actor, id: &str, published: bool) {
    items::show(app, owner, id, published).await.done();
}

/// Begins an item and publishes it.
pub async fn published(app: &TestApp, owner: &Actor, visibility: &str) -> String {
    let id = draft(app, owner, visibility, &[]).await;
    show(app, owner, &id, true).await;
    id
}

/// Comments, with what else the input says, and answers the comment's id.
pub async fn comment(app: &TestApp, author: &Actor, on: &str, body: &str, more: Value) -> String {
    let mut input = json!({ "subject": on, "body": body });
    for (field, value) in more.as_object().into_iter().flatten() {
        input[field] = value.clone();
    }
    let run = app.run_with(author, COMMENT, json!({ "input": input })).await.done();
    run.text("commentCreate.comment.id").to_owned()
}

/// What came of a mutation that must change nothing: the code of its error, or what it was refused for.
pub async fn refusal(app: &TestApp, actor: &Actor, query: &str, variables: Value) -> String {
    let run = app.refuses(actor, query, variables).await;
    if run.errors.is_empty() { run.refusals().join(", ") } else { run.error_code().to_owned() }
}
