//! Search in a conversation.

use guildhall::{
    entity::conversation::{self, Kind, Visibility},
    graph::encode,
};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};
use serde_json::json;

use super::messages_kit::{Hall, UPDATE, hall, say, show, talk, thread};
use crate::kit::{Run, TestApp, key};

async fn search(hall: &Hall, text: &str) -> Run {
    let query = "query($id: ID!, $text: String!) { node(id: $id) { ... on Conversation {
        search(text: $text) { nodes { body { source } threadRoot { body { source } } } } } } }";
    hall.app.run_with(&hall.ada, query, json!({ "id": hall.room, "text": text })).await
}

async fn found(hall: &Hall, text: &str) -> Vec<String> {
    search(hall, text).await.ok().list("node.search.nodes", "body.source")
}

#[tokio::test]
async fn messages_are_found_by_all_their_words_newest_first() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    let root = say(app, &hall.ada, room, "The quick brown fox").await;
    say(app, &hall.bob, room, "a **quick** note, see https://example.org/brown-paper").await;
    thread(app, &hall.bob, room, &root, "quickly, QUICK!").await;
    say(app, &hall.bob, room, "Schöne Grüße aus Köln, ça va? 東京 привет").await;
    let (fox, note, reply, greeting) = (
        "The quick brown fox",
        "a **quick** note, see https://example.org/brown-paper",
        "quickly, QUICK!",
        "Schöne Grüße aus Köln, ça va? 東京 привет",
    );
    for (text, expected) in [
        ("quick", vec![reply, note, fox]),
        ("QUICK", vec![reply, note, fox]),
        ("brown quick", vec![note, fox]),
        ("quick bro", vec![note, fox]),
        ("bro quick", vec![]),
        ("quickl", vec![reply]),
        ("fox", vec![fox]),
        ("fox.", vec![fox]),
        ("\"quick brown\"", vec![note, fox]),
        ("example", vec![note]),
        ("example.org", vec![note]),
        ("https://example.org/brown-paper", vec![note]),
        ("paper", vec![note]),
        ("grüße", vec![greeting]),
        ("köl", vec![greeting]),
        ("ça", vec![greeting]),
        ("東京", vec![greeting]),
        ("ПРИВЕТ", vec![greeting]),
        ("ox", vec![]),
        ("quick cat", vec![]),
    ] {
        assert_eq!(found(&hall, text).await, expected, "{text}");
    }
    let run = search(&hall, "quickly").await.ok();
    assert_eq!(run.at("node.search.nodes.0.threadRoot.body.source"), fox);
}

#[tokio::test]
async fn whatever_is_typed_is_looked_for_and_breaks_nothing() {
    let hall = hall(Visibility::Public).await;
    say(&hall.app, &hall.ada, &hall.room, "one AND two NOT three").await;
    let some = [
        "one",
        "one AND two",
        "one & two",
        "one:* | nothing*",
        "'one",
        "\"one\" \"two\"",
        "(one",
        "one)",
        "one -two",
        "conversation one",
        "^one",
        "{one}",
        "+one +two",
        "one NOT two",
        "one\u{0}two",
        "one*",
        "%one_",
    ];
    let matching = [
        "one",
        "one AND two",
        "one & two",
        "'one",
        "\"one\" \"two\"",
        "(one",
        "one)",
        "one -two",
        "^one",
        "{one}",
        "+one +two",
        "one NOT two",
        "one\u{0}two",
        "one*",
        "%one_",
    ];
    for text in some {
        let expected: &[&str] = match matching.contains(&text) {
            true => &["one AND two NOT three"],
            false => &[],
        };
        assert_eq!(found(&hall, text).await, expected, "{text:?}");
    }
    for nothing in [
        "",
        " ",
        "'",
        "\"",
        "''''",
        "\"\"\"",
        "*",
        ":*",
        "&",
        "!",
        "|",
        "()",
        "(",
        "<->",
        "--",
        ";",
        "\\",
        "\\'",
        "%",
        "_",
        "___",
        "\u{0}",
        "\u{200b}",
        "💥",
        "!!!",
        "' OR 1=1 --",
        "body:",
        "conversation:",
        "NEAR(",
        "x') OR 1 --",
        "$1",
        "{}",
        "^",
        "a\u{301}\u{301}",
        "\u{301}",
    ] {
        assert_eq!(found(&hall, nothing).await, [""; 0], "{nothing:?}");
    }
    let long = "one ".repeat(50);
    assert_eq!(found(&hall, long.trim()).await.len(), 1);
    let run = search(&hall, &format!("{long}s")).await;
    assert_eq!(run.error_code(), "BAD_REQUEST");
    let words = "one two three AND NOT one two three AND NOT unheard of";
    assert_eq!(found(&hall, words).await.len(), 1, "ten words count");
}

