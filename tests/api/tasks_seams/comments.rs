//! Comments on tasks: who writes and reads them, what they leave behind, what they cost.

use guildhall::{
    Actor::Guest,
    entity::{board::Visibility, board_member::Role, comment, task_activity},
    graph::encode,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, ExprTrait as _};
use serde_json::{Value, json};

use super::kit::{ALL, Crew, leave, new_board, new_task, put_away, refusal, task_row};
use crate::{
    kit::{TestApp, key, write_comment},
    on_items::kit::comment,
};

const CREATE: &str = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) {
    comment { id commentedOn { __typename id commentCount } } userErrors { code path } } }";
const THREAD: &str = "query($id: ID!) { node(id: $id) { ... on Task { commentCount
    viewer { canComment } comments { nodes { id body { source } author { handle } viewer { canReply }
        replies { nodes { id depth } } } } } } }";

fn on(task: &str) -> Value {
    json!({ "input": { "subject": task, "body": "hello" } })
}

#[tokio::test]
async fn who_may_comment_on_the_board_writes_and_who_sees_it_reads() {
    let crew = Crew::new().await;
    for visibility in ALL {
        let board = crew.board(visibility).await;
        let task = new_task(&crew.app, board, &crew.admin, &[]).await;
        let first = write_comment(&crew.app, &crew.admin, &task, "first").await;
        let mut written = 1;
        for (name, actor) in crew.all() {
            let variables = json!({ "id": task });
            let run = crew.app.run_with(&actor, THREAD, variables).await.ok();
            let may_see = Crew::sees(visibility, name);
            assert_eq!(!run.at("node").is_null(), may_see, "{visibility:?} {name}");
            let refused = Crew::refusal(visibility, name, "input.subject");
            if may_see {
                assert_eq!(run.text("node.comments.nodes.0.id"), first);
                let may = run.at("node.viewer.canComment");
                let expected = if name == "guest" { json!(null) } else { json!(refused.is_none()) };
                assert_eq!(may, &expected, "{visibility:?} {name}");
                if name != "guest" {
                    assert_eq!(run.at("node.comments.nodes.0.viewer.canReply"), &expected);
                }
            }
            match refused {
                Some(refused) => {
                    let found = refusal(&crew.app, &actor, CREATE, on(&task)).await;
                    assert_eq!(found, refused, "{visibility:?} {name}");
                }
                None => {
                    let run = crew.app.run_with(&actor, CREATE, on(&task)).await.done();
                    written += 1;
                    let about =
                        json!({ "__typename": "Task", "id": task, "commentCount": written });
                    assert_eq!(run.at("commentCreate.comment.commentedOn"), &about);
                }
            }
        }
        assert_eq!(task_row(&crew.app, &task).await.comment_count, written);
        let lines = task_activity::Column::TaskId
            .eq(key("task", &task))
            .and(task_activity::Column::Kind.eq(task_activity::Kind::Commented));
        let lines = crew.app.count::<task_activity::Entity>(lines).await;
        assert_eq!(i32::try_from(lines).unwrap(), written, "each has a line in the history");
    }
}

#[tokio::test]
async fn a_board_that_was_put_away_takes_no_comments() {
    let crew = Crew::new().await;
    let board = crew.board(Visibility::Public).await;
    let task = new_task(&crew.app, board, &crew.admin, &[]).await;
    let first = write_comment(&crew.app, &crew.editor, &task, "first").await;
    put_away(&crew.app, board).await;
    for actor in [&crew.admin, &crew.commenter, &crew.stranger] {
        let refused = refusal(&crew.app, actor, CREATE, on(&task)).await;
        assert_eq!(refused, "STATE_NOT_ALLOWED input.subject");
        let run = crew.app.run_with(actor, THREAD, json!({ "id": task })).await.ok();
        assert_eq!(run.at("node.viewer.canComment"), false);
        assert_eq!(run.at("node.comments.nodes.0.viewer.canReply"), false);
        assert_eq!(run.text("node.comments.nodes.0.id"), first, "what was said is read");
    }
}

