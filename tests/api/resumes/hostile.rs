//! Documents that are wrong, or meant to hurt.

use guildhall::entity::{resume, resume_entry};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::{
    accounts::{access, joined},
    door::Reply,
    kit::{IMPORT, Run, TestApp},
};

async fn refused(app: &TestApp, actor: &guildhall::Actor, document: &Value) -> Run {
    let dry = app.refuses(actor, IMPORT, json!({ "doc": document, "dry": true })).await;
    let wet = app.refuses(actor, IMPORT, json!({ "doc": document, "dry": false })).await;
    assert_eq!(dry.data, wet.data);
    assert_eq!(wet.at("resumeImport.rows"), &json!([]));
    assert!(!wet.refusals().is_empty());
    wet
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for document in [json!([]), json!("{}"), json!(7), json!(true), json!([{ "work": [] }])] {
        assert_eq!(refused(&app, &ada, &document).await.refusals(), ["INVALID jsonResume"]);
    }
    let run = app.refuses(&ada, IMPORT, json!({ "doc": null, "dry": false })).await;
    assert_eq!(run.error_code(), "BAD_VARIABLES");
}

#[tokio::test]
async fn wrong_types_are_all_told_with_the_path_to_them() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let texts: &[(&str, &[&str])] = &[
        (
            "work",
            &[
                "name",
                "location",
                "description",
                "position",
                "url",
                "summary",
                "startDate",
                "endDate",
            ],
        ),
        ("volunteer", &["organization", "position", "url", "summary", "startDate", "endDate"]),
        (
            "education",
            &["institution", "url", "area", "studyType", "score", "startDate", "endDate"],
        ),
        ("awards", &["title", "awarder", "summary", "date"]),
        ("certificates", &["name", "url", "issuer", "date"]),
        ("publications", &["name", "publisher", "url", "summary", "releaseDate"]),
        ("skills", &["name", "level"]),
        ("languages", &["language", "fluency"]),
        ("interests", &["name"]),
        ("references", &["name", "reference"]),
        ("projects", &["name", "description", "url", "entity", "type", "startDate", "endDate"]),
    ];
    let lists = [
        ("work", "highlights"),
        ("volunteer", "highlights"),
        ("education", "courses"),
        ("skills", "keywords"),
        ("interests", "keywords"),
        ("projects", "highlights"),
        ("projects", "keywords"),
        ("projects", "roles"),
    ];
    for wrong in [json!(null), json!(7), json!([]), json!({}), json!(false)] {
        let (mut document, mut expected) = (json!({}), Vec::new());
        for (section, keys) in texts {
            document[section] = json!([{}, {}]);
            for key in *keys {
                document[section][1][key] = wrong.clone();
                expected.push(format!("INVALID jsonResume.{section}.1.{key}"));
            }
        }
        for (section, key) in lists {
            document[section][0][key] = json!(["fine", wrong]);
            expected.push(format!("INVALID jsonResume.{section}.0.{key}.1"));
        }
        for key in ["name", "label", "image", "email", "phone", "url", "summary"] {
            document["basics"][key] = wrong.clone();
            expected.push(format!("INVALID jsonResume.basics.{key}"));
        }
        for key in ["address", "postalCode", "city", "countryCode", "region"] {
            document["basics"]["location"][key] = wrong.clone();
            expected.push(format!("INVALID jsonResume.basics.location.{key}"));
        }
        document["basics"]["profiles"] =
            json!([{ "network": wrong, "username": wrong, "url": wrong }]);
        for key in ["network", "username", "url"] {
            expected.push(format!("INVALID jsonResume.basics.profiles.0.{key}"));
        }
        for key in ["canonical", "version", "lastModified"] {
            document["meta"][key] = wrong.clone();
            expected.push(format!("INVALID jsonResume.meta.{key}"));
        }
        document["$schema"] = wrong;
        expected.push("INVALID jsonResume.$schema".to_owned());
        let mut found = refused(&app, &ada, &document).await.refusals();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn lists_and_objects_that_are_something_else_are_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let lists = [
        "work",
        "volunteer",
        "education",
        "awards",
        "certificates",
        "publications",
        "skills",
        "languages",
        "interests",
        "references",
        "projects",
    ];
    for wrong in [json!(null), json!("x"), json!(7)] {
        let mut document = json!({ "basics": wrong, "meta": wrong });
        let mut expected =
            vec!["INVALID jsonResume.basics".to_owned(), "INVALID jsonResume.meta".to_owned()];
        for list in lists {
            document[list] = wrong.clone();
            expected.push(format!("INVALID jsonResume.{list}"));
        }
        let mut found = refused(&app, &ada, &document).await.refusals();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        let document = json!({ "basics": { "location": wrong, "profiles": wrong }, "work": [wrong, {}],
            "skills": [wrong], "education": [{ "courses": wrong }] });
        let mut found = refused(&app, &ada, &document).await.refusals();
        found.sort();
        let expected =
            ["basics.location", "basics.profiles", "education.0.courses", "skills.0", "work.0"];
        assert_eq!(found, expected.map(|path| format!("INVALID jsonResume.{path}")));
    }
    let profiles = json!({ "basics": { "profiles": [7] } });
    assert_eq!(
        refused(&app, &ada, &profiles).await.refusals(),
        ["INVALID jsonResume.basics.profiles.0"]
    );
}

