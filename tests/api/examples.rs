//! The example operations and the playground's tabs run as they stand.

use std::{fs, path::Path};

use guildhall::{
    Actor::Guest,
    entity::{account::Role, board::Visibility, notification::Kind, organization_member},
    graph::encode,
};
use serde_json::{Value, json};

use crate::applications::kit::new_job;
use crate::contact::inbox_kit;
use crate::jobs::kit::posting;
use crate::kit::{TestApp, open_channel, profile_id, write_comment, write_post};
use crate::mail::words::{mentioned, token_of};
use crate::notifications::graph_kit::told;
use crate::organizations::kit::organization;
use crate::portfolio::kit::publish;
use crate::tasks::kit::on_a_board;
use crate::tasks_find::kit::plain;

fn documents(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "graphql"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[tokio::test]
async fn every_example_operation_runs() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let post = write_post(&app, &ada, "Hello, #weavers and @ada", "PUBLIC").await;
    let comment = write_comment(&app, &ada, &post, "first").await;
    let loom = json!({ "title": "Loom", "story": "With thread", "tags": ["weaving"] });
    publish(&app, &ada, loom).await;
    app.import(&ada, &json!({ "work": [{ "position": "Weaver" }] })).await.done();
    app.claim(&ada, &["looms"]).await;
    let grace = app.member("grace").await;
    let room = open_channel(&app, &grace, "looms", "PUBLIC").await;
    let form = inbox_kit::new_form(&app, &ada, &[&ada], &[]).await;
    let came = inbox_kit::come(&app, form, inbox_kit::Sent::default()).await;
    let root = app.with_role("root", Role::Admin).await;
    let mail = mentioned(&app, "olga@example.org", "en").await;
    app.work().await;
    let desk = "{ admin { emailTemplates { id } emailTopics { id } } }";
    let desk = app.run(&root, desk).await.ok();
    let template = desk.at("admin.emailTemplates.0.id");
    let topic = desk.at("admin.emailTopics.0.id");
    let news = told(&app, &ada, &[&grace], Kind::Reply, &comment).await;
    let moderator = organization_member::Role::Moderator;
    let (job, stages) = new_job(&app, "of-ada", &[(&ada, moderator)]).await;
    let job = encode("job", job).to_string();
    let (open, _) = new_job(&app, "open", &[]).await;
    let apply =
        "mutation($job: ID!) { applicationSubmit(input: { job: $job }) { application { id } } }";
    let applied = app.run_with(&grace, apply, json!({ "job": job })).await.ok();
    let applied = applied.text("applicationSubmit.application.id").to_owned();
    let (task, on_board) = on_a_board(&app, &ada, "LOOM").await;
    let looms = app.make_board(&ada, "Looms", "PUBLIC").await;
    let full = app.board_of("GLD", Visibility::Public, &[&ada]).await;
    app.put_task(plain(&app, &full, 1)).await;
    let hirer = organization(&app, &ada, "Looms").await;
    posting(&app, &ada, &hirer).await;
    for (name, document) in documents("examples/queries") {
        let variables = match name.as_str() {
            "profile" | "resume" => json!({ "handle": "ada" }),
            "discussion" => json!({ "id": post }),
            "jobs" => json!({ "filter": { "text": "weaver", "countries": ["DE"] } }),
            "job-search-save" => json!({ "name": "Looms", "filter": { "text": "weaver" } }),
            "portfolio" => json!({ "handle": "ada", "slug": "loom" }),
            "gallery" => json!({ "tags": ["weaving"] }),
            "write" => json!({ "body": "A note", "key": "one" }),
            "sign-in" => json!({ "login": "ada", "password": "not this one" }),
            "conversation" => json!({ "id": room }),
            "board-create" => json!({ "name": "Threads", "key": "threads" }),
            "board-events" => json!({ "id": looms.id }),
            "inbox-submission" => json!({ "id": came.id }),
            "inbox-reply" => json!({ "id": came.id, "me": profile_id(&ada), "body": "Dear Olga" }),
            "task-discussion" => json!({ "id": task }),
            "submission-to-task" => json!({ "id": came.id, "board": looms.id }),
            "submission-progress" => json!({ "token": came.token }),
            "submission-follow-up" => json!({ "token": came.token, "body": "One more" }),
            "email-template-preview" => json!({ "id": template, "locale": "fr" }),
            "email-choices" => json!({ "token": token_of(&mail) }),
            "email-choices-update" => json!({ "token": token_of(&mail), "topic": topic }),
            "email-send" => {
                let to = json!([{ "profile": profile_id(&ada) }, { "email": "b@example.org" }]);
                json!({ "to": to, "topic": topic, "key": "one" })
            }
            "notifications-read" => json!({ "ids": [news] }),
            "notification-settings-update" => {
                json!({ "settings": [{ "kind": "FOLLOW", "email": "OFF" }] })
            }
            "organization" => json!({ "slug": "looms" }),
            "job" => json!({ "slug": "weaver" }),
            "job-post" => json!({ "organization": hirer, "key": "two" }),
            "watch" => json!({ "id": post, "level": "ALL" }),
            "task" => json!({ "key": "loom-1" }),
            "task-create" => json!({ "board": on_board.id, "title": "Thread it", "key": "thread" }),
            "task-move" => json!({ "id": task, "column": on_board.columns[1] }),
            "task-update" => json!({ "id": task, "me": profile_id(&ada), "version": 1 }),
            "application-submit" => {
                json!({ "job": encode("job", open), "letter": "I weave", "key": "apply" })
            }
            "applications" => json!({ "job": job }),
            "application-move" => {
                let stage = encode("hiring_stage", stages[1]);
                json!({ "ids": [applied], "stage": stage, "message": "Come by" })
            }
            "board" => json!({ "id": encode("board", full.id).as_str() }),
            "open-talk" => json!({ "with": [profile_id(&grace)] }),
            _ => json!({}),
        };
        let of_staff = ["email-send", "email-template-preview"];
        let is_of_staff = document.contains("\n  admin {") || of_staff.contains(&&*name);
        let actor = if is_of_staff { &root } else { &ada };
        if document.contains("\nsubscription ") {
            app.follow(actor, &document, variables).await.ready().await;
            continue;
        }
        let run = app.run_with(actor, &document, variables).await;
        assert_eq!(run.errors, Vec::<Value>::new(), "{name}");
        for (field, answer) in run.data.as_object().unwrap() {
            assert_ne!(answer, &Value::Null, "{name}: {field}");
            let refused = answer["userErrors"].as_array().map_or(0, Vec::len);
            assert!(refused == 0 || name == "sign-in", "{name}: {answer:#?}");
        }
    }
}

