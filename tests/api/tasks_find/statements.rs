//! The page of a board takes as many statements for fifty tasks as for five.

use guildhall::{
    Actor,
    entity::{board::Visibility, task},
    graph::encode,
};
use serde_json::json;

use super::kit::{ids, plain};
use crate::kit::TestApp;

/// A board with so many tasks in each of its first five columns, which two people do and that have two labels.
async fn board(each: i32) -> (TestApp, Actor, String) {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let board = app.board_of("GLD", Visibility::Private, &[&ada]).await;
    for column in 0..5 {
        for number in 0..each {
            let number = i32::try_from(column).unwrap() * 100 + number;
            let row =
                task::Model { column_id: board.columns[column], ..plain(&app, &board, number) };
            let id = app.put_task(row).await;
            app.assign(id, &ada).await;
            app.assign(id, &grace).await;
            app.label(id, board.labels[1]).await;
            app.label(id, board.labels[0]).await;
        }
    }
    (app, ada, encode("board", board.id).to_string())
}

const TASK: &str = "id title commentCount childCount assignees { id handle } labels { id name }";

#[tokio::test]
async fn a_board_page_takes_the_same_statements_for_few_and_many_tasks() {
    let page = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Board {{ name columns {{ name taskCount
            tasks(first: 10) {{ nodes {{ {TASK} }} pageInfo {{ hasNextPage }} }} }} }} }} }}"
    );
    let flat = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Board {{ tasks(first: 50) {{ nodes {{ {TASK} }} }} }} }} }}"
    );
    let mine = format!("{{ viewer {{ tasks {{ nodes {{ {TASK} }} }} }} }}");
    let all = format!("{{ tasks {{ nodes {{ {TASK} }} }} }}");
    for each in [1, 10] {
        let (app, ada, id) = board(each).await;
        // The board, its columns, their tasks, and of these the people and the labels.
        let run = app.run_with(&ada, &page, json!({ "id": id })).await.ok();
        assert_eq!(run.sql.len(), 5, "{each}: {:#?}", run.sql);
        for column in 0..5 {
            let path = format!("node.columns.{column}.tasks.nodes");
            assert_eq!(ids(&run, &path).len(), usize::try_from(each).unwrap());
        }
        let task = run.at("node.columns.4.tasks.nodes.0");
        assert_eq!(task["title"], "Task 400");
        assert_eq!(task["assignees"][1]["handle"], "grace");
        assert_eq!(
            task["labels"],
            json!([
                { "id": task["labels"][0]["id"], "name": "bug" },
                { "id": task["labels"][1]["id"], "name": "idea" },
            ])
        );
        let run = app.run_with(&ada, &flat, json!({ "id": id })).await.ok();
        assert_eq!(run.sql.len(), 4, "{each}: {:#?}", run.sql);
        let run = app.run(&ada, &mine).await.ok();
        assert_eq!(run.sql.len(), 3, "{each}: {:#?}", run.sql);
        let run = app.run(&ada, &all).await.ok();
        assert_eq!(run.sql.len(), 3, "{each}: {:#?}", run.sql);
    }
}

#[tokio::test]
async fn many_boards_list_their_tasks_in_one_statement_each_with_its_own() {
    for count in [2_usize, 8] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let mut boards = Vec::new();
        for number in 0..count {
            let board = app.board_of(&format!("B{number}"), Visibility::Members, &[]).await;
            for task in 0..=i32::try_from(number).unwrap() {
                app.put_task(plain(&app, &board, task)).await;
            }
            boards.push(encode("board", board.id).to_string());
        }
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Board {
            tasks(first: 3) { nodes { id } pageInfo { hasNextPage } }
            columns { tasks(first: 2) { nodes { id } } } } } }";
        let run = app.run_with(&ada, query, json!({ "ids": boards })).await.ok();
        assert_eq!(run.sql.len(), 4, "{:#?}", run.sql);
        for number in 0..count {
            let path = format!("nodes.{number}.tasks");
            assert_eq!(ids(&run, &format!("{path}.nodes")).len(), (number + 1).min(3));
            assert_eq!(run.at(&format!("{path}.pageInfo.hasNextPage")), &json!(number > 2));
            let path = format!("nodes.{number}.columns.0.tasks.nodes");
            assert_eq!(ids(&run, &path).len(), (number + 1).min(2));
        }
    }
}
