//! Profiles: what may stand in them, who changes them, and where handles lead.

use chrono::TimeDelta;
use futures_util::future::join_all;
use guildhall::{Actor::Guest, entity::account::Role, scope::Scope};
use serde_json::{Value, json};

use crate::kit::{TestApp, block, profile_id};

const UPDATE: &str = "mutation($input: ProfileUpdateInput!) { profileUpdate(input: $input) {
    profile { handle name pronouns headline bio { source html } location country website
        links { label url } openTo }
    userErrors { code path message ... on LimitError { min max actual } } } }";
const SKILLS: &str = "mutation($skills: [SkillInput!]!) { skillsSet(skills: $skills) {
    profile { skills { tag { name label useCount } level years } }
    userErrors { code path message ... on LimitError { min max actual } } } }";

fn input(input: Value) -> Value {
    json!({ "input": input })
}

/// Whom a handle leads to.
async fn who(app: &TestApp, handle: &str) -> Value {
    let query = "query($h: String!) { profile(by: { handle: $h }) { name } }";
    app.run_with(&Guest, query, json!({ "h": handle })).await.ok().at("profile").clone()
}

#[tokio::test]
async fn a_profile_shows_what_its_member_wrote() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let all = json!({
        "handle": "@Ada_L", "name": "  Ada Lovelace ", "pronouns": "she/her",
        "headline": "Analyst 🧮", "bio": "I *compute*.", "location": "London", "country": "gb",
        "website": "https://ada.example", "openTo": ["MENTORING", "COLLABORATION", "MENTORING"],
        "links": [{ "label": "Notes", "url": "https://notes.example/a?b=c" }],
    });

    let run = app.run_with(&ada, UPDATE, input(all)).await.done();

    let profile = json!({
        "handle": "ada_l", "name": "Ada Lovelace", "pronouns": "she/her",
        "headline": "Analyst 🧮",
        "bio": { "source": "I *compute*.", "html": "<p>I <em>compute</em>.</p>" },
        "location": "London", "country": "GB", "website": "https://ada.example",
        "links": [{ "label": "Notes", "url": "https://notes.example/a?b=c" }],
        "openTo": ["COLLABORATION", "MENTORING"],
    });
    assert_eq!(run.at("profileUpdate.profile"), &profile);
}

#[tokio::test]
async fn what_an_update_leaves_out_stays_and_null_clears() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let all = json!({
        "pronouns": "she", "headline": "Analyst", "bio": "Hi", "location": "London",
        "country": "GB", "website": "https://ada.example", "openTo": ["WORK"],
        "links": [{ "label": "Notes", "url": "https://notes.example" }],
    });
    let before = app.run_with(&ada, UPDATE, input(all)).await.done();

    let kept = app.run_with(&ada, UPDATE, input(json!({ "name": "Countess" }))).await.done();
    let mut expected = before.at("profileUpdate.profile").clone();
    expected["name"] = "Countess".into();
    assert_eq!(kept.at("profileUpdate.profile"), &expected);

    let clear = json!({
        "handle": null, "name": null, "pronouns": null, "headline": null, "bio": null,
        "location": null, "country": null, "website": null, "links": [], "openTo": [],
    });
    let cleared = app.run_with(&ada, UPDATE, input(clear)).await.done();
    let nothing = json!({
        "handle": "ada", "name": "Countess", "pronouns": null, "headline": null,
        "bio": { "source": "", "html": "" }, "location": null, "country": null, "website": null,
        "links": [], "openTo": [],
    });
    assert_eq!(cleared.at("profileUpdate.profile"), &nothing);
}

#[tokio::test]
async fn an_omitted_variable_inside_a_literal_input_keeps_what_stands() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let query =
        "mutation($h: String, $l: String) { profileUpdate(input: { headline: $h, location: $l }) {
        profile { headline location } userErrors { code path } } }";
    let both = json!({ "h": "Analyst", "l": "London" });
    app.run_with(&ada, query, both).await.done();

    let run = app.run_with(&ada, query, json!({ "l": null })).await.done();
    let profile = json!({ "headline": "Analyst", "location": null });
    assert_eq!(run.at("profileUpdate.profile"), &profile);
    let run = app.run_with(&ada, query, json!({ "l": "Paris" })).await.done();
    let profile = json!({ "headline": "Analyst", "location": "Paris" });
    assert_eq!(run.at("profileUpdate.profile"), &profile, "and again, of a document known by now");
}

