//! Who hears of tasks and applications.

use guildhall::{
    Actor,
    entity::{
        application, application_event, board::Visibility, board_member::Role, email,
        organization_member::Role as TeamRole, task, task_activity, watch::Level,
    },
    graph::encode,
    notice::Notice,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, IntoActiveModel as _,
};
use serde_json::json;
use uuid::Uuid;

use super::kit::{Crew, applied, assign, leave, new_board, new_task};
use crate::kit::{TestApp, key, write_comment};

const NONE: [&str; 0] = [];

async fn assigned(app: &TestApp, task: &str, by: &Actor, whom: &[&Actor]) {
    let id = key("task", task);
    for who in whom {
        let board_id = super::kit::task_row(app, task).await.board_id;
        let line = task_activity::Model {
            id: app.app.clock.key(),
            board_id,
            task_id: Some(id),
            task_key: None,
            actor_id: by.id(),
            member_id: who.id(),
            kind: task_activity::Kind::Assigned,
            field: None,
            before: None,
            after: None,
        };
        let line = line.into_active_model();
        task_activity::Entity::insert(line).exec(&app.app.db.write).await.unwrap();
        assign(app, id, who).await;
    }
    let whom = whom.iter().map(|who| who.id().unwrap()).collect();
    app.tell_again(Notice::TaskAssigned(id, whom)).await;
}

#[tokio::test]
async fn who_is_given_a_task_hears_of_it_by_whoever_gave_it() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    // Who gives it to themselves knows; who is not on the board may not see it.
    let whom = [&crew.editor, &crew.viewer, &crew.stranger];
    assigned(app, &task, &crew.editor, &whom).await;
    assert_eq!(app.heard(&crew.viewer).await, ["TaskAssigned task by eli (1): Mend the loom"]);
    for other in [&crew.editor, &crew.stranger, &crew.admin] {
        assert_eq!(app.heard(other).await, NONE);
    }
    let before = app.told_so_far().await;
    let again = Notice::TaskAssigned(key("task", &task), vec![crew.viewer.id().unwrap()]);
    app.tell_again(again).await;
    assert!(app.told_so_far().await == before);
    // Who has nothing to do with it by then hears nothing.
    let gone = Notice::TaskAssigned(key("task", &task), vec![crew.commenter.id().unwrap()]);
    app.tell_again(gone).await;
    assert_eq!(app.heard(&crew.commenter).await, NONE);
}

#[tokio::test]
async fn whom_a_task_names_hears_of_it_where_they_may_see_it() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = key("task", &new_task(app, board, &crew.admin, &[]).await);
    let people: Vec<Uuid> =
        [&crew.editor, &crew.stranger, &crew.viewer].iter().map(|one| one.id().unwrap()).collect();
    let named = json!([people[0], people[1]]).to_string();
    let row =
        task::ActiveModel { id: Unchanged(task), mentions: Set(Some(named)), ..Default::default() };
    row.update(&app.app.db.write).await.unwrap();
    app.tell_again(Notice::TaskNames(task, people)).await;
    assert_eq!(app.heard(&crew.editor).await, ["Mention task by ada (1): Mend the loom"]);
    // One may not see it, one is not named any more.
    assert_eq!(app.heard(&crew.stranger).await, NONE);
    assert_eq!(app.heard(&crew.viewer).await, NONE);
}

#[tokio::test]
async fn of_a_task_that_is_due_those_hear_who_do_it_or_who_made_it() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Members).await);
    let nobodys = key("task", &new_task(app, board, &crew.admin, &[]).await);
    app.tell_again(Notice::TaskDue(nobodys)).await;
    let heard = "TaskDue task by  (0): Mend the loom";
    assert_eq!(app.heard(&crew.admin).await, [heard]);
    let theirs = new_task(app, board, &crew.admin, &[&crew.editor, &crew.viewer]).await;
    let theirs = key("task", &theirs);
    app.tell_again(Notice::TaskDue(theirs)).await;
    for one in [&crew.editor, &crew.viewer] {
        assert_eq!(app.heard(one).await, [heard]);
    }
    assert_eq!(app.inbox(&crew.admin).await.len(), 1);
    // Told again at once it is the same; when it was read, a later reminder is news again.
    app.tell_again(Notice::TaskDue(theirs)).await;
    assert_eq!(app.inbox(&crew.editor).await.len(), 1);
    app.reads_all(&crew.editor).await;
    app.app.clock.advance(chrono::TimeDelta::hours(1));
    app.tell_again(Notice::TaskDue(theirs)).await;
    assert_eq!(app.inbox(&crew.editor).await.len(), 2);
    assert_eq!(app.inbox(&crew.viewer).await.len(), 1);
    // What is done needs nobody.
    let row = task::ActiveModel {
        id: Unchanged(nobodys),
        completed_at: Set(Some(app.app.clock.now())),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
    let before = app.told_so_far().await;
    app.tell_again(Notice::TaskDue(nobodys)).await;
    assert!(app.told_so_far().await == before);
}

