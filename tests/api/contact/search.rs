//! Finding submissions by their words.

use guildhall::entity::submission;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::json;

use super::inbox_kit::{Office, office};

async fn found(office: &Office, text: &str) -> Vec<i64> {
    let query = "query($text: String) { admin { submissions(filter: { text: $text }) { nodes { number } } } }";
    let run = office.app.run_with(&office.admin, query, json!({ "text": text })).await.ok();
    let nodes = run.at("admin.submissions.nodes").as_array().unwrap();
    nodes.iter().map(|node| node["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn submissions_are_found_by_all_words_the_last_of_which_may_go_on() {
    let office = office().await;
    office.come("The looms of Łódź, by night").await;
    office.come("looms and threads, see https://example.org/loom-rooms").await;
    office.come("nothing of the kind").await;
    assert_eq!(found(&office, "LOOMS").await, [2, 1]);
    assert_eq!(found(&office, "night looms").await, [1]);
    assert_eq!(found(&office, "loo").await, [2, 1]);
    assert_eq!(found(&office, "loo night").await, [0; 0]);
    assert_eq!(found(&office, "rooms").await, [2]);
    assert_eq!(found(&office, "łódź").await, [1]);
    assert_eq!(found(&office, "").await, [3, 2, 1]);
    assert_eq!(found(&office, " \n").await, [3, 2, 1]);
}

#[tokio::test]
async fn nothing_that_is_typed_is_read_as_an_operator() {
    let office = office().await;
    office.come("a cat").await;
    for text in [
        "\"",
        "cat\"",
        "'",
        "cat'",
        "cat OR dog",
        "cat | dog",
        "!dog",
        "body : dog",
        "cat:*dog",
        "NOT cat",
        "(",
        "cat)",
        "*",
        "cat*dog",
        "\\",
        "$1 dog",
        "? dog",
        "cat & dog",
        "{cat dog}",
        "^dog",
        "a\u{0}b",
        "-",
        "NEAR(cat dog)",
    ] {
        let hits = found(&office, text).await;
        assert!(hits.is_empty() || hits == [1], "{text}");
        if text.contains("dog") {
            assert!(hits.is_empty(), "{text} found {hits:?}");
        }
    }
    let query =
        "query($text: String) { admin { submissions(filter: { text: $text }) { nodes { id } } } }";
    let long = json!({ "text": "c".repeat(201) });
    let run = office.app.run_with(&office.admin, query, long).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn the_index_follows_what_changes_and_what_goes() {
    let office = office().await;
    let db = &office.app.app.db.write;
    let (a, b) = (office.come("first words").await, office.come("other words").await);
    let mut row: submission::ActiveModel = office.row(&a).await.into();
    row.search_text = Set("second".to_owned());
    row.update(db).await.unwrap();
    assert_eq!(found(&office, "first").await, [0; 0]);
    assert_eq!(found(&office, "second").await, [1]);
    submission::Entity::delete_by_id(b.key).exec(db).await.unwrap();
    assert_eq!(found(&office, "words").await, [0; 0]);
    assert!(!office.app.contents().await.contains("other words"));
}

#[tokio::test]
async fn a_team_finds_what_came_through_its_own_form_alone() {
    let office = office().await;
    office.come("looms").await;
    let other = super::inbox_kit::new_form(&office.app, &office.admin, &[], &[]).await;
    let sent = super::inbox_kit::Sent { text: "looms too", ..Default::default() };
    super::inbox_kit::come(&office.app, other, sent).await;
    let query = r#"{ viewer { forms { submissions(filter: { text: "loom" }) { nodes { values { text } } } } } }"#;
    let run = office.app.run(&office.tess, query).await.ok();
    let expected = json!([{ "submissions": { "nodes": [{ "values": [{ "text": "looms" }] }] } }]);
    assert_eq!(run.at("viewer.forms"), &expected);
}