#[tokio::test]
async fn comments_nest_are_counted_and_go() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = new_board(&app, Visibility::Members, &[(&ada, Role::Admin)]).await;
    let task = new_task(&app, board, &ada, &[]).await;
    let top = write_comment(&app, &ada, &task, "top").await;
    let answer = app.reply_to(&ada, &task, &top, "answer").await;
    let run = app.run_with(&ada, THREAD, json!({ "id": task })).await.ok();
    assert_eq!(run.at("node.commentCount"), 2);
    let replies = json!([{ "id": answer, "depth": 1 }]);
    assert_eq!(run.at("node.comments.nodes.0.replies.nodes"), &replies);
    app.act(&ada, "commentDelete", &answer).await.done();
    assert_eq!(task_row(&app, &task).await.comment_count, 1);
    app.act(&ada, "commentDelete", &top).await.done();
    assert_eq!(task_row(&app, &task).await.comment_count, 0);
    let rows = comment::Column::TaskId.is_not_null();
    assert_eq!(app.count::<comment::Entity>(rows).await, 0);
    // A comment of one task is answered under that one alone.
    let other = new_task(&app, board, &ada, &[]).await;
    let parent = write_comment(&app, &ada, &other, "there").await;
    let input = json!({ "input": { "subject": task, "parent": parent, "body": "here" } });
    assert_eq!(refusal(&app, &ada, CREATE, input).await, "NOT_FOUND input.parent");
    let unknown = encode("task", app.app.clock.key()).to_string();
    assert_eq!(refusal(&app, &ada, CREATE, on(&unknown)).await, "NOT_FOUND input.subject");
}

#[tokio::test]
async fn who_left_a_private_board_sees_no_comment_of_it_and_changes_none() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    let picture = app.picture(&crew.commenter, "a.png").await;
    let more = json!({ "attachments": [picture] });
    let said = comment(app, &crew.commenter, &task, "mine", more).await;
    leave(app, board, &crew.commenter).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for actor in [&Guest, &crew.commenter, &crew.stranger, &crew.staff] {
        let run = app.run_with(actor, query, json!({ "ids": [task, said] })).await.ok();
        assert_eq!(run.at("nodes"), &json!([null, null]));
    }
    let update =
        "mutation($id: ID!) { commentUpdate(id: $id, body: \"b\") { userErrors { code path } } }";
    assert_eq!(refusal(app, &crew.commenter, update, json!({ "id": said })).await, "NOT_FOUND id");
    assert_eq!(app.refuses_act(&crew.commenter, "commentDelete", &said).await, ["NOT_FOUND id"]);
    assert!(
        comment::Entity::find_by_id(key("comment", &said))
            .one(&app.app.db.write)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_page_of_tasks_with_their_comments_is_a_fixed_number_of_statements() {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Task { commentCount eventCursor attachments { name }
        reactions { emoji reactors(first: 2) { nodes { handle } } } submission { number }
        viewer { reactions watching canComment }
        comments(first: 3) { nodes { author { handle } body { source } viewer { canReply reactions }
            commentedOn { id commentCount } replies(first: 2) { nodes { author { handle } } } } } } } }";
    let mut counts = Vec::new();
    for size in [2, 12] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let mut ids = Vec::new();
        for n in 0..size {
            let one = app.member(&format!("member{n}")).await;
            let board = new_board(&app, Visibility::Members, &[(&one, Role::Admin)]).await;
            let task = new_task(&app, board, &one, &[]).await;
            let top = write_comment(&app, &one, &task, "top").await;
            app.reply_to(&one, &task, &top, "answer").await;
            app.react(&one, &task, "👍").await;
            ids.push(task);
        }
        let run = app.run_with(&ada, query, json!({ "ids": ids })).await.ok();
        assert_eq!(run.list("nodes", "comments.nodes.0.author.handle").len(), size);
        counts.push(run.sql.len());
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[0] < 20, "{counts:?}");
}
