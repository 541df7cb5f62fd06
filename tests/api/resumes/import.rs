//! Reading a JSON Resume into what is there already.

use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::resume_entry,
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use super::samples;
use crate::kit::{IMPORT, Run, TestApp, profile_id};

/// The rows of an import: `ADD work.0 POSITION Weaver: message`.
fn rows(run: &Run) -> Vec<String> {
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        let words = [text("action"), text("path"), text("kind"), text("title")];
        let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match text("message") {
            Some(message) => format!("{words}: {message}"),
            None => words,
        }
    };
    run.at("resumeImport.rows").as_array().unwrap().iter().map(row).collect()
}

fn counts(run: &Run) -> [i64; 3] {
    ["created", "updated", "unchanged"]
        .map(|count| run.at(&format!("resumeImport.{count}")).as_i64().unwrap())
}

async fn entries(app: &TestApp, actor: &Actor) -> Vec<String> {
    let run = app.run(actor, "{ viewer { profile { resume { entries { title } } } } }").await.ok();
    run.list("viewer.profile.resume.entries", "title")
}

#[tokio::test]
async fn every_part_of_a_document_is_accounted_for() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let kept = "kept for your JSON Resume; your profile stays as it is";
    let alone = "kept for your JSON Resume, where you alone see it";
    let not_shown = "kept for your JSON Resume, and not shown";
    let run = app.import(&ada, &samples::full()).await.done();
    let mut found = rows(&run);
    let mut expected = vec![
        format!("SKIP basics.name: {kept}"),
        format!("SKIP basics.label: {kept}"),
        format!("SKIP basics.image: {kept}"),
        format!("SKIP basics.url: {kept}"),
        format!("SKIP basics.profiles: {kept}"),
        format!("SKIP basics.email: {alone}"),
        format!("SKIP basics.phone: {alone}"),
        "SKIP basics.location: kept for your JSON Resume, where you alone see the street and the postal code; your \
         profile stays as it is"
            .to_owned(),
        "ADD basics.summary".to_owned(),
        format!("ADD work.0 POSITION Lead engineer: {not_shown}: description"),
        "ADD work.1 POSITION Engineer".to_owned(),
        "ADD volunteer.0 VOLUNTEERING Fixer".to_owned(),
        "ADD education.0 EDUCATION Master, Machines".to_owned(),
        "ADD awards.0 AWARD Golden Shuttle".to_owned(),
        "ADD certificates.0 CERTIFICATE Certified Weaver".to_owned(),
        "ADD publications.0 PUBLICATION Listening to looms".to_owned(),
        "ADD interests.0 INTEREST Mushrooms".to_owned(),
        "ADD references.0 REFERENCE Ole Brandt".to_owned(),
        format!("ADD projects.0 PROJECT Humming: {not_shown}: keywords, roles, type"),
        "ADD skills.0 Loom Design".to_owned(),
        "ADD skills.1 Rust".to_owned(),
        "ADD languages.0 German".to_owned(),
        "ADD languages.1 English".to_owned(),
        format!("SKIP $schema: {not_shown}"),
        format!("SKIP meta: {not_shown}"),
    ];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(counts(&run), [15, 0, 0]);
}

#[tokio::test]
async fn what_is_the_same_is_matched_and_the_rest_is_added_or_stays() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for (title, organization, starts) in
        [("Weaver", "Looms", "2014"), ("Engineer", "Looms", "2016"), ("Engineer", "Looms", "2018")]
    {
        let input = json!({ "kind": "POSITION", "title": title, "organization": organization, "startsOn": starts });
        app.add_entry(&ada, input).await;
    }
    app.add_entry(&ada, json!({ "kind": "AWARD", "title": "Golden Shuttle" })).await;
    let document = json!({ "work": [
        { "position": "Engineer", "name": "Looms", "startDate": "2018", "summary": "now" },
        { "position": "Engineer", "name": "Looms", "startDate": "2016-01" },
        { "position": "Weaver", "name": "Looms", "startDate": "2014" },
    ], "awards": [{ "title": "Golden Shuttle" }] });
    let run = app.import(&ada, &document).await.done();
    let expected = [
        "CHANGE work.0 POSITION Engineer: changed: summary",
        "ADD work.1 POSITION Engineer",
        "KEEP work.2 POSITION Weaver",
        "CHANGE work POSITION: its entries stand in the order of the document",
        "KEEP awards.0 AWARD Golden Shuttle",
    ];
    assert_eq!(rows(&run), expected);
    assert_eq!(counts(&run), [1, 2, 2]);
    let mut whole = document.clone();
    whole["work"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "position": "Engineer", "name": "Looms", "startDate": "2016" }));
    assert_eq!(app.exported(&ada).await, whole);
    assert_eq!(
        entries(&app, &ada).await,
        ["Engineer", "Engineer", "Weaver", "Engineer", "Golden Shuttle"]
    );
    let rows_of = resume_entry::Entity::find().all(&app.app.db.write).await.unwrap();
    assert_eq!(rows_of.len(), 5);
}

