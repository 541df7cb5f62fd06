use async_graphql::value;

use super::*;

const SDL: &str = r#"
type Query { a: A! as: [A!]! posts(first: Int! = 20, after: String): PostConnection! tag(t: Tag): A by(by: By): A make(input: Make!): A }
type Mutation { postCreate(title: String!): A }
type A { x: Int! a: A! posts(first: Int = 3): PostConnection! }
scalar JSON
type Post { id: ID! author: A whole: JSON! }
type PostEdge { node: Post! cursor: String! }
type PostConnection { edges: [PostEdge!]! nodes: [Post!]! pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean! }
enum Tag { RED BLUE }
input By @oneOf { id: ID name: String }
input Make { title: String! size: Int tags: [Tag!]! = [RED] parts: [Part!] }
input Part { n: Int! }
schema { query: Query mutation: Mutation }
"#;

fn documents() -> Documents {
    Documents::new(&Config::default(), SDL, &[]).unwrap()
}

fn refused(text: &str) -> RequestErrorCode {
    documents().prepare(Source::Text(text)).expect_err("the guard lets it pass").code
}

fn cost(text: &str, variables: async_graphql::Value) -> Result<u64, Refusal> {
    let documents = documents();
    let (document, _) = documents.prepare(Source::Text(text))?;
    documents.cost(document.operation(None)?, &Variables::from_value(variables))
}

fn points(text: &str) -> u64 {
    cost(text, value!({})).unwrap()
}

fn wrong(text: &str, variables: async_graphql::Value) -> String {
    let refusal = cost(text, variables).unwrap_err();
    assert_eq!(refusal.code, RequestErrorCode::BadVariables);
    refusal.message
}

/// `n` fragments, each of which spreads the next one `times` times.
fn bomb(n: usize, times: usize) -> String {
    let mut text = "query { ...F0 }".to_owned();
    for i in 0..n {
        let spreads = format!(" ...F{}", i + 1).repeat(times);
        text += &format!(" fragment F{i} on Query {{ __typename{spreads} }}");
    }
    text + &format!(" fragment F{n} on Query {{ __typename }}")
}

#[test]
fn a_scalar_is_free_and_an_object_costs_a_point() {
    assert_eq!(points("{ __typename }"), 0);
    assert_eq!(points("{ a { x a { x } } }"), 2);
}

#[test]
fn a_whole_document_costs_twenty() {
    assert_eq!(points("{ posts(first: 10) { nodes { id whole } } }"), 1 + 10 * (1 + 20));
}

#[test]
fn a_plain_list_counts_five_times() {
    assert_eq!(points("{ as { x a { x } } }"), 6);
}

#[test]
fn a_connection_counts_what_is_on_its_page_and_nothing_else() {
    assert_eq!(
        points("{ posts(first: 10) { nodes { id author { x } } pageInfo { hasNextPage } } }"),
        22
    );
    assert_eq!(points("{ posts { edges { cursor node { id } } } }"), 41);
    assert_eq!(points("{ posts(first: 100000) { nodes { id } } }"), 101);
    assert_eq!(points("{ posts(first: -1) { nodes { id } } }"), 1);
}

#[test]
fn fragments_cost_what_they_hold() {
    let text =
        "{ posts(first: 10) { ...P } } fragment P on PostConnection { nodes { author { x } } }";
    assert_eq!(points(text), 21);
}