#[tokio::test]
async fn every_tab_of_the_playground_runs() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let room = open_channel(&app, &ada, "general", "PUBLIC").await;
    let folder = "src/server/graphiql/examples";
    for (name, document) in documents(folder) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let variables = fs::read_to_string(path.join(format!("{name}.variables.json")));
        let mut variables =
            variables.map_or(json!({}), |text| serde_json::from_str(&text).unwrap());
        // What the reader copies from another tab.
        match name.as_str() {
            "send-message" => variables["input"]["conversation"] = json!(room),
            "conversation-events" => variables["id"] = json!(room),
            _ => {}
        }
        for actor in [&Guest, &ada] {
            let errors = if document.contains("\nsubscription ") {
                match app.try_to_follow(actor, &document, variables.clone()).await {
                    Ok(mut follower) => {
                        follower.ready().await;
                        Vec::new()
                    }
                    Err(answer) => answer["errors"].as_array().unwrap().clone(),
                }
            } else {
                app.run_with(actor, &document, variables.clone()).await.errors
            };
            let is_guest = matches!(actor, Guest);
            let unexpected = |e: &&Value| !is_guest || e["extensions"]["code"] != "UNAUTHENTICATED";
            let unexpected: Vec<_> = errors.iter().filter(unexpected).collect();
            assert!(unexpected.is_empty(), "{name}: {unexpected:#?}");
        }
    }
}
