//! What just fits into a posting, an organization and an application, and what is one too long or too many.

use guildhall::{entity::file::Kind, graph::encode};
use serde_json::{Value, json};

use super::kit::{CREATE, STAGES, UPDATE, posting, team};
use crate::{
    applications::kit::{NOTE, SUBMIT},
    organizations::kit::SAVE,
    portfolio::kit::{file, publish},
};

fn many(count: usize, one: impl Fn(usize) -> Value) -> Value {
    (0..count).map(one).collect()
}

#[tokio::test]
async fn a_posting_takes_what_fits_and_no_more() {
    let team = team().await;
    let id = team.draft("Weaver").await;
    let text = |length: usize| json!("ж".repeat(length));
    let question = |at: usize| json!({ "key": format!("q{at}"), "label": "Why?", "type": "TEXT" });
    type Field = (&'static str, usize, Box<dyn Fn(usize) -> Value>, &'static str);
    let fields: [Field; 11] = [
        ("title", 200, Box::new(text), "title"),
        ("description", 50_000, Box::new(text), "description"),
        ("responsibilities", 20_000, Box::new(text), "responsibilities"),
        ("requirements", 20_000, Box::new(text), "requirements"),
        ("timeZones", 100, Box::new(text), "timeZones"),
        ("consentText", 2_000, Box::new(text), "consentText"),
        ("benefits", 30, Box::new(|n| many(n, |at| json!(format!("b{at}")))), "benefits"),
        ("benefits", 200, Box::new(move |n| json!([text(n)])), "benefits.0"),
        ("skills", 20, Box::new(|n| many(n, |at| json!(format!("skill{at}")))), "skills"),
        (
            "locations",
            20,
            Box::new(|n| many(n, |at| json!({ "label": format!("L{at}") }))),
            "locations",
        ),
        ("questions", 50, Box::new(move |n| many(n, question)), "questions"),
    ];
    for (name, most, of, path) in fields {
        team.change(&id, json!({ name: of(most) })).await.done();
        let ask = json!({ "id": id, "input": { name: of(most + 1) } });
        let run = team.app.refuses(&team.moe, UPDATE, ask).await;
        assert_eq!(run.refusals(), [format!("TOO_LONG input.{path}")], "{name}");
    }
    for (name, good, bad) in [
        ("openings", [json!(1), json!(1_000)], [json!(0), json!(1_001)]),
        (
            "retention",
            [json!("PT86400S"), json!("PT315360000S")],
            [json!("PT86399S"), json!("PT315446400S")],
        ),
    ] {
        for value in good {
            team.change(&id, json!({ name: value })).await.done();
        }
        for value in bad {
            let ask = json!({ "id": id, "input": { name: value } });
            let run = team.app.refuses(&team.moe, UPDATE, ask).await;
            assert_eq!(run.refusals(), [format!("OUT_OF_RANGE input.{name}")], "{value}");
        }
    }
    let steps = |count| many(count, |at| json!({ "name": format!("Step {at}"), "kind": "NEW" }));
    let ask = json!({ "id": id, "stages": steps(20) });
    team.app.run_with(&team.moe, STAGES, ask).await.done();
    let ask = json!({ "id": id, "stages": [{ "name": "ж".repeat(51), "kind": "NEW" }] });
    assert_eq!(
        team.app.refuses(&team.moe, STAGES, ask).await.refusals(),
        ["TOO_LONG stages.0.name"]
    );
}

#[tokio::test]
async fn an_organization_takes_what_fits_and_no_more() {
    let team = team().await;
    for (name, most) in [("name", 100), ("about", 20_000), ("location", 100), ("industry", 100)] {
        let ask = |length: usize| json!({ "id": team.organization, "input": { name: "ж".repeat(length) } });
        team.app.run_with(&team.olga, SAVE, ask(most)).await.done();
        let run = team.app.refuses(&team.olga, SAVE, ask(most + 1)).await;
        assert_eq!(run.refusals(), [format!("TOO_LONG input.{name}")]);
    }
    let ask =
        |length: usize| json!({ "id": team.organization, "input": { "slug": "w".repeat(length) } });
    team.app.run_with(&team.olga, SAVE, ask(80)).await.done();
    let run = team.app.refuses(&team.olga, SAVE, ask(81)).await;
    assert_eq!(run.refusals(), ["TOO_LONG input.slug"]);
    for year in [0, -1] {
        let ask = json!({ "id": team.organization, "input": { "foundedYear": year } });
        let run = team.app.refuses(&team.olga, SAVE, ask).await;
        assert_eq!(run.refusals(), ["OUT_OF_RANGE input.foundedYear"]);
    }
}