#[test]
fn a_change_costs_ten_more() {
    assert_eq!(points(r#"mutation { postCreate(title: "x") { x } }"#), 11);
}

#[test]
fn a_page_size_in_a_variable_counts_as_sent_else_by_default() {
    let text = "query($n: Int = 7, $m: Int) { posts(first: $n) { nodes { author { posts(first: $m) { nodes { id } } } } } }";
    assert_eq!(cost(text, value!({})).unwrap(), 1 + 7 * (1 + 1 + 1 + 3));
    assert_eq!(cost(text, value!({ "n": 10, "m": 100 })).unwrap(), 1 + 10 * (1 + 1 + 1 + 100));
}

#[test]
fn what_costs_more_than_the_limit_is_refused_with_both_numbers() {
    let text = "{ posts(first: 100) { nodes { author { posts(first: 100) { nodes { id } } } } } }";
    let refusal = cost(text, value!({})).unwrap_err();
    assert_eq!(refusal.code, RequestErrorCode::TooComplex);
    assert!(refusal.message.starts_with("the operation costs 10301 points, 10000 is the most"));
}

#[test]
fn fragment_bombs_are_refused() {
    for (n, times) in [(28, 2), (8, 10), (14, 4), (20, 3)] {
        assert_eq!(refused(&bomb(n, times)), RequestErrorCode::TooComplex, "{times}^{n}");
    }
    assert_eq!(refused(&bomb(200, 1)), RequestErrorCode::TooDeep);
}

#[test]
fn fragment_cycles_are_refused() {
    let text = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(refused(text), RequestErrorCode::ValidationFailed);
}

#[test]
fn floods_are_refused() {
    let aliases: String = (0..31).map(|i| format!(" a{i}: x")).collect();
    let operations: String = (0..11).map(|i| format!(" query Q{i} {{ a {{ x }} }}")).collect();
    let variables: String = (0..101).map(|i| format!(" $v{i}: Int")).collect();
    for text in [
        format!("{{ a {{ {aliases} }} }}"),
        format!("{{ a {{ x {} }} }}", "@include(if: true)".repeat(51)),
        format!("query {} {{ a {{ x }} }}", "@a".repeat(51)),
        format!("{{ a {{ x }} ... {} {{ a {{ x }} }} }}", "@a".repeat(51)),
        operations,
        format!("query({variables}) {{ a {{ x }} }}"),
        format!("{{ {} }}", "a { x } ".repeat(21)),
        format!("{{ {} }}", "x ".repeat(3_000)),
        "{".repeat(200_000),
        format!("{{ a(b: {}) }}", "[".repeat(60_000)),
    ] {
        assert_eq!(refused(&text), RequestErrorCode::TooComplex, "{text:.60}");
    }
}

#[test]
fn what_nests_deeper_than_the_limit_is_refused() {
    let nested = |levels: usize| {
        format!("{}x{}", "{ a ".repeat(levels), "}".repeat(levels)).replacen("x", "{ x }", 1)
    };
    assert_eq!(points(&nested(11)), 11);
    assert_eq!(refused(&nested(12)), RequestErrorCode::TooDeep);
    assert_eq!(
        refused(&format!("{{ {} a {{ x }} {} }}", "... {".repeat(40), "}".repeat(40))),
        RequestErrorCode::TooDeep
    );
}

#[test]
fn introspection_may_be_as_deep_as_the_tools_ask_and_no_wider() {
    let of = "ofType { name ".repeat(9) + &"}".repeat(9);
    let text =
        format!("{{ __schema {{ types {{ fields {{ args {{ type {{ name {of} }} }} }} }} }} }}");
    assert_eq!(points(&text), 200);
    let wide = "{ __schema { types { fields { type { fields { name } } } } } }";
    assert_eq!(refused(wide), RequestErrorCode::TooDeep);
    assert_eq!(
        refused(
            "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...U } } } fragment U on __Type { fields { name } }"
        ),
        RequestErrorCode::TooDeep
    );
    assert_eq!(refused("{ s: __schema { types { name } } }"), RequestErrorCode::TooComplex);
    assert_eq!(
        refused("{ __schema { types { name } } ... { __schema { types { kind } } } }"),
        RequestErrorCode::TooComplex
    );
}

#[test]
fn variables_must_fit_their_types() {
    let text = "query($make: Make!, $by: By, $tag: Tag, $n: Int) { make(input: $make) { x } by(by: $by) { x } tag(t: $tag) { posts(first: $n) { nodes { id } } } }";
    cost(text, value!({ "make": { "title": "a", "tags": "RED", "parts": [{ "n": 1 }] }, "by": { "id": 1 }, "tag": "BLUE", "n": 5 })).unwrap();
    assert_eq!(wrong(text, value!({})), "the variable $make of type Make! was not given");
    assert_eq!(wrong(text, value!({ "make": null })), "$make: Make! can't be null");
    assert_eq!(wrong(text, value!({ "make": {} })), "$make: Make needs `title`");
    assert_eq!(
        wrong(text, value!({ "make": { "title": 5 } })),
        "$make.title: the value is no String"
    );
    assert_eq!(
        wrong(text, value!({ "make": { "title": "a", "parts": [{ "n": 1 }, { "n": 2.5 }] } })),
        "$make.parts[1].n: the value is no Int"
    );
    assert_eq!(
        wrong(text, value!({ "make": { "title": "a", "secret": 1 } })),
        "$make: Make has a field that does not exist"
    );
    assert_eq!(
        wrong(text, value!({ "make": { "title": "a" }, "tag": "GREEN" })),
        "$tag: the value is no Tag"
    );
    assert_eq!(
        wrong(text, value!({ "make": { "title": "a" }, "n": 3000000000u32 })),
        "$n: the value is no Int"
    );
    assert_eq!(
        wrong(text, value!({ "make": { "title": "a" }, "by": { "id": "a", "name": "b" } })),
        "$by: give exactly one field of By"
    );
}

#[test]
fn null_is_refused_where_the_variable_stands_for_what_takes_none() {
    let text = "query($n: Int) { posts(first: $n) { nodes { id } } }";
    cost(text, value!({})).unwrap();
    assert_eq!(wrong(text, value!({ "n": null })), "$n: null is not taken where it stands");
    let text = "query($n: Int) { a { posts(first: $n) { nodes { id } } } }";
    cost(text, value!({ "n": null })).unwrap();
}

#[test]
fn a_document_is_known_to_fit_once_nothing_in_it_was_passed_over() {
    let documents = documents();
    let shows = |text, variables| {
        let (document, _) = documents.prepare(Source::Text(text)).unwrap();
        let operation = document.operation(None).unwrap();
        document.would_show_valid(operation, &Variables::from_value(variables))
    };
    assert!(shows("query($t: Tag) { tag(t: $t) { x } }", value!({})));
    let within = "query($t: String) { by(by: { name: $t }) { x } }";
    assert!(!shows(within, value!({})));
    assert!(!shows(within, value!({ "t": null })));
    assert!(shows(within, value!({ "t": "a" })));
}

#[test]
fn a_document_is_parsed_once() {
    let documents = documents();
    let (first, known) = documents.prepare(Source::Text("{ a { x } }")).unwrap();
    assert!(!known);
    let (second, known) = documents.prepare(Source::Text("{ a { x } }")).unwrap();
    assert!(known && Arc::ptr_eq(&first, &second));
}

#[test]
fn a_persisted_document_is_kept_under_its_own_hash_only() {
    let documents = documents();
    let text = "{ a { x } }";
    let hash = sha256_hex(text);
    let ask = |text| documents.prepare(Source::Persisted { hash: &hash, text });
    assert_eq!(ask(None).unwrap_err().code, RequestErrorCode::PersistedQueryNotFound);
    assert_eq!(ask(Some("{ a { x x } }")).unwrap_err().code, RequestErrorCode::BadRequest);
    assert_eq!(ask(None).unwrap_err().code, RequestErrorCode::PersistedQueryNotFound);
    ask(Some(text)).unwrap();
    ask(None).unwrap();
    documents.prepare(Source::Id(&format!("sha256:{hash}"))).unwrap();
}

#[test]
fn what_is_not_graphql_is_refused_with_its_place() {
    let refusal = documents().prepare(Source::Text("{ a { x }")).unwrap_err();
    assert_eq!(refusal.code, RequestErrorCode::ParseFailed);
    assert_eq!(refusal.at, [Pos { line: 1, column: 10 }]);
    assert!(
        refusal.message.starts_with("the document is not GraphQL: expected"),
        "{}",
        refusal.message
    );
}
