//! Who vouches for which skill.

use futures_util::future::join_all;
use guildhall::{
    Actor::{self, Guest},
    entity::{account::Role, profile_skill, skill_endorsement},
    scope::Scope,
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use crate::kit::{Run, TestApp, block, profile_id};

const ENDORSE: &str = "mutation($profile: ID!, $skill: ID!, $endorsed: Boolean! = true) {
    skillEndorse(profile: $profile, skill: $skill, endorsed: $endorsed) {
        profile { skills { tag { name } endorsementCount endorsers { handle } viewer { endorsed canEndorse } } }
        userErrors { code message path } } }";

fn on(whom: &Actor, skill: &str) -> Value {
    json!({ "profile": profile_id(whom), "skill": skill })
}

async fn endorse(app: &TestApp, who: &Actor, whom: &Actor, skill: &str) -> Run {
    app.run_with(who, ENDORSE, on(whom, skill)).await.done()
}

async fn take_back(app: &TestApp, who: &Actor, whom: &Actor, skill: &str) -> Run {
    let mut variables = on(whom, skill);
    variables["endorsed"] = json!(false);
    app.run_with(who, ENDORSE, variables).await
}

/// The skills of somebody as another sees them: `rust 2 [grace, alan]`.
async fn skills(app: &TestApp, who: &Actor, whom: &Actor) -> Vec<String> {
    let query = "query($id: ID!) { profile(by: { id: $id }) {
        skills { tag { name } endorsementCount endorsers { handle } } } }";
    let run = app.run_with(who, query, json!({ "id": profile_id(whom) })).await.ok();
    let skill = |skill: &Value| {
        let endorsers = skill["endorsers"].as_array().unwrap().iter();
        let endorsers: Vec<_> = endorsers.map(|who| who["handle"].as_str().unwrap()).collect();
        let name = skill["tag"]["name"].as_str().unwrap();
        format!("{name} {} [{}]", skill["endorsementCount"], endorsers.join(", "))
    };
    run.at("profile.skills").as_array().unwrap().iter().map(skill).collect()
}

#[tokio::test]
async fn members_vouch_for_skills_of_others_and_take_it_back() {
    let app = TestApp::new().await;
    let (ada, grace, alan) =
        (app.member("ada").await, app.member("grace").await, app.member("alan").await);
    let tags = app.claim(&ada, &["Rust", "Looms"]).await;
    endorse(&app, &grace, &ada, &tags[0]).await;
    let run = endorse(&app, &alan, &ada, &tags[0]).await;
    let expected = json!([
        { "tag": { "name": "rust" }, "endorsementCount": 2,
          "endorsers": [{ "handle": "alan" }, { "handle": "grace" }],
          "viewer": { "endorsed": true, "canEndorse": true } },
        { "tag": { "name": "looms" }, "endorsementCount": 0, "endorsers": [],
          "viewer": { "endorsed": false, "canEndorse": true } },
    ]);
    assert_eq!(run.at("skillEndorse.profile.skills"), &expected);
    endorse(&app, &alan, &ada, &tags[0]).await;
    assert_eq!(skills(&app, &Guest, &ada).await, ["rust 2 [alan, grace]", "looms 0 []"]);
    take_back(&app, &grace, &ada, &tags[0]).await.done();
    take_back(&app, &grace, &ada, &tags[0]).await.done();
    take_back(&app, &grace, &ada, &tags[1]).await.done();
    assert_eq!(skills(&app, &Guest, &ada).await, ["rust 1 [alan]", "looms 0 []"]);
}

#[tokio::test]
async fn nobody_vouches_for_themselves_nor_for_what_is_not_claimed() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let of_ada = app.claim(&ada, &["Rust"]).await;
    let of_grace = app.claim(&grace, &["Looms"]).await;
    for (whom, skill, refusal) in [
        (&ada, of_ada[0].clone(), "INVALID profile"),
        (&grace, of_ada[0].clone(), "NOT_FOUND skill"),
        (&grace, "tag_".to_owned(), "NOT_FOUND skill"),
        (&grace, profile_id(&ada), "NOT_FOUND skill"),
    ] {
        let run = app.refuses(&ada, ENDORSE, on(whom, &skill)).await;
        assert_eq!(run.refusals(), [refusal]);
    }
    let nobody = json!({ "profile": of_grace[0], "skill": of_grace[0] });
    assert_eq!(app.refuses(&ada, ENDORSE, nobody).await.refusals(), ["NOT_FOUND profile"]);
}

