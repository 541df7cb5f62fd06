//! The member directory: how it is narrowed, and that it is not led astray.

use guildhall::{
    Actor::{self, Guest},
    entity::profile,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::{Value, json};

use crate::kit::{TestApp, block, profile_id};

const FIND: &str = "query($filter: ProfileFilter) {
    profiles(filter: $filter, orderBy: { field: NAME, direction: ASC }) { nodes { handle } } }";

async fn find(app: &TestApp, actor: &Actor, filter: Value) -> Vec<String> {
    let run = app.run_with(actor, FIND, json!({ "filter": filter })).await.ok();
    run.list("profiles.nodes", "handle")
}

async fn named(app: &TestApp, handle: &str, name: &str) -> Actor {
    let member = app.member(handle).await;
    let rename = "mutation($name: String!) { profileUpdate(input: { name: $name }) { userErrors { code path } } }";
    app.run_with(&member, rename, json!({ "name": name })).await.done();
    member
}

#[tokio::test]
async fn text_is_the_beginning_of_a_handle_or_name_in_any_case() {
    let app = TestApp::new().await;
    for (handle, name) in [
        ("ada", "Countess"),
        ("adam", "Zoë 100%"),
        ("bob", "Ada B"),
        ("c_x", "Çelik_"),
        ("cax", "İpek"),
        ("zed", "ädelweiß"),
        ("yan", "李 明"),
    ] {
        named(&app, handle, name).await;
    }
    for (text, found) in [
        ("ada", vec!["bob", "ada", "adam"]),
        (" ADA ", vec!["bob", "ada", "adam"]),
        ("@ada", vec!["ada", "adam"]),
        ("@adam", vec!["adam"]),
        ("Ada B", vec!["bob"]),
        ("ada  b", vec![]),
        ("zoë", vec!["adam"]),
        ("ZOË", vec!["adam"]),
        ("ÄDEL", vec!["zed"]),
        ("çel", vec!["c_x"]),
        ("李", vec!["yan"]),
        ("da", vec![]),
        ("c_", vec!["c_x"]),
        ("%", vec![]),
        ("_", vec![]),
        ("ad%", vec![]),
        ("zoë 100%", vec!["adam"]),
        ("*", vec![]),
        ("a*", vec![]),
        ("\\", vec![]),
        ("' OR 1=1 --", vec![]),
        ("ada'; DROP TABLE profile; --", vec![]),
        ("\"", vec![]),
        ("$1", vec![]),
        ("?", vec![]),
        ("a\u{0}", vec![]),
        ("\u{0}", vec![]),
        ("\u{10ffff}", vec![]),
        ("👩🏿‍💻", vec![]),
    ] {
        assert_eq!(find(&app, &Guest, json!({ "text": text })).await, found, "{text:?}");
    }
    let everybody = 7;
    for nothing in ["", "  ", "@"] {
        assert_eq!(
            find(&app, &Guest, json!({ "text": nothing })).await.len(),
            everybody,
            "{nothing:?}"
        );
    }
    let long = "x".repeat(100_000);
    assert_eq!(find(&app, &Guest, json!({ "text": long })).await, [""; 0]);
}

