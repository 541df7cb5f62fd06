//! Files that hang on tasks, organizations and applications: who sees these fetches them, and nobody else.

use guildhall::{
    Actor::{self, Guest},
    entity::{
        file::{Kind, Visibility as Seen},
        file_use::Place,
        organization_member::Role,
    },
};
use serde_json::json;

use super::kit::{ALL, Crew, applied, hang, leave, new_task};
use crate::kit::{TestApp, key};

async fn fetches(app: &TestApp, actor: &Actor, file: &str) -> bool {
    let query = "query($id: ID!) { node(id: $id) { ... on File { name url } } }";
    let run = app.run_with(actor, query, json!({ "id": file })).await.ok();
    !run.at("node").is_null()
}

#[tokio::test]
async fn who_sees_a_task_sees_its_files_and_nobody_else() {
    let crew = Crew::new().await;
    let owner = crew.app.member("olga").await;
    for visibility in ALL {
        let board = crew.board(visibility).await;
        let task = new_task(&crew.app, board, &crew.admin, &[]).await;
        let file = crew.app.picture(&owner, "a.png").await;
        assert!(!fetches(&crew.app, &crew.admin, &file).await, "it hangs nowhere yet");
        hang(&crew.app, &file, Place::Attachment, |row| row.task_id = Some(key("task", &task)))
            .await;
        let query = "query($id: ID!) { node(id: $id) { ... on Task { attachments { name } } } }";
        for (name, actor) in crew.all() {
            let sees = Crew::sees(visibility, name);
            assert_eq!(fetches(&crew.app, &actor, &file).await, sees, "{visibility:?} {name}");
            let run = crew.app.run_with(&actor, query, json!({ "id": task })).await.ok();
            match sees {
                true => assert_eq!(run.list("node.attachments", "name"), ["a.png"]),
                false => assert!(run.at("node").is_null()),
            }
        }
        leave(&crew.app, board, &crew.viewer).await;
        let open = visibility != guildhall::entity::board::Visibility::Private;
        assert_eq!(fetches(&crew.app, &crew.viewer, &file).await, open);
    }
}

#[tokio::test]
async fn an_organizations_files_are_for_everybody_and_an_applications_for_those_who_see_it() {
    let app = TestApp::new().await;
    let (ada, owner) = (app.member("ada").await, app.member("olga").await);
    let (moderator, member) = (app.member("mia").await, app.member("max").await);
    let (stranger, staff) = (
        app.member("sam").await,
        app.with_role("root", guildhall::entity::account::Role::Moderator).await,
    );
    let team = [(&owner, Role::Owner), (&moderator, Role::Moderator), (&member, Role::Member)];
    let (organization, application) = applied(&app, &ada, &team).await;
    let logo = app.picture(&owner, "logo.png").await;
    hang(&app, &logo, Place::Logo, |row| row.organization_id = Some(organization)).await;
    let resume = app.file(&ada, "cv.pdf", Kind::Document, Seen::Private).await;
    hang(&app, &resume, Place::Resume, |row| row.application_id = Some(application)).await;
    let token = app.by_token(moderator, &[guildhall::scope::Scope::ReadPublic]);
    for (actor, sees) in [
        (&ada, true),
        (&owner, true),
        (&moderator, true),
        (&member, false),
        (&stranger, false),
        (&staff, false),
        (&token, false),
        (&Guest, false),
    ] {
        assert_eq!(fetches(&app, actor, &resume).await, sees, "{actor:?}");
        assert!(fetches(&app, actor, &logo).await, "{actor:?}");
    }
}

#[tokio::test]
async fn a_file_that_hangs_on_one_of_them_says_so_when_it_is_to_be_deleted() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let (organization, application) = applied(&app, &ada, &[]).await;
    let logo = app.picture(&ada, "logo.png").await;
    hang(&app, &logo, Place::Logo, |row| row.organization_id = Some(organization)).await;
    hang(&app, &logo, Place::Attachment, |row| row.application_id = Some(application)).await;
    let query =
        "mutation($id: ID!) { filesDelete(ids: [$id]) { userErrors { code path message } } }";
    let run = app.refuses(&ada, query, json!({ "id": logo })).await;
    let said = run.text("filesDelete.userErrors.0.message");
    assert!(said.contains("the logo of an organization"), "{said}");
    assert!(said.contains("attached to an application"), "{said}");
}
