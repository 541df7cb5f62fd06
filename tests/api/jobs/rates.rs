//! What salaries are worth when an operator says that currencies are worth something else.

use futures_util::future::join_all;
use guildhall::{
    Actor::Guest,
    entity::{currency_rate, job, work_item},
    jobs::service::look_at_rates,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};
use serde_json::{Value, json};

use super::kit::{Team, of_team};
use crate::kit::TestApp;

const BOARD: &str = "query($filter: JobFilter, $direction: OrderDirection!) {
    jobs(filter: $filter, orderBy: { field: SALARY, direction: $direction }, first: 100) { nodes { title } } }";

/// A server that has started, and done what there was to do.
async fn started(rates: &[&str]) -> Team {
    let rates = rates.iter().map(|rate| (*rate).to_owned()).collect();
    let app = TestApp::with(|config| config.currency_rates = rates).await;
    assert!(look_at_rates(&app.app).await.unwrap());
    app.work().await;
    of_team(app).await
}

async fn set(team: &Team, rates: &[&str]) -> TestApp {
    let rates = rates.iter().map(|rate| (*rate).to_owned()).collect();
    team.app.set_otherwise(|config| config.currency_rates = rates).await
}

async fn paying(team: &Team, title: &str, amount: &str, currency: &str) -> String {
    let id = team.open(title).await;
    let salary = json!({ "min": amount, "currency": currency, "per": "YEAR" });
    team.change(&id, json!({ "salary": salary })).await.done();
    id
}

async fn by_pay(app: &TestApp, filter: Value, direction: &str) -> Vec<String> {
    let ask = json!({ "filter": filter, "direction": direction });
    app.run_with(&Guest, BOARD, ask).await.ok().list("jobs.nodes", "title")
}

async fn asked(app: &TestApp) -> u64 {
    app.count::<work_item::Entity>(work_item::Column::Kind.eq("jobs.salaries")).await
}

async fn kept(app: &TestApp) -> Vec<(String, i64)> {
    let rows = currency_rate::Entity::find().order_by_asc(currency_rate::Column::Currency);
    let rows = rows.all(&app.app.db.write).await.unwrap();
    rows.into_iter().map(|row| (row.currency, row.micros)).collect()
}

#[tokio::test]
async fn the_order_and_the_filter_by_pay_are_right_after_the_rates_change() {
    let team = started(&["USD=0.5", "GBP=1.2"]).await;
    let euros = paying(&team, "Euros", "60000", "EUR").await;
    let dollars = paying(&team, "Dollars", "100000", "USD").await;
    let pounds = paying(&team, "Pounds", "45000", "GBP").await;
    let francs = paying(&team, "Francs", "50000", "CHF").await;
    let versions = [&euros, &dollars, &pounds, &francs].map(async |id| team.row(id).await.version);
    let versions = join_all(versions).await;
    assert_eq!(
        by_pay(&team.app, json!({}), "DESC").await,
        ["Euros", "Pounds", "Dollars", "Francs"]
    );
    let floor = json!({ "salaryAtLeast": { "amount": "70000", "currency": "EUR" } });
    assert_eq!(by_pay(&team.app, floor.clone(), "DESC").await, [""; 0]);

    let app = set(&team, &["USD=0.9", "CHF=1.5"]).await;
    assert!(look_at_rates(&app.app).await.unwrap());
    assert_eq!(asked(&app).await, 1);
    assert!(!look_at_rates(&app.app).await.unwrap(), "it was seen");
    assert_eq!(asked(&app).await, 1);
    app.work().await;
    assert_eq!(asked(&app).await, 0);
    let rates = [("CHF", 1_500_000), ("EUR", 1_000_000), ("USD", 900_000)];
    assert_eq!(kept(&app).await, rates.map(|(code, micros)| (code.to_owned(), micros)));
    // Pounds do not compare any more.
    assert_eq!(by_pay(&app, json!({}), "DESC").await, ["Dollars", "Francs", "Euros", "Pounds"]);
    assert_eq!(by_pay(&app, json!({}), "ASC").await, ["Euros", "Francs", "Dollars", "Pounds"]);
    assert_eq!(by_pay(&app, floor, "DESC").await, ["Dollars", "Francs"]);
    let row = team.row(&dollars).await;
    assert_eq!((row.salary_yearly, row.salary_yearly_top), (Some(9_000_000), Some(9_000_000)));
    assert_eq!(team.row(&pounds).await.salary_yearly_top, None);
    let after = [&euros, &dollars, &pounds, &francs].map(async |id| team.row(id).await.version);
    assert_eq!(join_all(after).await, versions, "nobody changed the postings");
}

#[tokio::test]
async fn another_currency_of_the_server_is_a_change_too() {
    let team = started(&["USD=0.5"]).await;
    let id = paying(&team, "Dollars", "100000", "USD").await;
    assert_eq!(team.row(&id).await.salary_yearly, Some(5_000_000));
    let app = team.app.set_otherwise(|config| config.currency = "USD".to_owned()).await;
    let app = app.set_otherwise(|config| config.currency_rates = vec!["EUR=2".to_owned()]).await;
    assert!(look_at_rates(&app.app).await.unwrap());
    app.work().await;
    assert_eq!(team.row(&id).await.salary_yearly, Some(10_000_000));
}

#[tokio::test]
async fn of_servers_that_start_at_once_one_asks() {
    let team = started(&["USD=0.5"]).await;
    let servers = [set(&team, &["USD=0.9"]).await, set(&team, &["USD=0.9"]).await];
    let looks = servers.iter().map(|server| look_at_rates(&server.app));
    let asks: Vec<bool> = join_all(looks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(asks.iter().filter(|asks| **asks).count(), 1, "{asks:?}");
    assert_eq!(asked(&team.app).await, 1);
    assert!(!look_at_rates(&servers[0].app).await.unwrap());
}

#[tokio::test]
async fn many_are_worked_out_part_by_part_with_what_the_rates_are_by_then() {
    let team = started(&["USD=0.5"]).await;
    let first = paying(&team, "Dollars", "100000", "USD").await;
    let row = team.row(&first).await;
    let more = (0..249).map(|at| {
        let (id, slug) = (team.app.app.clock.key(), format!("more-{at}"));
        job::Model { id, slug, ..row.clone() }.into_active_model()
    });
    job::Entity::insert_many(more).exec_without_returning(&team.app.app.db.write).await.unwrap();
    let worth = async |amount: i64| {
        team.app.count::<job::Entity>(job::Column::SalaryYearly.eq(amount)).await
    };
    assert_eq!(worth(5_000_000).await, 250);
    // Changed again before anything was done.
    for rate in ["USD=0.7", "USD=0.9"] {
        assert!(look_at_rates(&set(&team, &[rate]).await.app).await.unwrap());
    }
    let done = team.app.work().await;
    assert_eq!(worth(9_000_000).await, 250);
    // A hundred at once; what both ask for behind them is done once while it waits.
    assert!((5..=8).contains(&done), "{done}");
    // Done again, it leaves the same.
    for _ in 0..2 {
        assert!(!look_at_rates(&set(&team, &["USD=0.9"]).await.app).await.unwrap());
    }
    assert_eq!((team.app.work().await, worth(9_000_000).await), (0, 250));
}