#[tokio::test]
async fn everything_wrong_with_a_profile_is_said_at_once_where_it_is() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let wrong = json!({
        "handle": "a", "name": " \t\u{200b}", "pronouns": "p".repeat(41), "headline": "two\nlines",
        "bio": "a\u{0}b", "country": "XX", "website": "javascript:alert(1)",
        "links": [{ "label": "ok", "url": "https://ok.example" }, { "label": "", "url": "ftp://x.example" }],
    });

    let run = app.refuses(&ada, UPDATE, input(wrong)).await;

    let expected = [
        "REQUIRED input.name",
        "TOO_LONG input.pronouns",
        "INVALID input.headline",
        "INVALID input.bio",
        "INVALID input.country",
        "INVALID input.website",
        "REQUIRED input.links.1.label",
        "INVALID input.links.1.url",
        "TOO_SHORT input.handle",
    ];
    assert_eq!(run.refusals(), expected);
    assert_eq!(run.at("profileUpdate.profile"), &Value::Null);
}

#[tokio::test]
async fn lengths_are_counted_in_characters_and_told_with_their_limits() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let longest =
        json!({ "name": "🧮".repeat(80), "headline": "ж".repeat(160), "bio": "b".repeat(5_000) });
    app.run_with(&ada, UPDATE, input(longest)).await.done();

    let links = vec![json!({ "label": "a", "url": "https://a.example" }); 11];
    for (field, value, max) in [
        ("name", json!("🧮".repeat(81)), 80),
        ("pronouns", json!("p".repeat(41)), 40),
        ("headline", json!("h".repeat(161)), 160),
        ("bio", json!("b".repeat(5_001)), 5_000),
        ("location", json!("l".repeat(101)), 100),
        ("links", json!(links), 10),
        ("website", json!(format!("https://a.example/{}", "w".repeat(1_983))), 2_000),
    ] {
        let run = app.refuses(&ada, UPDATE, input(json!({ field: value }))).await;
        let error = run.at("profileUpdate.userErrors.0");
        let min = if matches!(field, "name" | "website") { 1.0 } else { 0.0 };
        let limits = [&error["min"], &error["max"], &error["actual"]].map(|n| n.as_f64().unwrap());
        assert_eq!(run.refusals(), [format!("TOO_LONG input.{field}")]);
        assert_eq!(limits, [min, f64::from(max), f64::from(max + 1)], "{field}");
    }
}

#[tokio::test]
async fn an_address_is_http_and_whole() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for url in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example",
        "http:evil.example",
        "http:\\\\evil.example",
        "https://a.example\t.evil.example",
        "example.org",
        "https://",
        "http:///x",
        "mailto:a@b.example",
        "\u{1}https://a.example",
        "https://a.example/\u{0}",
    ] {
        let run = app.refuses(&ada, UPDATE, input(json!({ "website": url }))).await;
        assert!(run.refusals().iter().all(|r| r == "INVALID input.website"), "{url:?} {run:#?}");
        assert!(!run.refusals().is_empty(), "{url:?}");
    }
    for url in ["http://a.example", "https://ä.example/ü?q=<b>#x", "HTTPS://A.EXAMPLE"] {
        let run = app.run_with(&ada, UPDATE, input(json!({ "website": url }))).await.done();
        assert_eq!(run.text("profileUpdate.profile.website"), url);
    }
}

#[tokio::test]
async fn a_handle_has_plain_letters_and_is_nobody_elses() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.member("grace").await;
    let long = "x".repeat(31);
    for (handle, refusal) in [
        ("", "TOO_SHORT"),
        ("x", "TOO_SHORT"),
        (long.as_str(), "TOO_LONG"),
        ("ad-a", "INVALID"),
        ("ad a", "INVALID"),
        ("àda", "INVALID"),
        ("аda", "INVALID"),
        ("123", "INVALID"),
        ("__", "INVALID"),
        ("a\u{0}b", "INVALID"),
        ("a'; DROP TABLE profile; --", "INVALID"),
        ("admin", "TAKEN"),
        ("GraphQL", "TAKEN"),
        ("grace", "TAKEN"),
        ("@GRACE", "TAKEN"),
    ] {
        let run = app.refuses(&ada, UPDATE, input(json!({ "handle": handle }))).await;
        assert_eq!(run.refusals(), [format!("{refusal} input.handle")], "{handle:?}");
    }
}