#[tokio::test]
async fn only_members_and_tokens_that_may_write_to_others_vouch() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let tags = app.claim(&ada, &["Rust"]).await;
    let run = app.refuses(&Guest, ENDORSE, on(&ada, &tags[0])).await;
    assert_eq!(run.error_code(), "UNAUTHENTICATED");
    let token =
        app.by_token(grace, &[Scope::ReadPublic, Scope::WriteProfile, Scope::WritePortfolio]);
    let run = app.refuses(&token, ENDORSE, on(&ada, &tags[0])).await;
    assert_eq!(run.error_code(), "SCOPE_MISSING");
    endorse(&app, &app.by_token(grace, &[Scope::WriteSocial]), &ada, &tags[0]).await;
}

#[tokio::test]
async fn where_there_is_a_block_nobody_vouches() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let staff = app.with_role("mo", Role::Moderator).await;
    let tags = app.claim(&ada, &["Rust"]).await;
    endorse(&app, &grace, &ada, &tags[0]).await;
    block(&app, &ada, &grace).await;
    block(&app, &ada, &staff).await;

    let run = app.refuses(&grace, ENDORSE, on(&ada, &tags[0])).await;
    assert_eq!(run.refusals(), ["NOT_FOUND profile"]);
    let run = app.refuses(&staff, ENDORSE, on(&ada, &tags[0])).await;
    assert_eq!(run.refusals(), ["BLOCKED profile"]);
    let of_grace = app.claim(&grace, &["Looms"]).await;
    let run = app.refuses(&ada, ENDORSE, on(&grace, &of_grace[0])).await;
    assert_eq!(run.refusals(), ["BLOCKED profile"]);
    let can = "query($id: ID!) { profile(by: { id: $id }) { skills { viewer { canEndorse } } } }";
    for (who, whom) in [(&ada, &grace), (&staff, &ada)] {
        let run = app.run_with(who, can, json!({ "id": profile_id(whom) })).await.ok();
        assert_eq!(run.at("profile.skills.0.viewer.canEndorse"), &json!(false));
    }
    // What was said before stays said, and is counted; who blocked its author does not see who said it.
    assert_eq!(skills(&app, &ada, &ada).await, ["rust 1 []"]);
    assert_eq!(skills(&app, &Guest, &ada).await, ["rust 1 [grace]"]);
    assert_eq!(skills(&app, &staff, &ada).await, ["rust 1 [grace]"]);
}

#[tokio::test]
async fn who_blocked_somebody_may_still_take_back_what_they_vouched_for() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let tags = app.claim(&ada, &["Rust"]).await;
    endorse(&app, &grace, &ada, &tags[0]).await;
    block(&app, &grace, &ada).await;
    take_back(&app, &grace, &ada, &tags[0]).await.done();
    assert_eq!(skills(&app, &Guest, &ada).await, ["rust 0 []"]);
}

#[tokio::test]
async fn you_and_a_skill_is_null_for_guests_and_says_no_to_oneself() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let tags = app.claim(&ada, &["Rust"]).await;
    endorse(&app, &grace, &ada, &tags[0]).await;
    let query = "query($id: ID!) { profile(by: { id: $id }) { skills { viewer { endorsed canEndorse } } } }";
    let reader = app.by_token(grace, &[Scope::ReadPublic]);
    for (who, viewer) in [
        (&Guest, Value::Null),
        (&ada, json!({ "endorsed": false, "canEndorse": false })),
        (&grace, json!({ "endorsed": true, "canEndorse": true })),
        (&reader, json!({ "endorsed": true, "canEndorse": false })),
    ] {
        let run = app.run_with(who, query, json!({ "id": profile_id(&ada) })).await.ok();
        assert_eq!(run.at("profile.skills.0.viewer"), &viewer);
    }
}

