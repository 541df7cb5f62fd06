//! Whatever somebody types is words, or nothing.

use guildhall::{Actor::Guest, entity::tag, index::Kind};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{SEARCH, kinds, kit::put, search};
use crate::kit::{TestApp, write_post};

#[tokio::test]
async fn no_text_is_an_error_or_an_operator() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    write_post(&app, &ada, "weaving wool", "PUBLIC").await;
    for text in [
        "foo:* & | ! <->",
        "NEAR( \"",
        "\"",
        "'",
        "\\",
        "\u{0}",
        "🎉",
        "שלום",
        "a\u{0}b",
        "-",
        "*",
        "()",
        "title : x",
        "^a",
        "e\u{301}",
        "1e5",
        "\u{f8f0}",
        "%",
        "_",
        "{a b}",
        "col:",
        "AND OR NOT",
        "𞤀𞤁",
        "ﷺ",
        "\u{202e}x",
        "\u{345} \u{363}",
        "' OR 1=1 --",
        "$1",
        "zzzz\u{f8f2}\u{f8f2}\u{f8f2}",
    ] {
        let run = search(&app, &Guest, json!({ "text": text })).await;
        assert_eq!(run.at("search.edges"), &json!([]), "{text:?}");
    }
    assert_eq!(kinds(&app, &Guest, "wool OR nothing").await, [""; 0]);
    assert_eq!(kinds(&app, &Guest, "(weaving) & \"wool\"*").await, ["Post"]);
    let run = app.run_with(&Guest, SEARCH, json!({ "text": "x".repeat(201) })).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
}

#[tokio::test]
async fn random_texts_are_answered() {
    let app = TestApp::new().await;
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..100 {
        let text: String = (0..next(40))
            .filter_map(|_| {
                let below = [128, 0x3000, 0x11_0000][usize::try_from(next(3)).unwrap()];
                char::from_u32(u32::try_from(next(below)).unwrap())
            })
            .collect();
        search(&app, &Guest, json!({ "text": text })).await;
    }
}

#[tokio::test]
async fn a_long_text_is_found_by_its_beginning_and_refused_by_no_database() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    write_post(&app, &ada, "#wool", "PUBLIC").await;
    let tag = tag::Entity::find().one(&app.app.db.write).await.unwrap().unwrap().id;
    let letters: Vec<char> = ('\u{20000}'..'\u{2a6d0}').collect();
    let han: String = letters.iter().flat_map(|letter| [*letter, ' ']).collect();
    let hebrew: String = (0..40_000)
        .map(|n: u32| format!("{}{n:x} ", "\u{fb2c}".repeat(usize::try_from(n % 7).unwrap() + 1)))
        .collect();
    let words: String = (0..200_000).map(|n: u32| format!("{n:x}s ")).collect();
    for body in [han, hebrew, words, "x".repeat(150_000), "\u{1d160} ".repeat(60_000)] {
        put(&app, Kind::Tag, tag, &body, &format!("quixotic {body} endless")).await;
        assert_eq!(kinds(&app, &Guest, "quixotic").await, ["Tag"]);
        assert_eq!(kinds(&app, &Guest, "endless").await, [""; 0]);
    }
}