#[tokio::test]
async fn an_old_handle_leads_to_its_member_for_ninety_days_and_then_is_free() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    app.run_with(&ada, UPDATE, input(json!({ "handle": "countess" }))).await.done();
    assert_eq!(who(&app, "@Countess").await, json!({ "name": "Ada" }));
    assert_eq!(who(&app, "ada").await, json!({ "name": "Ada" }));

    app.app.clock.advance(TimeDelta::days(90) - TimeDelta::milliseconds(1));
    let run = app.refuses(&grace, UPDATE, input(json!({ "handle": "ada" }))).await;
    assert_eq!(run.refusals(), ["TAKEN input.handle"]);
    assert_eq!(who(&app, "ada").await, json!({ "name": "Ada" }));

    app.app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(who(&app, "ada").await, Value::Null);
    app.run_with(&grace, UPDATE, input(json!({ "handle": "ada" }))).await.done();
    assert_eq!(who(&app, "ada").await, json!({ "name": "Grace" }));
    assert_eq!(who(&app, "grace").await, json!({ "name": "Grace" }));
}

#[tokio::test]
async fn a_member_may_take_an_own_old_handle_back() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for handle in ["countess", "ada", "ada", "countess"] {
        app.run_with(&ada, UPDATE, input(json!({ "handle": handle }))).await.done();
        assert_eq!(app.profile(&ada).await.handle, handle);
        assert_eq!(who(&app, "ada").await, json!({ "name": "Ada" }));
        assert_eq!(who(&app, "countess").await, json!({ "name": "Ada" }));
    }
}

#[tokio::test]
async fn of_many_who_take_one_handle_at_once_one_gets_it() {
    let app = TestApp::new().await;
    let members =
        join_all((0..8).map(|n| {
            app.with_role(["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"][n], Role::Member)
        }))
        .await;

    let tries = members.iter().map(|m| app.run_with(m, UPDATE, input(json!({ "handle": "same" }))));
    let mut refusals: Vec<_> = join_all(tries).await.iter().map(|run| run.refusals()).collect();

    refusals.sort();
    assert_eq!(refusals[0], [""; 0]);
    assert_eq!(refusals[1..], vec![vec!["TAKEN input.handle"]; 7]);
}

#[tokio::test]
async fn skills_are_one_ordered_list_and_their_tags_are_counted() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let first = json!([{ "skill": "Rust", "level": "EXPERT", "years": 9 }, { "skill": "# C++ " }]);
    app.run_with(&ada, SKILLS, json!({ "skills": first })).await.done();
    app.run_with(&grace, SKILLS, json!({ "skills": [{ "skill": "rust" }] })).await.done();

    let second = json!([{ "skill": "GraphQL" }, { "skill": "RUST", "years": 0 }]);
    let run = app.run_with(&ada, SKILLS, json!({ "skills": second })).await.done();

    let skills = json!([
        { "tag": { "name": "graphql", "label": "GraphQL", "useCount": 1 }, "level": null, "years": null },
        { "tag": { "name": "rust", "label": "Rust", "useCount": 2 }, "level": null, "years": 0 },
    ]);
    assert_eq!(run.at("skillsSet.profile.skills"), &skills);
    let run = app.run(&Guest, r#"{ tag(name: "C++") { name useCount } }"#).await.ok();
    assert_eq!(run.at("tag"), &json!({ "name": "c++", "useCount": 0 }));
    let none = app.run_with(&ada, SKILLS, json!({ "skills": [] })).await.done();
    assert_eq!(none.at("skillsSet.profile.skills"), &json!([]));
}

