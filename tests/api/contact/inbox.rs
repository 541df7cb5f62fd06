//! Who sees what came in, how it is listed, and how it is moved.

use chrono::TimeDelta;
use guildhall::{Actor::Guest, entity::submission::State, graph::encode, scope::Scope};
use serde_json::{Value, json};

use super::inbox_kit::{Came, Office, Sent, UPDATE, come, new_form, office};
use crate::kit::{Run, profile_id};

const ONE: &str = "query($id: ID!) { node(id: $id) { ... on Submission {
    id number submissionState senderName senderEmail values { field label text } form { title }
    sender { handle } spamScore spamReasons version labelNames notes { text } assignee { handle } origin
    viewer { isSender canReply canEdit } } } }";
const ALL: &str = "query($filter: SubmissionFilter, $first: Int = 30, $after: String) {
    admin { submissions(filter: $filter, first: $first, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } } }";

async fn listed(office: &Office, filter: Value) -> Vec<String> {
    let variables = json!({ "filter": filter });
    let run = office.app.run_with(&office.moderator, ALL, variables).await.ok();
    run.list("admin.submissions.nodes", "id")
}

fn ids(of: &[&Came]) -> Vec<String> {
    of.iter().map(|came| came.id.clone()).collect()
}

#[tokio::test]
async fn the_team_and_staff_see_what_came_in_and_strangers_do_not() {
    let office = office().await;
    let came = office.come("hello").await;
    let one = json!({ "id": came.id });
    let run = office.app.run_with(&office.tess, ONE, one.clone()).await.ok();
    let expected = json!({ "id": came.id, "number": 1, "submissionState": "NEW", "senderName": "Olga",
        "senderEmail": "olga@example.net", "sender": null, "form": { "title": "Say *hello*" },
        "values": [{ "field": "text", "label": "Your message", "text": "hello" }],
        "spamScore": 0.0, "spamReasons": ["links"], "version": 1, "labelNames": [], "notes": [],
        "assignee": null, "origin": null,
        "viewer": { "isSender": false, "canReply": true, "canEdit": true } });
    assert_eq!(run.at("node"), &expected);
    for staff in [&office.moderator, &office.admin] {
        let run = office.app.run_with(staff, ONE, one.clone()).await.ok();
        assert_eq!(run.at("node"), &expected);
    }
    for other in [&Guest, &office.stranger] {
        let run = office.app.run_with(other, ONE, one.clone()).await.ok();
        assert_eq!(run.at("node"), &Value::Null);
    }
}

#[tokio::test]
async fn a_sender_sees_their_own_without_what_is_the_teams() {
    let office = office().await;
    let own = office.come_from(&office.stranger, "mine").await;
    office.come("somebody else's").await;
    office
        .update(
            &office.tess,
            &[&own],
            json!({ "labels": ["a"], "assignee": profile_id(&office.tess) }),
        )
        .await
        .done();
    let run = office.app.run_with(&office.stranger, ONE, json!({ "id": own.id })).await.ok();
    assert_eq!(run.at("node.sender.handle"), "stan");
    for hidden in ["spamScore", "spamReasons", "version", "labelNames", "notes", "assignee"] {
        assert_eq!(run.at(&format!("node.{hidden}")), &Value::Null, "{hidden}");
    }
    let may = json!({ "isSender": true, "canReply": false, "canEdit": false });
    assert_eq!(run.at("node.viewer"), &may);
    let query = "{ viewer { submissions { nodes { id } } forms { id } } }";
    let run = office.app.run(&office.stranger, query).await.ok();
    assert_eq!(run.list("viewer.submissions.nodes", "id"), ids(&[&own]));
    assert_eq!(run.at("viewer.forms"), &json!([]));
    // To change it is not theirs.
    let variables = json!({ "ids": [own.id], "input": { "state": "DONE" } });
    let run = office.app.refuses(&office.stranger, UPDATE, variables).await;
    assert_eq!(run.refusals(), ["FORBIDDEN ids.0"]);
}

