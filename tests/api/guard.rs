//! Hostile documents, as a stranger sends them: refused clearly, and soon.

use std::time::{Duration, Instant};

use guildhall::config::Introspection;
use serde_json::{Value, json};

use crate::door::{Door, Reply};

/// `n` fragments, each of which spreads the next one `times` times.
fn bomb(n: usize, times: usize) -> String {
    let mut text = "query { ...F0 }".to_owned();
    for i in 0..n {
        let spreads = format!(" ...F{}", i + 1).repeat(times);
        text += &format!(" fragment F{i} on Query {{ __typename{spreads} }}");
    }
    text + &format!(" fragment F{n} on Query {{ __typename }}")
}

/// A hostile document hears its error within this time, in a debug build too.
const SOON: Duration = Duration::from_millis(100);

/// Sends a document that must be answered soon: the fastest of three is what the document costs, the
/// others what else the machine does.
async fn refused(door: &Door, document: &str) -> Reply {
    let mut fastest = Duration::MAX;
    let mut last = None;
    for _ in 0..3 {
        let began = Instant::now();
        last = Some(door.ask(document).await);
        fastest = fastest.min(began.elapsed());
    }
    assert!(fastest < SOON, "{fastest:?} for {document:.80}");
    last.unwrap()
}

#[tokio::test]
async fn documents_that_grow_without_bounds_are_refused_at_once() {
    let door = Door::open().await;
    door.ask("{ __typename }").await;
    for (n, times) in [(28, 2), (8, 10), (14, 4)] {
        let reply = refused(&door, &bomb(n, times)).await;
        let message =
            "too many selections, fragments written out, in a document: 10000 is the most";
        assert_eq!(reply.error(), (200, "TOO_COMPLEX", message), "{times}^{n}");
    }
}

#[tokio::test]
async fn floods_are_refused_at_once() {
    let door = Door::open().await;
    door.ask("{ __typename }").await;
    let many = |n: usize, text: &dyn Fn(usize) -> String| (0..n).map(text).collect::<String>();
    let aliases = many(1_000, &|i| format!(" a{i}: name"));
    let operations = many(500, &|i| format!(" query Q{i} {{ __typename }}"));
    for (document, what) in [
        ("{".repeat(200_000), "bytes"),
        ("{".repeat(60_000), "tokens"),
        (format!("{{ a(b: {}) }}", "[".repeat(60_000)), "tokens"),
        (format!("{{ server {{ {} }} }}", "name ".repeat(3_000)), "tokens"),
        (format!("{{ server {{ {aliases} }} }}"), "tokens"),
        (format!("{{ server {{ {} }} }}", aliases.get(..600).unwrap()), "aliases"),
        (format!("{{ server {{ name {} }} }}", "@include(if: true) ".repeat(200)), "directives"),
        (
            operations.get(..4_000).unwrap().rsplit_once(" query").unwrap().0.to_owned(),
            "operations",
        ),
        (many(100, &|_| "{ __typename }".to_owned()), "operations"),
        (format!("{{ {} }}", "server { name } ".repeat(25)), "fields at its root"),
        (
            format!("query({}) {{ __typename }}", many(150, &|i| format!("$v{i}: Int "))),
            "variables",
        ),
    ] {
        let reply = refused(&door, &document).await;
        if what == "operations" && document.starts_with('{') {
            assert_eq!(reply.error().1, "PARSE_FAILED");
            continue;
        }
        let (status, code, message) = reply.error();
        assert_eq!((status, code), (200, "TOO_COMPLEX"), "{message}");
        assert!(message.starts_with(&format!("too many {what} in a document")), "{message}");
    }
}

#[tokio::test]
async fn what_nests_too_deep_is_refused_at_once() {
    let door = Door::open().await;
    door.ask("{ __typename }").await;
    let inline = format!("{{ {} __typename {} }}", "... { ".repeat(50), "}".repeat(50));
    assert_eq!(refused(&door, &inline).await.error().1, "TOO_DEEP");
    let fields = format!("{{ {} x {} }}", "a { ".repeat(20), "}".repeat(20));
    assert_eq!(refused(&door, &fields).await.error().1, "TOO_DEEP");
    let chain = bomb(40, 1);
    assert_eq!(refused(&door, &chain).await.error().1, "TOO_DEEP");
    let cycle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(refused(&door, cycle).await.error().1, "VALIDATION_FAILED");
}

#[tokio::test]
async fn copies_of_a_field_are_answered_as_one() {
    let door = Door::open().await;
    let document = format!("{{ server {{ {} }} }}", "name ".repeat(1_900));
    let reply = refused(&door, &document).await;
    assert_eq!(reply.body, json!({ "data": { "server": { "name": "Guildhall" } } }));
}

#[tokio::test]
async fn an_answer_has_at_most_fifty_errors_of_a_kilobyte() {
    let door = Door::open().await;
    let unknown: String = (0..900).map(|i| format!(" x{i}")).collect();
    let reply = refused(
        &door,
        &format!("{{ {unknown} }}").replacen("{ ", "{ server { ", 1).replacen(" }", " } }", 1),
    )
    .await;
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 50);
    let long = "x".repeat(60_000);
    let reply = refused(&door, &format!("{{ {long} }}")).await;
    assert_eq!(reply.error().2.len(), 1024);
}

#[tokio::test]
async fn the_queries_of_the_tools_read_the_schema() {
    let door = Door::open().await;
    let of = "ofType { kind name ".repeat(9) + &"}".repeat(9);
    let document = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} \
         mutationType {{ name kind }} subscriptionType {{ name kind }} types {{ ...FullType }} \
         directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ \
         ...InputValue }} }} }} }} \
         fragment FullType on __Type {{ kind name description specifiedByURL \
         fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ \
         ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }} \
         inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }} \
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ ...TypeRef }} }} \
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} \
         defaultValue isDeprecated deprecationReason }} \
         fragment TypeRef on __Type {{ kind name {of} }}"
    );
    let reply = door.ask(&document).await;
    assert_eq!(reply.body["errors"], Value::Null);
    assert_eq!(reply.body["data"]["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn introspection_that_multiplies_lists_is_refused() {
    let door = Door::open().await;
    let wide = "{ __schema { types { fields { type { fields { name } } } } } }";
    assert_eq!(door.ask(wide).await.error().1, "TOO_DEEP");
    let twice = "{ a: __schema { queryType { name } } b: __schema { queryType { name } } }";
    assert_eq!(door.ask(twice).await.error().1, "TOO_COMPLEX");
}

#[tokio::test]
async fn the_schema_is_read_by_whom_the_operator_lets() {
    let schema = "{ __schema { queryType { name } } }";
    let off = Door::with(|config| config.introspection = Introspection::Off).await;
    assert_eq!(off.ask(schema).await.error().1, "FORBIDDEN");
    assert_eq!(off.ask("{ a: __type(name: \"Query\") { name } }").await.error().1, "FORBIDDEN");
    assert_eq!(off.ask("{ __typename }").await.body["data"]["__typename"], "Query");
    let members = Door::with(|config| config.introspection = Introspection::Members).await;
    assert_eq!(members.ask(schema).await.error().1, "UNAUTHENTICATED");
}
