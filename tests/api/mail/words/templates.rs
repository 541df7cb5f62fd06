//! Templates: the server's and the community's, checked when saved, and what people typed in them.

use std::collections::BTreeSet;

use guildhall::{
    entity::{account::Role, email_template, email_topic, email_translation},
    mail::words::{
        Template,
        fill::{Form, blanks, fill},
        phrases::{LANGUAGES, locale},
        used,
    },
};
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::write;
use crate::kit::{Run, TestApp};

const SAVE: &str = "mutation($id: ID, $input: EmailTemplateInput!, $version: Int) {
    emailTemplateSave(id: $id, input: $input, expectedVersion: $version) {
        template { id key version isSystem translations { locale subject isComplete } }
        userErrors { code message path } } }";

async fn save(app: &TestApp, id: Value, input: Value, version: Value) -> Run {
    let root = app
        .with_role(&format!("root{}", app.app.clock.key().as_u128() % 10_000_000), Role::Admin)
        .await;
    app.run_with(&root, SAVE, json!({ "id": id, "input": input, "version": version })).await.ok()
}

fn errors(run: &Run) -> Vec<(String, String)> {
    let errors = run.at("emailTemplateSave.userErrors").as_array().unwrap();
    let path = |error: &Value| {
        let path = error["path"].as_array().unwrap().iter();
        path.map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|e| (path(e), e["message"].as_str().unwrap().to_owned())).collect()
}

/// The template of this key among those of a list.
fn of_key<'l>(list: &'l Value, key: &str) -> &'l Value {
    list.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()
}

#[tokio::test]
async fn every_template_of_the_server_renders_in_each_of_its_languages() {
    let app = TestApp::new().await;
    for template in Template::all_of_server() {
        let languages: BTreeSet<_> = template.wordings.iter().map(|one| &*one.locale).collect();
        assert_eq!(languages, BTreeSet::from(LANGUAGES), "{}", template.key);
        let blanks = used(template.wording("en").unwrap()).unwrap();
        let mut texts = BTreeSet::new();
        for language in languages {
            let which = format!("{} in {language}", template.key);
            let wording = template.wording(language).unwrap();
            assert_eq!(wording.locale, language);
            assert!(template.is_complete(wording), "{which}");
            assert_eq!(used(wording).unwrap(), blanks, "{which}");
            let values = template.examples();
            let words =
                template.render(&app.app.config, language, Some("Ada"), &values, None).unwrap();
            assert!(!words.subject.is_empty() && !words.subject.contains(['{', '}']), "{which}");
            assert!(!words.text.contains(['{', '}']), "{which}: {}", words.text);
            assert!(words.html.contains(&format!("lang=\"{language}\"")), "{which}");
            for (blank, value) in &values {
                let Some(shown) = value.as_str().filter(|_| blanks.contains(blank)) else {
                    continue;
                };
                let is_there = words.text.contains(shown) || words.subject.contains(shown);
                assert!(is_there, "{which}: {shown} is not in {words:#?}");
            }
            assert_eq!(
                words.html.contains("style=\"display:inline-block"),
                values.contains_key("link"),
                "{which}: a link is a button"
            );
            texts.insert(words.text);
        }
        assert_eq!(texts.len(), LANGUAGES.len(), "{}: each language has words", template.key);
    }
}

#[tokio::test]
async fn a_template_says_in_each_language_what_its_values_ask_for() {
    let app = TestApp::new().await;
    let all: Vec<_> = Template::all_of_server().collect();
    let words = |key: &str, language: &str, values: Value| {
        let template = all.iter().find(|one| one.key == key).unwrap();
        let mut all = template.examples();
        all.extend(values.as_object().unwrap().clone());
        template.render(&app.app.config, language, Some("Ada"), &all, None).unwrap()
    };
    for (language, to_be, was) in [
        ("en", "is to be changed", "was changed"),
        ("de", "soll geändert werden", "wurde geändert"),
        ("es", "va a cambiar", "ha cambiado"),
        ("fr", "va changer", "a changé"),
    ] {
        let subject = words("email_changed", language, json!({ "done": false })).subject;
        assert!(subject.ends_with(to_be), "{subject}");
        let subject = words("email_changed", language, json!({ "done": true })).subject;
        assert!(subject.ends_with(was), "{subject}");
    }
    for language in LANGUAGES {
        let with = words("submission_received", language, json!({})).text;
        let without = words("submission_received", language, json!({ "link": null })).text;
        assert!(with.contains("https://example.org/contact/1"), "{with}");
        assert!(!without.contains("https://example.org"), "{without}");
        assert!(without.contains("12"), "{without}");
        let team = words("submission_team", language, json!({})).text;
        assert!(team.contains("Ada (ada@example.org)"), "{team}");
        assert!(team.contains("Your message\n\n> Hello!\n"), "{team}");
        let same = json!({ "sender": "ada@example.org" });
        let team = words("submission_team", language, same).text;
        assert_eq!(team.matches("ada@example.org").count(), 1, "{team}");
    }
}

