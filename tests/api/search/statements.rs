//! How many statements a page takes.

use guildhall::{Actor, Actor::Guest, entity::board::Visibility, search::service};
use serde_json::json;

use super::{
    SEARCH,
    kit::{add_job, add_task, open},
};
use crate::chat::messages_kit::say;
use crate::kit::{Stored, TestApp, open_channel, write_post};
use crate::organizations::kit::organization;
use crate::portfolio::kit::publish;

/// What a screen shows of each kind.
const SCREEN: &str = "query($text: String!) { search(text: $text, first: 100) { edges { score highlight node { __typename
    ... on Profile { handle name headline avatar { url } skills { tag { name } } }
    ... on Post { body { text } author { handle avatar { url } } tags { name } }
    ... on Tag { name useCount }
    ... on Job { title workplace organization { name logo { url } } skills { name } }
    ... on Organization { name logo { url } openJobCount }
    ... on PortfolioItem { title owner { handle } cover { url } }
    ... on Task { key title board { key name } column { name } assignees { handle } labels { name } }
    ... on Message { body { text } author { handle } conversation { id } }
    ... on File { name mediaType url }
} } } }";

/// One more of each kind.
async fn grow(app: &TestApp, ada: &Actor, room: &str, n: u32) {
    write_post(app, ada, &format!("wool {n} #wool{n}"), "PUBLIC").await;
    publish(
        app,
        ada,
        json!({ "title": format!("Wool {n}"), "story": "x", "visibility": "PUBLIC" }),
    )
    .await;
    organization(app, ada, &format!("Guild of wool {n}")).await;
    let job = add_job(app, ada, &format!("Wool weaver {n}")).await;
    open(app, ada, &job).await;
    add_task(app, Visibility::Members, ada, &format!("Buy wool {n}")).await;
    say(app, ada, room, &format!("more wool {n}")).await;
    app.keep(ada, &Stored::text(&format!("wool-{n}.txt"), format!("{n}"))).await;
    let member = app.member(&format!("wool{n}")).await;
    let bio = "mutation { profileUpdate(input: { headline: \"Wool\" }) { userErrors { code } } }";
    app.run(&member, bio).await.done();
}

#[tokio::test]
async fn a_page_of_all_kinds_is_as_many_statements_for_few_as_for_many() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let room = open_channel(&app, &ada, "looms", "PUBLIC").await;
    let mut counts = Vec::new();
    for n in 0..6 {
        grow(&app, &ada, &room, n).await;
        if n == 0 || n == 5 {
            service::rebuild(&app.app, &|_| ()).await.unwrap();
            let run = app.run_with(&ada, SCREEN, json!({ "text": "wool" })).await.ok();
            let mut kinds = run.list("search.edges", "node.__typename");
            kinds.sort();
            kinds.dedup();
            let all = [
                "File",
                "Job",
                "Message",
                "Organization",
                "PortfolioItem",
                "Post",
                "Profile",
                "Tag",
                "Task",
            ];
            assert_eq!(kinds, all);
            counts.push(run.sql.len());
        }
    }
    // The documents and their marks, nine kinds, and what is shown beside them; on PostgreSQL also the languages there are.
    let expected = if app.is_postgres() { 26 } else { 25 };
    assert_eq!(counts, [expected, expected]);
}

#[tokio::test]
async fn a_page_is_one_statement_of_each_kind_beside_the_documents_and_their_marks() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut counts = Vec::new();
    for n in 0..12 {
        write_post(&app, &ada, &format!("wool {n} #wool{n}"), "PUBLIC").await;
        if n == 0 || n == 11 {
            let run = app.run_with(&Guest, SEARCH, json!({ "text": "wool" })).await.ok();
            counts.push(run.sql.len());
        }
    }
    // PostgreSQL is asked which languages there are.
    let expected = if app.is_postgres() { 5 } else { 4 };
    assert_eq!(counts, [expected, expected]);
}
