//! A socket lives as long as what it came in by, and no longer.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        account::{self, Role, State},
        session,
    },
    infra::bus::Note,
    server::Patience,
};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{
    brisk,
    client::{Socket, is_closed},
};
use crate::{
    accounts::{PASSWORD, access, actor, joined, renewal, session_id, sign_in},
    door::{Door, Reply},
    kit::{key, redis},
};

const ME: &str = "{ viewer { profile { handle } } }";

/// The access token of somebody new.
pub async fn token(door: &Door, handle: &str) -> String {
    access(&joined(&door.test, handle).await).to_owned()
}

fn ada() -> Value {
    json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } })
}

async fn revoke(door: &Door, by: &Actor, session: &str) {
    let query = "mutation ($id: ID!) { sessionRevoke(id: $id) { userErrors { message } } }";
    let run = door.test.run_with(by, query, json!({ "id": session })).await.ok();
    assert_eq!(run.at("sessionRevoke.userErrors"), &json!([]));
}

/// Makes every listener of the bus miss something.
fn lose_notes(door: &Door) {
    for _ in 0..20_000 {
        door.app.bus.publish_local(Note::Session { session: uuid::Uuid::nil() });
    }
}

#[tokio::test]
async fn a_session_that_is_ended_ends_its_sockets_within_a_second() {
    let door = Door::open().await;
    let first = joined(&door.test, "ada").await;
    let second = sign_in(&door.test, "ada", PASSWORD).await.ok().at("sessionCreate").clone();
    let mut gone = Socket::member(&door, access(&second)).await;
    let mut too = Socket::member(&door, access(&second)).await;
    let mut stays = Socket::member(&door, access(&first)).await;
    let mut guest = Socket::guest(&door).await;
    let began = Instant::now();
    revoke(&door, &actor(&door.test, &first).await, session_id(&second)).await;
    is_closed(gone.closed().await, 4403, "has ended");
    is_closed(too.closed().await, 4403, "has ended");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(stays.ask("1", ME).await, ada());
    guest.ask("1", ME).await;
}