#[tokio::test]
async fn the_communitys_words_stand_in_front_of_the_servers_and_can_be_taken_back() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let all = "{ admin { emailTemplates { id key version isSystem updatedAt translations { locale } } } }";
    let run = app.run(&root, all).await.ok();
    let invitation = of_key(run.at("admin.emailTemplates"), "invitation");
    assert_eq!((&invitation["version"], &invitation["updatedAt"]), (&json!(0), &Value::Null));
    let id = invitation["id"].clone();
    let own = json!({ "translations": [{ "locale": "de_at", "subject": "Servus {{ name }}", "markdown": "Da: {{ link }}" }] });
    let run = save(&app, id.clone(), own.clone(), json!(0)).await;
    assert_eq!(errors(&run), []);
    assert_eq!(run.at("emailTemplateSave.template.version"), 1);
    let tags: Vec<_> = run
        .at("emailTemplateSave.template.translations")
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["locale"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(tags, ["de", "de-AT", "en", "es", "fr"]);
    assert_eq!(write(&app, "a@example.org", "de-AT", json!(""), None).await.subject, "Servus");
    let german = write(&app, "a@example.org", "de-CH", json!(""), None).await;
    assert_eq!(german.subject, "Grace lädt dich zu Guildhall ein");
    let other = write(&app, "a@example.org", "ja", json!(""), None).await;
    assert_eq!(other.subject, "Grace invites you to Guildhall");
    let node = app
        .run_with(
            &root,
            "query($id: ID!) { node(id: $id) { ... on EmailTemplate { version } } }",
            json!({ "id": id }),
        )
        .await
        .ok();
    assert_eq!(node.at("node.version"), 1);

    let run = save(&app, id.clone(), own, json!(0)).await;
    assert_eq!(errors(&run)[0].0, "expectedVersion");
    let run = save(&app, id.clone(), json!({ "name": "Mine" }), Value::Null).await;
    assert_eq!(errors(&run)[0].0, "input.name");
    let run = save(&app, id, json!({ "translations": [] }), json!(1)).await;
    assert_eq!(errors(&run), []);
    let german = write(&app, "a@example.org", "de-AT", json!(""), None).await;
    assert_eq!(german.subject, "Grace lädt dich zu Guildhall ein");
}

