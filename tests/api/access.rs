//! Who may call what: every root field, as every kind of caller, against what somebody else owns. A field
//! without a row here fails; `access.txt` is what is expected. Renew it with `UPDATE_ACCESS=1`, and read
//! every line of the difference.

mod calls;

use std::fmt::Write as _;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use guildhall::{
    Actor,
    entity::{account::Role, notification::Kind},
    graph::encode,
    schema,
};
use serde_json::{Value, json};

use self::calls::CALLS;
use crate::applications::{APPLICATION_CALLS, kit::named};
use crate::chat::messages_kit::say;
use crate::contact::{INBOX_CALLS, inbox_kit, kit::hello};
use crate::jobs::{JOB_CALLS, kit::posting};
use crate::kit::{Run, TestApp, open_channel, write_comment, write_post};
use crate::notifications::graph_kit::told;
use crate::organizations::{ORGANIZATION_CALLS, kit::organization};
use crate::portfolio::kit::publish;
use crate::search::SEARCH_CALLS;
use crate::tasks::{CALLS as TASKS_CALLS, kit::on_a_board};
use crate::tasks_find::LISTS_CALLS;
use crate::tasks_seams::SEAM_CALLS;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access.txt");

/// The calls of all slices.
fn calls() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let all: &[&'static [(&str, &str)]] = &[
        CALLS,
        INBOX_CALLS,
        SEARCH_CALLS,
        crate::boards::CALLS,
        TASKS_CALLS,
        LISTS_CALLS,
        SEAM_CALLS,
        crate::jobs_find::FIND_CALLS,
        APPLICATION_CALLS,
        ORGANIZATION_CALLS,
        JOB_CALLS,
    ];
    all.iter().copied().flatten()
}

/// Every field of the roots.
fn root_fields() -> Vec<String> {
    let document = parse_schema(schema::sdl(&schema::build())).unwrap();
    let mut fields = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        if let (true, TypeKind::Object(object)) =
            (["Query", "Mutation", "Subscription"].contains(&name.as_str()), definition.node.kind)
        {
            fields.extend(object.fields.iter().map(|field| field.node.name.node.to_string()));
        }
    }
    fields.sort();
    fields
}

