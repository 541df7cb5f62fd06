use guildhall::{
    Actor::Guest,
    entity::{account::Role, file::Kind, portfolio_item},
    scope::Scope,
};
use sea_orm::{ColumnTrait as _, sea_query::ExprTrait as _};
use serde_json::{Value, json};

use super::kit::{
    CREATE, UPDATE, create, file, publish, read, refuses_create, refuses_update, update,
};
use crate::kit::TestApp;

const ALL: &str = "slug title summary story { source html mentions { handle } } publicationState
    visibility owner { handle } cover { id } media { id } links { label url } tags { name } client
    ownerRole startedOn finishedOn position collaborators { credit } publishedAt editedAt version
    reactionCount commentCount reactions { count }";

#[tokio::test]
async fn an_item_keeps_all_that_it_was_given() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    app.member("ben").await;
    let cover = file(&app, &ada, Kind::Image).await;
    let media = [file(&app, &ada, Kind::Video).await, file(&app, &ada, Kind::Image).await];
    let input = json!({
        "title": " A loom ", "slug": "the-loom", "summary": "Wood and thread.",
        "story": "Made with @ben.", "visibility": "PUBLIC", "cover": cover, "media": media,
        "links": [{ "label": "Site", "url": "https://loom.example" }], "tags": ["Wood", "#craft"],
        "client": "The mill", "role": "Design", "startedOn": "2024-02-29", "finishedOn": "2024-02-29",
    });
    let id = create(&app, &ada, input).await;
    let item = read(&app, &ada, &id, ALL).await;
    let expected = json!({
        "slug": "the-loom", "title": "A loom", "summary": "Wood and thread.",
        "story": { "source": "Made with @ben.",
            "html": "<p>Made with <span class=\"mention\">@ben</span>.</p>",
            "mentions": [{ "handle": "ben" }] },
        "publicationState": "DRAFT", "visibility": "PUBLIC", "owner": { "handle": "ada" },
        "cover": { "id": cover }, "media": [{ "id": media[0] }, { "id": media[1] }],
        "links": [{ "label": "Site", "url": "https://loom.example" }],
        "tags": [{ "name": "craft" }, { "name": "wood" }], "client": "The mill",
        "ownerRole": "Design", "startedOn": "2024-02-29", "finishedOn": "2024-02-29",
        "position": 0, "collaborators": [], "publishedAt": null, "editedAt": null, "version": 1,
        "reactionCount": 0, "commentCount": 0, "reactions": [],
    });
    assert_eq!(item, expected);
}

#[tokio::test]
async fn an_item_needs_only_a_title() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = create(&app, &ada, json!({ "title": "Plain" })).await;
    let item = read(&app, &ada, &id, ALL).await;
    for field in ["summary", "cover", "client", "ownerRole", "startedOn", "finishedOn"] {
        assert_eq!(item[field], Value::Null, "{field}");
    }
    for field in ["media", "links", "tags"] {
        assert_eq!(item[field], json!([]), "{field}");
    }
    assert_eq!((&item["visibility"], &item["slug"]), (&json!("MEMBERS"), &json!("plain")));
    assert_eq!(item["story"], json!({ "source": "", "html": "", "mentions": [] }));
}

