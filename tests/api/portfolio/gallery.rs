//! The gallery of a large community, as PostgreSQL reads it.

use sea_orm::{ConnectionTrait as _, Statement, Value as Bound};

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

#[tokio::test]
async fn the_gallery_reads_no_whole_table() {
    let app = TestApp::new().await;
    if !app.is_postgres() {
        return;
    }
    fill(&app).await;
    let ben = app.member("ben").await;
    for filter in [
        "",
        r#"filter: { tags: ["tag7"] }"#,
        r#"filter: { tags: ["tag300"] }"#,
        r#"filter: { tags: ["tag7", "tag501", "tag999"] }"#,
        r#"filter: { owner: "profile_00000000007000g00000000001" }"#,
    ] {
        for sort in ["NEWEST", "TOP"] {
            for actor in [&guildhall::Actor::Guest, &ben] {
                let query =
                    format!("{{ portfolioItems(sort: {sort} {filter}) {{ nodes {{ title }} }} }}");
                let run = app.run(actor, &query).await.ok();
                assert_eq!(run.sql.len(), 1, "{:#?}", run.sql);
                let nodes = run.at("portfolioItems.nodes").as_array().unwrap().len();
                assert!(nodes > 0, "{query}");
                let plan = explain(&app, &run.sql[0]).await;
                for table in ["portfolio_item", "portfolio_item_tag"] {
                    let whole = format!("Seq Scan on {table} ");
                    assert!(!plan.contains(&whole), "{query} {actor:?}\n{plan}");
                }
            }
        }
    }
}

/// How the database runs a statement whatever it is given.
async fn explain(app: &TestApp, text: &str) -> String {
    let _: Option<Bound> = None;
    let text = format!("EXPLAIN (GENERIC_PLAN) {text}");
    let rows =
        app.app.db.write.query_all_raw(Statement::from_string(app.app.db.backend(), text)).await;
    let lines = rows.unwrap().into_iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}
