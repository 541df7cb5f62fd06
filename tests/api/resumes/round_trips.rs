//! What was read is written again as it was.

use guildhall::entity::{profile_skill, resume_entry, spoken_language};
use serde_json::{Value, json};

use super::samples;
use crate::kit::{IMPORT, TestApp, profile_id};

#[tokio::test]
async fn every_document_comes_back_as_it_was_read() {
    let app = TestApp::new().await;
    for (n, (name, document)) in samples::all().into_iter().enumerate() {
        let one = app.member(&format!("m{n}")).await;
        app.import(&one, &document).await.done();
        assert_eq!(app.exported(&one).await, document, "{name}");
    }
}

#[tokio::test]
async fn reading_the_same_document_twice_changes_nothing() {
    let app = TestApp::new().await;
    for (n, (name, document)) in samples::all().into_iter().enumerate() {
        let ada = app.member(&format!("m{n}")).await;
        let first = app.import(&ada, &document).await.done();
        assert_eq!(first.at("resumeImport.updated"), &json!(0), "{name}: {:#?}", first.data);
        app.app.clock.advance(chrono::TimeDelta::hours(1));
        let before = app.contents().await;
        let second = app.import(&ada, &document).await.done();
        assert!(app.contents().await == before, "{name}: {:#?}", second.data);
        let counts =
            ["created", "updated"].map(|count| second.at(&format!("resumeImport.{count}")).clone());
        assert_eq!(counts, [json!(0), json!(0)], "{name}: {:#?}", second.data);
        assert_eq!(second.at("resumeImport.unchanged"), first.at("resumeImport.created"), "{name}");
    }
}

#[tokio::test]
async fn a_dry_run_tells_what_the_run_then_does_and_writes_nothing() {
    let app = TestApp::new().await;
    let documents = samples::all();
    for (n, (name, document)) in documents.iter().enumerate() {
        // Into nothing, and into what another document left.
        let befores = [None, Some(&documents[0].1), Some(&documents[6].1)];
        for (m, before) in befores.into_iter().enumerate() {
            let ada = app.member(&format!("m{n}_{m}")).await;
            if let Some(before) = before {
                app.import(&ada, before).await.done();
            }
            let variables = json!({ "doc": document, "dry": true });
            let dry = app.refuses(&ada, IMPORT, variables).await.done();
            let wet = app.import(&ada, document).await.done();
            for what in ["rows", "created", "updated", "unchanged"] {
                let path = format!("resumeImport.{what}");
                assert_eq!(dry.at(&path), wet.at(&path), "{name}");
            }
            let is_there = before.is_some();
            assert_eq!(dry.at("resumeImport.resume").is_object(), is_there, "{name}");
            assert!(wet.at("resumeImport.resume").is_object(), "{name}");
        }
    }
}

#[tokio::test]
async fn dry_run_is_what_happens_when_nothing_is_said() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query = "mutation { resumeImport(jsonResume: { work: [{ position: \"Weaver\" }] }) {
        created resume { updatedAt } userErrors { code path } } }";
    let run = app.refuses(&ada, query, json!({})).await.done();
    assert_eq!(run.at("resumeImport.created"), &json!(1));
    assert_eq!(run.at("resumeImport.resume"), &Value::Null);
}

