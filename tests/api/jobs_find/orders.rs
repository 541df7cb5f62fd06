//! The orders of jobs, page by page.

use chrono::TimeDelta;
use guildhall::{Actor::Guest, entity::job::State};
use serde_json::{Value, json};

use super::kit::Post;
use crate::kit::TestApp;

/// All titles, in pages of `first`; `between` pages something happens.
async fn pages(
    app: &TestApp,
    mut variables: Value,
    first: usize,
    between: impl AsyncFn(usize),
) -> Vec<String> {
    let mut titles = Vec::new();
    variables["first"] = json!(first);
    for page in 0..50 {
        let run = app.jobs(&Guest, variables.clone()).await.ok();
        titles.extend(run.list("jobs.nodes", "title"));
        if run.at("jobs.pageInfo.hasNextPage") == &json!(false) {
            return titles;
        }
        variables["after"] = run.at("jobs.pageInfo.endCursor").clone();
        between(page).await;
    }
    panic!("pages without end: {titles:?}");
}

async fn five(app: &TestApp) -> uuid::Uuid {
    let mill = app.hirer("Mill", &[]).await;
    let begin = app.app.clock.now();
    for (title, salary, days) in [
        ("A", Some(300), None),
        ("B", None, Some(2)),
        ("C", Some(100), Some(1)),
        ("D", None, None),
        ("E", Some(300), Some(3)),
    ] {
        app.app.clock.advance(TimeDelta::hours(1));
        let closes_at = days.map(|days| begin + TimeDelta::days(days));
        app.post_job(mill, Post { title, salary, closes_at, ..Post::default() }).await;
    }
    mill
}

#[tokio::test]
async fn jobs_without_the_value_come_last_in_both_directions() {
    let app = TestApp::new().await;
    five(&app).await;
    for (field, direction, expected) in [
        ("PUBLISHED", "DESC", ["E", "D", "C", "B", "A"]),
        ("PUBLISHED", "ASC", ["A", "B", "C", "D", "E"]),
        ("RELEVANCE", "DESC", ["E", "D", "C", "B", "A"]),
        ("CLOSES", "ASC", ["C", "B", "E", "A", "D"]),
        ("CLOSES", "DESC", ["E", "B", "C", "D", "A"]),
        ("SALARY", "DESC", ["E", "A", "C", "D", "B"]),
        ("SALARY", "ASC", ["C", "A", "E", "B", "D"]),
    ] {
        let order = json!({ "orderBy": { "field": field, "direction": direction } });
        for first in [1, 2, 3, 5] {
            let titles = pages(&app, order.clone(), first, async |_| ()).await;
            assert_eq!(titles, expected, "{field} {direction} {first}");
        }
    }
}

#[tokio::test]
async fn pages_stay_right_while_jobs_come_and_go() {
    let app = TestApp::new().await;
    let mill = five(&app).await;
    let order = json!({ "orderBy": { "field": "PUBLISHED" } });
    let titles = pages(&app, order, 2, async |page| {
        app.app.clock.advance(TimeDelta::hours(1));
        app.post_job(mill, Post { title: "New", ..Post::default() }).await;
        if page == 0 {
            // The very one whose place is the cursor goes.
            let run = app.jobs(&Guest, json!({})).await.ok();
            assert_eq!(run.list("jobs.nodes", "title")[..3], ["New", "E", "D"]);
            app.close("D").await;
        }
    })
    .await;
    assert_eq!(titles, ["E", "D", "C", "B", "A"]);
}

#[tokio::test]
async fn what_fits_best_comes_first_and_pages_stay_right() {
    let app = TestApp::new().await;
    let mill = app.hirer("Mill", &[]).await;
    for (title, body) in [
        ("Cook", "a loom in a long text about soup and bread and butter"),
        ("Loom maker", "loom loom"),
        ("Baker", "loom, loom"),
        ("Smith", "nothing"),
    ] {
        app.app.clock.advance(TimeDelta::hours(1));
        app.post_job(mill, Post { title, body, ..Post::default() }).await;
    }
    let asked = json!({ "filter": { "text": "loom" } });
    let best = ["Loom maker", "Baker", "Cook"];
    for first in [1, 2, 3] {
        assert_eq!(pages(&app, asked.clone(), first, async |_| ()).await, best);
    }
    let worst = json!({ "filter": { "text": "loom" }, "orderBy": { "field": "RELEVANCE", "direction": "ASC" } });
    assert_eq!(pages(&app, worst, 1, async |_| ()).await, ["Cook", "Baker", "Loom maker"]);
    let titles = pages(&app, asked, 1, async |page| {
        for _ in 0..5 {
            app.post_job(mill, Post { title: "Other", body: "soup and bread", ..Post::default() })
                .await;
        }
        if page == 0 {
            app.close("Loom maker").await;
        }
    })
    .await;
    assert_eq!(titles, best);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = TestApp::new().await;
    five(&app).await;
    let order = |field: &str| json!({ "field": field });
    let run = app.jobs(&Guest, json!({ "orderBy": order("SALARY"), "first": 1 })).await.ok();
    let cursor = run.at("jobs.pageInfo.endCursor").clone();
    let next = json!({ "orderBy": order("PUBLISHED"), "after": cursor });
    assert_eq!(app.jobs(&Guest, next).await.error_code(), "BAD_REQUEST");
    let next = json!({ "filter": { "text": "weaver" }, "after": cursor });
    assert_eq!(app.jobs(&Guest, next).await.error_code(), "BAD_REQUEST");
    for first in [0, 101] {
        assert_eq!(app.jobs(&Guest, json!({ "first": first })).await.error_code(), "BAD_REQUEST");
    }
}

impl TestApp {
    /// Closes the posting with this title.
    async fn close(&self, title: &str) {
        use guildhall::entity::job;
        use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
        let row = job::Entity::find().filter(job::Column::Title.eq(title));
        let row = row.one(&self.app.db.write).await.unwrap().unwrap();
        self.set_job(row.id, State::Closed).await;
    }
}
