use serde_json::json;

use super::{EVENTS, comments, follow, stage, texts};
use crate::kit::Follower;

/// The statements that telling one comment takes, for so many subscribers.
async fn statements_for(subscribers: usize, query: &str) -> (usize, Vec<Follower>) {
    let (app, ada, post) = stage().await;
    let mut all = Vec::new();
    for number in 0..subscribers {
        let member = app.member(&format!("member{number}")).await;
        let mut follower = app.follow(&member, query, json!({ "id": post })).await;
        follower.ready().await;
        all.push(follower);
    }
    // What joining asked for is over once it is quiet.
    all[0].hears_nothing().await;
    app.statements();
    comments(&app, &ada, &post, 0..1).await;
    for follower in &mut all {
        assert_eq!(texts(&follower.take(1).await), ["0"]);
    }
    (app.statements().len(), all)
}

#[tokio::test]
async fn an_event_is_resolved_once_for_all_who_asked_alike() {
    let (one, _) = statements_for(1, EVENTS).await;
    let (many, _) = statements_for(12, EVENTS).await;
    assert_eq!(one, many);
}

#[tokio::test]
async fn what_stands_under_viewer_is_resolved_for_each() {
    let query = "subscription($id: ID!) { discussionEvents(id: $id) { __typename \
        ... on CommentAdded { comment { body { text } viewer { canEdit } } } } }";
    let (one, _) = statements_for(1, query).await;
    let (many, _) = statements_for(12, query).await;
    assert!(many > one, "{many} statements for 12, {one} for 1");

    let (app, ada, post) = stage().await;
    let ben = app.member("ben").await;
    let mut hers = app.follow(&ada, query, json!({ "id": post })).await;
    let mut his = app.follow(&ben, query, json!({ "id": post })).await;
    hers.next().await;
    his.next().await;
    comments(&app, &ada, &post, 0..1).await;
    assert_eq!(hers.next().await["comment"]["viewer"]["canEdit"], true);
    assert_eq!(his.next().await["comment"]["viewer"]["canEdit"], false);
}

/// Where each begins is no difference: they hear the same from there on.
#[tokio::test]
async fn who_comes_back_with_a_cursor_joins_the_others() {
    let (app, ada, post) = stage().await;
    let mut first = follow(&app, &ada, &post, None).await;
    let start = first.ready().await;
    comments(&app, &ada, &post, 0..3).await;
    let mut second = follow(&app, &ada, &post, Some(&start)).await;
    assert_eq!(texts(&second.take(3).await), ["0", "1", "2"]);
    second.ready().await;
    first.take(3).await;
    first.hears_nothing().await;
    app.statements();
    comments(&app, &ada, &post, 3..4).await;
    assert_eq!(texts(&first.take(1).await), texts(&second.take(1).await));
    let twice = app.statements();
    drop(second);
    comments(&app, &ada, &post, 4..5).await;
    first.take(1).await;
    assert_eq!(app.statements().len(), twice.len(), "{twice:#?}");
}

/// Who does not read costs nobody else anything: they are left behind, and the others hear on.
#[tokio::test]
async fn a_slow_reader_is_left_behind() {
    let (app, ada, post) = stage().await;
    let variables = || json!({ "id": post });
    let mut slow = app.follow_with(&ada, EVENTS, variables(), 4).await.ok().unwrap();
    slow.ready().await;
    let mut quick = follow(&app, &ada, &post, None).await;
    quick.ready().await;
    slow.hears_nothing().await;
    let writing = comments(&app, &ada, &post, 0..20);
    let (_, told) = futures_util::future::join(writing, quick.take(20)).await;
    assert_eq!(told.len(), 20);
    let next = slow.inbox.next().await;
    assert!(matches!(next, guildhall::engine::live::Next::Slow), "{next:?}");
}
