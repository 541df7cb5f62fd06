//! What came in through a form becomes a task.

use guildhall::{
    Actor::Guest,
    entity::{
        board, board::Visibility, board_column, board_member::Role, submission::State,
        submission_task, task, task_activity,
    },
    graph::encode,
    scope::Scope,
    streams::Stream,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::kit::{join, leave, new_board, new_task, put_away, refusal, task_row};
use crate::{
    contact::inbox_kit::{Sent, office},
    kit::key,
};

const MAKE: &str = "mutation($id: ID!, $board: ID!) { submissionToTask(id: $id, board: $board) {
    task { id submission { id number } } userErrors { code path message } } }";
const TASK: &str = "query($id: ID!) { node(id: $id) { ... on Submission { task { id } } ... on Task { submission { id } } } }";

#[tokio::test]
async fn a_submission_becomes_a_task_once_tied_both_ways() {
    let office = office().await;
    let app = &office.app;
    let board = new_board(app, Visibility::Private, &[(&office.tess, Role::Editor)]).await;
    let first = new_task(app, board, &office.tess, &[]).await;
    let came = office.come("see **this** @tess #loom <b>x</b> https://evil.example www.evil.example\n\n# olga@evil.example\n- [a](https://evil.example)").await;
    let variables = json!({ "id": came.id, "board": encode("board", board) });
    let run = app.run_with(&office.tess, MAKE, variables.clone()).await.done();
    let id = run.text("submissionToTask.task.id").to_owned();
    let tied = json!({ "id": came.id, "number": 1 });
    assert_eq!(run.at("submissionToTask.task.submission"), &tied);
    let row = task_row(app, &id).await;
    assert_eq!(row.title, "Say *hello* #1: Olga");
    assert_eq!((row.number, row.creator_id), (2, office.tess.id()));
    assert!(row.rank > task_row(app, &first).await.rank, "at the foot");
    // What was typed is words, and names nobody.
    assert_eq!(row.mentions, None);
    // It is found by its key, as every task is.
    let query = "query($text: String) { tasks(filter: { text: $text }) { nodes { id } } }";
    let text = json!({ "text": format!("{}-2", board.simple()) });
    let found = app.run_with(&office.tess, query, text).await.ok();
    assert_eq!(found.list("tasks.nodes", "id"), [id.as_str()]);
    let html = &row.description_html;
    for sign in ["<a", "<b>", "<h1", "<li", "<span", "<strong>this"] {
        assert!(!html.contains(sign), "{sign}: {html}");
    }
    assert!(html.contains("<strong>Your message</strong>"), "{html}");
    assert!(html.contains("see **this** "), "{html}");
    let db = &app.app.db.write;
    let counts = board::Entity::find_by_id(board).one(db).await.unwrap().unwrap();
    assert_eq!((counts.last_number, counts.task_count, counts.done_count), (2, 2, 0));
    let column = board_column::Entity::find_by_id(row.column_id).one(db).await.unwrap().unwrap();
    assert_eq!(column.task_count, 1);
    assert_eq!(app.kinds(Stream::board(board)).await, ["task_added"]);
    let lines = task_activity::Column::TaskId.eq(row.id);
    assert_eq!(app.count::<task_activity::Entity>(lines).await, 1);

    // The same again is the same task, whatever board is named.
    let run = app.run_with(&office.tess, MAKE, variables.clone()).await.done();
    assert_eq!(run.text("submissionToTask.task.id"), id);
    let run = app.run_with(&office.tess, MAKE, json!({ "id": came.id, "board": "x" })).await.done();
    assert_eq!(run.text("submissionToTask.task.id"), id);
    assert_eq!(app.count::<task::Entity>(task::Column::BoardId.eq(board)).await, 2);
    // Who may not see the board hears that, and not of which task.
    let refused = refusal(app, &office.moderator, MAKE, variables).await;
    assert_eq!(refused, "DUPLICATE id");
    // Nor does it come into a column that is full.
    let column = board_column::ActiveModel {
        id: Set(row.column_id),
        task_limit: Set(Some(2)),
        ..Default::default()
    };
    board_column::Entity::update(column).exec(db).await.unwrap();
    let make = async |id: &str| {
        refusal(app, &office.tess, MAKE, json!({ "id": id, "board": encode("board", board) })).await
    };
    app.run_with(
        &office.tess,
        MAKE,
        json!({ "id": office.come("more").await.id, "board": encode("board", board) }),
    )
    .await
    .done();
    assert_eq!(make(&office.come("too much").await.id).await, "OUT_OF_RANGE board");
    assert_eq!(
        app.count::<submission_task::Entity>(submission_task::Column::TaskId.is_not_null()).await,
        2
    );
}

