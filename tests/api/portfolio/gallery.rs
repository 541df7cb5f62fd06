//! The gallery of a large community, as PostgreSQL reads it.

use guildhall::{Actor, Actor::Guest, graph::encode};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::kit::TestApp;

/// 10,000 published items of 100 members, with three of 200 tags each; some tags are on very many.
async fn fill(app: &TestApp) {
    let db = &app.app.db.write;
    let owners = "INSERT INTO profile (id, handle, name, name_key, kind, bio_source, bio_html, links)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'owner' || n, 'O', 'o', 'person', '', '', '[]'
        FROM generate_series(1, 100) n";
    let items = "INSERT INTO portfolio_item (id, owner_id, slug, title, text_key, story_source, story_html, visibility,
            links, position, publication, reaction_count)
        SELECT ('00000000-0001-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
            ('00000000-0000-7000-8000-' || lpad(to_hex(n % 100 + 1), 12, '0'))::uuid,
            'item-' || n, 'Item ' || n, 'item ' || n, 's', 's',
            (ARRAY['public', 'members', 'followers'])[n % 3 + 1], '[]', n / 100,
            ('00000000-0002-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n % 17
        FROM generate_series(1, 10000) n";
    let tags = "INSERT INTO tag (id, name, label, use_count)
        SELECT ('00000000-0003-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'tag' || n, 'tag' || n, 1
        FROM generate_series(0, 2000) n";
    let links = "INSERT INTO portfolio_item_tag (portfolio_item_id, tag_id)
        SELECT ('00000000-0001-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
            ('00000000-0003-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid
        FROM generate_series(1, 10000) n,
            LATERAL (SELECT DISTINCT unnest(ARRAY[n % 200, n % 2 + 300, 500 + n % 1000]) t) x";
    for text in [owners, items, tags, links, "ANALYZE"] {
        db.execute_unprepared(text).await.unwrap();
    }
}

const OWNER: &str = "00000000-0000-7000-8000-000000000007";

#[tokio::test]
async fn the_gallery_reads_no_whole_table() {
    let app = TestApp::new().await;
    if !app.is_postgres() {
        return;
    }
    fill(&app).await;
    let ben = app.member("ben").await;
    let owner = encode("profile", OWNER.parse().unwrap());
    let mut whole = Vec::new();
    for (tags, owner) in [
        (&[][..], None),
        (&["tag7"], None),
        (&["tag300"], None),
        (&["tag7", "tag501", "tag999"], None),
        (&[], Some(owner.to_string())),
    ] {
        for (sort, actor) in [("NEWEST", Guest), ("TOP", Guest), ("NEWEST", ben), ("TOP", ben)] {
            let query = "query($filter: PortfolioFilter, $sort: PortfolioSort!) {
                portfolioItems(sort: $sort, filter: $filter) { nodes { title } } }";
            let filter = json!({ "tags": tags, "owner": owner });
            let variables = json!({ "filter": filter, "sort": sort });
            let run = app.run_with(&actor, query, variables).await.ok();
            assert_eq!(run.sql.len(), 1, "{:#?}", run.sql);
            assert!(!run.at("portfolioItems.nodes").as_array().unwrap().is_empty(), "{filter}");
            let plan = explain(&app, &actor, &run.sql[0], tags, owner.is_some()).await;
            for table in ["portfolio_item", "portfolio_item_tag"] {
                if plan.contains(&format!("Seq Scan on {table} ")) {
                    whole.push(format!("{sort} {filter} {actor:?}\n{plan}"));
                }
            }
        }
    }
    assert!(whole.is_empty(), "{}", whole.join("\n"));
}

/// How the database runs a statement of the gallery with what it was given.
async fn explain(app: &TestApp, actor: &Actor, text: &str, tags: &[&str], owner: bool) -> String {
    let backend = app.app.db.backend();
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared(&format!("PREPARE asked AS {text}")).await.unwrap();
    let types =
        "SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'asked'";
    let rows = tx.query_all_raw(Statement::from_string(backend, types)).await.unwrap();
    let types: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let words: &[&str] =
        if *actor == Guest { &["public"] } else { &["refused", "public", "members"] };
    let mut words = words.iter().chain(tags);
    let last = types.iter().rposition(|kind| kind == "uuid");
    let me = actor.id().unwrap_or_default();
    let value = |(at, kind): (usize, &String)| match kind.as_str() {
        "text" => format!("'{}'", words.next().unwrap()),
        "uuid" if owner && last == Some(at) => format!("'{OWNER}'"),
        "uuid" => format!("'{me}'"),
        _ => "25".to_owned(),
    };
    let values: Vec<_> = types.iter().enumerate().map(value).collect();
    assert!(words.next().is_none(), "{types:?} {text}");
    let text = format!("EXPLAIN EXECUTE asked ({})", values.join(", "));
    let rows = tx.query_all_raw(Statement::from_string(backend, text)).await.unwrap();
    let lines = rows.into_iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    tx.execute_unprepared("DEALLOCATE asked").await.unwrap();
    lines.collect::<Vec<_>>().join("\n")
}