#[tokio::test]
async fn who_is_taken_for_a_sender_of_spam_is_not_told() {
    let office = office().await;
    let sent = Sent { sender: office.stranger.id(), state: State::Spam, ..Sent::default() };
    let came = office.come_as(sent).await;
    let query =
        "query($id: ID!, $token: String!) { node(id: $id) { ... on Submission { submissionState } }
        submissionReceipt(token: $token) { submissionState } }";
    let variables = json!({ "id": came.id, "token": came.token });
    let run = office.app.run_with(&office.stranger, query, variables.clone()).await.ok();
    assert_eq!(run.text("node.submissionState"), "NEW");
    assert_eq!(run.text("submissionReceipt.submissionState"), "NEW");
    let run = office.app.run_with(&office.tess, query, variables).await.ok();
    assert_eq!(run.text("node.submissionState"), "SPAM");
}

#[tokio::test]
async fn the_desk_is_for_staff_and_the_forms_list_is_for_its_team() {
    let office = office().await;
    let came = office.come("hello").await;
    let run = office.app.run(&office.tess, "{ admin { submissions { nodes { id } } } }").await.ok();
    assert_eq!(run.at("admin"), &Value::Null);
    let query = "{ viewer { forms { title openCount submissions { nodes { id } } } } }";
    let run = office.app.run(&office.tess, query).await.ok();
    let expected = json!([{ "title": "Say *hello*", "openCount": 1, "submissions": { "nodes": [{ "id": came.id }] } }]);
    assert_eq!(run.at("viewer.forms"), &expected);
    // Through the form, which everybody sees, a stranger reads nothing of it.
    let own = office.come_from(&office.stranger, "mine").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Submission { form { title openCount submissions { nodes { id } } } } } }";
    let run = office.app.run_with(&office.stranger, query, json!({ "id": own.id })).await.ok();
    let expected = json!({ "title": "Say *hello*", "openCount": null, "submissions": null });
    assert_eq!(run.at("node.form"), &expected);
}

#[tokio::test]
async fn tokens_need_scopes_to_read_and_to_act() {
    let office = office().await;
    let (app, came) = (&office.app, office.come("hello").await);
    let token = |scopes: &[Scope]| app.by_token(office.tess, scopes);
    let one = json!({ "id": came.id });
    let other = token(&[Scope::ReadPublic, Scope::ReadPrivate, Scope::WriteContact]);
    assert_eq!(app.run_with(&other, ONE, one.clone()).await.ok().at("node"), &Value::Null);
    assert_eq!(app.run(&other, "{ viewer { forms { id } } }").await.error_code(), "SCOPE_MISSING");
    let variables = json!({ "ids": [came.id], "input": { "state": "DONE" } });
    let reader = token(&[Scope::ReadContact]);
    assert_eq!(app.run_with(&reader, ONE, one).await.ok().at("node.number"), 1);
    for wrong in [&other, &reader] {
        let run = app.refuses(wrong, UPDATE, variables.clone()).await;
        assert_eq!(run.error_code(), "SCOPE_MISSING");
    }
    let both = token(&[Scope::ReadContact, Scope::WriteContact]);
    app.run_with(&both, UPDATE, variables).await.done();
}

