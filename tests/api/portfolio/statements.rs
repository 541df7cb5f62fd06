//! A page of portfolio items is a fixed number of statements.

use guildhall::{
    Actor::{self, Guest},
    entity::file::Kind,
};
use serde_json::json;

use super::kit::{answer, create, file, publish};
use crate::kit::{TestApp, profile_id};

/// As many published items of Ada's and of as many others, with all that can hang on them.
async fn crowd(size: usize) -> (TestApp, Actor, Actor) {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    for n in 0..size {
        let other = app.member(&format!("member{n}")).await;
        for (owner, whom) in [(&ada, &other), (&other, &ada)] {
            let (cover, media) =
                (file(&app, owner, Kind::Image).await, file(&app, owner, Kind::Image).await);
            let input = json!({ "title": format!("Item {n}"), "story": "by @ben", "visibility": "PUBLIC",
                "cover": cover, "media": [cover, media], "tags": ["loom", format!("tag{n}")],
                "collaborators": [
                    { "profile": profile_id(whom), "credit": "Wood" },
                    { "profile": profile_id(&ben), "credit": "Paint" },
                ] });
            let id = publish(&app, owner, input.clone()).await;
            answer(&app, whom, &id, true).await.done();
            app.react(whom, &id, "🎉").await;
            create(&app, owner, input).await;
        }
    }
    (app, ada, ben)
}

const FIELDS: &str = "id slug title summary cover { id name } media { id name } tags { name }
    collaborators { credit confirmed profile { handle name headline } } owner { handle name }
    links { label } reactions { emoji count } reactionCount commentCount publishedAt";

async fn counts(query: &str, guest: usize, member: usize) {
    for size in [2, 12] {
        let (app, ada, ben) = crowd(size).await;
        let query = query.replace("{fields}", FIELDS);
        let variables = json!({ "ada": profile_id(&ada) });
        for (actor, expected) in [(&Guest, guest), (&ben, member)] {
            let run = app.run_with(actor, &query, variables.clone()).await.ok();
            let text = run.data.to_string();
            assert!(actor == &Guest || text.matches("\"title\"").count() >= size, "{text}");
            assert_eq!(run.sql.len(), expected, "{size} {actor:?} {:#?}", run.sql);
        }
    }
}

#[tokio::test]
async fn a_profiles_portfolio_is_six_statements() {
    let query = "query($ada: ID!) { profile(by: { id: $ada }) { handle portfolio { nodes { {fields} } } } }";
    counts(query, 6, 6).await;
}

#[tokio::test]
async fn the_gallery_is_five_statements() {
    counts("{ portfolioItems(first: 24) { nodes { {fields} } } }", 5, 5).await;
    let tagged = r#"{ portfolioItems(first: 24, sort: TOP, filter: { tags: ["loom"], text: "item" }) { nodes { {fields} } } }"#;
    counts(tagged, 5, 5).await;
}

#[tokio::test]
async fn stories_and_what_the_caller_did_are_a_statement_each() {
    // Items, stories, those named in them; and the caller's reactions and credits.
    let query = "{ portfolioItems(first: 24) { nodes { title story { html source mentions { handle } }
        viewer { reactions isOwner canEdit canDelete canComment canReact collaboration credit } } } }";
    counts(query, 3, 5).await;
}

#[tokio::test]
async fn a_page_of_ninety_items_is_as_many_statements_as_one_of_two() {
    let (app, _, ben) = crowd(45).await;
    let query =
        "{ portfolioItems(first: 100) { nodes { {fields} viewer { reactions collaboration } } } }";
    let run = app.run(&ben, &query.replace("{fields}", FIELDS)).await.ok();
    assert_eq!(run.at("portfolioItems.nodes").as_array().unwrap().len(), 90);
    assert_eq!(run.sql.len(), 7, "{:#?}", run.sql);
}

#[tokio::test]
async fn portfolios_of_many_profiles_are_read_together() {
    let query = "{ profiles(first: 30) { nodes { portfolio(first: 3) { nodes { {fields} } } } } }";
    counts(query, 6, 6).await;
}

#[tokio::test]
async fn what_waits_for_an_answer_is_read_together() {
    // Items, owners, what one is asked for; for guests nothing.
    let query = "{ viewer { collaborations(first: 30) { nodes { title owner { handle } viewer { credit collaboration } } } } }";
    counts(query, 0, 3).await;
}

#[tokio::test]
async fn ones_own_portfolio_is_read_together() {
    for size in [2, 12] {
        let (app, ada, _) = crowd(size).await;
        let query = "{ viewer { portfolio(first: 30) { nodes { {fields}
            viewer { collaborators { state profile { handle } } reactions } } } } }";
        let run = app.run(&ada, &query.replace("{fields}", FIELDS)).await.ok();
        assert_eq!(run.at("viewer.portfolio.nodes").as_array().unwrap().len(), 2 * size);
        // Items, owner, covers, media, tags, the agreed; all named, and reactions.
        assert_eq!(run.sql.len(), 8, "{:#?}", run.sql);
    }
}
