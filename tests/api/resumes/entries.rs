//! Entries that members write by hand.

use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::{account::Role, resume, resume_entry},
    scope::Scope,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use crate::kit::{SAVE_ENTRY, TestApp, block, by_id, profile_id};

const REORDER: &str = "mutation($kind: ResumeEntryKind!, $ids: [ID!]!) {
    resumeEntriesReorder(kind: $kind, ids: $ids) { profile { resume { entries { title } } }
        userErrors { code path } } }";

/// The titles of somebody's entries as another sees them; nothing when there is no resume to see.
async fn titles(app: &TestApp, who: &Actor, whom: &Actor, kinds: Value) -> Option<Vec<String>> {
    let query = "query($id: ID!, $kinds: [ResumeEntryKind!]) { profile(by: { id: $id }) {
        resume { entries(kinds: $kinds) { title } } } }";
    let variables = json!({ "id": profile_id(whom), "kinds": kinds });
    let run = app.run_with(who, query, variables).await.ok();
    let is_there = run.at("profile.resume").is_object();
    is_there.then(|| run.list("profile.resume.entries", "title"))
}

#[tokio::test]
async fn an_entry_is_written_changed_and_removed() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    assert_eq!(titles(&app, &Guest, &ada, Value::Null).await, None);
    let input = json!({ "kind": "POSITION", "title": " Weaver ", "organization": "Looms", "location": "Lagos",
        "url": "https://looms.example", "startsOn": "2014-06", "endsOn": "2015", "summary": "*much*",
        "highlights": ["one", " two "], "grade": "A", "credential": "No 7" });
    let run = app.save_entry(&ada, None, input).await.done();
    let id = run.text("resumeEntrySave.entry.id").to_owned();
    assert!(id.starts_with("resume_entry_"), "{id}");
    let mut expected = json!({ "id": id, "kind": "POSITION", "title": "Weaver", "organization": "Looms",
        "location": "Lagos", "url": "https://looms.example", "startsOn": "2014-06", "endsOn": "2015",
        "isCurrent": false, "summary": { "source": "*much*", "html": "<p><em>much</em></p>" },
        "highlights": ["one", "two"], "grade": "A", "credential": "No 7" });
    assert_eq!(run.at("resumeEntrySave.entry"), &expected);

    // What is left out stays, null clears.
    let changes =
        json!({ "title": "Master weaver", "endsOn": null, "summary": null, "highlights": null });
    let run = app.save_entry(&ada, Some(&id), changes).await.done();
    for (key, value) in [
        ("title", json!("Master weaver")),
        ("endsOn", Value::Null),
        ("summary", Value::Null),
        ("highlights", json!([])),
        ("isCurrent", json!(true)),
    ] {
        expected[key] = value;
    }
    assert_eq!(run.at("resumeEntrySave.entry"), &expected);
    let variable = "mutation($id: ID, $url: URL) { resumeEntrySave(id: $id, input: { url: $url }) {
        entry { url } userErrors { code path } } }";
    let run = app.run_with(&ada, variable, json!({ "id": id })).await.done();
    assert_eq!(run.text("resumeEntrySave.entry.url"), "https://looms.example");
    let node = "query($id: ID!) { node(id: $id) { __typename ... on ResumeEntry { title } } }";
    let run = app.run_with(&Guest, node, json!({ "id": id })).await.ok();
    assert_eq!(run.at("node"), &json!({ "__typename": "ResumeEntry", "title": "Master weaver" }));

    let delete =
        "mutation($id: ID!) { resumeEntryDelete(id: $id) { deletedIds userErrors { code path } } }";
    let run = app.run_with(&ada, delete, json!({ "id": id })).await.done();
    assert_eq!(run.at("resumeEntryDelete.deletedIds"), &json!([id]));
    assert_eq!(titles(&app, &Guest, &ada, Value::Null).await, Some(vec![]));
    assert_eq!(app.refuses_act(&ada, "resumeEntryDelete", &id).await, ["NOT_FOUND id"]);
}