#[tokio::test]
async fn what_is_wrong_with_an_item_is_said_all_at_once() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let links: Vec<_> = (0..11).map(|_| json!({ "label": "", "url": "nowhere" })).collect();
    let tags: Vec<_> = (0..11).map(|n| format!("t{n}")).chain(["?".to_owned()]).collect();
    let input = json!({
        "title": " ", "slug": "No Such", "summary": "s".repeat(501), "story": "s".repeat(50_001),
        "links": links[..1], "tags": tags, "client": "c".repeat(101), "role": "a\nb",
        "startedOn": "2024-03-02", "finishedOn": "2024-03-01",
        "collaborators": [{ "profile": "nobody", "credit": "" }],
    });
    let expected = [
        "REQUIRED input.title",
        "INVALID input.slug",
        "TOO_LONG input.summary",
        "TOO_LONG input.story",
        "REQUIRED input.links.0.label",
        "INVALID input.links.0.url",
        "TOO_LONG input.client",
        "INVALID input.role",
        "OUT_OF_RANGE input.finishedOn",
        "INVALID input.tags.11",
        "TOO_LONG input.tags",
        "REQUIRED input.collaborators.0.credit",
    ];
    assert_eq!(refuses_create(&app, &ada, input.clone()).await, expected);
    let id = create(&app, &ada, json!({ "title": "Loom" })).await;
    assert_eq!(refuses_update(&app, &ada, &id, input).await, expected);
    let many = json!({ "title": "t".repeat(201), "links": links, "media": vec!["x"; 31] });
    let refused = refuses_create(&app, &ada, many).await;
    assert_eq!(refused[0], "TOO_LONG input.title");
    assert!(refused.contains(&"TOO_LONG input.links".to_owned()));
    let many = json!({ "title": "t", "media": vec!["x"; 31] });
    assert_eq!(refuses_create(&app, &ada, many).await, ["TOO_LONG input.media"]);
    assert_eq!(refuses_create(&app, &ada, json!({})).await, ["REQUIRED input.title"]);
    for slug in ["-a", "a-", "Ä", "a_b", "a b"] {
        let input = json!({ "title": "t", "slug": slug });
        assert_eq!(refuses_create(&app, &ada, input).await, ["INVALID input.slug"], "{slug}");
    }
    let input = json!({ "title": "t", "slug": "s".repeat(81) });
    assert_eq!(refuses_create(&app, &ada, input).await, ["TOO_LONG input.slug"]);
}

#[tokio::test]
async fn a_day_is_written_in_full() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for day in ["2024-2-1", "2023-02-29", "+2024-02-01", "2024-02-01T00:00:00Z", "0000-01-01", ""] {
        let input = json!({ "input": { "title": "t", "startedOn": day } });
        let run = app.refuses(&ada, CREATE, input).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{day}");
    }
}

#[tokio::test]
async fn a_name_in_addresses_is_made_from_the_title_and_taken_once() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let slug = async |owner, input| {
        let run = app.run_with(owner, CREATE, json!({ "input": input })).await.done();
        run.text("portfolioItemCreate.portfolioItem.slug").to_owned()
    };
    for (title, expected) in [
        ("The Weaver’s Loom, No. 4!", "the-weavers-loom-no-4"),
        ("The Weaver's loom no 4", "the-weavers-loom-no-4-2"),
        ("Größe & Ærø", "groesse-aeroe"),
        ("織機", "item"),
        ("😀", "item-2"),
        ("--", "item-3"),
    ] {
        assert_eq!(slug(&ada, json!({ "title": title })).await, expected);
    }
    let long = slug(&ada, json!({ "title": "long ".repeat(40) })).await;
    assert_eq!(long.len(), 76);
    let taken = json!({ "title": "Another", "slug": "item" });
    assert_eq!(refuses_create(&app, &ada, taken.clone()).await, ["TAKEN input.slug"]);
    assert_eq!(slug(&ben, taken).await, "item", "names are of one member");
    let id = create(&app, &ada, json!({ "title": "Free" })).await;
    let input = json!({ "slug": "item-2" });
    assert_eq!(refuses_update(&app, &ada, &id, input).await, ["TAKEN input.slug"]);
    let run = update(&app, &ada, &id, json!({ "slug": "free" })).await.done();
    assert_eq!(run.at("portfolioItemUpdate.portfolioItem.version"), 1, "its own name");
    let run = update(&app, &ada, &id, json!({ "slug": null, "title": "The Item" })).await.done();
    assert_eq!(run.text("portfolioItemUpdate.portfolioItem.slug"), "the-item");
}