#[tokio::test]
async fn of_comments_those_hear_who_do_it_made_it_or_watch_it_and_of_reactions_who_made_it() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[&crew.editor]).await;
    app.watches(&crew.viewer, &task, Level::All).await;
    app.watches(&crew.stranger, &task, Level::All).await;
    let said = write_comment(app, &crew.commenter, &task, "look").await;
    app.work().await;
    for one in [&crew.admin, &crew.editor, &crew.viewer] {
        assert_eq!(app.heard(one).await, ["Comment task by cleo (1): look"]);
    }
    for other in [&crew.commenter, &crew.stranger] {
        assert_eq!(app.heard(other).await, NONE);
    }
    app.react(&crew.editor, &task, "👍").await;
    app.react(&crew.editor, &said, "👍").await;
    app.reply_to(&crew.editor, &task, &said, "@vera see").await;
    leave(app, board, &crew.commenter).await;
    app.work().await;
    assert_eq!(app.heard(&crew.admin).await[1..], ["Reaction task by eli (1): 👍"]);
    assert_eq!(app.heard(&crew.viewer).await[1..], ["Mention comment by eli (1): @vera see"]);
    assert_eq!(app.heard(&crew.commenter).await, NONE, "who left hears nothing");
}

#[tokio::test]
async fn a_notification_shows_its_task_while_its_reader_may_see_it_and_leads_there() {
    let crew = Crew::new().await;
    let (app, board) = (&crew.app, crew.board(Visibility::Private).await);
    let task = new_task(app, board, &crew.admin, &[]).await;
    assigned(app, &task, &crew.admin, &[&crew.viewer]).await;
    let query = "{ viewer { notifications { nodes { kind summary url excerpt subject { __typename ... on Task { id } } } } } }";
    let run = app.run(&crew.viewer, query).await.ok();
    let url = format!("{}/tasks/{task}", app.app.config.public_url());
    let expected = json!([{ "kind": "TASK_ASSIGNED", "summary": "Ada gave you a task", "url": url,
        "excerpt": "Mend the loom", "subject": { "__typename": "Task", "id": task } }]);
    assert_eq!(run.at("viewer.notifications.nodes"), &expected);
    leave(app, board, &crew.viewer).await;
    let run = app.run(&crew.viewer, query).await.ok();
    assert!(run.at("viewer.notifications.nodes.0.subject").is_null());
    assert!(run.at("viewer.notifications.nodes.0.excerpt").is_null());
    // Nor is it mailed any more.
    app.two_minutes().await;
    assert_eq!(mails(app, &crew.viewer).await, 0);
}

async fn mails(app: &TestApp, whom: &Actor) -> u64 {
    let rows = email::Column::RecipientId.eq(whom.id().unwrap());
    app.count::<email::Entity>(rows.and(email::Column::TemplateKey.eq("notification"))).await
}

#[tokio::test]
async fn of_an_application_those_hear_who_hire_and_of_what_comes_of_it_who_applied() {
    let app = TestApp::new().await;
    let (ada, owner) = (app.member("ada").await, app.member("olga").await);
    let (moderator, member) = (app.member("mia").await, app.member("max").await);
    let team =
        [(&owner, TeamRole::Owner), (&moderator, TeamRole::Moderator), (&member, TeamRole::Member)];
    let (_, id) = applied(&app, &ada, &team).await;
    app.tell_again(Notice::ApplicationReceived(id)).await;
    for one in [&owner, &moderator] {
        assert_eq!(app.heard(one).await, ["ApplicationReceived application by ada (1): Weaver"]);
    }
    for other in [&ada, &member] {
        assert_eq!(app.heard(other).await, NONE);
    }
    let event = application_event::Model {
        id: app.app.clock.key(),
        application_id: id,
        state: application::State::Interviewing,
        message_source: None,
        message_html: None,
        by_id: moderator.id(),
    };
    let key = event.id;
    let event = event.into_active_model();
    application_event::Entity::insert(event).exec(&app.app.db.write).await.unwrap();
    app.tell_again(Notice::ApplicationUpdated(key)).await;
    assert_eq!(app.heard(&ada).await, ["ApplicationUpdated application by mia (1): Weaver"]);
    assert_eq!(app.inbox(&owner).await.len(), 1);
    let query = "{ viewer { notifications { nodes { summary url subject { ... on Application { id } } } } } }";
    let run = app.run(&ada, query).await.ok();
    let shown = encode("application", id).to_string();
    let url = format!("{}/applications/{shown}", app.app.config.public_url());
    let expected =
        json!([{ "summary": "Your application moved on", "url": url, "subject": { "id": shown } }]);
    assert_eq!(run.at("viewer.notifications.nodes"), &expected);
    // Those who hire are mailed; who applied is written to by the team.
    app.two_minutes().await;
    assert_eq!((mails(&app, &owner).await, mails(&app, &ada).await), (1, 0));

    let row = application::ActiveModel {
        id: Unchanged(id),
        state: Set(application::State::Withdrawn),
        ..Default::default()
    };
    row.update(&app.app.db.write).await.unwrap();
    let before = app.told_so_far().await;
    app.tell_again(Notice::ApplicationReceived(id)).await;
    assert!(app.told_so_far().await == before, "what was taken back is told to nobody");
}

#[tokio::test]
async fn two_hundred_who_hear_of_a_task_take_as_many_statements_as_twenty() {
    let mut counts = Vec::new();
    for size in [20, 200] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        let board = new_board(&app, Visibility::Private, &[(&ada, Role::Admin)]).await;
        let task = new_task(&app, board, &ada, &[]).await;
        for n in 0..size {
            let one = app.member(&format!("member{n}")).await;
            super::kit::join(&app, board, &one, Role::Viewer).await;
            app.watches(&one, &task, Level::All).await;
        }
        write_comment(&app, &ada, &task, "hello").await;
        app.statements();
        app.work().await;
        counts.push(app.statements().len());
        assert_eq!(app.notifications().await, size);
    }
    assert_eq!(counts[0], counts[1]);
}