/// What came of a call, in a few words.
fn outcome(field: &str, run: &Run) -> String {
    if let Some(error) = run.errors.first() {
        return format!("error {}", error["extensions"]["code"].as_str().unwrap_or("?"));
    }
    let answer = &run.data[field];
    let codes: Vec<_> = answer["userErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["code"].as_str())
        .collect();
    match answer {
        Value::Null => "null".to_owned(),
        Value::Array(list) if list.iter().all(Value::is_null) => "nothing".to_owned(),
        _ if codes.is_empty() => "done".to_owned(),
        _ => format!("refused {}", codes.join(" ")),
    }
}

const ROLES: [&str; 5] = ["guest", "token", "member", "moderator", "admin"];

async fn call(app: &TestApp, field: &str, document: &str, role: &str) -> String {
    // Everything anew for each caller: the one before may have taken it away.
    let owner = app.member(&format!("owner_of_{role}")).await;
    let post = write_post(app, &owner, "a post #access", "MEMBERS").await;
    let comment = write_comment(app, &owner, &post, "a comment").await;
    let work = json!({ "title": "Work", "story": "a story", "visibility": "MEMBERS" });
    let item = publish(app, &owner, work).await;
    let channel = open_channel(app, &owner, &format!("of-{role}"), "PUBLIC").await;
    let message = say(app, &owner, &channel, "a message").await;
    let skill = app.claim(&owner, &["looms"]).await.remove(0);
    let entry = app.add_entry(&owner, json!({ "kind": "POSITION", "title": "Weaver" })).await;
    let file = app.picture(&owner, "a.png").await;
    let inbox = inbox_kit::new_form(app, &owner, &[&owner], &[]).await;
    let came = inbox_kit::come(app, inbox, inbox_kit::Sent::default()).await;
    let upload = app.start_upload(&owner, 1, serde_json::json!({})).await.done();
    let founder = app.with_role(&format!("founder_of_{role}"), Role::Moderator).await;
    let form = app.form(&founder, hello(&format!("of-{role}"), json!({}))).await;
    let news = told(app, &owner, &[&founder], Kind::Reply, &comment).await;
    let board = app.make_board(&owner, "Looms", "MEMBERS").await;
    let hirer = organization(app, &owner, "Hirer").await;
    let job = posting(app, &owner, &hirer).await;
    let upload = upload.text("uploadStart.upload.id").to_owned();
    let (task, on_board) = on_a_board(app, &owner, &role.to_uppercase()).await;
    let caller = match role {
        "moderator" => app.with_role(role, Role::Moderator).await,
        "admin" => app.with_role(role, Role::Admin).await,
        _ => app.member(role).await,
    };
    let actor = match role {
        "guest" => Actor::Guest,
        "token" => app.by_token(caller, &[]),
        _ => caller,
    };
    let id = |kind: &str| format!("{:?}", encode(kind, owner.id().unwrap()).as_str());
    let document = app
        .name_mails(document, role)
        .await
        .replace("{board}", &format!("{:?}", board.id))
        .replace("{column}", &format!("{:?}", board.columns[0]))
        .replace("{other_column}", &format!("{:?}", board.columns[1]))
        .replace("{label}", &format!("{:?}", board.label))
        .replace("{post}", &format!("{post:?}"))
        .replace("{item}", &format!("{item:?}"))
        .replace("{comment}", &format!("{comment:?}"))
        .replace("{profile}", &id("profile"))
        .replace("{account}", &id("account"))
        .replace("{message}", &format!("{message:?}"))
        .replace("{form}", &format!("{form:?}"))
        .replace("{notification}", &format!("{news:?}"))
        .replace("{upload}", &format!("{upload:?}"))
        .replace("{channel}", &format!("{channel:?}"))
        .replace("{skill}", &format!("{skill:?}"))
        .replace("{entry}", &format!("{entry:?}"))
        .replace("{file}", &format!("{file:?}"))
        .replace("{task}", &format!("{task:?}"))
        .replace("{task_column}", &format!("{:?}", on_board.columns[1]))
        .replace("{submission}", &format!("{:?}", came.id))
        .replace("{organization}", &format!("{hirer:?}"))
        .replace("{job}", &format!("{job:?}"))
        .replace("{caller}", role);
    let document = named(app, &document, &owner, role).await;
    if document.starts_with("subscription") {
        return match app.try_to_follow(&actor, &document, Value::Null).await {
            Ok(_) => "follows".to_owned(),
            Err(refused) => {
                let code = refused["errors"][0]["extensions"]["code"].as_str();
                format!("error {}", code.unwrap_or("?"))
            }
        };
    }
    if document.contains("$file: Upload!") {
        let file = ("a.txt", b"hello".as_slice());
        return outcome(field, &app.run_with_file(&actor, &document, Value::Null, file).await);
    }
    outcome(field, &app.run(&actor, &document).await)
}

#[test]
fn every_root_field_has_a_row() {
    let mut rows: Vec<_> = calls().map(|(field, _)| (*field).to_owned()).collect();
    rows.sort();
    assert_eq!(rows, root_fields(), "left: the rows of access.rs, right: the schema's root fields");
}

#[tokio::test]
async fn every_root_field_answers_each_caller_as_it_should() {
    let mut found = String::new();
    for (field, document) in calls() {
        let app = TestApp::new().await;
        let root = app.with_role("root", Role::Admin).await;
        let roles = app.run(&root, "{ admin { roles { id } } }").await.ok();
        let document = document.replace("{role}", &format!("{:?}", roles.text("admin.roles.1.id")));
        let _ = writeln!(found, "{field}");
        for role in ROLES {
            let _ = writeln!(found, "  {role}: {}", call(&app, field, &document, role).await);
        }
    }
    if std::env::var_os("UPDATE_ACCESS").is_some() {
        std::fs::write(PATH, &found).unwrap();
    }
    let expected = std::fs::read_to_string(PATH).unwrap_or_default();
    for (at, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of access.txt", at + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "access.txt has other lines");
}