#[tokio::test]
async fn what_was_written_here_comes_back_after_reading_its_own_export() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    for kind in [
        "POSITION",
        "VOLUNTEERING",
        "EDUCATION",
        "COURSE",
        "CERTIFICATE",
        "AWARD",
        "PUBLICATION",
        "TALK",
        "PATENT",
        "PROJECT",
        "INTEREST",
        "REFERENCE",
    ] {
        let input = json!({ "kind": kind, "title": "A title", "organization": "Somewhere", "location": "Oslo",
            "url": "https://a.example", "startsOn": "2014-06", "endsOn": "2015", "summary": "*text*",
            "highlights": ["one", "two"], "grade": "A", "credential": "No 7" });
        app.add_entry(&ada, input).await;
        app.add_entry(&ada, json!({ "kind": kind, "title": "Alone" })).await;
    }
    app.claim(&ada, &["Rust", "Front-End"]).await;
    let update = "mutation { resumeUpdate(summary: \"me\", languages: [{ language: \"pt-BR\", level: LIMITED },
        { language: \"gsw\", level: NATIVE }]) { userErrors { code path } } }";
    app.run(&ada, update).await.done();
    let exported = app.exported(&ada).await;

    app.import(&grace, &exported).await.done();
    assert_eq!(app.exported(&grace).await, exported);
    // And the columns are those that were exported.
    let query = "query($id: ID!) { profile(by: { id: $id }) { skills { level tag { name } } resume {
        summary { source } languages { language level }
        entries { kind title organization location url startsOn endsOn summary { html } highlights grade credential }
    } } }";
    let of =
        async |who| app.run_with(&ada, query, json!({ "id": profile_id(who) })).await.ok().data;
    assert_eq!(of(&ada).await, of(&grace).await);
    assert_eq!(of(&ada).await["profile"]["resume"]["entries"].as_array().unwrap().len(), 24);
    // Reading one's own export changes nothing but that a document was read.
    let run = app.import(&ada, &exported).await.done();
    assert_eq!(
        (run.at("resumeImport.created"), run.at("resumeImport.updated")),
        (&json!(0), &json!(0))
    );
    assert_eq!(app.exported(&ada).await, exported);
}

#[tokio::test]
async fn what_is_read_stands_in_columns() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.import(&ada, &samples::full()).await.done();
    let query = "{ viewer { profile { name headline location links { label }
        skills { level tag { label } }
        resume { summary { source html } languages { language level }
            entries { kind title organization location url startsOn endsOn isCurrent summary { source } highlights grade }
    } } } }";
    let run = app.run(&ada, query).await.ok();
    let profile = run.at("viewer.profile");
    let entry = |kind: &str, title: &str, organization: Value, more: Value| {
        let mut entry = json!({ "kind": kind, "title": title, "organization": organization, "location": null,
            "url": null, "startsOn": null, "endsOn": null, "isCurrent": false, "summary": null, "highlights": [],
            "grade": null });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let source = |text: &str| json!({ "source": text });
    let expected = json!([
        entry(
            "POSITION",
            "Lead engineer",
            json!("Warp & Weft"),
            json!({ "location": "Berlin, DE",
            "url": "https://warp.example", "startsOn": "2019-03", "isCurrent": true,
            "summary": source("Everything between yarn and cloud."),
            "highlights": ["Cut set-up from *days* to hours", "Taught twelve apprentices"] })
        ),
        entry(
            "POSITION",
            "Engineer",
            json!("Bobbin GmbH"),
            json!({ "startsOn": "2014-06-30", "endsOn": "2019" })
        ),
        entry(
            "VOLUNTEERING",
            "Fixer",
            json!("Repair café"),
            json!({ "url": "https://repair.example/",
            "startsOn": "2012-01-01", "endsOn": "2013-01-01", "summary": source("Toasters, mostly."),
            "highlights": ["Nobody was hurt"] })
        ),
        entry(
            "EDUCATION",
            "Master, Machines",
            json!("Textile University"),
            json!({ "url": "https://tu.example",
            "startsOn": "2008", "endsOn": "2013-09", "grade": "1.3",
            "highlights": ["T1 - Threads", "T2 - More threads"] })
        ),
        entry(
            "CERTIFICATE",
            "Certified Weaver",
            json!("Guild of Looms"),
            json!({ "startsOn": "2016-02",
            "url": "https://guild.example/c/7", "isCurrent": true })
        ),
        entry(
            "AWARD",
            "Golden Shuttle",
            json!("Guild of Looms"),
            json!({ "startsOn": "2020-11-01",
            "summary": source("For quiet machines.") })
        ),
        entry(
            "PUBLICATION",
            "Listening to looms",
            json!("Yarn Press"),
            json!({ "startsOn": "2021",
            "url": "https://yarn.example/looms", "summary": source("A short book.") })
        ),
        entry(
            "PROJECT",
            "Humming",
            json!("Warp & Weft"),
            json!({ "startsOn": "2018-08-24", "endsOn": "2018-08-24",
            "url": "https://humming.example", "summary": source("Hears a broken thread."), "highlights": ["Won a pie"] })
        ),
        entry(
            "INTEREST",
            "Mushrooms",
            Value::Null,
            json!({ "highlights": ["Chanterelles", "Field guides"] })
        ),
        entry(
            "REFERENCE",
            "Ole Brandt",
            Value::Null,
            json!({
            "summary": source("She finished what she began, and then oiled it.") })
        ),
    ]);
    assert_eq!(profile["resume"]["entries"], expected);
    let languages = json!([{ "language": "de", "level": "NATIVE" }, { "language": "en", "level": "FULL_PROFESSIONAL" }]);
    assert_eq!(profile["resume"]["languages"], languages);
    let skills = json!([{ "level": "EXPERT", "tag": { "label": "Loom-Design" } },
        { "level": "WORKING", "tag": { "label": "Rust" } }]);
    assert_eq!(profile["skills"], skills);
    let summary = json!({ "source": "Builds looms that **listen**.\n\nAnd writes about them.",
        "html": "<p>Builds looms that <strong>listen</strong>.</p>\n<p>And writes about them.</p>" });
    assert_eq!(profile["resume"]["summary"], summary);
    // The profile is nobody's to overwrite.
    let untouched = json!(["Ada", null, null, []]);
    assert_eq!(
        json!([profile["name"], profile["headline"], profile["location"], profile["links"]]),
        untouched
    );
}

