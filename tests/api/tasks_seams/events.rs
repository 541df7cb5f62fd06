//! The discussion of a task, as those who may see it hear it.

use guildhall::{entity::board::Visibility, graph::encode, streams::Stream};
use serde_json::json;

use super::kit::{ALL, Crew, leave, new_task};
use crate::{
    kit::{key, write_comment},
    tasks::kit::CREATE,
};

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
        assert_eq!(crew.app.statements().len(), 1);
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

#[tokio::test]
async fn the_discussion_of_a_deleted_task_ends() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Members).await);
    let input = json!({ "input": { "board": encode("board", board), "title": "one" } });
    let run = app.run_with(&crew.admin, CREATE, input).await.done();
    let task = run.text("taskCreate.task.id").to_owned();
    let mut follower = app.follow(&crew.viewer, EVENTS, json!({ "id": task })).await;
    follower.ready().await;
    app.act(&crew.editor, "taskDelete", &task).await.done();
    assert_eq!(follower.next().await["reason"], "ACCESS_CHANGED");
    follower.ends().await;
    let events = app.events(key("task", &task)).await;
    let told: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.access)).collect();
    assert_eq!(told, [("task_removed", true)]);
    assert_eq!(app.kinds(Stream::board(board)).await, ["task_added", "task_removed"]);
}

#[tokio::test]
async fn who_is_removed_from_a_private_board_hears_no_more_of_its_tasks_though_nothing_is_said() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    let mut stays = app.follow(&crew.editor, EVENTS, json!({ "id": task })).await;
    let mut leaves = app.follow(&crew.viewer, EVENTS, json!({ "id": task })).await;
    stays.ready().await;
    leaves.ready().await;
    let id = encode("board", board).to_string();
    app.set_on(&crew.admin, &id, &crew.viewer, json!(null)).await.done();
    assert_eq!(leaves.next().await["reason"], "ACCESS_CHANGED");
    leaves.ends().await;
    assert_eq!(app.kinds(Stream::discussion(key("task", &task))).await, [""; 0]);
    let said = write_comment(app, &crew.admin, &task, "still there").await;
    assert_eq!(stays.next().await["comment"]["id"], said);
}
