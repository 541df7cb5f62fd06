//! The team moves, rates and notes.

use guildhall::entity::{application_event, email};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use super::kit::{MOVE, NOTE, RATE, SUBMIT, WITHDRAW, desk, new_job};
use crate::kit::profile_id;

#[tokio::test]
async fn applicants_hear_when_it_means_something_else_to_them_or_of_a_message() {
    let desk = desk().await;
    let (ada, mia) = (desk.applied(&desk.ada).await, desk.applied(&desk.mia).await);
    let updates =
        || desk.app.count::<email::Entity>(email::Column::TemplateKey.eq("application_update"));
    let run = desk.advance(&desk.moe, &[&ada, &mia], 1, Value::Null).await.done();
    assert_eq!(run.list("applicationsMove.applications", "id"), [ada.clone(), mia.clone()]);
    assert_eq!(run.at("applicationsMove.applications.0.applicationState"), "IN_REVIEW");
    assert_eq!(run.at("applicationsMove.applications.0.version"), 2);
    assert_eq!(updates().await, 2);
    assert_eq!(desk.counts().await, (2, vec![0, 2, 0, 0]));
    // A stage that means the same to them is the team's own.
    let run = desk.advance(&desk.moe, &[&ada], 2, Value::Null).await.done();
    assert_eq!(run.at("applicationsMove.applications.0.version"), 2);
    assert_eq!(run.at("applicationsMove.applications.0.stage.name"), "Stage 2");
    assert_eq!(updates().await, 2);
    desk.advance(&desk.olga, &[&ada], 2, json!("Come *by*: [x](https://evil.example)"))
        .await
        .done();
    let mails = email::Entity::find().order_by_desc(email::Column::Id);
    let mail = mails.one(&desk.app.app.db.write).await.unwrap().unwrap();
    assert_eq!(
        (&*mail.to_email, &*mail.subject),
        ("ada@example.org", "News of your application: Weaver")
    );
    let (text, html) = (mail.text.unwrap(), mail.html.unwrap());
    assert!(text.contains("Loom & Sons loom is looking at your application"), "{text}");
    assert!(text.contains("Come by: x") && !html.contains("evil.example"), "{html}");
    assert_eq!(desk.counts().await, (2, vec![0, 1, 1, 0]));
    let history = desk
        .read(&desk.ada, &ada, "history { applicationState message { text } by { handle } }")
        .await;
    assert_eq!(
        history["history"],
        json!([
            { "applicationState": "SUBMITTED", "message": null, "by": { "handle": "ada" } },
            { "applicationState": "IN_REVIEW", "message": null, "by": { "handle": "moe" } },
            { "applicationState": "IN_REVIEW", "message": { "text": "Come by: x" }, "by": { "handle": "olga" } },
        ])
    );
}

#[tokio::test]
async fn they_are_moved_all_or_none() {
    let desk = desk().await;
    let (ada, mia) = (desk.applied(&desk.ada).await, desk.applied(&desk.mia).await);
    let (other, _) = new_job(
        &desk.app,
        "third",
        &[(&desk.moe, guildhall::entity::organization_member::Role::Moderator)],
    )
    .await;
    let other = json!({ "input": { "job": guildhall::graph::encode("job", other).as_str() } });
    let other = desk.app.run_with(&desk.ada, SUBMIT, other).await.done();
    let other = other.text("applicationSubmit.application.id");
    desk.app.run_with(&desk.mia, WITHDRAW, json!({ "id": mia })).await.done();
    let own = desk.applied(&desk.moe).await;
    let many = vec![ada.as_str(); 101];
    for (ids, stage, message, why) in [
        (json!([ada, mia]), desk.stage(1), Value::Null, "STATE_NOT_ALLOWED ids.1"),
        (json!([ada, other]), desk.stage(1), Value::Null, "INVALID ids.1"),
        (json!([ada, "post_1"]), desk.stage(1), Value::Null, "NOT_FOUND ids.1"),
        (json!([ada, own]), desk.stage(1), Value::Null, "FORBIDDEN ids.1"),
        (json!([]), desk.stage(1), Value::Null, "REQUIRED ids"),
        (json!(many), desk.stage(1), Value::Null, "TOO_LONG ids"),
        (json!([other]), desk.stage(1), Value::Null, "NOT_FOUND stage"),
        (json!([ada]), ada.clone(), Value::Null, "NOT_FOUND stage"),
        (json!([ada]), desk.stage(1), json!("x".repeat(5_001)), "TOO_LONG message"),
    ] {
        let variables = json!({ "ids": ids, "stage": stage, "message": message });
        assert_eq!(desk.app.refuses(&desk.moe, MOVE, variables).await.refusals(), [why]);
    }
    let moved = application_event::Column::State.eq("in_review");
    assert_eq!(desk.app.count::<application_event::Entity>(moved).await, 0);
}

