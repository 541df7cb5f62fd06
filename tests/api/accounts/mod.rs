//! Who may come in, and as whom.

mod access_tokens;
mod api_tokens;
mod changing_address;
mod doors;
mod forgotten;
mod invitations;
mod invitations_mailed;
mod joining;
mod keys;
mod mails;
mod pages;
mod refreshing;
mod sessions;
mod signing_in;
mod staff;
mod verifying;

use guildhall::{Actor, Actor::Guest, accounts, engine::Ask};
use serde_json::{Value, json};

use crate::kit::{Run, TestApp};

pub const PASSWORD: &str = "weather vane 27 lantern";

const ERRORS: &str = "userErrors { code message path
    ... on RateLimitError { retryAfter } ... on LimitError { min max actual } }";

/// What an answer to signing in holds.
pub fn auth(field: &str) -> String {
    format!(
        "{field} {{ session {{ accessToken expiresAt refreshToken
            session {{ id device ipAddress createdAt lastUsedAt isCurrent }} }}
            viewer {{ account {{ id email }} roles {{ key }} }} {ERRORS} }}"
    )
}

pub fn joiner(handle: &str) -> Value {
    json!({
        "email": format!("{handle}@example.org"),
        "handle": handle,
        "name": "Ada Weaver",
        "password": PASSWORD,
    })
}

pub async fn register(app: &TestApp, input: Value) -> Run {
    let query = format!(
        "mutation ($input: AccountRegisterInput!) {{ {} }}",
        auth("accountRegister(input: $input)")
    );
    app.run_with(&Guest, &query, json!({ "input": input })).await
}

pub async fn sign_in(app: &TestApp, login: &str, password: &str) -> Run {
    let query = format!(
        "mutation ($by: PasswordSignIn!) {{ {} }}",
        auth("sessionCreate(input: { password: $by })")
    );
    app.run_with(&Guest, &query, json!({ "by": { "login": login, "password": password } })).await
}

pub async fn refresh(app: &TestApp, token: &str) -> Run {
    let query =
        format!("mutation ($token: String) {{ {} }}", auth("sessionRefresh(refreshToken: $token)"));
    app.run_with(&Guest, &query, json!({ "token": token })).await
}

/// Somebody new, with what their registration answered: `session` and `viewer`.
pub async fn joined(app: &TestApp, handle: &str) -> Value {
    let run = register(app, joiner(handle)).await.ok();
    let answer = run.at("accountRegister").clone();
    assert_eq!(answer["userErrors"], json!([]));
    answer
}

/// Whom the access token of an answer stands for.
pub async fn actor(app: &TestApp, answer: &Value) -> Actor {
    accounts::authenticate(&app.app, access(answer)).await.unwrap()
}

pub fn access(answer: &Value) -> &str {
    answer["session"]["accessToken"].as_str().unwrap()
}

pub fn renewal(answer: &Value) -> &str {
    answer["session"]["refreshToken"].as_str().unwrap()
}

pub fn session_id(answer: &Value) -> &str {
    answer["session"]["session"]["id"].as_str().unwrap()
}

/// That the field was refused for one reason: its code and the path to it.
#[track_caller]
pub fn refused(run: &Run, field: &str) -> (String, Vec<String>) {
    assert_eq!(run.errors, Vec::<Value>::new());
    let errors = run.at(field)["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "exactly one: {errors:#?}");
    let path = errors[0]["path"].as_array().unwrap();
    let path = path.iter().map(|part| part.as_str().unwrap().to_owned());
    (errors[0]["code"].as_str().unwrap().to_owned(), path.collect())
}

/// What [`refused`] answers.
pub fn because(code: &str, path: &[&str]) -> (String, Vec<String>) {
    (code.to_owned(), path.iter().map(|part| (*part).to_owned()).collect())
}

/// The `Set-Cookie` lines of an answer.
pub async fn cookies(
    app: &TestApp,
    actor: &Actor,
    query: &str,
    refresh_cookie: Option<&str>,
) -> Vec<String> {
    let refresh_cookie = refresh_cookie.map(str::to_owned);
    let ask = Ask { query: Some(query.to_owned()), refresh_cookie, ..Ask::default() };
    let response = app.answer(actor, ask).await.response;
    assert_eq!(response.errors, vec![]);
    let lines = response.http_headers.get_all("set-cookie").into_iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}
