use chrono::TimeDelta;
use guildhall::{
    Actor,
    Actor::Guest,
    accounts,
    entity::account::{self, Role},
    graph::encode,
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::{Value, json};

use super::{PASSWORD, actor, because, joined, refused, sign_in};
use crate::kit::{Run, TestApp};

const MEMBERS: &str = "query ($filter: MemberFilter, $first: Int! = 50, $after: String) { admin {
    members(filter: $filter, first: $first, after: $after) {
        nodes { email } pageInfo { hasNextPage endCursor } } } }";

fn id_of(actor: &Actor) -> String {
    encode("account", actor.id().unwrap()).to_string()
}

fn role_id(role: Role) -> String {
    encode("role", accounts::Role(role).uuid()).to_string()
}

async fn set_roles(app: &TestApp, actor: &Actor, account: &str, roles: &[String]) -> Run {
    let query = "mutation ($account: ID!, $roles: [ID!]!) {
        memberRolesSet(account: $account, roles: $roles) {
            account { email roles { key } } userErrors { code path } } }";
    app.run_with(actor, query, json!({ "account": account, "roles": roles })).await
}

async fn role_of(app: &TestApp, actor: &Actor) -> Role {
    let row = account::Entity::find_by_id(actor.id().unwrap());
    row.one(&app.app.db.write).await.unwrap().unwrap().role
}

#[tokio::test]
async fn the_desk_is_for_staff_and_the_list_of_members_for_admins() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let staff = app.with_role("mod1", Role::Moderator).await;
    let admin = app.with_role("root1", Role::Admin).await;

    let run = app.run(&ada, MEMBERS).await.ok();
    assert_eq!(run.data, json!({ "admin": null }));
    let run = app.run(&staff, MEMBERS).await;
    assert_eq!(run.error_code(), "FORBIDDEN");
    assert_eq!(run.data, json!({ "admin": { "members": null } }));
    assert_eq!(run.sql, [""; 0]);
    let run = app.run(&app.by_token(admin, &[Scope::ReadPrivate]), MEMBERS).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    assert_eq!(run.data, json!({ "admin": null }));

    for actor in [admin, app.by_token(admin, &[Scope::Admin])] {
        let run = app.run(&actor, MEMBERS).await.ok();
        assert_eq!(
            run.at("admin.members.nodes"),
            &json!([{ "email": "root1@example.org" }, { "email": "mod1@example.org" },
                { "email": "ada@example.org" }])
        );
    }
}

#[tokio::test]
async fn members_come_by_the_page() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    for n in 0..4 {
        app.app.clock.advance(TimeDelta::seconds(1));
        app.member(&format!("ada{n}")).await;
    }

    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let run = app.run_with(&admin, MEMBERS, json!({ "first": 2, "after": after })).await.ok();
        let nodes = run.at("admin.members.nodes").as_array().unwrap().clone();
        seen.extend(nodes.iter().map(|node| node["email"].as_str().unwrap().to_owned()));
        after = run.at("admin.members.pageInfo.endCursor").clone();
        if run.at("admin.members.pageInfo.hasNextPage") == false {
            break;
        }
    }

    let expected = ["ada3", "ada2", "ada1", "ada0", "root1"].map(|h| format!("{h}@example.org"));
    assert_eq!(seen, expected);
    for first in [0, -1, 101] {
        let run = app.run_with(&admin, MEMBERS, json!({ "first": first })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{first}");
    }
}