#[tokio::test]
async fn what_the_team_thinks_stays_with_the_team() {
    let desk = desk().await;
    let id = desk.applied(&desk.ada).await;
    let all = "updatedAt version stage { name count } rating notes { text author { handle } } reviewers { handle }";
    let before = desk.read(&desk.ada, &id, all).await;
    let rate = json!({ "id": id, "rating": 4, "assignees": [profile_id(&desk.moe), profile_id(&desk.olga)] });
    let run = desk.app.run_with(&desk.olga, RATE, rate).await.done();
    assert_eq!(run.list("applicationRate.application.reviewers", "handle"), ["moe", "olga"]);
    let note = json!({ "id": id, "text": "Calm hands" });
    let run = desk.app.run_with(&desk.moe, NOTE, note).await.done();
    assert_eq!(run.text("applicationNoteAdd.subject.id"), id);
    let note = run.text("applicationNoteAdd.note.id").to_owned();
    assert_eq!(desk.read(&desk.ada, &id, all).await, before, "nothing of it shows");
    assert_eq!(
        (&before["rating"], &before["notes"], &before["stage"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let team = desk.read(&desk.moe, &id, all).await;
    assert_eq!(team["rating"], 4);
    assert_eq!(team["stage"], json!({ "name": "Stage 0", "count": 1 }));
    assert_eq!(team["notes"], json!([{ "text": "Calm hands", "author": { "handle": "moe" } }]));
    let query = "query($id: ID!) { node(id: $id) { id } }";
    for (who, sees) in
        [(&desk.olga, true), (&desk.ada, false), (&desk.mia, false), (&desk.staff, false)]
    {
        let run = desk.app.run_with(who, query, json!({ "id": note })).await.ok();
        assert_eq!(!run.at("node").is_null(), sees);
    }
    for (variables, why) in [
        (json!({ "id": id, "rating": 6 }), "OUT_OF_RANGE rating"),
        (json!({ "id": id, "rating": 0 }), "OUT_OF_RANGE rating"),
        (json!({ "id": id, "assignees": [profile_id(&desk.mia)] }), "INVALID assignees.0"),
        (json!({ "id": id, "assignees": [profile_id(&desk.rita)] }), "INVALID assignees.0"),
        (json!({ "id": "post_1", "rating": 1 }), "NOT_FOUND id"),
    ] {
        assert_eq!(desk.app.refuses(&desk.moe, RATE, variables).await.refusals(), [why]);
    }
    let empty = json!({ "id": id, "text": " " });
    assert_eq!(desk.app.refuses(&desk.moe, NOTE, empty).await.refusals(), ["REQUIRED text"]);
    let run = desk
        .app
        .run_with(&desk.moe, RATE, json!({ "id": id, "rating": null, "assignees": [] }))
        .await
        .done();
    assert_eq!(run.at("applicationRate.application.rating"), &Value::Null);
    assert_eq!(run.at("applicationRate.application.reviewers"), &json!([]));
}