#[tokio::test]
async fn lists_are_narrowed_by_state_assignee_label_and_time() {
    let office = office().await;
    let (app, tess) = (&office.app, &office.tess);
    let a = office.come("a").await;
    app.app.clock.advance(TimeDelta::hours(1));
    let b = office.come("b").await;
    app.app.clock.advance(TimeDelta::hours(1));
    let c = office.come("c").await;
    let spam = office.come_as(Sent { state: State::Spam, ..Sent::default() }).await;
    office
        .update(tess, &[&a], json!({ "assignee": profile_id(tess), "labels": ["red", "blue"] }))
        .await
        .done();
    office.update(tess, &[&b], json!({ "state": "DONE", "labels": ["red"] })).await.done();

    assert_eq!(listed(&office, Value::Null).await, ids(&[&c, &b, &a]));
    assert_eq!(listed(&office, json!({ "states": [] })).await, ids(&[&c, &b, &a]));
    assert_eq!(listed(&office, json!({ "states": ["SPAM"] })).await, ids(&[&spam]));
    assert_eq!(listed(&office, json!({ "states": ["NEW", "DONE"] })).await, ids(&[&c, &b, &a]));
    assert_eq!(listed(&office, json!({ "assignee": profile_id(tess) })).await, ids(&[&a]));
    assert_eq!(listed(&office, json!({ "assignee": "nobody" })).await, ids(&[]));
    assert_eq!(listed(&office, json!({ "labels": ["blue", "green"] })).await, ids(&[&a]));
    assert_eq!(listed(&office, json!({ "labels": ["red"], "states": ["DONE"] })).await, ids(&[&b]));
    let range = |from: &str, to: &str| json!({ "submitted": { "from": from, "to": to } });
    let hour = range("2026-05-04T10:30:00Z", "2026-05-04T11:30:00Z");
    assert_eq!(listed(&office, hour).await, ids(&[&b]));
    let always = range("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z");
    assert_eq!(listed(&office, always).await, ids(&[&c, &b, &a]));
    // Page by page, the same.
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": 2, "after": after });
        let run = app.run_with(&office.admin, ALL, variables).await.ok();
        seen.extend(run.list("admin.submissions.nodes", "id"));
        after = run.at("admin.submissions.pageInfo.endCursor").clone();
        if run.at("admin.submissions.pageInfo.hasNextPage") == false {
            break;
        }
    }
    assert_eq!(seen, ids(&[&c, &b, &a]));
    let many: Vec<_> = (0..21).map(|n| n.to_string()).collect();
    let run = app.run_with(&office.admin, ALL, json!({ "filter": { "labels": many } })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn submissions_are_assigned_labelled_and_moved_and_the_form_counts_the_open_ones() {
    let office = office().await;
    let (a, b) = (office.come("a").await, office.come("b").await);
    assert_eq!(office.open().await, 2);
    let input = json!({ "state": "DONE", "assignee": profile_id(&office.tess),
        "labels": [" zebra ", "ant", "zebra"] });
    let run = office.update(&office.tess, &[&a, &b, &a], input).await.done();
    let moved = |came: &Came| {
        json!({ "id": came.id, "submissionState": "DONE", "assignee": { "handle": "tess" },
        "labelNames": ["ant", "zebra"], "version": 2 })
    };
    assert_eq!(run.at("submissionsUpdate.submissions"), &json!([moved(&a), moved(&b)]));
    assert_eq!(office.open().await, 0);
    for (state, open) in [("SPAM", 0), ("OPEN", 1), ("WAITING", 1), ("NEW", 1), ("SPAM", 0)] {
        office.update(&office.moderator, &[&a], json!({ "state": state })).await.done();
        assert_eq!(office.open().await, open, "{state}");
    }
    let input = json!({ "assignee": null, "labels": [] });
    let run = office.update(&office.tess, &[&b], input).await.done();
    assert_eq!(run.at("submissionsUpdate.submissions.0.assignee"), &Value::Null);
    assert_eq!(run.at("submissionsUpdate.submissions.0.labelNames"), &json!([]));
    assert_eq!(run.at("submissionsUpdate.submissions.0.submissionState"), "DONE");
}

#[tokio::test]
async fn submissions_are_changed_all_or_none() {
    let office = office().await;
    let app = &office.app;
    let other = new_form(app, &office.admin, &[], &[]).await;
    let (ours, theirs) = (office.come("a").await, come(app, other, Sent::default()).await);
    let try_ids = async |ids: Value| {
        let variables = json!({ "ids": ids, "input": { "state": "DONE" } });
        app.refuses(&office.tess, UPDATE, variables).await.refusals()
    };
    let unknown = encode("submission", app.app.clock.key()).to_string();
    assert_eq!(try_ids(json!([ours.id, theirs.id])).await, ["NOT_FOUND ids.1"]);
    assert_eq!(
        try_ids(json!([unknown, ours.id, "x"])).await,
        ["NOT_FOUND ids.0", "NOT_FOUND ids.2"]
    );
    assert_eq!(try_ids(json!([])).await, ["REQUIRED ids"]);
    assert_eq!(try_ids(json!(vec![&ours.id; 101])).await, ["TOO_LONG ids"]);
    for other in [&Guest, &office.stranger] {
        let variables = json!({ "ids": [ours.id], "input": { "state": "DONE" } });
        let run = app.refuses(other, UPDATE, variables).await;
        match other {
            Guest => assert_eq!(run.error_code(), "UNAUTHENTICATED"),
            _ => assert_eq!(run.refusals(), ["NOT_FOUND ids.0"]),
        }
    }
}

#[tokio::test]
async fn only_the_team_and_staff_are_assigned_and_labels_are_short_and_few() {
    let office = office().await;
    let app = &office.app;
    let came = office.come("a").await;
    let try_input = async |input: Value| {
        let variables = json!({ "ids": [came.id], "input": input });
        app.refuses(&office.tess, UPDATE, variables).await.refusals()
    };
    for nobody in [profile_id(&office.stranger), "x".to_owned(), came.id.clone()] {
        assert_eq!(try_input(json!({ "assignee": nobody })).await, ["INVALID input.assignee"]);
    }
    let long = "ж".repeat(41);
    let labels = json!({ "labels": ["", long, "a\nb"] });
    let expected = ["REQUIRED input.labels.0", "TOO_LONG input.labels.1", "INVALID input.labels.2"];
    assert_eq!(try_input(labels).await, expected);
    let many: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    assert_eq!(try_input(json!({ "labels": many })).await, ["TOO_LONG input.labels"]);
    let good: Vec<_> = (0..10).map(|n| format!("{n}{}", "ж".repeat(39))).collect();
    let input = json!({ "labels": good, "assignee": profile_id(&office.moderator) });
    office.update(&office.tess, &[&came], input).await.done();
    // Who is in one team is not in another's.
    let other = new_form(app, &office.admin, &[], &[]).await;
    let theirs = come(app, other, Sent::default()).await;
    let variables =
        json!({ "ids": [came.id, theirs.id], "input": { "assignee": profile_id(&office.tess) } });
    let run = app.refuses(&office.admin, UPDATE, variables).await;
    assert_eq!(run.refusals(), ["INVALID input.assignee"]);
}

#[tokio::test]
async fn a_page_of_the_inbox_is_a_fixed_number_of_statements() {
    let fields = "id number form { title } submissionState values { text } sender { handle } assignee { handle }
        notes { text author { handle } } labelNames spamScore spamReasons version
        thread { body { html } author { handle } emailState files { name } } viewer { canReply canEdit }";
    let desk = format!("{{ admin {{ submissions {{ nodes {{ {fields} }} }} }} }}");
    let team =
        format!("{{ viewer {{ forms {{ openCount submissions {{ nodes {{ {fields} }} }} }} }} }}");
    let mut counts: Vec<[Run; 2]> = Vec::new();
    for many in [2, 20] {
        let office = office().await;
        let second = new_form(&office.app, &office.admin, &[&office.tess], &[]).await;
        for n in 0..many {
            let who = if n % 2 == 0 { &office.tess } else { &office.moderator };
            let sender = if n % 2 == 0 { office.stranger } else { office.admin };
            let form = if n % 3 == 0 { second } else { office.form };
            let sent = Sent { sender: sender.id(), ..Sent::default() };
            let came = come(&office.app, form, sent).await;
            let input = json!({ "assignee": profile_id(who), "labels": ["a", "b"] });
            office.update(who, &[&came], input).await.done();
            let note = json!({ "id": came.id, "text": "a note" });
            office.app.run_with(who, super::inbox_kit::NOTE, note).await.done();
            office.reply(who, &came, "an answer").await.done();
        }
        let desk = office.app.run(&office.moderator, &desk).await.ok();
        let team = office.app.run(&office.tess, &team).await.ok();
        assert_eq!(desk.at("admin.submissions.nodes").as_array().unwrap().len(), many);
        counts.push([desk, team]);
    }
    let [few, many] = &counts[..] else { panic!("two runs") };
    for (few, many) in few.iter().zip(many) {
        assert_eq!(few.sql.len(), many.sql.len(), "{:#?}\n{:#?}", few.sql, many.sql);
    }
    assert_eq!([many[0].sql.len(), many[1].sql.len()], [11, 16]);
}