#[tokio::test]
async fn only_kinds_that_last_and_have_begun_are_current() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for (kind, starts, ends, current) in [
        ("POSITION", json!("2014"), Value::Null, true),
        ("POSITION", Value::Null, Value::Null, false),
        ("POSITION", json!("2026-05-04"), Value::Null, true),
        ("POSITION", json!("2026-05-05"), Value::Null, false),
        ("POSITION", json!("2026"), json!("2026"), true),
        ("POSITION", json!("2014"), json!("2026-05-04"), true),
        ("POSITION", json!("2014"), json!("2026-05-03"), false),
        ("CERTIFICATE", json!("2024"), json!("2027-01"), true),
        ("AWARD", json!("2014"), Value::Null, false),
        ("TALK", json!("2014"), Value::Null, false),
    ] {
        let input = json!({ "kind": kind, "title": "t", "startsOn": starts, "endsOn": ends });
        let run = app.save_entry(&ada, None, input.clone()).await.done();
        assert_eq!(run.at("resumeEntrySave.entry.isCurrent"), &json!(current), "{input}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_told_at_once_and_nothing_is_written() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let wrong = json!({ "title": " ", "organization": "x".repeat(201), "location": "a\nb", "url": "ftp://a.example",
        "startsOn": "2014-13", "endsOn": "soon", "summary": "x".repeat(10_001),
        "highlights": ["", "x".repeat(1_001), "a\u{0}"], "grade": "x".repeat(201), "credential": "x".repeat(201) });
    let run = app.refuses(&ada, SAVE_ENTRY, json!({ "input": wrong })).await;
    let mut refusals = run.refusals();
    refusals.sort();
    let expected = [
        "INVALID input.endsOn",
        "INVALID input.highlights.2",
        "INVALID input.location",
        "INVALID input.startsOn",
        "INVALID input.url",
        "REQUIRED input.highlights.0",
        "REQUIRED input.kind",
        "REQUIRED input.title",
        "TOO_LONG input.credential",
        "TOO_LONG input.grade",
        "TOO_LONG input.highlights.1",
        "TOO_LONG input.organization",
        "TOO_LONG input.summary",
    ];
    assert_eq!(refusals, expected);
    let run = app.refuses(&ada, SAVE_ENTRY, json!({ "input": { "kind": "AWARD" } })).await;
    assert_eq!(run.refusals(), ["REQUIRED input.title"]);
    let many = json!({ "kind": "AWARD", "title": "t", "highlights": vec!["x"; 101] });
    let run = app.refuses(&ada, SAVE_ENTRY, json!({ "input": many })).await;
    assert_eq!(run.refusals(), ["TOO_LONG input.highlights"]);
    // The end is judged by what stands beside it.
    let id = app
        .add_entry(&ada, json!({ "kind": "POSITION", "title": "t", "startsOn": "2014-06" }))
        .await;
    let early = json!({ "id": id, "input": { "endsOn": "2014-05" } });
    assert_eq!(
        app.refuses(&ada, SAVE_ENTRY, early).await.refusals(),
        ["OUT_OF_RANGE input.endsOn"]
    );
    app.save_entry(&ada, Some(&id), json!({ "endsOn": "2014" })).await.done();
}