#[tokio::test]
async fn members_are_found_by_text_role_and_state() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    app.member("ada_1").await;
    app.member("grace").await;
    for (filter, expected) in [
        (json!({ "text": "ADA" }), vec!["ada_1@example.org"]),
        (json!({ "text": "a_1" }), vec!["ada_1@example.org"]),
        (json!({ "text": "%" }), vec![]),
        (json!({ "text": "race@EX" }), vec!["grace@example.org"]),
        (json!({ "roles": ["ADMIN", "MODERATOR"] }), vec!["root1@example.org"]),
        (json!({ "states": ["SUSPENDED"] }), vec![]),
        (json!({ "text": "grace", "roles": ["ADMIN"] }), vec![]),
        (json!({ "roles": [] }), vec![]),
    ] {
        let run = app.run_with(&admin, MEMBERS, json!({ "filter": filter })).await.ok();
        let nodes = run.at("admin.members.nodes").as_array().unwrap();
        let found: Vec<_> = nodes.iter().map(|node| node["email"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn members_with_their_sessions_and_tokens_are_three_statements() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    let query = "{ admin { members { nodes { email sessions { id } apiTokens { id } } } } }";
    let mut counts = Vec::new();
    for handle in ["ada", "grace", "mary"] {
        let answer = joined(&app, handle).await;
        let member = actor(&app, &answer).await;
        let create = r#"mutation { apiTokenCreate(input: { name: "x", scopes: [READ_PUBLIC] })
            { secret } }"#;
        app.run(&member, create).await.ok();
        let run = app.run(&admin, query).await.ok();
        assert_eq!(run.at("admin.members.nodes.0.sessions").as_array().unwrap().len(), 1);
        assert_eq!(run.at("admin.members.nodes.0.apiTokens").as_array().unwrap().len(), 1);
        counts.push(run.sql.len());
    }
    assert_eq!(counts, [3, 3, 3]);
}

#[tokio::test]
async fn roles_say_what_they_may() {
    let app = TestApp::new().await;
    let staff = app.with_role("mod1", Role::Moderator).await;

    let run = app
        .run(&staff, "{ admin { roles { id key name position permissions isBuiltIn } } }")
        .await
        .ok();

    let roles = run.at("admin.roles").as_array().unwrap();
    assert_eq!(roles[0]["id"], role_id(Role::Member));
    assert_eq!(
        roles[1],
        json!({
            "id": role_id(Role::Moderator),
            "key": "moderator",
            "name": "Moderator",
            "position": 1,
            "permissions": ["INVITE_MEMBERS", "MODERATE_CONTENT"],
            "isBuiltIn": true,
        })
    );
    assert_eq!(
        roles[2]["permissions"],
        json!(["MANAGE_MEMBERS", "INVITE_MEMBERS", "MODERATE_CONTENT"])
    );
    assert_eq!(run.sql, [""; 0]);
}

#[tokio::test]
async fn an_admin_gives_and_takes_roles_and_it_counts_at_once() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    let answer = joined(&app, "ada").await;
    let ada = actor(&app, &answer).await;

    let run = set_roles(&app, &admin, &id_of(&ada), &[role_id(Role::Moderator)]).await.ok();
    assert_eq!(run.at("memberRolesSet.account.roles"), &json!([{ "key": "moderator" }]));
    assert_eq!(actor(&app, &answer).await.member().unwrap().role, Role::Moderator);

    set_roles(&app, &admin, &id_of(&ada), &[role_id(Role::Member)]).await.ok();
    assert_eq!(actor(&app, &answer).await.member().unwrap().role, Role::Member);
}

#[tokio::test]
async fn nobody_else_gives_roles() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    let ada = app.member("ada").await;
    let staff = app.with_role("mod1", Role::Moderator).await;
    let roles = [role_id(Role::Admin)];

    assert_eq!(set_roles(&app, &Guest, &id_of(&ada), &roles).await.error_code(), "UNAUTHENTICATED");
    for other in [ada, staff, app.by_token(admin, &Scope::ALL)] {
        let run = set_roles(&app, &other, &id_of(&ada), &roles).await;
        assert_eq!(run.error_code(), "FORBIDDEN", "{other:?}");
        assert_eq!(run.sql, [""; 0]);
    }
    assert_eq!(role_of(&app, &ada).await, Role::Member);
}

#[tokio::test]
async fn a_member_has_exactly_one_role_that_exists() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    let ada = app.member("ada").await;
    let (member, moderator) = (role_id(Role::Member), role_id(Role::Moderator));

    let run = set_roles(&app, &admin, &id_of(&ada), &[]).await;
    assert_eq!(refused(&run, "memberRolesSet"), because("INVALID", &["roles"]));
    let run = set_roles(&app, &admin, &id_of(&ada), &[member.clone(), moderator.clone()]).await;
    assert_eq!(refused(&run, "memberRolesSet"), because("INVALID", &["roles"]));
    let run = set_roles(&app, &admin, &id_of(&ada), &[member, "role_x".to_owned()]).await;
    assert_eq!(refused(&run, "memberRolesSet"), because("NOT_FOUND", &["roles", "1"]));
    for nobody in ["account_00000000000000000000000000", "profile_x"] {
        let run = set_roles(&app, &admin, nobody, std::slice::from_ref(&moderator)).await;
        assert_eq!(refused(&run, "memberRolesSet"), because("NOT_FOUND", &["account"]));
    }
    assert_eq!(role_of(&app, &ada).await, Role::Member);
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let app = TestApp::new().await;
    let first = app.with_role("root1", Role::Admin).await;
    let roles = [role_id(Role::Member)];

    let run = set_roles(&app, &first, &id_of(&first), &roles).await;
    assert_eq!(refused(&run, "memberRolesSet"), because("STATE_NOT_ALLOWED", &["roles"]));
    let second = app.with_role("root2", Role::Admin).await;

    let (one, two) = (id_of(&first), id_of(&second));
    let both = futures_util::future::join(
        set_roles(&app, &first, &one, &roles),
        set_roles(&app, &second, &two, &roles),
    );
    let (a, b) = both.await;
    let gone = [a, b].iter().filter(|run| !run.at("memberRolesSet.account").is_null()).count();
    assert_eq!(gone, 1);
    assert_eq!(app.count::<account::Entity>(account::Column::Role.eq(Role::Admin)).await, 1);
}

