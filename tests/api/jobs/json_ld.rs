//! Postings as search engines read them.

use guildhall::Actor::Guest;
use serde_json::{Value, json};

use super::kit::{Team, team};

async fn read(team: &Team, id: &str) -> Option<String> {
    let query = "query($id: ID!) { job(by: { id: $id }) { jsonLd } }";
    let run = team.app.run_with(&team.moe, query, json!({ "id": id })).await.ok();
    run.at("job.jsonLd").as_str().map(str::to_owned)
}

/// What Google asks of every posting.
fn has_all_that_is_required(posting: &Value) {
    assert_eq!(posting["@context"], "https://schema.org/");
    assert_eq!(posting["@type"], "JobPosting");
    for field in ["title", "description", "datePosted"] {
        assert!(!posting[field].as_str().unwrap().is_empty(), "{field}");
    }
    assert!(!posting["hiringOrganization"]["name"].as_str().unwrap().is_empty());
    if posting["jobLocationType"] == "TELECOMMUTE" {
        assert!(!posting["applicantLocationRequirements"][0]["name"].is_null());
    } else {
        assert!(!posting["jobLocation"][0]["address"]["addressCountry"].is_null());
    }
}

#[tokio::test]
async fn an_open_posting_is_read_by_search_engines() {
    let team = team().await;
    let id = team.draft("Weaver").await;
    let input = json!({ "remoteFrom": ["DE"], "employment": ["FULL_TIME", "CONTRACT"], "requirements": "Hands",
        "closesAt": "2026-06-01T00:00:00Z",
        "salary": { "min": "4000", "max": "5000.50", "currency": "EUR", "per": "MONTH" } });
    team.change(&id, input).await.done();
    assert_eq!(read(&team, &id).await, None, "a draft is not advertised");
    team.set(&id, "OPEN").await.done();
    let posting: Value = serde_json::from_str(&read(&team, &id).await.unwrap()).unwrap();
    has_all_that_is_required(&posting);
    assert_eq!(posting["description"], "<p>Make <strong>looms</strong></p>\n<p>Hands</p>");
    assert_eq!(posting["datePosted"], "2026-05-04");
    assert_eq!(posting["validThrough"], "2026-06-01T00:00:00+00:00");
    assert_eq!(posting["employmentType"], json!(["FULL_TIME", "CONTRACTOR"]));
    assert_eq!(posting["directApply"], true);
    let pay = json!({ "@type": "MonetaryAmount", "currency": "EUR", "value":
        { "@type": "QuantitativeValue", "unitText": "MONTH", "minValue": 4000, "maxValue": 5000.5 } });
    assert_eq!(posting["baseSalary"], pay);

    let place = json!({ "label": "By the river", "country": "DE", "city": "Ulm" });
    let input =
        json!({ "workplace": "ON_SITE", "locations": [place], "applyEmail": "a@example.org" });
    team.change(&id, input).await.done();
    let posting: Value = serde_json::from_str(&read(&team, &id).await.unwrap()).unwrap();
    has_all_that_is_required(&posting);
    let address =
        json!({ "@type": "PostalAddress", "addressLocality": "Ulm", "addressCountry": "DE" });
    assert_eq!(posting["jobLocation"][0]["address"], address);
    assert_eq!(posting["directApply"], false);
    team.set(&id, "CLOSED").await.done();
    assert_eq!(read(&team, &id).await, None, "what is closed is not advertised");
}

#[tokio::test]
async fn no_text_breaks_out_of_the_page_that_it_stands_in() {
    let team = team().await;
    let evil = "</script><script>alert(1)</script><!--";
    let id = team.open(evil).await;
    let input = json!({ "description": evil, "benefits": [evil], "timeZones": evil,
        "locations": [{ "label": evil }] });
    team.change(&id, input).await.done();
    let text = read(&team, &id).await.unwrap();
    assert!(!text.contains('<'), "{text}");
    let posting: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(posting["title"], evil, "it reads the same");
    assert!(!posting["description"].as_str().unwrap().contains("<script"), "{posting}");
    let query = "query($id: ID!) { job(by: { id: $id }) { title } }";
    assert_eq!(
        team.app.run_with(&Guest, query, json!({ "id": id })).await.ok().text("job.title"),
        evil
    );
}