#[tokio::test]
async fn dates_that_are_none_are_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = json!({
        "work": [{ "startDate": "2013-12-021", "endDate": "Present" }, { "startDate": "2014-02-30" },
            { "startDate": "2014-06", "endDate": "2014-05" }, { "startDate": "2014-06", "endDate": "2014" }],
        "awards": [{ "date": "12/2013" }], "publications": [{ "releaseDate": "3000" }],
    });
    let mut found = refused(&app, &ada, &document).await.refusals();
    found.sort();
    let expected = [
        "awards.0.date",
        "publications.0.releaseDate",
        "work.0.endDate",
        "work.0.startDate",
        "work.1.startDate",
    ];
    assert_eq!(found, expected.map(|path| format!("INVALID jsonResume.{path}")));
    let document = json!({ "work": [{}, { "startDate": "2014-06", "endDate": "2014-05" }] });
    assert_eq!(
        refused(&app, &ada, &document).await.refusals(),
        ["OUT_OF_RANGE jsonResume.work.1.endDate"]
    );
}

#[tokio::test]
async fn what_is_too_long_is_told_and_not_cut() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let long = |length: usize| "x".repeat(length);
    let document = json!({
        "basics": { "summary": long(10_001) },
        "work": [{ "position": long(201), "name": long(201), "location": long(201), "summary": long(10_001),
            "highlights": ["fine", long(1_001)], "description": long(20_000), "grade": long(300) }],
        "education": [{ "score": long(201), "courses": vec!["x"; 101], "studyType": long(150), "area": long(150) }],
        "references": [{ "reference": long(10_001) }],
    });
    let run = refused(&app, &ada, &document).await;
    let mut found = run.refusals();
    found.sort();
    let expected = [
        "basics.summary",
        "education.0.courses",
        "education.0.score",
        "references.0.reference",
        "work.0.highlights.1",
        "work.0.location",
        "work.0.name",
        "work.0.position",
        "work.0.summary",
    ];
    assert_eq!(found, expected.map(|path| format!("TOO_LONG jsonResume.{path}")));
    let score = run.at("resumeImport.userErrors").as_array().unwrap().iter();
    let mut score = score.filter(|error| error["path"][3] == "score");
    assert_eq!(
        score.next().map(|error| (&error["max"], &error["actual"])),
        Some((&json!(200.0), &json!(201.0)))
    );

    // What fits to the last character is taken, and what has no column is not measured.
    let document = json!({ "basics": { "summary": long(10_000) }, "work": [{ "position": long(200),
        "highlights": vec![long(1_000); 100], "description": long(20_000), "grade": long(300), "score": long(300) }] });
    app.import(&ada, &document).await.done();
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn documents_are_not_larger_than_they_may_be() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let sized = |size: usize| json!({ "x": "y".repeat(size - r#"{"x":""}"#.len()) });
    let run = refused(&app, &ada, &sized(256 * 1024 + 1)).await;
    assert_eq!(run.refusals(), ["TOO_LONG jsonResume"]);
    let error = run.at("resumeImport.userErrors.0");
    assert_eq!((&error["max"], &error["actual"]), (&json!(262_144.0), &json!(262_145.0)));
    app.import(&ada, &sized(256 * 1024)).await.done();
    assert_eq!(app.exported(&ada).await, sized(256 * 1024));
}

#[tokio::test]
async fn entries_and_lists_are_not_longer_than_they_may_be() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = refused(
        &app,
        &ada,
        &json!({ "work": vec![json!({}); 300], "awards": vec![json!({}); 201] }),
    )
    .await;
    assert_eq!(run.refusals(), ["TOO_LONG jsonResume"]);
    for list in ["skills", "languages"] {
        let run = refused(&app, &ada, &json!({ list: vec![json!({}); 501] })).await;
        assert_eq!(run.refusals(), [format!("TOO_LONG jsonResume.{list}")]);
    }
    let names: Vec<_> = (0..51).map(|n| json!({ "name": format!("skill{n}") })).collect();
    let run = refused(&app, &ada, &json!({ "skills": names })).await;
    assert_eq!(run.refusals(), ["TOO_LONG jsonResume.skills"]);
    let full = json!({ "work": vec![json!({}); 300], "awards": vec![json!({}); 200], "skills": vec![json!({}); 500] });
    app.import(&ada, &full).await.done();
    assert_eq!(app.exported(&ada).await, full);
    // Those that are there count as well; the same ones again are no more.
    let run = refused(&app, &ada, &json!({ "talks": [{ "name": "one more" }] })).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED jsonResume"]);
    app.import(&ada, &full).await.done();
    app.import(&ada, &json!({ "skills": names[..50] })).await.done();
    let run = refused(&app, &ada, &json!({ "skills": [{ "name": "skill 51" }] })).await;
    assert_eq!(run.refusals(), ["TOO_LONG jsonResume.skills"]);
}

#[tokio::test]
async fn what_nests_too_deep_is_refused_whether_known_or_not() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let nested = |levels: usize, list: bool| {
        let wrap = |inner: Value| if list { json!([inner]) } else { json!({ "x": inner }) };
        (0..levels).fold(json!(1), |inner, _| wrap(inner))
    };
    for list in [true, false] {
        let document = json!({ "x": nested(63, list), "work": [{ "x": nested(61, list) }] });
        app.import(&ada, &document).await.done();
        assert_eq!(app.exported(&ada).await, document);
        for levels in [64, 100, 500] {
            let run = refused(&app, &ada, &json!({ "x": nested(levels, list) })).await;
            assert_eq!(run.refusals(), ["INVALID jsonResume"]);
        }
        let run = refused(&app, &ada, &json!({ "work": [{ "x": nested(62, list) }] })).await;
        assert_eq!(run.refusals(), ["INVALID jsonResume"]);
        app.act(&ada, "resumeEntryDelete", &only_entry(&app).await).await.done();
    }
}