#[tokio::test]
async fn only_its_owner_changes_an_entry() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("root", Role::Admin).await;
    let id = app.add_entry(&ada, json!({ "kind": "POSITION", "title": "Weaver" })).await;
    let entry = json!({ "kind": "POSITION", "title": "Thief" });
    let save = |id: Value| json!({ "id": id, "input": entry });
    for who in [&grace, &staff] {
        assert_eq!(
            app.refuses(who, SAVE_ENTRY, save(json!(id))).await.refusals(),
            ["FORBIDDEN id"]
        );
        assert_eq!(app.refuses_act(who, "resumeEntryDelete", &id).await, ["FORBIDDEN id"]);
        let order = json!({ "kind": "POSITION", "ids": [id] });
        assert_eq!(app.refuses(who, REORDER, order).await.refusals(), ["NOT_FOUND ids.0"]);
    }
    for nothing in [profile_id(&ada), "resume_entry_".to_owned(), String::new()] {
        assert_eq!(
            app.refuses(&ada, SAVE_ENTRY, save(json!(nothing))).await.refusals(),
            ["NOT_FOUND id"]
        );
        assert_eq!(app.refuses_act(&ada, "resumeEntryDelete", &nothing).await, ["NOT_FOUND id"]);
    }
    let reader = app.by_token(
        ada,
        &[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteProfile, Scope::WriteSocial],
    );
    let order = json!({ "kind": "POSITION", "ids": [id] });
    for (query, variables) in [
        (SAVE_ENTRY.to_owned(), save(Value::Null)),
        (SAVE_ENTRY.to_owned(), save(json!(id))),
        (REORDER.to_owned(), order),
        (by_id("resumeEntryDelete"), json!({ "id": id })),
    ] {
        let run = app.refuses(&Guest, &query, variables.clone()).await;
        assert_eq!(run.error_code(), "UNAUTHENTICATED");
        let run = app.refuses(&reader, &query, variables.clone()).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
        let writer = app.by_token(ada, &[Scope::WritePortfolio]);
        app.run_with(&writer, &query, variables).await.done();
    }
}

#[tokio::test]
async fn a_resume_is_seen_by_whoever_sees_the_profile() {
    let app = TestApp::new().await;
    let (ada, grace, alan) =
        (app.member("ada").await, app.member("grace").await, app.member("alan").await);
    let staff = app.with_role("mo", Role::Moderator).await;
    let id = app.add_entry(&ada, json!({ "kind": "POSITION", "title": "Weaver" })).await;
    let token = app.by_token(alan, &[]);
    let title = Some(vec!["Weaver".to_owned()]);
    for who in [&Guest, &ada, &grace, &alan, &token, &staff] {
        assert_eq!(titles(&app, who, &ada, Value::Null).await, title);
    }
    block(&app, &ada, &grace).await;
    block(&app, &alan, &ada).await;
    let node = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    for (who, sees) in
        [(&Guest, true), (&ada, true), (&grace, false), (&alan, true), (&staff, true)]
    {
        let run = app.run_with(who, node, json!({ "id": id })).await.ok();
        assert_eq!((run.at("node").is_object(), run.at("nodes.0").is_object()), (sees, sees));
        assert_eq!(titles(&app, who, &ada, Value::Null).await.is_some(), sees);
    }
    assert_eq!(app.refuses_act(&grace, "resumeEntryDelete", &id).await, ["NOT_FOUND id"]);
    assert_eq!(app.refuses_act(&alan, "resumeEntryDelete", &id).await, ["FORBIDDEN id"]);
}