#[tokio::test]
async fn endorsements_of_skills_that_stay_are_kept_and_the_others_go() {
    let app = TestApp::new().await;
    let (ada, grace, alan) =
        (app.member("ada").await, app.member("grace").await, app.member("alan").await);
    let tags = app.claim(&ada, &["Rust", "Looms"]).await;
    for (who, tag) in [(&grace, &tags[0]), (&alan, &tags[0]), (&grace, &tags[1])] {
        endorse(&app, who, &ada, tag).await;
    }
    let of_grace = app.claim(&grace, &["Looms"]).await;
    endorse(&app, &ada, &grace, &of_grace[0]).await;

    app.claim(&ada, &["Weaving", "rust"]).await;
    assert_eq!(skills(&app, &Guest, &ada).await, ["weaving 0 []", "rust 2 [alan, grace]"]);
    // Coming back, a skill begins anew.
    app.claim(&ada, &["Rust", "Looms"]).await;
    assert_eq!(skills(&app, &Guest, &ada).await, ["rust 2 [alan, grace]", "looms 0 []"]);
    assert_eq!(skills(&app, &Guest, &grace).await, ["looms 1 [ada]"]);
    app.claim(&ada, &[]).await;
    let of_ada = skill_endorsement::Column::ProfileId.eq(ada.id().unwrap());
    assert_eq!(app.count::<skill_endorsement::Entity>(of_ada).await, 0);
}

#[tokio::test]
async fn counts_stay_exact_when_many_vouch_while_the_skills_are_set() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let tags = app.claim(&ada, &["Rust"]).await;
    let crowd = join_all((0..8).map(async |n| app.member(&format!("m{n}")).await)).await;
    let vouch = crowd.iter().enumerate().map(async |(n, who)| {
        endorse(&app, who, &ada, &tags[0]).await;
        if n % 2 == 0 {
            take_back(&app, who, &ada, &tags[0]).await.done();
        }
    });
    let set = (0..4).map(async |n| {
        app.claim(&ada, &["Rust", &format!("other{n}")]).await;
    });
    futures_util::join!(join_all(vouch), join_all(set));
    let four = profile_skill::Column::EndorsementCount.eq(4);
    assert_eq!(app.count::<profile_skill::Entity>(four).await, 1);
    let rows = skill_endorsement::Column::ProfileId.eq(ada.id().unwrap());
    assert_eq!(app.count::<skill_endorsement::Entity>(rows).await, 4);
}

#[tokio::test]
async fn endorsers_come_latest_first_and_as_many_as_asked() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let tags = app.claim(&ada, &["Rust"]).await;
    for n in 0..7 {
        let who = app.member(&format!("m{n}")).await;
        endorse(&app, &who, &ada, &tags[0]).await;
    }
    let query = "query($id: ID!, $first: Int!) { profile(by: { id: $id }) { skills {
        five: endorsers { handle } some: endorsers(first: $first) { handle } } } }";
    let ask = |first| json!({ "id": profile_id(&ada), "first": first });
    let run = app.run_with(&Guest, query, ask(2)).await.ok();
    assert_eq!(run.list("profile.skills.0.five", "handle"), ["m6", "m5", "m4", "m3", "m2"]);
    assert_eq!(run.list("profile.skills.0.some", "handle"), ["m6", "m5"]);
    for wrong in [0, -1, 101] {
        let run = app.run_with(&Guest, query, ask(wrong)).await;
        assert_eq!(run.error_code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn endorsers_on_a_page_take_the_same_statements_for_few_and_many() {
    let mut taken = Vec::new();
    for size in [2, 12] {
        let app = TestApp::new().await;
        let ada = app.member("ada").await;
        for n in 0..size {
            let one = app.member(&format!("m{n}")).await;
            let tags = app.claim(&one, &["Rust", &format!("skill{n}")]).await;
            for tag in &tags {
                endorse(&app, &ada, &one, tag).await;
            }
            app.claim(&ada, &["Looms"]).await;
        }
        let query = "{ profiles(first: 20, orderBy: { field: JOINED }) { nodes { skills { endorsementCount
            tag { name } viewer { endorsed canEndorse }
            endorsers(first: 3) { handle skills { endorsers { handle } viewer { endorsed } } } } } } }";
        let run = app.run(&ada, query).await.ok();
        assert_eq!(run.at("profiles.nodes").as_array().unwrap().len(), size + 1);
        taken.push(run.sql.len());
    }
    // Profiles, skills, tags, mine, relations, endorsers; below those, whose skills are known, mine and endorsers.
    assert_eq!(taken, [8, 8]);
}