#[tokio::test]
async fn an_update_keeps_what_is_left_out_and_null_clears() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let cover = file(&app, &ada, Kind::Image).await;
    let input = json!({
        "title": "Loom", "summary": "s", "story": "x", "cover": cover, "media": [cover],
        "links": [{ "label": "Site", "url": "https://loom.example" }], "tags": ["wood"],
        "client": "c", "role": "r", "startedOn": "2024-01-01", "finishedOn": "2024-01-02",
    });
    let id = create(&app, &ada, input.clone()).await;
    let before = read(&app, &ada, &id, ALL).await;
    let same = update(&app, &ada, &id, input).await.done();
    assert_eq!(same.at("portfolioItemUpdate.portfolioItem.version"), 1, "nothing changed");
    update(&app, &ada, &id, json!({ "title": "Great loom" })).await.done();
    let after = read(&app, &ada, &id, ALL).await;
    let mut expected = before;
    expected["title"] = json!("Great loom");
    expected["version"] = json!(2);
    assert_eq!(after, expected);
    let clear = json!({
        "summary": null, "story": null, "cover": null, "media": null, "links": null, "tags": null,
        "client": null, "role": null, "startedOn": null, "finishedOn": null,
    });
    update(&app, &ada, &id, clear).await.done();
    let item = read(&app, &ada, &id, ALL).await;
    for field in ["summary", "cover", "client", "ownerRole", "startedOn", "finishedOn"] {
        assert_eq!(item[field], Value::Null, "{field}");
    }
    for field in ["media", "links", "tags"] {
        assert_eq!(item[field], json!([]), "{field}");
    }
    assert_eq!((&item["story"]["source"], &item["version"]), (&json!(""), &json!(3)));
    assert_eq!(item["title"], "Great loom");
}

#[tokio::test]
async fn who_comes_late_is_told_the_version() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let id = create(&app, &ada, json!({ "title": "Loom" })).await;
    let variables = json!({ "id": id, "input": { "title": "New" }, "version": 1 });
    app.run_with(&ada, UPDATE, variables.clone()).await.done();
    let run = app.refuses(&ada, UPDATE, variables).await;
    assert_eq!(run.refusals(), ["STALE_VERSION expectedVersion"]);
    assert_eq!(run.at("portfolioItemUpdate.userErrors.0.currentVersion"), 2);
}

#[tokio::test]
async fn a_call_that_begins_an_item_is_safe_to_repeat() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let input = json!({ "title": "Loom", "clientKey": "k" });
    let id = create(&app, &ada, input.clone()).await;
    assert_eq!(create(&app, &ada, input.clone()).await, id);
    let refused = refuses_update(&app, &ada, &id, input.clone()).await;
    assert_eq!(refused, ["INVALID input.clientKey"]);
    app.act(&ada, "portfolioItemDelete", &id).await.done();
    assert_eq!(refuses_create(&app, &ada, input).await, ["NOT_FOUND input.clientKey"]);
}

#[tokio::test]
async fn only_pictures_of_ones_own_stand_for_an_item() {
    let app = TestApp::new().await;
    let (ada, ben) = (app.member("ada").await, app.member("ben").await);
    let (theirs, film) = (file(&app, &ben, Kind::Image).await, file(&app, &ada, Kind::Video).await);
    let paper = file(&app, &ada, Kind::Document).await;
    for (input, expected) in [
        (json!({ "cover": theirs }), "NOT_FOUND input.cover"),
        (json!({ "cover": film }), "FILE_TYPE_REJECTED input.cover"),
        (json!({ "cover": "nothing" }), "NOT_FOUND input.cover"),
        (json!({ "media": [film, paper] }), "FILE_TYPE_REJECTED input.media.1"),
        (json!({ "media": [film, film] }), "DUPLICATE input.media.1"),
        (json!({ "media": [theirs] }), "NOT_FOUND input.media.0"),
    ] {
        let mut new = input.clone();
        new["title"] = json!("Loom");
        assert_eq!(refuses_create(&app, &ada, new).await, [expected], "{input}");
    }
}

