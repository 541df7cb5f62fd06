use guildhall::Actor::Guest;
use serde_json::json;

use crate::kit::{TestApp, write_comment, write_post};

/// The home page of the feed, as a front end asks for it.
const PAGE: &str = "{ feed(first: 20) { nodes { id title body { html } createdAt commentCount
    author { handle name headline }
    reactions { emoji count }
    comments(first: 3) { nodes { id body { html } author { handle name } } } } 
    pageInfo { hasNextPage endCursor } } }";

#[tokio::test]
async fn a_page_of_the_feed_is_two_statements_however_long_it_is() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let grace = app.member("grace").await;
    for at in 0..4 {
        let author = if at % 2 == 0 { &ada } else { &grace };
        let post = write_post(&app, author, &format!("post {at}"), "PUBLIC").await;
        for by in [&grace, &ada] {
            write_comment(&app, by, &post, &format!("comment on {at}")).await;
        }
        let react = format!(
            "mutation {{ reactionAdd(id: {post:?}, emoji: \"🎉\") {{ userErrors {{ code }} }} }}"
        );
        app.run(&grace, &react).await.ok();
    }

    let run = app.run(&Guest, PAGE).await.ok();

    assert_eq!(run.sql.len(), 2, "posts with authors, comments with theirs: {:#?}", run.sql);
    assert_eq!(run.at("feed.nodes").as_array().unwrap().len(), 4);
    assert_eq!(run.text("feed.nodes.0.author.handle"), "grace");
    assert_eq!(run.at("feed.nodes.0.reactions"), &json!([{ "emoji": "🎉", "count": 1 }]));
    assert_eq!(run.text("feed.nodes.0.comments.nodes.1.body.html"), "<p>comment on 3</p>");
    assert_eq!(run.text("feed.nodes.0.comments.nodes.1.author.handle"), "ada");
    assert_eq!(app.run(&ada, PAGE).await.ok().sql.len(), 2);
}
