use chrono::TimeDelta;
use guildhall::{
    Actor::Guest,
    accounts,
    entity::{refresh_token, session},
};
use sea_orm::{EntityTrait as _, sea_query::Expr};
use serde_json::json;

use super::{access, actor, cookies, joined, refresh, renewal, session_id};
use crate::kit::TestApp;

#[tokio::test]
async fn a_session_is_renewed_and_lives_on() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    app.app.clock.advance(TimeDelta::days(59));

    let run = refresh(&app, renewal(&ada)).await.ok();

    let renewed = run.at("sessionRefresh");
    assert_eq!(session_id(renewed), session_id(&ada));
    assert_eq!(renewed["session"]["session"]["lastUsedAt"], "2026-07-02T09:30:00.000Z");
    assert_ne!(access(renewed), access(&ada));
    assert_ne!(renewal(renewed), renewal(&ada));
    assert_eq!(renewed["viewer"]["account"]["email"], "ada@example.org");
    actor(&app, renewed).await;

    app.app.clock.advance(TimeDelta::days(59));
    refresh(&app, renewal(renewed)).await.ok();
}

#[tokio::test]
async fn a_session_that_was_not_used_ends() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    app.app.clock.advance(TimeDelta::days(60));

    assert_eq!(refresh(&app, renewal(&ada)).await.error_code(), "UNAUTHENTICATED");
    accounts::prune(&app.app).await.unwrap();
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 0);
    assert_eq!(app.count::<refresh_token::Entity>(Expr::value(true)).await, 0);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_tab_ends_nothing() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    let next = refresh(&app, renewal(&ada)).await.ok();
    app.app.clock.advance(TimeDelta::seconds(10));

    assert_eq!(refresh(&app, renewal(&ada)).await.error_code(), "UNAUTHENTICATED");

    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 1);
    refresh(&app, renewal(next.at("sessionRefresh"))).await.ok();
}

#[tokio::test]
async fn a_used_refresh_token_that_comes_back_ends_the_session() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    let next = refresh(&app, renewal(&ada)).await.ok();
    let next = next.at("sessionRefresh");
    actor(&app, next).await;
    app.app.clock.advance(TimeDelta::milliseconds(10_001));
    actor(&app, next).await;

    assert_eq!(refresh(&app, renewal(&ada)).await.error_code(), "UNAUTHENTICATED");

    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 0);
    assert_eq!(refresh(&app, renewal(next)).await.error_code(), "UNAUTHENTICATED");
    let ended = accounts::authenticate(&app.app, access(next)).await;
    assert!(matches!(ended, Err(guildhall::Error::Unauthenticated)), "at once");
}

#[tokio::test]
async fn of_ten_refreshes_at_once_one_wins() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    let tries = (0..10).map(|_| refresh(&app, renewal(&ada)));
    let runs = futures_util::future::join_all(tries).await;

    let (won, lost): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.errors.is_empty());
    assert_eq!((won.len(), lost.len()), (1, 9));
    for run in lost {
        assert_eq!(run.error_code(), "UNAUTHENTICATED");
    }
    assert_eq!(app.count::<refresh_token::Entity>(Expr::value(true)).await, 2);
    assert_eq!(app.count::<session::Entity>(Expr::value(true)).await, 1);
    refresh(&app, renewal(won[0].at("sessionRefresh"))).await.ok();
}

#[tokio::test]
async fn what_is_no_refresh_token_renews_nothing() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    for token in ["", "nonsense", access(&ada)] {
        assert_eq!(refresh(&app, token).await.error_code(), "UNAUTHENTICATED", "{token}");
    }
    let run = app.run(&Guest, "mutation { sessionRefresh { userErrors { code } } }").await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    assert_eq!(run.sql, [""; 0]);
}

#[tokio::test]
async fn a_browser_is_renewed_by_its_cookie_and_sees_no_token() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    let query = "mutation { sessionRefresh { userErrors { code } } }";
    let set = cookies(&app, &Guest, query, Some(renewal(&ada))).await;
    assert_eq!(set.len(), 2);
    let cookie = set[1].strip_prefix("__Host-guildhall_refresh=").unwrap();
    let (cookie, _) = cookie.split_once(';').unwrap();
    assert_ne!(cookie, renewal(&ada));

    let ask = guildhall::engine::Ask {
        query: Some("mutation { sessionRefresh { session { refreshToken } } }".to_owned()),
        refresh_cookie: Some(cookie.to_owned()),
        ..Default::default()
    };
    let response = app.answer(&Guest, ask).await.response;
    assert_eq!(
        response.data.into_json().unwrap(),
        json!({ "sessionRefresh": { "session": { "refreshToken": null } } })
    );
}

#[tokio::test]
async fn only_hashes_of_tokens_are_kept() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;

    let row = refresh_token::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();

    assert_eq!(row.token_hash, guildhall::infra::secrets::hash(renewal(&ada)));
    assert_eq!(renewal(&ada).len(), 43, "256 bits");
}

#[tokio::test]
async fn a_refresh_token_that_was_used_a_week_ago_is_forgotten() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    let next = refresh(&app, renewal(&ada)).await.ok();
    app.app.clock.advance(TimeDelta::days(8));

    accounts::prune(&app.app).await.unwrap();

    assert_eq!(app.count::<refresh_token::Entity>(Expr::value(true)).await, 1);
    refresh(&app, renewal(next.at("sessionRefresh"))).await.ok();
}
