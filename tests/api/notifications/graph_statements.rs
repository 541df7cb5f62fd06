//! A page of notifications is a fixed number of statements.

use guildhall::entity::notification::Kind;
use serde_json::json;

use super::graph_kit::told;
use crate::{
    contact::inbox_kit,
    kit::{TestApp, profile_id, write_comment, write_post},
    portfolio::kit::publish,
};

const PAGE: &str =
    "{ viewer { unread { notifications } notifications(first: 100) { unreadCount nodes {
    id kind at readAt actorCount actors { handle name } url summary excerpt subject { __typename
        ... on Post { id author { handle } viewer { watching } }
        ... on Comment { id author { handle } }
        ... on Message { id author { handle } }
        ... on Conversation { id viewer { watching } }
        ... on Profile { id handle }
        ... on PortfolioItem { id owner { handle } viewer { watching } }
        ... on Submission { id number } } } } } }";

#[tokio::test]
async fn a_page_takes_as_many_statements_for_few_and_many() {
    let mut taken = Vec::new();
    for many in [2, 14] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let form = inbox_kit::new_form(&app, &ada, &[&ada], &[]).await;
        for n in 0..many {
            let one = app.member(&format!("one{n}")).await;
            let two = app.member(&format!("two{n}")).await;
            let post = write_post(&app, &one, "hello", "MEMBERS").await;
            let comment = write_comment(&app, &one, &post, "hello").await;
            let talk = app.open_talk(&ada, &[&one]).await;
            let message = app.say(&one, &talk, "hello", &[]).await;
            let title = format!("Work {n}");
            let work = json!({ "title": title, "story": "A story", "visibility": "MEMBERS" });
            let item = publish(&app, &one, work).await;
            let came = inbox_kit::come(&app, form, inbox_kit::Sent::default()).await;
            for (kind, subject) in [
                (Kind::Comment, &post),
                (Kind::Reply, &comment),
                (Kind::Mention, &message),
                (Kind::Message, &talk),
                (Kind::Follow, &profile_id(&one)),
                (Kind::Reaction, &item),
                (Kind::SubmissionReceived, &came.id),
            ] {
                told(&app, &ada, &[&one, &two], kind, subject).await;
            }
        }
        let run = app.run(&ada, PAGE).await.ok();
        let nodes = run.at("viewer.notifications.nodes").as_array().unwrap();
        assert_eq!(nodes.len(), 7 * many);
        for node in nodes {
            assert!(node["subject"].is_object(), "{node:#}");
            assert_eq!(node["actors"].as_array().unwrap().len(), 2);
            assert_eq!(node["excerpt"], "the beginning");
        }
        taken.push(run.sql);
    }
    assert_eq!(taken[0].len(), taken[1].len(), "{taken:#?}");
    // The page, unread in two places, actors, the language; seven kinds of subjects; oneself in conversations, and
    // what is watched of three kinds.
    let reads = taken[0].iter().filter(|sql| sql.contains("SELECT")).count();
    assert_eq!(reads, 16, "{:#?}", taken[0]);
}
