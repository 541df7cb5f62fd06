//! Bookmarks on portfolio items, and on the comments under them.

use guildhall::entity::bookmark;
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};

use super::kit::{Cast, comment, published, refusal};
use crate::kit::{TestApp, write_post};

const ADD: &str = "mutation($id: ID!, $note: String) { bookmarkAdd(id: $id, note: $note) {
    bookmark { id note } target { __typename ... on Node { id } } userErrors { code path } } }";
const REMOVE: &str = "mutation($id: ID!) { bookmarkRemove(id: $id) {
    target { __typename ... on Node { id } } userErrors { code path } } }";
const LIST: &str = "{ viewer { bookmarks { nodes { note target { __typename ... on Node { id }
    ... on PortfolioItem { title owner { handle } viewer { isBookmarked } } } } } } }";

#[tokio::test]
async fn who_may_see_an_item_keeps_it_and_nobody_else() {
    let cast = Cast::new().await;
    for state in ["PUBLIC", "MEMBERS", "FOLLOWERS", "DRAFT"] {
        let item = cast.item(state).await;
        for (name, actor) in cast.all() {
            let expected = match name {
                "guest" => "UNAUTHENTICATED",
                "reading token" => "SCOPE_MISSING",
                _ if !Cast::seers(state).contains(&name) => "NOT_FOUND id",
                _ => {
                    let run = cast.app.run_with(&actor, ADD, json!({ "id": item })).await.done();
                    let target = json!({ "__typename": "PortfolioItem", "id": item });
                    assert_eq!(run.at("bookmarkAdd.target"), &target, "{state} {name}");
                    cast.app.run_with(&actor, REMOVE, json!({ "id": item })).await.done();
                    continue;
                }
            };
            let refused = refusal(&cast.app, &actor, ADD, json!({ "id": item })).await;
            assert_eq!(refused, expected, "{state} {name}");
            let refused = refusal(&cast.app, &actor, REMOVE, json!({ "id": item })).await;
            assert_eq!(refused, expected, "{state} {name}: there is none to let go of");
        }
    }
    let any = bookmark::Column::Id.is_not_null();
    assert_eq!(cast.app.count::<bookmark::Entity>(any).await, 0);
}

#[tokio::test]
async fn what_is_kept_stands_in_the_list_with_the_rest() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let other = published(&app, &ada, "PUBLIC").await;
    let post = write_post(&app, &ada, "hello", "PUBLIC").await;
    let on_item = comment(&app, &ada, &item, "a", json!({})).await;
    for (id, note) in [(&item, "first"), (&post, "second"), (&on_item, "third"), (&item, "again")] {
        app.run_with(&grace, ADD, json!({ "id": id, "note": note })).await.done();
    }
    let run = app.run(&grace, LIST).await.ok();
    let expected = json!([
        { "note": "third", "target": { "__typename": "Comment", "id": on_item } },
        { "note": "second", "target": { "__typename": "Post", "id": post } },
        { "note": "again", "target": { "__typename": "PortfolioItem", "id": item, "title": "Loom",
            "owner": { "handle": "ada" }, "viewer": { "isBookmarked": true } } },
    ]);
    assert_eq!(run.at("viewer.bookmarks.nodes"), &expected, "keeping twice changes the note");
    let kept = "query($id: ID!) { portfolioItem(by: { id: $id }) { viewer { isBookmarked } } }";
    for (actor, id, expected) in
        [(&grace, &item, true), (&grace, &other, false), (&ada, &item, false)]
    {
        let run = app.run_with(actor, kept, json!({ "id": id })).await.ok();
        assert_eq!(run.at("portfolioItem.viewer.isBookmarked"), expected);
    }
    let run = app.run_with(&grace, REMOVE, json!({ "id": item })).await.done();
    assert_eq!(run.at("bookmarkRemove.target.id"), &json!(item));
    assert_eq!(
        app.run(&grace, LIST).await.ok().list("viewer.bookmarks.nodes", "note"),
        ["third", "second"]
    );
    assert_eq!(app.run(&ada, LIST).await.ok().at("viewer.bookmarks.nodes"), &json!([]));
}

#[tokio::test]
async fn a_bookmark_of_what_was_hidden_since_has_no_target_and_can_be_removed() {
    let cast = Cast::new().await;
    let app = &cast.app;
    let item = cast.item("PUBLIC").await;
    let on_item = comment(app, &cast.owner, &item, "a", json!({})).await;
    for actor in [&cast.stranger, &cast.collaborator] {
        for id in [&item, &on_item] {
            app.run_with(actor, ADD, json!({ "id": id })).await.done();
        }
    }
    cast.show(&item, false).await;
    let targets = "{ viewer { bookmarks { nodes { target { ... on Node { id } } } } } }";
    let run = app.run(&cast.stranger, targets).await.ok();
    assert_eq!(run.at("viewer.bookmarks.nodes"), &json!([{ "target": null }, { "target": null }]));
    let run = app.run(&cast.collaborator, targets).await.ok();
    assert_eq!(run.list("viewer.bookmarks.nodes", "target.id"), [on_item.as_str(), &item]);
    let run = app.run_with(&cast.stranger, REMOVE, json!({ "id": item })).await.done();
    assert_eq!(run.at("bookmarkRemove.target"), &Value::Null);
    app.act(&cast.owner, "portfolioItemDelete", &item).await.done();
    let run = app.run(&cast.collaborator, targets).await.ok();
    assert_eq!(run.at("viewer.bookmarks.nodes"), &json!([]), "what is deleted is kept no more");
}