#[tokio::test]
async fn skills_must_all_be_there_and_one_openness_is_enough() {
    let app = TestApp::new().await;
    let mut tags = std::collections::HashMap::new();
    for (handle, skills, open_to, country) in [
        ("ada", vec!["rust", "sql"], vec!["WORK", "MENTORING"], "GB"),
        ("bob", vec!["rust"], vec!["HIRING"], "GB"),
        ("cleo", vec!["sql"], vec!["WORK"], "EG"),
        ("dan", vec![], vec![], "DE"),
    ] {
        let member = app.member(handle).await;
        let skills: Vec<_> = skills.iter().map(|skill| json!({ "skill": skill })).collect();
        let query = "mutation($skills: [SkillInput!]!) { skillsSet(skills: $skills) {
            profile { skills { tag { id name } } } userErrors { code path } } }";
        let run = app.run_with(&member, query, json!({ "skills": skills })).await.done();
        for skill in run.at("skillsSet.profile.skills").as_array().unwrap() {
            tags.insert(
                skill["tag"]["name"].as_str().unwrap().to_owned(),
                skill["tag"]["id"].clone(),
            );
        }
        let query = "mutation($input: ProfileUpdateInput!) { profileUpdate(input: $input) { userErrors { code path } } }";
        let input = json!({ "input": { "openTo": open_to, "country": country } });
        app.run_with(&member, query, input).await.done();
    }
    let (rust, sql) = (&tags["rust"], &tags["sql"]);
    let no_tag = profile_id(&app.member("eve").await);
    for (filter, found) in [
        (json!({ "skills": [rust] }), vec!["ada", "bob"]),
        (json!({ "skills": [rust, sql] }), vec!["ada"]),
        (json!({ "skills": [rust, rust] }), vec!["ada", "bob"]),
        (json!({ "skills": [] }), vec!["ada", "bob", "cleo", "dan", "eve"]),
        (json!({ "skills": [no_tag] }), vec![]),
        (json!({ "skills": ["\u{0}", "' OR 1=1"] }), vec![]),
        (json!({ "openTo": ["WORK"] }), vec!["ada", "cleo"]),
        (json!({ "openTo": ["WORK", "HIRING", "WORK"] }), vec!["ada", "bob", "cleo"]),
        (json!({ "country": "gb" }), vec!["ada", "bob"]),
        (json!({ "country": " EG " }), vec!["cleo"]),
        (json!({ "country": "XX" }), vec![]),
        (json!({ "country": "G\u{0}" }), vec![]),
        (json!({ "country": "' OR 1=1 --" }), vec![]),
        (json!({ "country": "GB", "openTo": ["WORK"], "skills": [sql], "text": "a" }), vec!["ada"]),
        (json!({ "country": "GB", "text": "c" }), vec![]),
    ] {
        assert_eq!(find(&app, &Guest, filter.clone()).await, found, "{filter}");
    }
    let run = app.run_with(&Guest, FIND, json!({ "filter": { "skills": vec![rust; 21] } })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
    let everything = vec!["WORK"; 10_000];
    assert_eq!(find(&app, &Guest, json!({ "openTo": everything })).await, ["ada", "cleo"]);
}

#[tokio::test]
async fn the_directory_lists_people_whom_the_reader_may_see() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let server = app.member("server_voice").await;
    profile::Entity::update_many()
        .col_expr(profile::Column::Kind, Expr::value("system"))
        .filter(profile::Column::Id.eq(server.id().unwrap()))
        .exec(&app.app.db.write)
        .await
        .unwrap();
    assert_eq!(find(&app, &Guest, json!({})).await, ["ada", "grace"]);
    block(&app, &ada, &grace).await;
    assert_eq!(find(&app, &grace, json!({})).await, ["grace"]);
    assert_eq!(find(&app, &grace, json!({ "text": "ada" })).await, [""; 0]);
    assert_eq!(find(&app, &ada, json!({})).await, ["ada", "grace"]);
    assert_eq!(find(&app, &Guest, json!({})).await, ["ada", "grace"]);
}

#[tokio::test]
async fn a_page_of_a_hundred_members_costs_no_more_statements_than_one_of_three() {
    let query = "{ profiles(first: 100) { nodes { handle openTo bio { html } skills { years }
        followers(first: 1) { nodes { handle } } following(first: 1) { nodes { handle } }
        viewer { following } posts(first: 1) { nodes { id } } } } }";
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for at in 1..3 {
        app.member(&format!("few_{at}")).await;
    }
    let few = app.run(&ada, query).await.ok();
    for at in 3..100 {
        app.member(&format!("many_{at}")).await;
    }
    let many = app.run(&ada, query).await.ok();
    assert_eq!(few.at("profiles.nodes").as_array().unwrap().len(), 3);
    assert_eq!(many.at("profiles.nodes").as_array().unwrap().len(), 100);
    assert_eq!((few.sql.len(), many.sql.len()), (8, 8), "{:#?}", many.sql);
}
