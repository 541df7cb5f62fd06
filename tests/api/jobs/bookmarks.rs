//! Postings that are kept for later.

use guildhall::{Actor::Guest, entity::bookmark, graph::encode, scope::Scope};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{draft, team};
use crate::{
    kit::write_post,
    organizations::kit::{MEMBER, becomes, organization},
};

const ADD: &str = "mutation($id: ID!, $note: String) { bookmarkAdd(id: $id, note: $note) {
    bookmark { id note } target { __typename ... on Node { id } } userErrors { code path } } }";
const REMOVE: &str = "mutation($id: ID!) { bookmarkRemove(id: $id) {
    target { __typename ... on Node { id } } userErrors { code path } } }";
const LIST: &str = "{ viewer { bookmarks { nodes { note target { __typename ... on Node { id }
    ... on Job { title organization { name } viewer { isBookmarked } } } } } } }";
const TARGETS: &str = "{ viewer { bookmarks { nodes { target { ... on Node { id } } } } } }";

#[tokio::test]
async fn a_posting_is_kept_noted_anew_listed_and_let_go() {
    let team = team().await;
    let app = &team.app;
    let (job, other) = (team.open("Weaver").await, team.open("Spinner").await);
    let post = write_post(app, &team.moe, "hello", "PUBLIC").await;
    for (id, note) in [(&job, "first"), (&post, "second"), (&job, "again")] {
        app.run_with(&team.rita, ADD, json!({ "id": id, "note": note })).await.done();
    }
    let run = app.run(&team.rita, LIST).await.ok();
    let expected = json!([
        { "note": "second", "target": { "__typename": "Post", "id": post } },
        { "note": "again", "target": { "__typename": "Job", "id": job, "title": "Weaver",
            "organization": { "name": "Looms" }, "viewer": { "isBookmarked": true } } },
    ]);
    assert_eq!(run.at("viewer.bookmarks.nodes"), &expected);
    let kept = "query($id: ID!) { job(by: { id: $id }) { viewer { isBookmarked } } }";
    for (who, id, expected) in [
        (&team.rita, &job, json!(true)),
        (&team.rita, &other, json!(false)),
        (&team.moe, &job, json!(false)),
        (&Guest, &job, Value::Null),
    ] {
        let run = app.run_with(who, kept, json!({ "id": id })).await.ok();
        assert_eq!(run.at("job.viewer.isBookmarked"), &expected, "{who:?}");
    }
    team.set(&job, "CLOSED").await.done();
    assert_eq!(
        app.run(&team.rita, TARGETS).await.ok().list("viewer.bookmarks.nodes", "target.id"),
        [post.as_str(), &job]
    );
    let run = app.run_with(&team.rita, REMOVE, json!({ "id": job })).await.done();
    assert_eq!(run.at("bookmarkRemove.target"), &json!({ "__typename": "Job", "id": job }));
    assert_eq!(app.count::<bookmark::Entity>(bookmark::Column::JobId.is_not_null()).await, 0);
    assert_eq!(app.refuses_act(&team.rita, "bookmarkRemove", &job).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn a_draft_of_others_is_not_kept() {
    let team = team().await;
    let app = &team.app;
    let job = team.draft("Weaver").await;
    let unknown = encode("job", app.app.clock.key()).to_string();
    for who in [&team.mia, &team.rita] {
        for id in [&job, &unknown] {
            assert_eq!(app.refuses_act(who, "bookmarkAdd", id).await, ["NOT_FOUND id"]);
            assert_eq!(app.refuses_act(who, "bookmarkRemove", id).await, ["NOT_FOUND id"]);
        }
    }
    let open = team.open("Spinner").await;
    for (who, code) in [
        (Guest, "UNAUTHENTICATED"),
        (app.by_token(team.rita, &[Scope::ReadPublic, Scope::WriteJobs]), "SCOPE_MISSING"),
    ] {
        assert_eq!(app.refuses(&who, ADD, json!({ "id": open })).await.error_code(), code);
    }
    app.run_with(&team.moe, ADD, json!({ "id": job })).await.done();
}

#[tokio::test]
async fn who_hires_no_more_keeps_the_bookmark_of_a_draft_but_does_not_see_it() {
    let team = team().await;
    let app = &team.app;
    let (job, other) = (team.draft("Weaver").await, team.draft("Spinner").await);
    for id in [&job, &other] {
        app.run_with(&team.moe, ADD, json!({ "id": id })).await.done();
    }
    let leaves = becomes(&team.organization, &team.moe, Value::Null);
    app.run_with(&team.olga, MEMBER, leaves).await.done();
    let run = app.run(&team.moe, TARGETS).await.ok();
    assert_eq!(run.at("viewer.bookmarks.nodes"), &json!([{ "target": null }, { "target": null }]));
    let run = app.run_with(&team.moe, REMOVE, json!({ "id": job })).await.done();
    assert_eq!(run.at("bookmarkRemove.target"), &Value::Null);
    app.act(&team.olga, "jobDelete", &other).await.done();
    let run = app.run(&team.moe, TARGETS).await.ok();
    assert_eq!(run.at("viewer.bookmarks.nodes"), &json!([]), "what is deleted is kept no more");
}

#[tokio::test]
async fn a_page_of_kept_postings_costs_the_same_with_few_and_many() {
    let team = team().await;
    let app = &team.app;
    let mut kept = 0;
    for size in [2, 20] {
        while kept < size {
            let hirer = organization(app, &team.moe, &format!("Hirer {kept}")).await;
            let id = draft(app, &team.moe, &hirer, "Weaver").await;
            team.set(&id, "OPEN").await.done();
            app.run_with(&team.rita, ADD, json!({ "id": id })).await.done();
            kept += 1;
        }
        let run = app.run(&team.rita, LIST).await.ok();
        let nodes = run.at("viewer.bookmarks.nodes").as_array().unwrap();
        assert_eq!(nodes.len(), size);
        assert!(nodes.iter().all(|node| node["target"]["viewer"]["isBookmarked"] == true));
        // Bookmarks, postings, organizations, what one is there, what one keeps.
        assert_eq!(run.sql.len(), 5, "{:#?}", run.sql);
    }
}