#[tokio::test]
async fn what_a_document_does_not_name_stays() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.import(&ada, &samples::full()).await.done();
    let run = app.import(&ada, &json!({})).await.done();
    assert_eq!((counts(&run), rows(&run)), ([0, 0, 0], vec![]));
    assert_eq!(app.exported(&ada).await, samples::full());
    let more = json!({ "basics": { "label": "Retired" }, "work": [], "interests": [{ "name": "Bees" }],
        "languages": [{ "language": "French", "fluency": "basic" }], "skills": [{ "name": "Bees" }], "x": 1 });
    let run = app.import(&ada, &more).await.done();
    assert_eq!(counts(&run), [3, 0, 0], "{:#?}", rows(&run));
    let mut expected = samples::full();
    expected["basics"]["label"] = json!("Retired");
    expected["x"] = json!(1);
    for (list, item) in [("interests", 0), ("languages", 0), ("skills", 0)] {
        expected[list].as_array_mut().unwrap().insert(item, more[list][0].clone());
    }
    assert_eq!(app.exported(&ada).await, expected);
}

#[tokio::test]
async fn a_new_job_before_the_others_moves_none_of_them() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut document = json!({ "work": [{ "position": "B" }, { "position": "A" }] });
    app.import(&ada, &document).await.done();
    document["work"].as_array_mut().unwrap().insert(0, json!({ "position": "C" }));
    let run = app.import(&ada, &document).await.done();
    assert_eq!(
        rows(&run),
        ["ADD work.0 POSITION C", "KEEP work.1 POSITION B", "KEEP work.2 POSITION A"]
    );
    assert_eq!(entries(&app, &ada).await, ["C", "B", "A"]);
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn skills_keep_their_years_levels_and_endorsements() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let set = "mutation { skillsSet(skills: [{ skill: \"Looms\", level: EXPERT, years: 9 }, { skill: \"Rust\", years: 2 }]) {
        profile { skills { tag { id } } } userErrors { code path } } }";
    let run = app.run(&ada, set).await.done();
    let endorse =
        "mutation($profile: ID!, $skill: ID!) { skillEndorse(profile: $profile, skill: $skill) {
        userErrors { code path } } }";
    for n in 0..2 {
        let skill = run.text(&format!("skillsSet.profile.skills.{n}.tag.id"));
        app.run_with(&grace, endorse, json!({ "profile": profile_id(&ada), "skill": skill }))
            .await
            .done();
    }
    let document = json!({ "skills": [{ "name": "rust", "level": "Advanced", "keywords": ["async"] },
        { "name": "looms" }, { "name": "Bees" }] });
    let run = app.import(&ada, &document).await.done();
    let expected = [
        "CHANGE skills.0 rust",
        "CHANGE skills.1 looms",
        "ADD skills.2 Bees",
        "CHANGE skills: they stand in the order of the document",
    ];
    assert_eq!(rows(&run), expected);
    let query = "{ viewer { profile { skills { level years endorsementCount tag { label } } } } }";
    let run = app.run(&ada, query).await.ok();
    let skill = |label: &str, level: Value, years: Value, count: i32| json!({ "level": level, "years": years, "endorsementCount": count, "tag": { "label": label } });
    let expected = json!([
        skill("Rust", json!("STRONG"), json!(2), 1),
        skill("Looms", json!("EXPERT"), json!(9), 1),
        skill("Bees", Value::Null, Value::Null, 0),
    ]);
    assert_eq!(run.at("viewer.profile.skills"), &expected);
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn skills_and_languages_that_are_none_here_are_kept_and_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = json!({
        "skills": [{ "name": "C/C++" }, { "name": "Rust" }, { "name": "rust" }],
        "languages": [{ "language": "Elvish", "fluency": "fluent" }, { "language": "French" },
            { "language": "German", "fluency": "C2" }, { "language": "de", "fluency": "C1" }],
    });
    let run = app.import(&ada, &document).await.done();
    let not_shown = "kept for your JSON Resume, and not shown";
    let expected = [
        format!("SKIP skills.0 C/C++: no name for a skill here: {not_shown}"),
        "ADD skills.1 Rust".to_owned(),
        "SKIP skills.2 rust: named twice: kept for your JSON Resume, and shown once".to_owned(),
        format!("SKIP languages.0 Elvish: no language that is known: {not_shown}"),
        format!("SKIP languages.1 French: how well is not said in usual words: {not_shown}"),
        "ADD languages.2 German".to_owned(),
        "SKIP languages.3 de: named twice: kept for your JSON Resume, and shown once".to_owned(),
    ];
    assert_eq!(rows(&run), expected);
    assert_eq!(app.exported(&ada).await, document);
    // How well is known from here where the document does not say.
    let update = "mutation { resumeUpdate(languages: [{ language: \"fr\", level: LIMITED }]) { userErrors { code path } } }";
    app.run(&ada, update).await.done();
    let run = app.import(&ada, &json!({ "languages": [{ "language": "French" }] })).await.done();
    assert_eq!(rows(&run), ["CHANGE languages.0 French"]);
    assert_eq!(app.exported(&ada).await["languages"], json!([{ "language": "French" }]));
}