#[tokio::test]
async fn an_edit_wins_and_the_rest_stays_as_it_was_read() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = json!({
        "basics": { "name": "N", "summary": " padded " },
        "work": [{ "position": " CEO ", "name": "Firm\nand Co", "description": "kept", "url": "ftp://old.example",
            "summary": "", "startDate": "", "x": 1 }],
        "education": [{ "studyType": "Master", "area": "Physics", "institution": "U" }],
        "languages": [{ "language": "English", "fluency": "pretty fluent", "x": 1 }, { "language": "Elvish" },
            { "language": "French", "fluency": "about B1" }],
        "skills": [{ "name": "Rust", "level": "guru", "keywords": ["async"] }, { "name": "C/C++" }],
        "hobbies": [],
    });
    app.import(&ada, &document).await.done();
    let query = "{ viewer { profile { resume { entries { id } } } } }";
    let run = app.run(&ada, query).await.ok();
    let ids = run.list("viewer.profile.resume.entries", "id");
    let mut expected = document.clone();

    // Saving a form as it stands changes nothing.
    app.save_entry(
        &ada,
        Some(&ids[0]),
        json!({ "title": "CEO", "url": null, "organization": "Firm and Co" }),
    )
    .await
    .done();
    assert_eq!(app.exported(&ada).await, expected);

    app.save_entry(
        &ada,
        Some(&ids[0]),
        json!({ "url": "https://new.example", "summary": "now", "startsOn": "2001" }),
    )
    .await
    .done();
    expected["work"][0]["url"] = json!("https://new.example");
    expected["work"][0]["summary"] = json!("now");
    expected["work"][0]["startDate"] = json!("2001");
    assert_eq!(app.exported(&ada).await, expected);

    app.save_entry(
        &ada,
        Some(&ids[0]),
        json!({ "url": null, "title": "Chief", "organization": null }),
    )
    .await
    .done();
    let work = expected["work"][0].as_object_mut().unwrap();
    work.remove("url");
    work.remove("name");
    work["position"] = json!("Chief");
    assert_eq!(app.exported(&ada).await, expected);

    app.save_entry(&ada, Some(&ids[1]), json!({ "title": "Doctor, Chemistry" })).await.done();
    expected["education"][0] = json!({ "studyType": "Doctor, Chemistry", "institution": "U" });
    assert_eq!(app.exported(&ada).await, expected);

    let update = "mutation($languages: [SpokenLanguageInput!], $summary: Markdown) {
        resumeUpdate(languages: $languages, summary: $summary) { userErrors { code path } } }";
    app.run_with(&ada, update, json!({ "summary": "padded" })).await.done();
    assert_eq!(app.exported(&ada).await, expected);
    let languages =
        json!([{ "language": "fr", "level": "LIMITED" }, { "language": "en", "level": "NATIVE" }]);
    app.run_with(&ada, update, json!({ "languages": languages, "summary": "new" })).await.done();
    expected["languages"] = json!([{ "language": "French", "fluency": "about B1" },
        { "language": "English", "fluency": "Native speaker", "x": 1 }]);
    expected["basics"]["summary"] = json!("new");
    assert_eq!(app.exported(&ada).await, expected);

    let skills =
        "mutation { skillsSet(skills: [{ skill: \"looms\" }, { skill: \"rust\", level: EXPERT }]) {
        userErrors { code path } } }";
    app.run(&ada, skills).await.done();
    expected["skills"] = json!([{ "name": "looms" }, { "name": "C/C++" },
        { "name": "Rust", "level": "Expert", "keywords": ["async"] }]);
    assert_eq!(app.exported(&ada).await, expected);

    app.act(&ada, "resumeEntryDelete", &ids[1]).await.done();
    expected.as_object_mut().unwrap().remove("education");
    assert_eq!(app.exported(&ada).await, expected);
}

