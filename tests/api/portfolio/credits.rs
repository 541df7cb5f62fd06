use guildhall::{
    Actor::{self, Guest},
    entity::profile,
    scope::Scope,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
};
use serde_json::{Value, json};

use super::kit::{ANSWER, answer, create, publish, read, refuses_create, refuses_update, update};
use crate::kit::{TestApp, block, profile_id};

fn credit(who: &Actor, words: &str) -> Value {
    json!({ "profile": profile_id(who), "credit": words })
}

/// Those shown to everybody, and those shown to the owner, each as `handle words STATE`.
async fn credited(app: &TestApp, owner: &Actor, id: &str) -> (Vec<String>, Vec<String>) {
    let fields = "collaborators { profile { handle } credit confirmed state }
        viewer { collaborators { profile { handle } credit confirmed state } }";
    let item = read(app, owner, id, fields).await;
    let texts = |list: &Value| {
        let text = |row: &Value| {
            assert_eq!(row["confirmed"] == true, row["state"] == "AGREED");
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            [&row["profile"]["handle"], &row["credit"], &row["state"]].map(text).join(" ")
        };
        list.as_array().unwrap().iter().map(text).collect::<Vec<_>>()
    };
    (texts(&item["collaborators"]), texts(&item["viewer"]["collaborators"]))
}

/// Ada's published item, on which Ben and Cleo are asked to be credited.
async fn stage() -> (TestApp, Actor, Actor, Actor, String) {
    let app = TestApp::new().await;
    let [ada, ben, cleo] =
        [app.member("ada").await, app.member("ben").await, app.member("cleo").await];
    let input = json!({ "title": "Loom", "story": "x", "visibility": "PUBLIC",
        "collaborators": [credit(&ben, "Paint"), credit(&cleo, "Wood")] });
    let id = publish(&app, &ada, input).await;
    (app, ada, ben, cleo, id)
}

#[tokio::test]
async fn somebody_is_shown_once_they_agreed_and_no_more_once_they_withdraw() {
    let (app, ada, ben, cleo, id) = stage().await;
    let asked = vec!["ben Paint ASKED".to_owned(), "cleo Wood ASKED".to_owned()];
    assert_eq!(credited(&app, &ada, &id).await, (vec![], asked));
    let run = answer(&app, &ben, &id, true).await.done();
    let mine = json!({ "collaboration": "AGREED", "credit": "Paint" });
    assert_eq!(run.at("collaborationAnswer.portfolioItem.viewer"), &mine);
    answer(&app, &cleo, &id, false).await.done();
    let all = vec!["ben Paint AGREED".to_owned(), "cleo Wood REFUSED".to_owned()];
    assert_eq!(credited(&app, &ada, &id).await, (vec![all[0].clone()], all.clone()));
    for one in [&Guest, &ben, &cleo] {
        let item =
            read(&app, one, &id, "collaborators { credit } viewer { collaborators { credit } }")
                .await;
        assert_eq!(item["collaborators"], json!([{ "credit": "Paint" }]));
        let others = if *one == Guest { Value::Null } else { json!({ "collaborators": [] }) };
        assert_eq!(item["viewer"], others);
    }
    answer(&app, &ben, &id, false).await.done();
    answer(&app, &cleo, &id, true).await.done();
    let all = vec!["ben Paint REFUSED".to_owned(), "cleo Wood AGREED".to_owned()];
    assert_eq!(credited(&app, &ada, &id).await, (vec![all[1].clone()], all));
}

#[tokio::test]
async fn answering_twice_is_answering_once() {
    let (app, _, ben, _, id) = stage().await;
    for accept in [true, false] {
        answer(&app, &ben, &id, accept).await.done();
        let before = app.contents().await;
        answer(&app, &ben, &id, accept).await.done();
        assert_eq!(app.contents().await, before);
    }
}