#[tokio::test]
async fn entries_stand_section_by_section_and_as_their_owner_orders_them() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let mut ids = Vec::new();
    for (kind, title) in [
        ("AWARD", "A"),
        ("POSITION", "P1"),
        ("POSITION", "P2"),
        ("TALK", "T"),
        ("POSITION", "P3"),
        ("AWARD", "B"),
    ] {
        ids.push(app.add_entry(&ada, json!({ "kind": kind, "title": title })).await);
    }
    let seen = async |kinds: Value| titles(&app, &Guest, &ada, kinds).await.unwrap();
    assert_eq!(seen(Value::Null).await, ["P1", "P2", "P3", "A", "B", "T"]);
    assert_eq!(seen(json!(["TALK", "AWARD", "TALK"])).await, ["T", "A", "B"]);
    assert_eq!(seen(json!([])).await, [""; 0]);
    let order = |ids: Value| json!({ "kind": "POSITION", "ids": ids });
    let run = app.run_with(&ada, REORDER, order(json!([ids[4], ids[1], ids[2]]))).await.done();
    let after = run.list("resumeEntriesReorder.profile.resume.entries", "title");
    assert_eq!(after, ["P3", "P1", "P2", "A", "B", "T"]);
    // Those left out follow; the same order again changes nothing.
    app.run_with(&ada, REORDER, order(json!([ids[2]]))).await.done();
    assert_eq!(seen(json!(["POSITION"])).await, ["P2", "P3", "P1"]);
    app.app.clock.advance(chrono::TimeDelta::hours(1));
    app.refuses(&ada, REORDER, order(json!([ids[2], ids[4]]))).await.done();
    let wrong = order(json!([ids[1], ids[0], ids[1], "nothing"]));
    let run = app.refuses(&ada, REORDER, wrong).await;
    assert_eq!(run.refusals(), ["NOT_FOUND ids.1", "DUPLICATE ids.2", "NOT_FOUND ids.3"]);
    // Gaps that removals leave are no matter, and who changes the section comes last there.
    app.act(&ada, "resumeEntryDelete", &ids[4]).await.done();
    app.save_entry(&ada, Some(&ids[0]), json!({ "kind": "POSITION" })).await.done();
    assert_eq!(seen(Value::Null).await, ["P2", "P1", "A", "B", "T"]);
}

#[tokio::test]
async fn entries_written_at_once_all_find_their_place() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let writes =
        (0..8).map(|n| app.add_entry(&ada, json!({ "kind": "TALK", "title": format!("t{n}") })));
    join_all(writes).await;
    let rows = resume_entry::Entity::find().all(&app.app.db.write).await.unwrap();
    let mut places: Vec<_> = rows.iter().map(|row| row.position).collect();
    places.sort_unstable();
    assert_eq!(places, [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_resume_has_five_hundred_entries_at_most() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.add_entry(&ada, json!({ "kind": "AWARD", "title": "first" })).await;
    let first = resume_entry::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
    let rows = (1..500).map(|n| resume_entry::ActiveModel {
        id: Set(app.app.clock.key()),
        position: Set(n),
        ..first.clone().into()
    });
    resume_entry::Entity::insert_many(rows).exec(&app.app.db.write).await.unwrap();
    let more = json!({ "kind": "TALK", "title": "one more" });
    let run = app.refuses(&ada, SAVE_ENTRY, json!({ "input": more })).await;
    assert_eq!(run.refusals(), ["QUOTA_EXCEEDED "]);
    app.save_entry(&ada, Some(&id), json!({ "title": "changed" })).await.done();
    app.act(&ada, "resumeEntryDelete", &id).await.done();
    app.save_entry(&ada, None, more).await.done();
}

#[tokio::test]
async fn when_a_resume_was_changed_is_told() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = app.add_entry(&ada, json!({ "kind": "AWARD", "title": "first" })).await;
    let changed = async || {
        let row = resume::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
        row.updated_at.to_rfc3339()
    };
    let hour = chrono::TimeDelta::hours(1);
    assert_eq!(changed().await, "2026-05-04T09:30:00+00:00");
    app.app.clock.advance(hour);
    app.save_entry(&ada, Some(&id), json!({ "title": "first" })).await.done();
    assert_eq!(changed().await, "2026-05-04T09:30:00+00:00", "nothing was changed");
    app.save_entry(&ada, Some(&id), json!({ "title": "second" })).await.done();
    assert_eq!(changed().await, "2026-05-04T10:30:00+00:00");
    app.app.clock.advance(hour);
    app.act(&ada, "resumeEntryDelete", &id).await.done();
    let run = app.run(&ada, "{ viewer { profile { resume { updatedAt } } } }").await.ok();
    assert_eq!(run.text("viewer.profile.resume.updatedAt"), "2026-05-04T11:30:00.000Z");
    let of_ada = resume::Column::ProfileId.eq(ada.id().unwrap());
    assert_eq!(app.count::<resume::Entity>(of_ada).await, 1);
}