#[tokio::test]
async fn an_entry_that_goes_to_another_section_takes_along_only_what_means_the_same_there() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let document = json!({ "work": [{ "position": "Lead", "name": "N\nM", "description": "of the firm", "x": 1 }] });
    app.import(&ada, &document).await.done();
    let run = app.run(&ada, "{ viewer { profile { resume { entries { id } } } } }").await.ok();
    let id = run.text("viewer.profile.resume.entries.0.id");
    app.save_entry(&ada, Some(id), json!({ "kind": "PROJECT", "summary": "of the project" }))
        .await
        .done();
    let expected = json!({ "projects": [{ "name": "Lead", "entity": "N M", "description": "of the project", "x": 1 }] });
    assert_eq!(app.exported(&ada).await, expected);
}

#[tokio::test]
async fn numbers_come_back_to_the_last_bit() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    // A generator of our own, so that a failure can be run again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut numbers = Vec::new();
    while numbers.len() < 2_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = f64::from_bits(state.rotate_left(17));
        if number.is_finite() {
            numbers.push(number);
        }
    }
    let document = json!({ "numbers": numbers });
    app.import(&ada, &document).await.done();
    assert_eq!(app.exported(&ada).await, document);
}

#[tokio::test]
async fn what_is_read_for_one_touches_nobody_else() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    app.import(&grace, &samples::full()).await.done();
    let before = app.exported(&grace).await;
    let rows = async |app: &TestApp| {
        use sea_orm::ColumnTrait as _;
        let id = grace.id().unwrap();
        (
            app.count::<resume_entry::Entity>(resume_entry::Column::ProfileId.eq(id)).await,
            app.count::<spoken_language::Entity>(spoken_language::Column::ProfileId.eq(id)).await,
            app.count::<profile_skill::Entity>(profile_skill::Column::ProfileId.eq(id)).await,
        )
    };
    assert_eq!(rows(&app).await, (10, 2, 2));
    app.import(&ada, &samples::full()).await.done();
    app.import(&ada, &json!({ "work": [], "languages": [], "skills": [] })).await.done();
    assert_eq!(rows(&app).await, (10, 2, 2));
    assert_eq!(app.exported(&grace).await, before);
}