#[tokio::test]
async fn what_is_no_template_is_refused_with_its_line_and_nothing_is_written() {
    let app = TestApp::new().await;
    let with = |markdown: &str| {
        json!({ "key": "welcome_back", "name": "Welcome back", "variables": [{ "name": "code" }, { "name": "more", "required": false }],
            "translations": [{ "locale": "en", "subject": "{{ code }}", "markdown": "fine" },
                             { "locale": "fr", "subject": "Hello", "markdown": markdown }] })
    };
    let cases = [
        ("one\n{{ code", "line 2"),
        ("{{ code }}\n{{ nobody }}", "line 2: there is no blank called `nobody`"),
        ("no code", "put the blank `{{ code }}` in"),
        ("{{ code|safe }}", "the filter `safe` is not known here"),
        ("{{ code }}{% include 'x' %}", "the tag `include` is not known here"),
        ("{{ code }}{% macro a() %}{% endmacro %}", "the tag `macro` is not known here"),
        ("{{ code ~ code }}", "`~` is not known in a tag"),
        ("{{ code * 9 }}", "`*` is not known in a tag"),
        ("{{ code }}{% for x in [1] %}{% endfor %}", "`[` is not known in a tag"),
        ("{{ code }}{{ range(9) }}", "the function `range` is not known here"),
        ("{{ code }}{% if code is odd %}{% endif %}", "the test `odd` is not known here"),
    ];
    for (markdown, message) in cases {
        let run = save(&app, Value::Null, with(markdown), Value::Null).await;
        let found = errors(&run);
        assert_eq!(found[0].0, "input.translations.1.markdown", "{markdown}: {found:?}");
        assert!(found[0].1.contains(message), "{markdown}: {found:?}");
    }
    assert_eq!(
        app.count::<email_template::Entity>(email_template::Column::Key.is_not_null()).await,
        0
    );
    let good = save(
        &app,
        Value::Null,
        with("{{ code }}{% if more is defined %}{{ more|upper }}{% endif %}"),
        Value::Null,
    )
    .await;
    assert_eq!(errors(&good), []);
    let again = save(&app, Value::Null, with("{{ code }}"), Value::Null).await;
    assert_eq!(errors(&again)[0].0, "input.key");
    let id = good.at("emailTemplateSave.template.id").clone();
    let run = save(&app, id, json!({ "variables": [{ "name": "code" }] }), Value::Null).await;
    assert_eq!(errors(&run)[0].0, "input.variables");
    assert_eq!(
        app.count::<email_translation::Entity>(email_translation::Column::Locale.is_not_null())
            .await,
        2
    );
    let member = app.member("ada").await;
    let run = app.run_with(&member, SAVE, json!({ "input": with("{{ code }}") })).await;
    assert_eq!(run.error_code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_preview_shows_examples_or_says_what_does_not_fit() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let ask = "query($v: JSON) { admin { emailTemplates { key preview(locale: \"de\", variables: $v) { subject html text size userErrors { message path } } } } }";
    let run = app.run_with(&root, ask, json!({})).await.ok();
    let all = run.at("admin.emailTemplates").as_array().unwrap();
    assert_eq!(all.len(), 15);
    for one in all {
        assert_eq!(one["preview"]["userErrors"], json!([]), "{one}");
    }
    let shown = &of_key(run.at("admin.emailTemplates"), "invitation")["preview"];
    assert_eq!(shown["subject"], "Ada lädt dich zu Guildhall ein");
    assert!(shown["size"].as_u64().unwrap() > 500);
    let run = app.run_with(&root, ask, json!({ "v": { "nobody": 1 } })).await.ok();
    let shown = &of_key(run.at("admin.emailTemplates"), "invitation")["preview"];
    assert_eq!(shown["html"], "");
    let paths: Vec<_> =
        shown["userErrors"].as_array().unwrap().iter().map(|e| &e["path"][1]).collect();
    assert_eq!(paths, ["nobody", "link"]);
    let few = run.sql.len();
    save(&app, Value::Null, json!({ "key": "more", "name": "More", "translations": [{ "locale": "en", "subject": "a", "markdown": "b" }] }), Value::Null).await;
    save(&app, Value::Null, json!({ "key": "most", "name": "Most", "translations": [{ "locale": "en", "subject": "a", "markdown": "b" }] }), Value::Null).await;
    let run = app.run_with(&root, ask, json!({})).await.ok();
    assert_eq!(run.at("admin.emailTemplates").as_array().unwrap().len(), 17);
    assert_eq!((few, run.sql.len()), (1, 2), "the words are read once there are some");
}

#[tokio::test]
async fn what_people_typed_is_words_and_nothing_else() {
    let app = TestApp::new().await;
    let nasty = "# big\n\n**bold** [x](javascript:alert(1)) <b>tag</b> ![p](http://evil.example/p.png) www.evil.example \
        http://evil.example a@evil.example `code`\n\n    block\n\n- point";
    let mail = write(&app, "a@example.org", "en", json!(nasty), None).await;
    let html = mail.html.unwrap();
    let (_, body) = html.split_once("<blockquote>").unwrap();
    let (quote, rest) = body.split_once("</blockquote>").unwrap();
    for tag in ["<h1", "<strong", "<a", "<b>", "<img", "<code", "<pre", "<li"] {
        assert!(!quote.contains(tag), "{tag}: {quote}");
    }
    assert!(
        quote.contains("**bold** [x](javascript:alert(1))") && quote.contains("- point"),
        "{quote}"
    );
    assert_eq!(rest.matches("style=\"display:inline-block").count(), 1, "the button: {rest}");
    let text = mail.text.unwrap();
    assert!(text.contains("Guildhall.\n\n> # big\n> **bold**"), "{text}");
    assert!(text.contains("Accept the invitation: https://a.example/join/1\n"), "{text}");
    assert!(text.ends_with("-- \nSent by Guildhall: http://127.0.0.1:8000\n"), "{text}");
}

#[tokio::test]
async fn a_link_that_somebody_typed_leads_to_a_page_or_nowhere() {
    for (link, leads) in [
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("https://a.example/1_2", true),
        ("x) [evil](https://evil.example", false),
    ] {
        let marked = fill("[Go]({{ link }})", &json!({ "link": link }), Form::Markdown).unwrap();
        let app = TestApp::new().await;
        let words = guildhall::mail::words::own(&app.app.config, "en", "s", &marked, None).unwrap();
        assert_eq!(words.html.contains(">Go</a>"), leads, "{link}: {}", words.html);
        assert!(
            !words.html.contains("href=\"https://evil") && !words.html.contains("href=\"java"),
            "{}",
            words.html
        );
    }
}

#[test]
fn no_template_takes_more_than_its_share() {
    let values = json!({ "a": "x".repeat(1_000), "list": (0..1_000).collect::<Vec<_>>() });
    let steps = "{% for x in list %}{% for y in list %}{% endfor %}{% endfor %}";
    assert_eq!(fill(steps, &values, Form::Line).unwrap_err().message, "this takes too many steps");
    let long = "{% for x in list %}{{ a }}{% endfor %}";
    assert_eq!(
        fill(long, &values, Form::Markdown).unwrap_err().message,
        "this becomes longer than 256 kB"
    );
    assert!(fill("{{ list }}", &values, Form::Line).is_err());
    assert_eq!(fill("{{ nobody }}", &values, Form::Line).unwrap_err().line, Some(1));
    assert_eq!(
        fill("a{{ b }}", &json!({ "b": "\r\nBcc: x@example.org\u{202e}" }), Form::Line).unwrap(),
        "a Bcc: x@example.org"
    );
    assert_eq!(
        blanks("{# {{ no }} #}{{ '}}' }}{{ yes }}").unwrap().into_iter().collect::<Vec<_>>(),
        ["yes"]
    );
}

#[test]
fn languages_are_written_one_way() {
    assert_eq!(locale("PT_br").as_deref(), Some("pt-BR"));
    assert_eq!(locale("zh-hant-tw").as_deref(), Some("zh-Hant-TW"));
    assert_eq!(locale(" de\n").as_deref(), Some("de"), "what stands around it is dropped");
    for wrong in ["", "e", "english", "de-", "de-x", "d\ne", "de\nde", "../x"] {
        assert_eq!(locale(wrong), None, "{wrong}");
    }
}

#[tokio::test]
async fn a_topic_is_made_once_and_keeps_its_key() {
    let app = TestApp::new().await;
    let root = app.with_role("root", Role::Admin).await;
    let make = "mutation($id: ID, $key: String!) { emailTopicSave(id: $id, key: $key, name: \"News\", defaultOn: true) { topic { id key defaultOn } userErrors { code path } } }";
    let run = app.run_with(&root, make, json!({ "key": "news" })).await.ok();
    assert_eq!(run.at("emailTopicSave.topic.defaultOn"), true);
    let id = run.at("emailTopicSave.topic.id").clone();
    for (id, key, code) in [
        (Value::Null, "news", "TAKEN"),
        (Value::Null, "No way", "INVALID"),
        (id.clone(), "other", "STATE_NOT_ALLOWED"),
        (json!("post_1"), "news", "NOT_FOUND"),
    ] {
        let run = app.run_with(&root, make, json!({ "id": id, "key": key })).await.ok();
        assert_eq!(run.at("emailTopicSave.userErrors.0.code"), code, "{key}");
    }
    let run = app.run_with(&root, make, json!({ "id": id, "key": "news" })).await.ok();
    assert_eq!(run.at("emailTopicSave.userErrors"), &json!([]));
    assert_eq!(app.count::<email_topic::Entity>(email_topic::Column::Key.is_not_null()).await, 14);
    let run = app.run(&root, "{ admin { emailTopics { key } } }").await.ok();
    assert_eq!((run.at("admin.emailTopics").as_array().unwrap().len(), run.sql.len()), (14, 1));
}
