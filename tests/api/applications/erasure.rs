//! Applications are kept as long as the job says, and no longer.

use chrono::TimeDelta;
use guildhall::{
    entity::{
        account, application, application_event, email, file, file::Kind, file_use, job::State,
        notification, work_item,
    },
    work,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde_json::{Value, json};

use super::kit::{Desk, WITHDRAW, desk};
use crate::portfolio::kit::file;

async fn pass(desk: &Desk, time: TimeDelta) -> usize {
    desk.app.app.clock.advance(time);
    work::fire(&desk.app.app).await.unwrap();
    desk.app.work().await;
    desk.rows().await.len()
}

#[tokio::test]
async fn what_is_past_its_time_is_erased_with_all_that_belongs_to_it() {
    let desk = desk().await;
    desk.set_job(|job| job.retention_days = Some(30)).await;
    let resume = file(&desk.app, &desk.ada, Kind::Document).await;
    let run = desk.submit(&desk.ada, json!({ "resume": resume })).await.done();
    let id = run.text("applicationSubmit.application.id").to_owned();
    desk.advance(&desk.moe, &[&id], 1, json!("Soon")).await.done();
    assert_eq!(desk.read(&desk.ada, &id, "deleteAfter").await["deleteAfter"], Value::Null);
    assert_eq!(pass(&desk, TimeDelta::days(40)).await, 1, "the job goes on");
    let now = desk.app.app.clock.now();
    desk.set_job(|job| (job.state, job.updated_at) = (State::Filled, now)).await;
    assert_eq!(pass(&desk, TimeDelta::hours(2)).await, 1);
    let day = (now + TimeDelta::days(30)).date_naive().to_string();
    assert_eq!(desk.read(&desk.ada, &id, "deleteAfter").await["deleteAfter"], json!(day));
    // It goes on after all, and ends again.
    desk.set_job(|job| job.state = State::Open).await;
    assert_eq!(pass(&desk, TimeDelta::days(40)).await, 1);
    assert_eq!(desk.rows().await[0].erase_at, None);
    let now = desk.app.app.clock.now();
    desk.set_job(|job| (job.state, job.updated_at) = (State::Expired, now)).await;
    assert_eq!(pass(&desk, TimeDelta::days(29)).await, 1);
    assert_eq!(pass(&desk, TimeDelta::days(1) + TimeDelta::hours(2)).await, 0);
    let all = || Expr::val(1).eq(1);
    assert_eq!(desk.app.count::<application::Entity>(all()).await, 0);
    assert_eq!(desk.app.count::<application_event::Entity>(all()).await, 0);
    assert_eq!(desk.app.count::<file_use::Entity>(all()).await, 0);
    let written = email::Column::TemplateKey.like("application%");
    assert_eq!(desk.app.count::<email::Entity>(written).await, 0);
    assert_eq!(desk.app.count::<file::Entity>(all()).await, 1, "the file is Ada's own");
    assert_eq!(desk.counts().await, (0, vec![0, 0, 0, 0]));
}

#[tokio::test]
async fn what_is_over_is_erased_though_its_job_goes_on() {
    let desk = desk().await;
    desk.set_job(|job| job.retention_days = Some(10)).await;
    let (ada, mia) = (desk.applied(&desk.ada).await, desk.applied(&desk.mia).await);
    desk.applied(&desk.rita).await;
    let run = desk.app.run_with(&desk.ada, WITHDRAW, json!({ "id": ada })).await.done();
    assert_eq!(run.at("applicationWithdraw.application.deleteAfter"), "2026-05-14");
    desk.advance(&desk.moe, &[&mia], 3, Value::Null).await.done();
    assert_eq!(pass(&desk, TimeDelta::days(9)).await, 3);
    // Back in the race.
    desk.advance(&desk.moe, &[&mia], 1, Value::Null).await.done();
    assert_eq!(pass(&desk, TimeDelta::days(2)).await, 2);
    assert_eq!(desk.counts().await, (2, vec![1, 1, 0, 0]));
}

#[tokio::test]
async fn nothing_that_names_the_applicant_is_left_in_mails_notifications_or_the_queue() {
    let desk = desk().await;
    desk.set_job(|job| job.retention_days = Some(10)).await;
    let id = desk.submit(&desk.ada, json!({ "name": "Ada Unmistakable" })).await.done();
    let id = id.text("applicationSubmit.application.id").to_owned();
    desk.app.work().await;
    // The team was away: it gets mail.
    desk.app.app.clock.advance(TimeDelta::minutes(3));
    desk.app.work().await;
    desk.advance(&desk.moe, &[&id], 3, json!("Sorry, Ada")).await.done();
    desk.app.work().await;
    let to_team = email::Column::TemplateKey.eq("notification");
    assert_eq!(desk.app.count::<email::Entity>(to_team.clone()).await, 2, "Olga's and Moe's");
    let told = notification::Column::ApplicationId.is_not_null();
    assert_eq!(desk.app.count::<notification::Entity>(told.clone()).await, 3);
    let mails = email::Entity::find().filter(to_team).all(&desk.app.app.db.write).await.unwrap();
    for mail in &mails {
        let text = mail.text.clone().unwrap() + mail.html.as_deref().unwrap() + &mail.subject;
        assert!(text.contains("Somebody applied to a job") && text.contains("Weaver"), "{text}");
        assert!(!text.contains("Ada"), "what can't be called back names nobody: {text}");
    }
    assert_eq!(pass(&desk, TimeDelta::days(11)).await, 0);
    assert_eq!(desk.app.count::<notification::Entity>(told).await, 0);
    let all = || Expr::val(1).eq(1);
    assert_eq!(desk.app.count::<work_item::Entity>(all()).await, 0);
    for mail in email::Entity::find().all(&desk.app.app.db.write).await.unwrap() {
        assert!(!format!("{mail:?}").contains("Ada"), "{mail:#?}");
        assert_ne!(mail.recipient_id, desk.ada.id());
    }
}

#[tokio::test]
async fn mails_go_to_the_proved_address_of_the_account_and_no_other() {
    let desk = desk().await;
    let other = json!({ "email": "victim@example.org", "name": "Ada" });
    let run = desk.submit(&desk.ada, other).await.done();
    assert_eq!(run.at("applicationSubmit.application.contactEmail"), "victim@example.org");
    let id = run.text("applicationSubmit.application.id").to_owned();
    desk.advance(&desk.moe, &[&id], 1, json!("Win a loom")).await.done();
    let mails = || email::Entity::find().all(&desk.app.app.db.write);
    let to: Vec<_> = mails().await.unwrap().into_iter().map(|mail| mail.to_email).collect();
    assert_eq!(to, ["ada@example.org", "ada@example.org"]);
    // Whose address is not proved gets none: it may be another's.
    let row = account::Entity::find_by_id(desk.mia.id().unwrap());
    let row = row.one(&desk.app.app.db.write).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.email_verified_at = Set(None);
    row.update(&desk.app.app.db.write).await.unwrap();
    let id = desk.applied(&desk.mia).await;
    desk.advance(&desk.moe, &[&id], 1, json!("Win a loom")).await.done();
    assert_eq!(mails().await.unwrap().len(), 2);
}