#[tokio::test]
async fn who_is_an_admin_no_more_has_invited_no_admins() {
    let app = TestApp::new().await;
    let first = app.with_role("root1", Role::Admin).await;
    let second = app.with_role("root2", Role::Admin).await;
    let invite = |role: Role| {
        format!(
            r#"mutation {{ invitationCreate(input: {{ role: "{}" }}) {{ invitation {{ id }} }} }}"#,
            role_id(role)
        )
    };
    app.run(&second, &invite(Role::Admin)).await.ok();
    app.run(&second, &invite(Role::Member)).await.ok();

    set_roles(&app, &first, &id_of(&second), &[role_id(Role::Member)]).await.ok();

    let query = "{ admin { invitations { nodes { invitationState role { key } } } } }";
    let run = app.run(&first, query).await.ok();
    assert_eq!(
        run.at("admin.invitations.nodes"),
        &json!([
            { "invitationState": "OPEN", "role": { "key": "member" } },
            { "invitationState": "REVOKED", "role": { "key": "admin" } },
        ])
    );
}

#[tokio::test]
async fn an_account_that_is_suspended_is_out_at_once_elsewhere_within_five_seconds() {
    let app = TestApp::new().await;
    let answer = joined(&app, "ada").await;
    actor(&app, &answer).await;
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(account::State::Suspended))
        .filter(account::Column::EmailKey.eq("ada@example.org"))
        .exec(&app.app.db.write)
        .await
        .unwrap();

    app.app.clock.advance(TimeDelta::seconds(5));

    let out = accounts::authenticate(&app.app, super::access(&answer)).await;
    assert!(matches!(out, Err(guildhall::Error::Unauthenticated)));
    let run = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(refused(&run, "sessionCreate"), because("ACCOUNT_SUSPENDED", &[]));
}

#[tokio::test]
async fn an_account_is_a_node_for_its_owner_and_for_admins() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let grace = app.member("grace").await;
    let staff = app.with_role("mod1", Role::Moderator).await;
    let admin = app.with_role("root1", Role::Admin).await;
    let query = format!(r#"{{ node(id: "{}") {{ ... on Account {{ email }} }} }}"#, id_of(&ada));

    for blind in [Guest, grace, staff, app.by_token(ada, &[]), app.by_token(admin, &[])] {
        let run = app.run(&blind, &query).await.ok();
        assert_eq!(run.data, json!({ "node": null }), "{blind:?}");
    }
    for seeing in [ada, admin, app.by_token(ada, &[Scope::ReadPrivate])] {
        let run = app.run(&seeing, &query).await.ok();
        assert_eq!(run.text("node.email"), "ada@example.org", "{seeing:?}");
    }

    let query =
        format!(r#"{{ node(id: "{}") {{ ... on Role {{ key }} }} }}"#, role_id(Role::Admin));
    assert_eq!(app.run(&Guest, &query).await.ok().text("node.key"), "admin");
}

#[tokio::test]
async fn an_admin_sees_who_invited_whom_in_a_fixed_number_of_statements() {
    let app = TestApp::new().await;
    let admin = app.with_role("root1", Role::Admin).await;
    let query = "{ admin { members { nodes { profile { handle } invitedBy { handle } } } } }";
    let mut counts = Vec::new();
    for (inviter, handle) in [("ada", "grace"), ("mary", "emmy")] {
        let inviter = app.member(inviter).await;
        let create = "mutation { invitationCreate(input: {}) { invitation { joinUrl } } }";
        let run = app.run(&inviter, create).await.ok();
        let (_, token) = run.text("invitationCreate.invitation.joinUrl").rsplit_once('/').unwrap();
        let mut input = super::joiner(handle);
        input["invitation"] = json!(token);
        super::register(&app, input).await.ok();
        let run = app.run(&admin, query).await.ok();
        let newest = run.at("admin.members.nodes.0").clone();
        assert_eq!(newest["profile"]["handle"], handle);
        let by = app.profile(&inviter).await.handle;
        assert_eq!(newest["invitedBy"]["handle"], by);
        counts.push(run.sql.len());
    }
    assert_eq!(counts[0], counts[1]);
}
