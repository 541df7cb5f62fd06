//! What filters refuse, and what they mean where nothing is said.

use guildhall::entity::{board::Visibility, board_column::Category, task};
use serde_json::{Value, json};

use super::kit::{CATEGORIES, plain, task_id};
use crate::kit::TestApp;

/// A filter so many times within itself.
fn nested(times: usize) -> Value {
    (0..times).fold(json!({ "unassigned": true }), |inner, at| match at % 3 {
        0 => json!({ "not": inner }),
        1 => json!({ "or": [{}, inner] }),
        _ => json!({ "and": [inner] }),
    })
}

#[tokio::test]
async fn a_filter_nests_three_deep_and_no_deeper() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.tasks(&ada, nested(3), json!(null), json!({})).await.ok();
    let run = app.tasks(&ada, nested(4), json!(null), json!({})).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
    let message = run.errors[0]["message"].as_str().unwrap();
    assert_eq!(message, "`filter.not.and.0.or.1.not` is nested deeper than 3");
    assert!(!run.sql.iter().any(|sql| sql.contains("FROM \"task\"")), "{:?}", run.sql);
}

#[tokio::test]
async fn a_filter_has_fifty_conditions_and_no_more() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let of = |count: usize| json!({ "or": vec![json!({ "blocked": true }); count] });
    app.tasks(&ada, of(25), json!(null), json!({})).await.ok();
    let run = app.tasks(&ada, of(26), json!(null), json!({})).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
    let empty = json!({ "and": vec![json!({}); 51] });
    let run = app.tasks(&ada, empty, json!(null), json!({})).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn a_list_has_a_hundred_members_and_no_more() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = crate::kit::profile_id(&ada);
    for name in ["boards", "columns", "assignees", "labels"] {
        let filter = |count: usize| json!({ "not": { name: vec![&id; count] } });
        app.tasks(&ada, filter(100), json!(null), json!({})).await.ok();
        let run = app.tasks(&ada, filter(101), json!(null), json!({})).await;
        assert_eq!(run.error_code(), "BAD_REQUEST");
        let message = run.errors[0]["message"].as_str().unwrap();
        assert_eq!(message, format!("`filter.not.{name}` lists more than 100"));
    }
}

#[tokio::test]
async fn what_is_put_away_is_left_out_unless_it_is_asked_for() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    let here = task_id(app.put_task(plain(&app, &board, 1)).await);
    let now = Some(app.app.clock.now());
    let away = task::Model { archived_at: now, ..plain(&app, &board, 2) };
    let away = task_id(app.put_task(away).await);
    let order = json!({ "field": "CREATED" });
    let both = vec![here.clone(), away.clone()];
    for (filter, expected) in [
        (json!(null), vec![here.clone()]),
        (json!({}), vec![here.clone()]),
        (json!({ "archived": false }), vec![here.clone()]),
        (json!({ "archived": true }), vec![away.clone()]),
        (json!({ "archived": null }), both.clone()),
        (json!({ "not": { "unassigned": false } }), vec![here.clone()]),
        (json!({ "archived": null, "or": [{ "archived": true }, {}] }), both),
        (json!({ "archived": null, "not": { "archived": false } }), vec![away]),
    ] {
        assert_eq!(app.found(&ada, filter.clone(), order.clone(), 10).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn ids_of_other_things_and_texts_without_words_find_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    let task = task_id(app.put_task(plain(&app, &board, 1)).await);
    for filter in [
        json!({ "boards": [task] }),
        json!({ "columns": [task] }),
        json!({ "assignees": ["nobody"] }),
        json!({ "labels": [task] }),
        json!({ "creator": task }),
        json!({ "parent": "profile_1" }),
        json!({ "text": "?!" }),
    ] {
        let found = app.found(&ada, filter.clone(), json!(null), 10).await;
        assert_eq!(found, Vec::<String>::new(), "{filter}");
    }
    for filter in [json!({ "boards": [] }), json!({ "text": "  " }), json!({ "creator": null })] {
        let found = app.found(&ada, filter.clone(), json!(null), 10).await;
        assert_eq!(found, std::slice::from_ref(&task), "{filter}");
    }
    let long = json!({ "text": "a".repeat(201) });
    let run = app.tasks(&ada, long, json!(null), json!({})).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn ends_of_time_are_no_error() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    let task = task_id(app.put_task(plain(&app, &board, 1)).await);
    let range = json!({ "from": "0001-01-01T00:00:00+14:00", "to": "9999-12-31T23:59:59-12:00" });
    let filter = json!({ "created": range, "updated": range, "not": { "due": range } });
    assert_eq!(app.found(&ada, filter, json!(null), 10).await, [task]);
}

#[tokio::test]
async fn my_tasks_are_those_that_are_open_unless_the_filter_says_otherwise() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let board = app.board_of("GLD", Visibility::Public, &[]).await;
    let mut keys = Vec::new();
    for (number, category) in (1..).zip(CATEGORIES) {
        let ended = matches!(category, Category::Done | Category::Cancelled);
        let row = task::Model {
            column_id: board.columns[keys.len()],
            completed_at: ended.then(|| app.app.clock.now()),
            ..plain(&app, &board, number)
        };
        keys.push(app.put_task(row).await);
        app.assign(*keys.last().unwrap(), &ada).await;
    }
    let others = app.put_task(plain(&app, &board, 7)).await;
    app.assign(others, &app.member("grace").await).await;
    let query = "query($filter: TaskFilter) { viewer { tasks(filter: $filter) { nodes { id } } } }";
    for (filter, expected) in [
        (json!(null), &keys[..4]),
        (json!({ "unassigned": false }), &keys[..4]),
        (json!({ "completed": {} }), &keys[4..]),
        (json!({ "categories": ["DONE"] }), &keys[4..5]),
        (
            json!({ "or": [{ "completed": {} }, { "categories": ["TODO"] }] }),
            &[keys[1], keys[4], keys[5]],
        ),
    ] {
        let run = app.run_with(&ada, query, json!({ "filter": filter })).await.ok();
        let expected: Vec<_> = expected.iter().map(|key| task_id(*key)).collect();
        assert_eq!(super::kit::ids(&run, "viewer.tasks.nodes"), expected, "{filter}");
    }
}