#[tokio::test]
async fn an_application_takes_what_fits_and_no_more() {
    let team = team().await;
    let job = posting(&team.app, &team.moe, &team.organization).await;
    let mut items = Vec::new();
    for at in 0..11 {
        let item = json!({ "title": format!("Cloth {at}"), "story": "Woven" });
        items.push(publish(&team.app, &team.rita, item).await);
    }
    let link = |at: usize| json!({ "label": "Site", "url": format!("https://example.org/{at}") });
    let resume = file(&team.app, &team.rita, Kind::Document).await;
    let input = |more: Value| {
        let mut input = json!({ "job": job, "name": "ж".repeat(200), "phone": "1".repeat(15), "resume": resume,
            "coverLetter": "ж".repeat(20_000), "links": many(10, link), "portfolioItems": items[..10] });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        json!({ "input": input })
    };
    for (more, refusal) in [
        (json!({ "name": "ж".repeat(201) }), "TOO_LONG input.name"),
        (json!({ "phone": "1".repeat(51) }), "TOO_LONG input.phone"),
        (json!({ "links": many(11, link) }), "TOO_LONG input.links"),
        (json!({ "portfolioItems": items }), "TOO_LONG input.portfolioItems"),
        (json!({ "portfolioItems": [items[0], items[0]] }), "DUPLICATE input.portfolioItems.1"),
        (json!({ "job": team.organization }), "NOT_FOUND input.job"),
        (json!({ "job": encode("job", team.app.app.clock.key()).as_str() }), "NOT_FOUND input.job"),
        (json!({ "resume": job }), "NOT_FOUND input.resume"),
        (json!({ "portfolioItems": [resume] }), "NOT_FOUND input.portfolioItems.0"),
    ] {
        let run = team.app.refuses(&team.rita, SUBMIT, input(more)).await;
        assert!(run.refusals().contains(&refusal.to_owned()), "{refusal} {:?}", run.refusals());
    }
    let run = team.app.run_with(&team.rita, SUBMIT, input(json!({}))).await.done();
    let id = run.text("applicationSubmit.application.id");
    let note = |length: usize| json!({ "id": id, "text": "ж".repeat(length) });
    team.app.run_with(&team.moe, NOTE, note(5_000)).await.done();
    let run = team.app.refuses(&team.moe, NOTE, note(5_001)).await;
    assert_eq!(run.refusals(), ["TOO_LONG text"]);
}

#[tokio::test]
async fn ids_of_other_kinds_and_of_nothing_name_nothing() {
    let team = team().await;
    let job = team.open("Weaver").await;
    let unknown = encode("job", team.app.app.clock.key()).to_string();
    for id in [team.organization.as_str(), &unknown, "", "job_1", "💥"] {
        let run = team.app.refuses(&team.moe, UPDATE, json!({ "id": id, "input": {} })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND id"], "{id:?}");
        let stages = json!([{ "name": "New", "kind": "NEW" }]);
        let run = team.app.refuses(&team.moe, STAGES, json!({ "id": id, "stages": stages })).await;
        assert_eq!(run.refusals(), ["NOT_FOUND job"], "{id:?}");
    }
    for id in [job.as_str(), "organization_1", ""] {
        let input = json!({ "input": { "organization": id, "title": "Weaver" } });
        let run = team.app.refuses(&team.moe, CREATE, input).await;
        assert_eq!(run.refusals(), ["NOT_FOUND input.organization"], "{id:?}");
        let ask = json!({ "id": id, "input": { "name": "Mill" } });
        assert_eq!(team.app.refuses(&team.moe, SAVE, ask).await.refusals(), ["NOT_FOUND id"]);
    }
}