#[tokio::test]
async fn only_who_was_asked_answers() {
    let (app, ada, ben, _, id) = stage().await;
    let dan = app.member("dan").await;
    let draft = create(&app, &ada, json!({ "title": "Draft" })).await;
    for (who, item) in [(&ada, &id), (&dan, &id), (&ben, &draft), (&ben, &"nothing".to_owned())] {
        let run = app.refuses(who, ANSWER, json!({ "item": item, "accept": true })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND item"]);
    }
    let variables = json!({ "item": id, "accept": true });
    assert_eq!(
        app.refuses(&Guest, ANSWER, variables.clone()).await.error_code(),
        "UNAUTHENTICATED"
    );
    let token = app.by_token(ben, &[Scope::ReadPublic, Scope::WriteSocial]);
    assert_eq!(app.refuses(&token, ANSWER, variables).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn who_agreed_to_other_words_is_asked_again() {
    let (app, ada, ben, cleo, id) = stage().await;
    answer(&app, &ben, &id, true).await.done();
    answer(&app, &cleo, &id, false).await.done();
    let turned = json!({ "collaborators": [credit(&cleo, "Wood"), credit(&ben, "Paint")] });
    update(&app, &ada, &id, turned).await.done();
    let all = vec!["cleo Wood REFUSED".to_owned(), "ben Paint AGREED".to_owned()];
    assert_eq!(
        credited(&app, &ada, &id).await,
        (vec![all[1].clone()], all),
        "only the order changed"
    );
    let reworded = json!({ "collaborators": [credit(&ben, "Colour"), credit(&cleo, "Boards")] });
    update(&app, &ada, &id, reworded).await.done();
    let all = vec!["ben Colour ASKED".to_owned(), "cleo Boards REFUSED".to_owned()];
    assert_eq!(credited(&app, &ada, &id).await, (vec![], all), "who refused is left alone");
    update(&app, &ada, &id, json!({ "collaborators": [] })).await.done();
    assert_eq!(credited(&app, &ada, &id).await, (vec![], vec![]));
    update(&app, &ada, &id, json!({ "collaborators": [credit(&cleo, "Boards")] })).await.done();
    let all = vec!["cleo Boards ASKED".to_owned()];
    assert_eq!(credited(&app, &ada, &id).await, (vec![], all), "named anew, asked anew");
}

#[tokio::test]
async fn what_is_asked_waits_in_an_inbox_until_it_is_answered() {
    let (app, ada, ben, cleo, first) = stage().await;
    let draft = json!({ "title": "Draft", "collaborators": [credit(&ben, "Paint")] });
    let draft = create(&app, &ada, draft).await;
    let inbox = async |who: &Actor, after: Value| {
        let query = "query($after: String) { viewer { collaborations(first: 1, after: $after) {
            edges { cursor node { id owner { handle } viewer { credit } } } pageInfo { hasNextPage } } } }";
        let run = app.run_with(who, query, json!({ "after": after })).await.ok();
        run.at("viewer.collaborations").clone()
    };
    let top = inbox(&ben, Value::Null).await;
    let node = |id: &str| json!({ "id": id, "owner": { "handle": "ada" }, "viewer": { "credit": "Paint" } });
    assert_eq!(top["edges"][0]["node"], node(&draft), "the latest first");
    assert_eq!(top["pageInfo"]["hasNextPage"], true);
    let next = inbox(&ben, top["edges"][0]["cursor"].clone()).await;
    assert_eq!(next["edges"][0]["node"], node(&first));
    assert_eq!(next["pageInfo"]["hasNextPage"], false);
    answer(&app, &ben, &draft, false).await.done();
    answer(&app, &ben, &first, true).await.done();
    assert_eq!(inbox(&ben, Value::Null).await["edges"], json!([]));
    assert_eq!(inbox(&ada, Value::Null).await["edges"], json!([]));
    block(&app, &cleo, &ada).await;
    assert_eq!(
        inbox(&cleo, Value::Null).await["edges"],
        json!([]),
        "whoever is hidden asks nothing"
    );
    let token = app.by_token(ben, &[Scope::ReadPublic]);
    let query = "{ viewer { collaborations { nodes { id } } } }";
    assert_eq!(app.run(&token, query).await.error_code(), "SCOPE_MISSING");
}

#[tokio::test]
async fn nobody_credits_themselves_strangers_or_whom_they_are_apart_from() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let names = ["ben", "cleo", "dan", "gone"];
    let [ben, cleo, dan, gone] = [
        app.member(names[0]).await,
        app.member(names[1]).await,
        app.member(names[2]).await,
        app.member(names[3]).await,
    ];
    block(&app, &ada, &ben).await;
    block(&app, &cleo, &ada).await;
    let deleted = profile::ActiveModel {
        id: Unchanged(gone.id().unwrap()),
        kind: Set(profile::Kind::Deleted),
        ..Default::default()
    };
    deleted.update(&app.app.db.write).await.unwrap();
    let these = [
        credit(&ada, "Me"),
        credit(&ben, "b"),
        credit(&cleo, "c"),
        credit(&dan, "d"),
        credit(&gone, "e"),
        json!({ "profile": "nobody", "credit": "f" }),
    ];
    let expected = [
        "INVALID input.collaborators.0.profile",
        "BLOCKED input.collaborators.1.profile",
        "NOT_FOUND input.collaborators.2.profile",
        "NOT_FOUND input.collaborators.4.profile",
        "NOT_FOUND input.collaborators.5.profile",
    ];
    let new = json!({ "title": "Loom", "collaborators": these });
    assert_eq!(refuses_create(&app, &ada, new).await, expected);
    let id = create(&app, &ada, json!({ "title": "Loom" })).await;
    let input = json!({ "collaborators": these });
    assert_eq!(refuses_update(&app, &ada, &id, input).await, expected);
    let twice = json!({ "collaborators": [credit(&dan, "d"), credit(&dan, "e")] });
    let refused = refuses_update(&app, &ada, &id, twice).await;
    assert_eq!(refused, ["DUPLICATE input.collaborators.1.profile"]);
    let many: Vec<_> =
        (0..21).map(|n| json!({ "profile": n.to_string(), "credit": "x" })).collect();
    let refused = refuses_update(&app, &ada, &id, json!({ "collaborators": many })).await;
    assert_eq!(refused, ["TOO_LONG input.collaborators"]);
    let long = json!({ "collaborators": [credit(&dan, &"x".repeat(101)), credit(&dan, "a\nb")] });
    let refused = refuses_update(&app, &ada, &id, long).await;
    assert_eq!(
        refused[..2],
        ["TOO_LONG input.collaborators.0.credit", "INVALID input.collaborators.1.credit"]
    );
}

#[tokio::test]
async fn who_blocked_a_collaborator_does_not_see_them() {
    let (app, _, ben, cleo, id) = stage().await;
    answer(&app, &ben, &id, true).await.done();
    block(&app, &cleo, &ben).await;
    let shown =
        async |who| read(&app, who, &id, "collaborators { credit }").await["collaborators"].clone();
    assert_eq!(shown(&cleo).await, json!([]));
    assert_eq!(shown(&Guest).await, json!([{ "credit": "Paint" }]));
}
