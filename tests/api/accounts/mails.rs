//! What the tests of mails have in common.

use guildhall::{
    Actor::{self, Guest},
    entity::{account, account_token, email},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};
use serde_json::json;

use super::refused;
use crate::kit::{Run, TestApp};

/// All mails to an address, the oldest first.
pub async fn mails(app: &TestApp, to: &str) -> Vec<email::Model> {
    email::Entity::find()
        .filter(email::Column::ToKey.eq(to))
        .order_by_asc(email::Column::Id)
        .all(&app.app.db.write)
        .await
        .unwrap()
}

/// What the mails to an address are, the oldest first.
pub async fn templates(app: &TestApp, to: &str) -> Vec<String> {
    mails(app, to).await.into_iter().map(|mail| mail.template_key.unwrap()).collect()
}

/// The link in a mail.
pub fn link(mail: &email::Model) -> &str {
    let line = mail.text.as_deref().unwrap().lines().find(|line| line.contains(": http"));
    line.unwrap().split_once(": ").unwrap().1
}

/// The token in the link of the last mail to an address.
pub async fn token(app: &TestApp, to: &str) -> String {
    let mails = mails(app, to).await;
    let mail = mails.iter().rfind(|mail| mail.is_secret == 1).unwrap();
    link(mail).rsplit_once(['/', '=']).unwrap().1.to_owned()
}

pub async fn verify(app: &TestApp, token: &str) -> Run {
    let query = "mutation ($token: String!) { emailVerify(token: $token) { done userErrors { code path } } }";
    app.run_with(&Guest, query, json!({ "token": token })).await.ok()
}

pub async fn send_verification(app: &TestApp, actor: &Actor) -> Run {
    let query = "mutation { emailVerificationSend { done
        userErrors { code path ... on RateLimitError { retryAfter } } } }";
    app.run(actor, query).await
}

pub async fn change(app: &TestApp, actor: &Actor, email: &str) -> Run {
    let query = "mutation ($email: EmailAddress!) { emailChange(email: $email) {
        account { email emailVerified pendingEmail } userErrors { code path } } }";
    app.run_with(actor, query, json!({ "email": email })).await
}

pub async fn send_reset(app: &TestApp, email: &str) -> Run {
    let query = "mutation ($email: EmailAddress!) { passwordResetSend(email: $email) { done
        userErrors { code path } } }";
    app.run_with(&Guest, query, json!({ "email": email })).await.ok()
}

pub async fn reset(app: &TestApp, token: &str, password: &str) -> Run {
    let query = "mutation ($input: PasswordResetInput!) { passwordReset(input: $input) { done
        userErrors { code path } } }";
    let input = json!({ "token": token, "password": password });
    app.run_with(&Guest, query, json!({ "input": input })).await.ok()
}

/// That a mutation that answers `done` did it.
#[track_caller]
pub fn done(run: &Run, field: &str) {
    assert_eq!(run.at(field), &json!({ "done": true, "userErrors": [] }));
}

/// That a link is worth nothing.
#[track_caller]
pub fn dead(run: &Run, field: &str) {
    let (code, path) = refused(run, field);
    assert_eq!((code.as_str(), path.last().map(String::as_str)), ("EXPIRED", Some("token")));
}

/// The account with this address.
pub async fn account(app: &TestApp, email: &str) -> account::Model {
    let found = account::Entity::find().filter(account::Column::EmailKey.eq(email));
    found.one(&app.app.db.write).await.unwrap().unwrap()
}

/// How many tokens of mails there are.
pub async fn tokens(app: &TestApp) -> u64 {
    app.count::<account_token::Entity>(Expr::value(true)).await
}

/// How many mails there are.
pub async fn sent(app: &TestApp) -> u64 {
    app.count::<email::Entity>(Expr::value(true)).await
}