#[tokio::test]
async fn who_signs_out_over_a_socket_is_closed() {
    let door = Door::open().await;
    let mut socket = Socket::member(&door, &token(&door, "ada").await).await;
    socket.subscribe("1", "mutation { sessionRevoke { userErrors { message } } }").await;
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn a_new_password_ends_the_sockets_elsewhere_and_not_here() {
    let door = Door::open().await;
    let first = joined(&door.test, "ada").await;
    let second = sign_in(&door.test, "ada", PASSWORD).await.ok().at("sessionCreate").clone();
    let mut here = Socket::member(&door, access(&first)).await;
    let mut elsewhere = Socket::member(&door, access(&second)).await;
    let query = format!(
        "mutation {{ passwordChange(input: {{ current: \"{PASSWORD}\", next: \"seven maple doors 12\", \
        signOutOthers: true }}) {{ userErrors {{ message }} }} }}"
    );
    let answer = here.ask("1", &query).await;
    assert_eq!(answer["data"]["passwordChange"]["userErrors"], json!([]), "{answer}");
    is_closed(elsewhere.closed().await, 4403, "has ended");
    assert_eq!(here.ask("2", ME).await, ada());
}

#[tokio::test]
async fn an_api_token_that_is_ended_ends_its_sockets() {
    let door = Door::open().await;
    let owner = actor(&door.test, &joined(&door.test, "ada").await).await;
    let query = "mutation { apiTokenCreate(input: { name: \"bot\", scopes: [READ_PUBLIC, READ_PRIVATE] }) \
        { apiToken { id } secret } }";
    let run = door.test.run(&owner, query).await.ok();
    let mut socket = Socket::member(&door, run.text("apiTokenCreate.secret")).await;
    socket.ask("1", "{ __typename }").await;
    let query = "mutation ($id: ID!) { apiTokenRevoke(id: $id) { userErrors { message } } }";
    let id = json!({ "id": run.text("apiTokenCreate.apiToken.id") });
    door.test.run_with(&owner, query, id).await.ok();
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn an_api_token_is_good_until_it_ends() {
    let door = Door::patient(|_| (), brisk()).await;
    let owner = actor(&door.test, &joined(&door.test, "ada").await).await;
    let query = "mutation { apiTokenCreate(input: { name: \"bot\", scopes: [READ_PUBLIC], \
        expiresAt: \"2026-05-04T10:30:00Z\" }) { secret } }";
    let run = door.test.run(&owner, query).await.ok();
    let mut socket = Socket::member(&door, run.text("apiTokenCreate.secret")).await;
    door.app.clock.advance(TimeDelta::minutes(59));
    socket.ask("1", "{ __typename }").await;
    door.app.clock.advance(TimeDelta::minutes(1));
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn a_socket_does_not_outlive_its_access_token() {
    let door = Door::patient(|_| (), brisk()).await;
    let mut socket = Socket::member(&door, &token(&door, "ada").await).await;
    let mut guest = Socket::guest(&door).await;
    door.app.clock.advance(TimeDelta::seconds(15 * 60 - 1));
    assert_eq!(socket.ask("1", ME).await, ada());
    door.app.clock.advance(TimeDelta::seconds(1));
    is_closed(socket.closed().await, 4403, "has ended");
    guest.ask("1", ME).await;
}

#[tokio::test]
async fn a_token_that_has_ended_opens_no_socket() {
    let door = Door::open().await;
    let token = token(&door, "ada").await;
    door.app.clock.advance(TimeDelta::minutes(15));
    let mut socket = Socket::open(&door).await;
    socket.send(json!({ "type": "connection_init", "payload": { "token": token } })).await;
    is_closed(socket.closed().await, 4403, "Forbidden");
}

#[tokio::test]
async fn a_session_renewed_over_the_socket_prolongs_it() {
    let door = Door::patient(|_| (), brisk()).await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&door, access(&session)).await;
    door.app.clock.advance(TimeDelta::minutes(14));
    let query = format!(
        "mutation {{ sessionRefresh(refreshToken: \"{}\") {{ session {{ accessToken refreshToken }} }} }}",
        renewal(&session)
    );
    let answer = socket.ask("1", &query).await;
    assert!(answer["data"]["sessionRefresh"]["session"]["refreshToken"].is_string(), "{answer}");
    door.app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(socket.ask("2", ME).await, ada());
    door.app.clock.advance(TimeDelta::minutes(1));
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn a_session_renewed_over_http_prolongs_its_sockets() {
    let door = Door::patient(|_| (), brisk()).await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&door, access(&session)).await;
    door.app.clock.advance(TimeDelta::minutes(14));
    let cookie = format!("__Host-guildhall_refresh={}", renewal(&session));
    let query = "mutation { sessionRefresh { session { refreshToken } } }";
    let request = door.post().header("cookie", cookie).json(&json!({ "query": query }));
    assert_eq!(Reply::of(request).await.body["errors"], Value::Null);
    door.app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(socket.ask("1", ME).await, ada());
    door.app.clock.advance(TimeDelta::minutes(1));
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn a_used_refresh_token_that_comes_back_ends_the_sockets_of_its_session() {
    let door = Door::open().await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&door, access(&session)).await;
    crate::accounts::refresh(&door.test, renewal(&session)).await.ok();
    door.app.clock.advance(TimeDelta::seconds(11));
    crate::accounts::refresh(&door.test, renewal(&session)).await;
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn operations_run_with_the_role_of_now() {
    let door = Door::open().await;
    let admin = door.test.with_role("root", Role::Admin).await;
    let session = joined(&door.test, "ada").await;
    let ada = actor(&door.test, &session).await;
    let mut socket = Socket::member(&door, access(&session)).await;
    let roles = "{ viewer { roles { key } } }";
    let answer = socket.ask("1", roles).await;
    assert_eq!(answer["data"]["viewer"]["roles"], json!([{ "key": "member" }]), "{answer}");
    let query = "mutation ($id: ID!, $roles: [ID!]!) { memberRolesSet(account: $id, roles: $roles) \
        { userErrors { message } } }";
    let run = door.test.run(&admin, "{ admin { roles { id key } } }").await.ok();
    let known = run.at("admin.roles").as_array().unwrap().clone();
    let moderator = known.iter().find(|role| role["key"] == "moderator").unwrap();
    let id = guildhall::typeid::encode("account", ada.id().unwrap());
    let run = door.test.run_with(&admin, query, json!({ "id": id, "roles": [moderator["id"]] }));
    assert_eq!(run.await.ok().at("memberRolesSet.userErrors"), &json!([]));
    // The change is on its way to the socket.
    let until = Instant::now() + Duration::from_secs(1);
    while socket.ask("2", roles).await["data"]["viewer"]["roles"] != json!([{ "key": "moderator" }])
    {
        assert!(Instant::now() < until, "within a second");
    }
}

#[tokio::test]
async fn what_nobody_told_is_found_out_all_the_same() {
    let look_at_all = Duration::from_millis(50);
    let door = Door::patient(|_| (), Patience { look_at_all, ..brisk() }).await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&door, access(&session)).await;
    let suspended = account::ActiveModel { state: Set(State::Suspended), ..Default::default() };
    account::Entity::update_many().set(suspended).exec(&door.app.db.write).await.unwrap();
    is_closed(socket.closed().await, 4403, "has ended");
}

#[tokio::test]
async fn when_notes_are_lost_everybody_is_looked_at_in_one_statement() {
    let door = Door::open().await;
    let first = joined(&door.test, "ada").await;
    let mut gone = Socket::member(&door, access(&first)).await;
    let mut others = Vec::new();
    for _ in 0..4 {
        let session = sign_in(&door.test, "ada", PASSWORD).await.ok().at("sessionCreate").clone();
        others.push(Socket::member(&door, access(&session)).await);
    }
    let id = key("session", session_id(&first));
    let ended = session::Column::Id.eq(id);
    session::Entity::delete_many().filter(ended).exec(&door.app.db.write).await.unwrap();
    door.test.statements();
    lose_notes(&door);
    is_closed(gone.closed().await, 4403, "has ended");
    let looked = door.test.statements();
    assert_eq!(looked.len(), 1, "{looked:#?}");
    for mut socket in others {
        assert_eq!(socket.ask("1", ME).await, ada());
    }
}

#[tokio::test]
async fn what_another_process_ended_is_not_believed_here_any_more() {
    let door = Door::open().await;
    let session = joined(&door.test, "ada").await;
    let ask = || async {
        let request = door.post().bearer_auth(access(&session)).json(&json!({ "query": ME }));
        Reply::of(request).await.status.as_u16()
    };
    assert_eq!(ask().await, 200);
    session::Entity::delete_many().exec(&door.app.db.write).await.unwrap();
    assert_eq!(ask().await, 200, "for five seconds it is, when nobody says anything");
    let id = key("session", session_id(&session));
    door.app.bus.publish_local(Note::Session { session: id });
    let until = Instant::now() + Duration::from_secs(1);
    while ask().await != 401 {
        assert!(Instant::now() < until, "within a second");
    }
}

#[tokio::test]
async fn a_session_that_is_ended_on_one_server_ends_its_sockets_on_the_others() {
    let test = "a_session_that_is_ended_on_one_server_ends_its_sockets_on_the_others";
    if !redis::is_there(test) {
        return;
    }
    let door = Door::open().await;
    let other = door.beside(Patience::default()).await;
    let session = joined(&door.test, "ada").await;
    let mut socket = Socket::member(&other, access(&session)).await;
    assert_eq!(socket.ask("1", ME).await, ada());
    let began = Instant::now();
    revoke(&door, &actor(&door.test, &session).await, session_id(&session)).await;
    is_closed(socket.closed().await, 4403, "has ended");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}