async fn only_entry(app: &TestApp) -> String {
    let rows = resume_entry::Entity::find().all(&app.app.db.write).await.unwrap();
    assert_eq!(rows.len(), 1);
    guildhall::graph::encode("resume_entry", rows[0].id).to_string()
}

#[tokio::test]
async fn of_very_many_problems_the_first_hundred_are_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let run = refused(&app, &ada, &json!({ "work": vec![json!(1); 400] })).await;
    assert_eq!(run.refusals().len(), 100);
}

#[tokio::test]
async fn of_very_many_things_that_are_not_known_the_first_are_told_and_all_kept() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let many: serde_json::Map<_, _> = (0..5_000).map(|n| (format!("k{n}"), json!(n))).collect();
    let mut document = Value::Object(many.clone());
    document["basics"] = Value::Object(many.clone());
    document["work"] = json!([many]);
    let run = app.import(&ada, &document).await.done();
    let rows = run.at("resumeImport.rows").as_array().unwrap();
    assert_eq!(rows.len(), 50 + 50 + 1);
    let longest = rows.iter().filter_map(|row| row["message"].as_str()).map(str::len).max();
    assert!(longest.unwrap() < 200);
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn over_http_duplicates_huge_numbers_and_depth_do_no_harm() {
    let door = crate::door::Door::open().await;
    let ada = joined(&door.test, "ada").await;
    let send = async |document: &str| {
        let query = "mutation($doc: JSON!) { resumeImport(jsonResume: $doc, dryRun: false) {
            resume { viewer { jsonResume } } userErrors { code path } } }";
        let body = format!("{{\"query\":{},\"variables\":{{\"doc\":{document}}}}}", json!(query));
        let post = door.post().header("content-type", "application/json").bearer_auth(access(&ada));
        Reply::of(post.body(body)).await
    };
    for document in [
        "{\"x\":1e400}".to_owned(),
        "{\"x\":NaN}".to_owned(),
        "{\"x\":\"\\ud800\"}".to_owned(),
        "{\"x\":1".to_owned(),
        format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000)),
        format!("{{\"x\":{}1{}}}", "[".repeat(126), "]".repeat(126)),
    ] {
        let reply = send(&document).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body["data"]),
            (400, &Value::Null),
            "{document:.40}"
        );
    }
    let reply = send(&format!("{{\"x\":{}1{}}}", "[".repeat(100), "]".repeat(100))).await;
    let path = json!([{ "code": "INVALID", "path": ["jsonResume"] }]);
    assert_eq!(reply.body["data"]["resumeImport"]["userErrors"], path);
    assert!(resume::Entity::find().one(&door.app.db.write).await.unwrap().is_none());

    let reply = send(
        "{\"x\":1,\"x\":123456789012345678901234567890,\"work\":[{\"url\":7,\"position\":7,\"position\":\"P\",\"url\":\"a\"}]}",
    )
    .await;
    let kept = json!({ "x": 123_456_789_012_345_680_000_000_000_000.0_f64, "work": [{ "position": "P", "url": "a" }] });
    assert_eq!(reply.body["data"]["resumeImport"]["resume"]["viewer"]["jsonResume"], kept);
}

#[tokio::test]
async fn a_document_written_into_the_query_is_read_as_well() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "mutation($title: JSON) { resumeImport(dryRun: false, jsonResume: { basics: { name: \"N\" },
        work: [{ position: $title, name: WORD, x: 1.5, y: null }] }) { created userErrors { code path } } }";
    app.run_with(&ada, query, json!({ "title": "Weaver" })).await.done();
    let expected = json!({ "basics": { "name": "N" }, "work": [{ "position": "Weaver", "name": "WORD", "x": 1.5, "y": null }] });
    assert_eq!(app.exported(&ada).await, expected);
}
