//! The discussion of a task, as those who may see it hear it.

use guildhall::{entity::board::Visibility, graph::encode, streams::Stream};
use serde_json::json;

use super::kit::{ALL, Crew, leave, new_task};
use crate::kit::{key, write_comment};

const EVENTS: &str = "subscription($id: ID!, $after: EventCursor) { discussionEvents(id: $id, after: $after) {
    kind: __typename __typename ... on StreamReset { reason } ... on CommentAdded { comment { id body { source } } }
    ... on CommentRemoved { id } ... on ReactionsChanged { subject { id } } } }";

#[tokio::test]
async fn a_discussion_is_opened_and_heard_by_those_who_see_the_task() {
    let crew = Crew::new().await;
    for visibility in ALL {
        let task = new_task(&crew.app, crew.board(visibility).await, &crew.admin, &[]).await;
        let topic = crew.app.open(&crew.admin, EVENTS, json!({ "id": task })).await.unwrap().topic;
        assert_eq!(topic.stream, Stream::discussion(key("task", &task)));
        let (names, actors): (Vec<_>, Vec<_>) = crew.all().into_iter().unzip();
        crew.app.statements();
        let hears = (topic.hears)(&crew.app.app, topic.stream.id, &actors).await.unwrap();
        let statements = if visibility == Visibility::Private { 2 } else { 1 };
        assert_eq!(crew.app.statements().len(), statements);
        for ((name, actor), hears) in names.iter().zip(&actors).zip(hears) {
            assert_eq!(hears, Crew::sees(visibility, name), "{visibility:?} {name}");
            let opened = crew.app.open(actor, EVENTS, json!({ "id": task })).await;
            assert_eq!(opened.is_ok(), hears, "{visibility:?} {name}");
        }
    }
    let unknown = encode("task", crew.app.app.clock.key()).to_string();
    let opened = crew.app.open(&crew.admin, EVENTS, json!({ "id": unknown })).await;
    assert_eq!(opened.unwrap_err(), "BAD_REQUEST");
}

#[tokio::test]
async fn what_happens_under_a_task_is_told_and_who_left_the_board_hears_no_more() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    let mut stays = app.follow(&crew.editor, EVENTS, json!({ "id": task })).await;
    let mut leaves = app.follow(&crew.viewer, EVENTS, json!({ "id": task })).await;
    stays.ready().await;
    leaves.ready().await;
    let said = write_comment(app, &crew.admin, &task, "open").await;
    for follower in [&mut stays, &mut leaves] {
        let event = follower.next().await;
        assert_eq!(event["comment"]["id"], said, "{event:#}");
    }
    // Nothing on the discussion's own stream tells that somebody left.
    leave(app, board, &crew.viewer).await;
    for subject in [&task, &said] {
        app.react(&crew.admin, subject, "👍").await;
        // An event shows its subject as it is when it is told: what is deleted before that is only told as removed.
        let event = stays.next().await;
        assert_eq!(event["subject"]["id"], **subject, "{event:#}");
    }
    app.act(&crew.admin, "commentDelete", &said).await.done();
    assert_eq!(stays.next().await["id"], said);
    assert_eq!(leaves.next().await["reason"], "ACCESS_CHANGED");
    leaves.ends().await;
    leaves.hears_nothing().await;
    let events = app.events(key("task", &task)).await;
    assert!(events.len() == 4 && events.iter().all(|event| event.access), "{events:#?}");
}