#[tokio::test]
async fn odd_addresses_are_kept_and_told_and_never_shown() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = json!({ "work": [{ "position": "A", "url": "javascript:alert(1)" }, { "position": "B", "url": "" }],
        "awards": [{ "title": "C", "url": "data:text/html,x" }] });
    let run = app.import(&ada, &document).await.done();
    let odd = "this is no http(s) address: kept for your JSON Resume, and not shown";
    let expected = [
        "ADD work.0 POSITION A".to_owned(),
        format!("SKIP work.0.url POSITION A: {odd}"),
        "ADD work.1 POSITION B".to_owned(),
        "ADD awards.0 AWARD C".to_owned(),
        format!("SKIP awards.0.url AWARD C: {odd}"),
    ];
    assert_eq!(rows(&run), expected);
    let with_url = resume_entry::Column::Url.is_not_null();
    assert_eq!(app.count::<resume_entry::Entity>(with_url).await, 0);
}

#[tokio::test]
async fn only_members_and_tokens_that_may_change_what_is_changed_import() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let ask = |document: &Value, dry: bool| json!({ "doc": document, "dry": dry });
    let plain = json!({ "work": [{ "position": "A" }] });
    let skilled = json!({ "skills": [{ "name": "Rust" }] });
    let reader = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteProfile]);
    let writer = app.by_token(ada, &[Scope::WritePortfolio]);
    let both = app.by_token(ada, &[Scope::WritePortfolio, Scope::WriteProfile]);
    for dry in [true, false] {
        let run = app.refuses(&Guest, IMPORT, ask(&plain, dry)).await;
        assert_eq!(run.error_code(), "UNAUTHENTICATED");
        let run = app.refuses(&reader, IMPORT, ask(&plain, dry)).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
        // Skills are a part of the profile.
        let run = app.refuses(&writer, IMPORT, ask(&skilled, dry)).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
        app.run_with(&writer, IMPORT, ask(&plain, dry)).await.done();
    }
    app.run_with(&both, IMPORT, ask(&skilled, false)).await.done();
    // Skills that are there already change nothing, and need nothing.
    app.run_with(&writer, IMPORT, ask(&skilled, false)).await.done();
}

#[tokio::test]
async fn imports_at_once_add_everything_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = samples::full();
    let runs = join_all((0..6).map(|_| app.import(&ada, &document))).await;
    let created: i64 = runs.into_iter().map(|run| counts(&run.done())[0]).sum();
    assert_eq!(created, 15);
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn an_import_that_fails_half_way_leaves_nothing() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    // The last that is written.
    let text = match app.is_postgres() {
        true => "ALTER TABLE resume ADD CONSTRAINT never CHECK (profile_id IS NULL)",
        false => {
            "CREATE TRIGGER never BEFORE INSERT ON resume BEGIN SELECT RAISE(ABORT, 'never'); END"
        }
    };
    sea_orm::ConnectionTrait::execute_unprepared(&app.app.db.write, text).await.unwrap();
    let run = app.refuses(&ada, IMPORT, json!({ "doc": samples::full(), "dry": false })).await;
    assert_eq!(run.error_code(), "INTERNAL");
}
