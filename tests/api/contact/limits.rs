//! How much may come through a form, from whomever.

use chrono::TimeDelta;
use guildhall::Actor;
use serde_json::{Value, json};

use super::kit::{hello, refused, words};
use crate::kit::TestApp;

fn of(sender: u8) -> Value {
    let mut values = words();
    values[1]["text"] = json!(format!("sender{sender}@example.com"));
    values
}

async fn hardness(app: &TestApp) -> i64 {
    let query = "{ server { challenge(purpose: CONTACT) { maxNumber } } }";
    let run = app.run(&Actor::Guest, query).await.ok();
    run.at("server.challenge.maxNumber").as_i64().unwrap()
}

#[tokio::test]
async fn a_form_to_which_many_come_wants_proof_of_work_until_it_is_quiet_again() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    app.form(&staff, hello("hello", json!({}))).await;
    app.form(&staff, hello("quiet", json!({}))).await;
    let easy = hardness(&app).await;
    for at in 0..20 {
        let run = app.send_from(at, "hello", of(at), json!({})).await;
        assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    }
    let run = app.send_from(20, "hello", of(20), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["CHALLENGE_REQUIRED input.challenge"]);
    assert_eq!(app.submissions().await.len(), 20);
    assert_eq!(hardness(&app).await, easy * 2, "it is harder while many come");
    let run = app.send_from(20, "quiet", of(20), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0], "another form is as it was");
    let solution = app.solve(&Actor::Guest).await;
    let run = app.send_from(21, "hello", of(21), json!({ "challenge": solution })).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    app.app.clock.advance(TimeDelta::minutes(10));
    let run = app.send_from(22, "hello", of(22), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    assert_eq!(hardness(&app).await, easy);
}

#[tokio::test]
async fn one_sender_sends_ten_an_hour_wherever_they_come_from() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    app.form(&staff, hello("hello", json!({}))).await;
    let mut shouted = words();
    shouted[1]["text"] = json!("ADA@example.com");
    for at in 0..10 {
        let run = app.send_from(at, "hello", words(), json!({})).await;
        assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    }
    let run = app.send_from(10, "hello", shouted.clone(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["RATE_LIMITED "]);
    assert_eq!(app.submissions().await.len(), 10);
    app.app.clock.advance(TimeDelta::hours(1));
    let run = app.send_from(10, "hello", shouted, json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
}

#[tokio::test]
async fn one_address_calls_sixty_times_an_hour_whatever_comes_of_it() {
    let app = TestApp::new().await;
    let staff = app.staff().await;
    app.form(&staff, hello("hello", json!({}))).await;
    for _ in 0..60 {
        let run = app.send_from(1, "none", words(), json!({})).await;
        assert_eq!(refused(&run, "formSubmit"), ["NOT_FOUND input.form"]);
    }
    let run = app.send_from(1, "hello", words(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), ["RATE_LIMITED "]);
    let run = app.send_from(2, "hello", words(), json!({})).await;
    assert_eq!(refused(&run, "formSubmit"), [""; 0]);
    assert_eq!(app.submissions().await.len(), 1);
}
