//! The careers of the demo community.

use guildhall::{
    Actor::Guest,
    clock::made_at,
    entity::{profile, profile_skill, skill_endorsement},
    seed,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::kit::TestApp;

#[tokio::test]
async fn two_members_of_the_demo_have_resumes_that_can_be_read_anew() {
    let app = TestApp::new().await;
    seed::write(&app.app, &seed::demo(app.app.clock.now()).unwrap(), "!", &|_| ()).await.unwrap();
    let query = "{ profiles(first: 50) { nodes { handle resume { jsonResume summary { html } languages { level }
        entries { kind title isCurrent } } } } }";
    let run = app.run(&Guest, query).await.ok();
    let with_resume = |profile: &&Value| profile["resume"].is_object();
    let mut found = Vec::new();
    for profile in run.at("profiles.nodes").as_array().unwrap().iter().filter(with_resume) {
        let resume = &profile["resume"];
        let current =
            resume["entries"].as_array().unwrap().iter().filter(|e| e["isCurrent"] == true).count();
        found.push(format!(
            "{} {} {} {current}",
            profile["handle"].as_str().unwrap(),
            resume["entries"].as_array().unwrap().len(),
            resume["languages"].as_array().unwrap().len(),
        ));
        // Whatever is in it fits what members may write.
        let reader =
            app.member(&format!("reader_of_{}", profile["handle"].as_str().unwrap())).await;
        app.import(&reader, &resume["jsonResume"]).await.done();
        let mut read = app.exported(&reader).await;
        read["basics"]["summary"] = resume["jsonResume"]["basics"]["summary"].clone();
        assert_eq!(read, resume["jsonResume"]);
    }
    found.sort();
    assert_eq!(found, ["ada 6 3 3", "hana 4 3 1"]);
}

#[tokio::test]
async fn endorsements_of_the_demo_are_counted_and_come_after_both_had_joined() {
    let app = TestApp::new().await;
    seed::write(&app.app, &seed::demo(app.app.clock.now()).unwrap(), "!", &|_| ()).await.unwrap();
    let db = &app.app.db.write;
    let endorsements = skill_endorsement::Entity::find().all(db).await.unwrap();
    assert_eq!(endorsements.len(), 10);
    for skill in profile_skill::Entity::find().all(db).await.unwrap() {
        let these = endorsements
            .iter()
            .filter(|e| (e.profile_id, e.tag_id) == (skill.profile_id, skill.tag_id));
        assert_eq!(these.count(), usize::try_from(skill.endorsement_count).unwrap());
    }
    for endorsement in &endorsements {
        assert_ne!(endorsement.endorser_id, endorsement.profile_id);
        let at = made_at(endorsement.id);
        assert!(at <= app.app.clock.now());
        for member in [endorsement.profile_id, endorsement.endorser_id] {
            assert!(at >= made_at(member), "{endorsement:?}");
        }
    }
    let ada = profile::Entity::find()
        .filter(profile::Column::Handle.eq("ada"))
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let query =
        "query($by: ProfileBy!) { profile(by: $by) { skills { tag { label } endorsementCount } } }";
    let run = app.run_with(&Guest, query, json!({ "by": { "handle": ada.handle } })).await.ok();
    assert_eq!(
        run.at("profile.skills.0"),
        &json!({ "tag": { "label": "Rust" }, "endorsementCount": 4 })
    );
}