#[tokio::test]
async fn skills_that_are_wrong_are_all_named() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let wrong = json!([
        { "skill": "rust" }, { "skill": "" }, { "skill": "Rust" }, { "skill": "a,b" },
        { "skill": "go", "years": -1 }, { "skill": "sql", "years": 81 },
        { "skill": "x".repeat(51) }, { "skill": "a\u{0}" },
    ]);

    let run = app.refuses(&ada, SKILLS, json!({ "skills": wrong })).await;

    let expected = [
        "INVALID skills.1.skill",
        "DUPLICATE skills.2.skill",
        "INVALID skills.3.skill",
        "OUT_OF_RANGE skills.4.years",
        "OUT_OF_RANGE skills.5.years",
        "INVALID skills.6.skill",
        "INVALID skills.7.skill",
    ];
    assert_eq!(run.refusals(), expected);
    let many: Vec<_> = (0..51).map(|n| json!({ "skill": format!("skill{n}") })).collect();
    let run = app.refuses(&ada, SKILLS, json!({ "skills": many })).await;
    assert_eq!(run.refusals(), ["TOO_LONG skills"]);
    assert_eq!(run.at("skillsSet.userErrors.0.actual"), &json!(51.0));
}

#[tokio::test]
async fn only_a_member_and_a_token_for_profiles_change_a_profile() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let reader = app.by_token(ada, &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteSocial]);
    for (query, variables) in [
        (UPDATE, input(json!({ "name": "X" }))),
        (SKILLS, json!({ "skills": [{ "skill": "rust" }] })),
    ] {
        let run = app.refuses(&Guest, query, variables.clone()).await;
        assert_eq!(run.error_code(), "UNAUTHENTICATED");
        assert_eq!((&run.data, &run.sql[..]), (&Value::Null, &[][..]), "no statement");
        let run = app.refuses(&reader, query, variables.clone()).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
        let writer = app.by_token(ada, &[Scope::WriteProfile]);
        app.run_with(&writer, query, variables).await.done();
    }
}

#[tokio::test]
async fn a_profile_is_found_by_id_and_handle_and_not_by_nonsense() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = profile_id(&ada);
    let query = "query($by: ProfileBy!) { profile(by: $by) { handle } }";
    for (by, found) in [
        (json!({ "id": id }), json!({ "handle": "ada" })),
        (json!({ "handle": " @ADA " }), json!({ "handle": "ada" })),
        (json!({ "id": id.replace("profile_", "post_") }), Value::Null),
        (json!({ "id": "profile_" }), Value::Null),
        (json!({ "id": "\u{0}" }), Value::Null),
        (json!({ "handle": "a\u{0}" }), Value::Null),
        (json!({ "handle": "' OR 1=1 --" }), Value::Null),
        (json!({ "handle": "%" }), Value::Null),
        (json!({ "handle": "a_a" }), Value::Null),
        (json!({ "handle": "\u{212a}da\u{202e}" }), Value::Null),
    ] {
        let run = app.run_with(&Guest, query, json!({ "by": by })).await.ok();
        assert_eq!(run.at("profile"), &found, "{by}");
    }
}

#[tokio::test]
async fn viewer_tells_what_stands_between_two() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let query = "query($id: ID!) { profile(by: { id: $id }) { viewer {
        isSelf following followedBy isMuted muteUntil isBlocked canFollow canEdit } } }";
    let own = app.run_with(&ada, query, json!({ "id": profile_id(&ada) })).await.ok();
    let nothing = json!({
        "isSelf": true, "following": "NONE", "followedBy": false, "isMuted": false, "muteUntil": null,
        "isBlocked": false, "canFollow": false, "canEdit": true,
    });
    assert_eq!(own.at("profile.viewer"), &nothing);
    app.act(&grace, "profileFollow", &profile_id(&ada)).await.done();
    let of_grace = json!({ "id": profile_id(&grace) });
    let run = app.run_with(&ada, query, of_grace.clone()).await.ok();
    let followed = json!({
        "isSelf": false, "following": "NONE", "followedBy": true, "isMuted": false,
        "muteUntil": null, "isBlocked": false, "canFollow": true, "canEdit": false,
    });
    assert_eq!(run.at("profile.viewer"), &followed);
    block(&app, &ada, &grace).await;
    let run = app.run_with(&ada, query, of_grace.clone()).await.ok();
    let blocked = json!({
        "isSelf": false, "following": "NONE", "followedBy": false, "isMuted": false,
        "muteUntil": null, "isBlocked": true, "canFollow": false, "canEdit": false,
    });
    assert_eq!(run.at("profile.viewer"), &blocked);
    assert_eq!(app.run_with(&Guest, query, of_grace).await.ok().at("profile.viewer"), &Value::Null);
}
