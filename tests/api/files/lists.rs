//! One's own files.

use guildhall::{entity::file_use::Place, files::service::On, scope::Scope};
use serde_json::{Value, json};

use crate::kit::{Run, Stored, TestApp, key};

const LIST: &str = "query($filter: FileFilter, $first: Int = 30, $after: String) {
    viewer { files(filter: $filter, first: $first, after: $after) {
        nodes { id name } pageInfo { hasNextPage hasPreviousPage endCursor } } } }";

fn names(run: &Run) -> Vec<String> {
    run.list("viewer.files.nodes", "name")
}

#[tokio::test]
async fn ones_own_files_stand_newest_first_in_pages() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    for n in 0..5 {
        app.keep(&ada, &Stored::text(&format!("{n}.txt"), "hello")).await;
        app.keep(&grace, &Stored::text("other.txt", "hello")).await;
    }
    let first = app.run_with(&ada, LIST, json!({ "first": 2 })).await.ok();
    assert_eq!((names(&first), first.sql.len()), (vec!["4.txt".to_owned(), "3.txt".to_owned()], 1));
    let mut after = first.text("viewer.files.pageInfo.endCursor").to_owned();
    let mut pages = Vec::new();
    loop {
        let run = app.run_with(&ada, LIST, json!({ "first": 2, "after": after })).await.ok();
        assert_eq!(run.at("viewer.files.pageInfo.hasPreviousPage"), true);
        pages.push(names(&run));
        if run.at("viewer.files.pageInfo.hasNextPage") == false {
            break;
        }
        after = run.text("viewer.files.pageInfo.endCursor").to_owned();
    }
    assert_eq!(pages, [vec!["2.txt", "1.txt"], vec!["0.txt"]]);
    for first in [0, 101] {
        let run = app.run_with(&ada, LIST, json!({ "first": first })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST");
    }
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteFiles]);
    assert_eq!(app.run_with(&token, LIST, json!({})).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn files_are_narrowed_by_kind_text_and_use() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let photo = app.keep(&ada, &Stored::png("Photo_100%.png", 2, 2)).await;
    app.keep(&ada, &Stored::text("Übung.txt", "hello")).await;
    app.keep(&ada, &Stored::text("a.zip", "x").of_type("application/zip")).await;
    app.use_file(key("file", &photo), On::Profile(ada.id().unwrap()), Place::Avatar, 0).await;
    let update = "mutation($id: ID!) { fileUpdate(id: $id, input: { altText: \"A Lighthouse\" }) { userErrors { code path } } }";
    app.run_with(&ada, update, json!({ "id": photo })).await.done();
    for (filter, expected) in [
        (json!({}), vec!["a.zip", "Übung.txt", "Photo_100%.png"]),
        (json!({ "kinds": [] }), vec!["a.zip", "Übung.txt", "Photo_100%.png"]),
        (json!({ "kinds": ["IMAGE"] }), vec!["Photo_100%.png"]),
        (json!({ "kinds": ["DOCUMENT", "ARCHIVE", "ARCHIVE"] }), vec!["a.zip", "Übung.txt"]),
        (json!({ "kinds": ["VIDEO"] }), vec![]),
        (json!({ "text": " photo " }), vec!["Photo_100%.png"]),
        (json!({ "text": "lighthouse" }), vec!["Photo_100%.png"]),
        (json!({ "text": "0%.P" }), vec!["Photo_100%.png"]),
        (json!({ "text": "o_1" }), vec!["Photo_100%.png"]),
        (json!({ "text": "P%g" }), vec![]),
        (json!({ "text": "." }), vec!["a.zip", "Übung.txt", "Photo_100%.png"]),
        (json!({ "text": "\\" }), vec![]),
        (json!({ "text": "a\u{0}b" }), vec![]),
        (json!({ "text": "x".repeat(100_000) }), vec![]),
        (json!({ "text": "" }), vec!["a.zip", "Übung.txt", "Photo_100%.png"]),
        (json!({ "text": "Übung" }), vec!["Übung.txt"]),
        (json!({ "unused": true }), vec!["a.zip", "Übung.txt"]),
        (json!({ "unused": false }), vec!["Photo_100%.png"]),
        (json!({ "unused": true, "kinds": ["IMAGE"] }), vec![]),
    ] {
        let run = app.run_with(&ada, LIST, json!({ "filter": filter })).await.ok();
        assert_eq!(names(&run), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_page_of_files_with_everything_in_it_is_two_statements() {
    let query = "{ viewer { files(first: 40) { nodes { id url thumbnail(width: 10) image { width }
        uploadedBy { handle name headline } viewer { canEdit canDelete } } } } }";
    let mut counts = Vec::new();
    for many in [2, 20] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        for n in 0..many {
            app.keep(&ada, &Stored::png(&format!("{n}.png"), 2, 2)).await;
        }
        let run = app.run(&ada, query).await.ok();
        let nodes = run.at("viewer.files.nodes").as_array().unwrap();
        assert_eq!(nodes.len(), many);
        assert!(nodes.iter().all(|node| node["uploadedBy"]["handle"] == "ada"));
        assert!(nodes.iter().all(|node| node["thumbnail"] != Value::Null));
        counts.push(run.sql.len());
    }
    assert_eq!(counts, [2, 2]);
}

#[tokio::test]
async fn files_of_several_places_have_their_owners_in_as_many_statements_as_places() {
    let query =
        "query($ids: [ID!]!) { viewer { files(first: 40) { nodes { uploadedBy { handle } } } }
        nodes(ids: $ids) { ... on File { uploadedBy { handle } } } }";
    let mut counts = Vec::new();
    for many in [1, 12] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let mut ids = Vec::new();
        for n in 0..many {
            ids.push(app.keep(&ada, &Stored::text(&format!("{n}.txt"), "a")).await);
        }
        counts.push(app.run_with(&ada, query, json!({ "ids": ids })).await.ok().sql.len());
    }
    assert_eq!(counts, [4, 4]);
}