#[tokio::test]
async fn a_portfolio_has_at_most_200_items() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for n in 0..200 {
        create(&app, &ada, json!({ "title": format!("Item {n}") })).await;
    }
    let mine = || portfolio_item::Column::OwnerId.eq(ada.id().unwrap());
    assert_eq!(app.count::<portfolio_item::Entity>(mine()).await, 200);
    let refused = refuses_create(&app, &ada, json!({ "title": "One more" })).await;
    assert_eq!(refused, ["QUOTA_EXCEEDED "]);
    let last = mine().and(portfolio_item::Column::Position.eq(199));
    assert_eq!(app.count::<portfolio_item::Entity>(last).await, 1);
}

#[tokio::test]
async fn items_that_are_begun_at_once_have_names_and_places_of_their_own() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let new = || create(&app, &ada, json!({ "title": "Loom" }));
    futures_util::future::join_all((0..5).map(|_| new())).await;
    let run = app.run(&ada, "{ viewer { portfolio { nodes { slug position } } } }").await.ok();
    let mut slugs = run.list("viewer.portfolio.nodes", "slug");
    slugs.sort();
    assert_eq!(slugs, ["loom", "loom-2", "loom-3", "loom-4", "loom-5"]);
    let nodes = run.at("viewer.portfolio.nodes").as_array().unwrap();
    let places: Vec<_> = nodes.iter().map(|node| node["position"].clone()).collect();
    assert_eq!(places, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn only_its_owner_changes_an_item_and_tokens_need_the_scope() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let ben = app.member("ben").await;
    let admin = app.with_role("root", Role::Admin).await;
    let id = publish(&app, &ada, json!({ "title": "Loom", "story": "x" })).await;
    let draft = create(&app, &ada, json!({ "title": "Draft" })).await;
    let input = json!({ "title": "Mine" });
    for other in [&ben, &admin] {
        let refused = refuses_update(&app, other, &id, input.clone()).await;
        assert_eq!(refused, ["FORBIDDEN id"]);
        assert_eq!(refuses_update(&app, other, &draft, input.clone()).await, ["NOT_FOUND id"]);
    }
    let variables = json!({ "id": id, "input": input });
    assert_eq!(
        app.refuses(&Guest, UPDATE, variables.clone()).await.error_code(),
        "UNAUTHENTICATED"
    );
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WriteSocial]);
    assert_eq!(app.refuses(&token, UPDATE, variables.clone()).await.error_code(), "SCOPE_MISSING");
    let create = json!({ "input": input });
    assert_eq!(app.refuses(&token, CREATE, create.clone()).await.error_code(), "SCOPE_MISSING");
    assert_eq!(app.refuses(&Guest, CREATE, create).await.error_code(), "UNAUTHENTICATED");
    let token = app.by_token(ada, &[Scope::ReadPublic, Scope::WritePortfolio]);
    app.run_with(&token, UPDATE, variables).await.done();
    let viewer = "viewer { isOwner canEdit canDelete canComment canReact }";
    let may = async |actor| read(&app, actor, &id, viewer).await["viewer"].clone();
    let all = |yes: [bool; 5]| {
        json!({ "isOwner": yes[0], "canEdit": yes[1], "canDelete": yes[2],
            "canComment": yes[3], "canReact": yes[4] })
    };
    assert_eq!(may(&ada).await, all([true; 5]));
    assert_eq!(may(&ben).await, all([false, false, false, true, true]));
    assert_eq!(may(&admin).await, all([false, false, true, true, true]));
    assert_eq!(may(&token).await, all([true, true, true, false, false]));
    assert_eq!(read(&app, &Guest, &id, viewer).await, Value::Null, "it is for members");
}
