//! What is paid compares across currencies and periods.

use serde_json::{Value, json};

use super::kit::{UPDATE, of_team, team};
use crate::kit::TestApp;

fn pay(min: &str, max: Value, currency: &str, per: &str) -> Value {
    json!({ "salary": { "min": min, "max": max, "currency": currency, "per": per } })
}

#[tokio::test]
async fn pay_compares_across_currency_and_period() {
    let app = TestApp::with(|config| config.currency_rates = vec!["USD=0.5".to_owned()]).await;
    let team = of_team(app).await;
    let id = team.draft("Weaver").await;
    for (input, middle, top) in [
        (pay("50", Value::Null, "EUR", "HOUR"), json!("104000"), Some(10_400_000)),
        (pay("400", Value::Null, "USD", "DAY"), json!("52000"), Some(5_200_000)),
        (pay("4000", json!("5000.50"), "EUR", "MONTH"), json!("54003"), Some(6_000_600)),
        (pay("1000", Value::Null, "USD", "WEEK"), json!("26000"), Some(2_600_000)),
        (pay("60000", json!("80000"), "EUR", "YEAR"), json!("70000"), Some(8_000_000)),
        (pay("5000", Value::Null, "EUR", "PROJECT"), Value::Null, None),
        (pay("5000", Value::Null, "CHF", "MONTH"), Value::Null, None),
    ] {
        let run = team.change(&id, input.clone()).await.done();
        let salary = run.at("jobUpdate.job.salary");
        assert_eq!(salary["yearlyMid"], middle, "{input}");
        assert_eq!(salary["max"], input["salary"]["max"], "{input}");
        assert_eq!(team.row(&id).await.salary_yearly_top, top, "{input}");
    }
    let run = team.change(&id, json!({ "title": "Spinner" })).await.done();
    assert_eq!(run.text("jobUpdate.job.salary.currency"), "CHF", "what is left out stays");
    let run = team.change(&id, json!({ "salary": Value::Null })).await.done();
    assert_eq!(run.at("jobUpdate.job.salary"), &Value::Null);
}

#[tokio::test]
async fn pay_that_makes_no_sense_is_refused() {
    let team = team().await;
    let id = team.draft("Weaver").await;
    for (input, expected) in [
        (pay("50", json!("40"), "EUR", "HOUR"), "OUT_OF_RANGE input.salary.max"),
        (pay("50", Value::Null, "euro", "HOUR"), "INVALID input.salary.currency"),
        (json!({ "salary": { "currency": "EUR", "per": "HOUR" } }), "REQUIRED input.salary.min"),
    ] {
        let ask = json!({ "id": id, "input": input });
        assert_eq!(team.app.refuses(&team.moe, UPDATE, ask).await.refusals(), [expected]);
    }
    for amount in ["-1", "1.005", "1e3", "10000000000000", "1,5", "", "."] {
        let ask = json!({ "id": id, "input": pay(amount, Value::Null, "EUR", "HOUR") });
        let run = team.app.refuses(&team.moe, UPDATE, ask).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{amount}");
    }
}