#[tokio::test]
async fn each_side_shows_the_other_to_those_who_may_see_that() {
    let office = office().await;
    let app = &office.app;
    let board = new_board(app, Visibility::Private, &[(&office.tess, Role::Editor)]).await;
    let other = app.member("otto").await;
    join(app, board, &other, Role::Admin).await;
    let came = office.come_from(&office.stranger, "hello").await;
    let variables = json!({ "id": came.id, "board": encode("board", board) });
    let run = app.run_with(&office.tess, MAKE, variables).await.done();
    let id = run.text("submissionToTask.task.id").to_owned();
    let shows = async |actor, id: &str| {
        let run = app.run_with(actor, TASK, json!({ "id": id })).await.ok();
        run.at("node").clone()
    };
    assert_eq!(shows(&office.tess, &came.id).await, json!({ "task": { "id": id } }));
    assert_eq!(shows(&office.tess, &id).await, json!({ "submission": { "id": came.id } }));
    for one in [&office.moderator, &office.stranger] {
        assert_eq!(shows(one, &came.id).await, json!({ "task": null }), "they see no board");
        assert_eq!(shows(one, &id).await, Value::Null);
    }
    assert_eq!(shows(&other, &id).await, json!({ "submission": null }), "they answer no form");
    leave(app, board, &office.tess).await;
    assert_eq!(shows(&office.tess, &came.id).await, json!({ "task": null }));
}

#[tokio::test]
async fn who_does_not_answer_it_or_is_no_editor_of_the_board_makes_none() {
    let office = office().await;
    let app = &office.app;
    let (came, spam) = (
        office.come_from(&office.stranger, "hello").await,
        office.come_as(Sent { state: State::Spam, ..Sent::default() }).await,
    );
    let everybody = [
        (&office.tess, Role::Editor),
        (&office.stranger, Role::Admin),
        (&office.moderator, Role::Commenter),
    ];
    let board = new_board(app, Visibility::Private, &everybody).await;
    let hidden = new_board(app, Visibility::Private, &[]).await;
    let old = new_board(app, Visibility::Private, &everybody).await;
    put_away(app, old).await;
    let bare = new_board(app, Visibility::Private, &everybody).await;
    let columns = board_column::Column::BoardId.eq(bare);
    board_column::Entity::delete_many().filter(columns).exec(&app.app.db.write).await.unwrap();
    let token = |scopes: &[Scope]| app.by_token(office.tess, scopes);
    let contact =
        token(&[Scope::ReadPublic, Scope::ReadPrivate, Scope::ReadContact, Scope::WriteContact]);
    let tasks = token(&[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteTasks]);
    let otto = app.member("otto").await;
    let of = |id| encode("board", id).to_string();
    for (actor, id, board, refused) in [
        (&Guest, &came.id, of(board), "UNAUTHENTICATED"),
        (&contact, &came.id, of(board), "SCOPE_MISSING"),
        (&tasks, &came.id, of(board), "SCOPE_MISSING"),
        (&otto, &came.id, of(board), "NOT_FOUND id"),
        (&office.stranger, &came.id, of(board), "FORBIDDEN id"),
        (&office.moderator, &came.id, of(board), "FORBIDDEN board"),
        (&office.tess, &came.id, of(hidden), "NOT_FOUND board"),
        (&office.tess, &came.id, "x".to_owned(), "NOT_FOUND board"),
        (&office.tess, &came.id, of(old), "STATE_NOT_ALLOWED board"),
        (&office.tess, &came.id, of(bare), "STATE_NOT_ALLOWED board"),
        (&office.tess, &spam.id, of(board), "STATE_NOT_ALLOWED id"),
        (&office.tess, &of(board), of(board), "NOT_FOUND id"),
    ] {
        let variables = json!({ "id": id, "board": board });
        assert_eq!(refusal(app, actor, MAKE, variables).await, refused, "{board}");
    }
    let ties = submission_task::Column::TaskId.is_not_null();
    assert_eq!(app.count::<submission_task::Entity>(ties).await, 0);
    assert_eq!(key("board", &of(board)), board);
}

#[tokio::test]
async fn a_page_of_submissions_with_their_tasks_is_a_fixed_number_of_statements() {
    let query = "{ admin { submissions { nodes { number task { id commentCount submission { number } } } } } }";
    let mut counts = Vec::new();
    for size in [2, 12] {
        let office = office().await;
        let members = [(&office.moderator, Role::Admin)];
        let board = new_board(&office.app, Visibility::Members, &members).await;
        for _ in 0..size {
            let came = office.come("hello").await;
            let variables = json!({ "id": came.id, "board": encode("board", board) });
            office.app.run_with(&office.moderator, MAKE, variables).await.done();
        }
        let run = office.app.run(&office.moderator, query).await.ok();
        assert_eq!(run.list("admin.submissions.nodes", "task.id").len(), size);
        counts.push(run.sql.len());
    }
    assert_eq!(counts, [5, 5]);
}