#[tokio::test]
async fn only_what_stands_here_now_is_found() {
    let hall = hall(Visibility::Private).await;
    let (app, room) = (&hall.app, &hall.room);
    let other = talk(app, Kind::Circle, &[&hall.ada, &hall.eve]).await;
    say(app, &hall.ada, &other, "needle elsewhere").await;
    let changed = say(app, &hall.ada, room, "needle one").await;
    let gone = say(app, &hall.ada, room, "needle two").await;
    assert_eq!(found(&hall, "needle").await, ["needle two", "needle one"]);
    app.run_with(&hall.ada, UPDATE, json!({ "id": changed, "body": "thread one" })).await.done();
    assert_eq!(found(&hall, "needle").await, ["needle two"]);
    assert_eq!(found(&hall, "thread").await, ["thread one"]);
    app.act(&hall.ada, "messageDelete", &gone).await.done();
    assert_eq!(found(&hall, "needle").await, [""; 0]);
    let hex = key("conversation", &other).simple().to_string();
    assert_eq!(found(&hall, &hex).await, [""; 0], "keys are no words");
    assert_eq!(found(&hall, &key("conversation", room).simple().to_string()).await, [""; 0]);
}

#[tokio::test]
async fn what_is_found_comes_in_pages() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    for n in 0..7 {
        say(app, &hall.ada, room, &format!("needle {n}")).await;
        say(app, &hall.ada, room, "hay").await;
    }
    let expected: Vec<_> = (0..7).rev().map(|n| format!("needle {n}")).collect();
    for step in [1, 3, 7, 8] {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let fields = format!(
                "search(text: \"needle\", first: {step} {after}) {{ nodes {{ body {{ source }} }}
                pageInfo {{ hasNextPage endCursor }} }}"
            );
            let run = show(app, &hall.eve, room, &fields).await.ok();
            all.extend(run.list("node.search.nodes", "body.source"));
            if run.at("node.search.pageInfo.hasNextPage") == false {
                break;
            }
            after = format!(", after: {:?}", run.text("node.search.pageInfo.endCursor"));
        }
        assert_eq!(all, expected, "{step}");
    }
}

#[tokio::test]
async fn what_was_said_before_there_was_a_search_is_found() {
    let hall = hall(Visibility::Public).await;
    let (app, room) = (&hall.app, &hall.room);
    say(app, &hall.ada, room, "needle one").await;
    let gone = say(app, &hall.ada, room, "needle two").await;
    app.act(&hall.ada, "messageDelete", &gone).await.done();
    let steps = Migrator::migrations();
    let this = steps.iter().position(|step| step.name() == "m20261122_000005_message_search");
    let undone = u32::try_from(steps.len() - this.unwrap()).unwrap();
    Migrator::down(&app.app.db.write, Some(undone)).await.unwrap();
    Migrator::up(&app.app.db.write, None).await.unwrap();
    assert_eq!(found(&hall, "needle").await, ["needle one"]);
    say(app, &hall.ada, room, "needle three").await;
    assert_eq!(found(&hall, "needle").await, ["needle three", "needle one"]);
}

#[tokio::test]
async fn the_words_of_a_conversation_go_with_it() {
    let app = TestApp::new().await;
    if app.is_postgres() {
        return;
    }
    let (ada, bob) = (app.member("ada").await, app.member("bob").await);
    let room = talk(&app, Kind::Circle, &[&ada, &bob]).await;
    let stays = talk(&app, Kind::Circle, &[&ada, &bob]).await;
    for n in 0..3 {
        say(&app, &ada, &room, &format!("word {n}")).await;
    }
    say(&app, &ada, &stays, "word").await;
    let words = async || {
        let text = "SELECT COUNT(*) FROM message_search WHERE message_search MATCH 'word'";
        let statement = Statement::from_string(app.app.db.backend(), text);
        let row = app.app.db.write.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    assert_eq!(words().await, 4);
    let gone = conversation::Entity::delete_by_id(key("conversation", &room));
    gone.exec(&app.app.db.write).await.unwrap();
    assert_eq!(words().await, 1);
    assert_eq!(encode("conversation", key("conversation", &stays)).to_string(), stays);
}
