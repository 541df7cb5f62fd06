//! What happens to a portfolio item and under it: what is written down, who hears it, and as what.

use guildhall::{
    Actor::{Audience, Guest},
    graph::encode,
    streams::Stream,
};
use serde_json::{Value, json};

use super::kit::{Cast, comment, draft, published};
use crate::kit::{Follower, TestApp, block, happening, key, profile_id, write_comment};

const EVENTS: &str = "subscription($id: ID!, $after: EventCursor) { discussionEvents(id: $id, after: $after) {
    kind: __typename __typename ... on StreamEvent { cursor at } ... on StreamReset { reason }
    ... on CommentAdded { comment { id body { source } author { handle } attachments { name } } clientKey }
    ... on CommentChanged { comment { id body { source } } }
    ... on CommentRemoved { id }
    ... on ReactionsChanged { subject { id reactions { emoji count } } }
    ... on SubjectChanged { subject { id commentCount ... on PortfolioItem { title publicationState owner { handle } } } } } }";
const EDIT: &str = "mutation($id: ID!, $body: Markdown!) { commentUpdate(id: $id, body: $body) {
    userErrors { code path } } }";
const CHANGE: &str = "mutation($id: ID!, $input: PortfolioItemInput!) {
    portfolioItemUpdate(id: $id, input: $input) { userErrors { code path } } }";
const UNREACT: &str =
    "mutation($id: ID!) { reactionRemove(id: $id, emoji: \"🎉\") { userErrors { code path } } }";

fn under(item: &str) -> Stream {
    Stream::discussion(key("portfolio_item", item))
}

async fn change(app: &TestApp, actor: &guildhall::Actor, id: &str, input: Value) {
    app.run_with(actor, CHANGE, json!({ "id": id, "input": input })).await.done();
}

/// What is told of each event, without where and when.
async fn told(app: &TestApp, actor: &guildhall::Actor, item: &str) -> Vec<Value> {
    let mut told = app.tell_all(actor, EVENTS, json!({ "id": item }), under(item)).await;
    for event in &mut told {
        let event = event.as_object_mut().unwrap();
        event.remove("__typename");
        assert!(event.remove("cursor").unwrap().is_string() && event.remove("at").is_some());
    }
    told
}

#[tokio::test]
async fn each_change_of_an_item_and_under_it_is_written_down_in_order() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let first = write_comment(&app, &grace, &item, "a").await;
    let answer = app.reply_to(&ada, &item, &first, "b").await;
    app.run_with(&grace, EDIT, json!({ "id": first, "body": "c" })).await.done();
    for id in [&item, &first] {
        app.react(&ada, id, "🎉").await;
        app.react(&ada, id, "🎉").await;
    }
    app.run_with(&ada, UNREACT, json!({ "id": item })).await.done();
    change(&app, &ada, &item, json!({ "title": "Loom again" })).await;
    change(&app, &ada, &item, json!({ "visibility": "MEMBERS" })).await;
    app.act(&ada, "commentDelete", &answer).await.done();
    super::kit::show(&app, &ada, &item, false).await;
    super::kit::show(&app, &ada, &item, true).await;
    app.act(&ada, "portfolioItemDelete", &item).await.done();

    let events = app.events(under(&item).id).await;
    let found: Vec<_> = events
        .iter()
        .map(|event| (event.kind.as_str(), event.subject, event.actor, event.access))
        .collect();
    let (item, first, answer) = (
        Some(key("portfolio_item", &item)),
        Some(key("comment", &first)),
        Some(key("comment", &answer)),
    );
    let (ada, grace) = (ada.id(), grace.id());
    let expected = [
        ("portfolio_item_changed", item, ada, false),
        ("comment_added", first, grace, false),
        ("comment_added", answer, ada, false),
        ("comment_changed", first, grace, false),
        ("reactions_changed", item, ada, false),
        ("reactions_changed", first, ada, false),
        ("reactions_changed", item, ada, false),
        ("portfolio_item_changed", item, ada, false),
        ("portfolio_item_changed", item, ada, true),
        ("comment_removed", answer, ada, false),
        ("portfolio_item_changed", item, ada, true),
        ("portfolio_item_changed", item, ada, false),
        ("portfolio_item_removed", item, ada, true),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn each_event_is_told_as_what_it_is_about_is_now() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let item = published(&app, &ada, "PUBLIC").await;
    let file = app.picture(&grace, "a.png").await;
    let more = json!({ "clientKey": "k 1", "attachments": [file] });
    let first = comment(&app, &grace, &item, "hello", more).await;
    app.run_with(&grace, EDIT, json!({ "id": first, "body": "hi" })).await.done();
    app.react(&ada, &item, "🎉").await;
    app.react(&ada, &first, "👍").await;
    let gone = app.reply_to(&ada, &item, &first, "d").await;
    app.act(&ada, "commentDelete", &gone).await.done();
    change(&app, &ada, &item, json!({ "title": "Loom again" })).await;

    let subject = json!({ "kind": "SubjectChanged", "subject": { "id": item, "commentCount": 1,
        "title": "Loom again", "publicationState": "PUBLISHED", "owner": { "handle": "ada" } } });
    let expected = json!([
        subject,
        { "kind": "CommentAdded", "clientKey": "k 1", "comment": { "id": first,
            "body": { "source": "hi" }, "author": { "handle": "grace" },
            "attachments": [{ "name": "a.png" }] } },
        { "kind": "CommentChanged", "comment": { "id": first, "body": { "source": "hi" } } },
        { "kind": "ReactionsChanged", "subject": { "id": item, "reactions": [{ "emoji": "🎉", "count": 1 }] } },
        { "kind": "ReactionsChanged", "subject": { "id": first, "reactions": [{ "emoji": "👍", "count": 1 }] } },
        { "kind": "CommentRemoved", "id": gone },
        subject,
    ]);
    for actor in [&Guest, &ada, &grace] {
        assert_eq!(json!(told(&app, actor, &item).await), expected, "{actor:?}");
    }
    app.act(&ada, "portfolioItemDelete", &item).await.done();
    for event in app.events(under(&item).id).await {
        let is_removal = event.kind == "comment_removed";
        for actor in [&ada, &Audience] {
            let happening = happening(under(&item), event.clone());
            let told = app.tell(actor, EVENTS, json!({ "id": item }), happening).await;
            assert_eq!(told.is_some(), is_removal, "of the rest nothing is left: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_discussion_is_opened_and_heard_by_those_who_may_see_the_item() {
    let cast = Cast::new().await;
    let app = &cast.app;
    for (state, statements) in [("PUBLIC", 2), ("MEMBERS", 2), ("FOLLOWERS", 4), ("DRAFT", 3)] {
        let item = cast.item(state).await;
        let topic = app.open(&cast.owner, EVENTS, json!({ "id": item })).await.unwrap().topic;
        assert_eq!(topic.stream, under(&item));
        let (names, actors): (Vec<_>, Vec<_>) = cast.all().into_iter().unzip();
        app.statements();
        let hears = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(app.statements().len(), statements, "{state}");
        for ((name, actor), hears) in names.iter().zip(&actors).zip(hears) {
            let may = Cast::seers(state).contains(name);
            assert_eq!(hears, may, "{state} {name}");
            let opened = app.open(actor, EVENTS, json!({ "id": item })).await;
            assert_eq!(
                opened.map(|_| ()).err().as_deref(),
                (!may).then_some("BAD_REQUEST"),
                "{state} {name}"
            );
            let query = "query($id: ID!) { node(id: $id) { id } }";
            let seen = app.run_with(actor, query, json!({ "id": item })).await.ok();
            assert_eq!(!seen.at("node").is_null(), may, "{state} {name}");
        }
        app.act(&cast.owner, "portfolioItemDelete", &item).await.done();
        let gone = (topic.hears)(&app.app, topic.stream.id, &actors).await.unwrap();
        assert_eq!(gone, vec![false; actors.len()]);
    }
    let unknown = encode("portfolio_item", app.app.clock.key()).to_string();
    for id in [&unknown, &profile_id(&cast.owner), "portfolio_item_"] {
        let opened = app.open(&cast.owner, EVENTS, json!({ "id": id })).await;
        assert_eq!(opened.unwrap_err(), "BAD_REQUEST", "{id}");
    }
}

#[tokio::test]
async fn comments_of_the_blocked_are_not_told_either_way() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let eve = app.member("eve").await;
    let item = published(&app, &ada, "PUBLIC").await;
    let by_grace = write_comment(&app, &grace, &item, "by grace").await;
    app.react(&ada, &by_grace, "🎉").await;
    let by_eve = write_comment(&app, &eve, &item, "by eve").await;
    block(&app, &grace, &eve).await;
    for (actor, expected) in [
        (&ada, vec![&by_grace, &by_grace, &by_eve]),
        (&Guest, vec![&by_grace, &by_grace, &by_eve]),
        (&grace, vec![&by_grace, &by_grace]),
        (&eve, vec![&by_eve]),
    ] {
        let told = told(&app, actor, &item).await;
        let about = |event: &Value| {
            let id = event.pointer("/comment/id").or(event.pointer("/subject/id"));
            id.unwrap().as_str().unwrap().to_owned()
        };
        let heard: Vec<_> = told.iter().skip(1).map(about).collect();
        assert_eq!(heard.iter().collect::<Vec<_>>(), expected, "{actor:?}");
    }
}

async fn next_is(follower: &mut Follower, kind: &str) -> Value {
    let event = follower.next().await;
    assert_eq!(event["kind"], kind, "{event:#}");
    event
}

#[tokio::test]
async fn who_may_not_see_what_was_taken_back_hears_no_more_of_it_and_the_others_do() {
    let cast = Cast::new().await;
    let app = &cast.app;
    let item = cast.item("PUBLIC").await;
    let mut inside = Vec::new();
    for actor in [&cast.owner, &cast.collaborator] {
        inside.push(app.follow(actor, EVENTS, json!({ "id": item })).await);
    }
    let mut outside = Vec::new();
    for actor in [&Guest, &cast.stranger, &cast.follower, &cast.moderator] {
        outside.push(app.follow(actor, EVENTS, json!({ "id": item })).await);
    }
    for follower in inside.iter_mut().chain(&mut outside) {
        follower.ready().await;
    }
    let on = comment(app, &cast.stranger, &item, "open", json!({})).await;
    for follower in inside.iter_mut().chain(&mut outside) {
        assert_eq!(next_is(follower, "CommentAdded").await["comment"]["id"], on);
    }
    cast.show(&item, false).await;
    change(app, &cast.owner, &item, json!({ "title": "secret" })).await;
    for follower in &mut outside {
        assert_eq!(next_is(follower, "StreamReset").await["reason"], "ACCESS_CHANGED");
        follower.ends().await;
        follower.hears_nothing().await;
    }
    cast.show(&item, true).await;
    for follower in &mut inside {
        let back = next_is(follower, "SubjectChanged").await;
        assert_eq!(back["subject"]["id"], item);
        next_is(follower, "SubjectChanged").await;
        let again = next_is(follower, "SubjectChanged").await;
        let subject = (&again["subject"]["title"], &again["subject"]["publicationState"]);
        assert_eq!(subject, (&json!("secret"), &json!("PUBLISHED")));
    }
    app.act(&cast.owner, "portfolioItemDelete", &item).await.done();
    for follower in &mut inside {
        assert_eq!(next_is(follower, "StreamReset").await["reason"], "ACCESS_CHANGED");
        follower.ends().await;
    }
}

#[tokio::test]
async fn who_follows_a_draft_hears_that_it_changes_and_is_published() {
    let cast = Cast::new().await;
    let app = &cast.app;
    let item = draft(app, &cast.owner, "PUBLIC", &[&cast.collaborator]).await;
    let mut both = Vec::new();
    for actor in [&cast.owner, &cast.collaborator] {
        let mut follower = app.follow(actor, EVENTS, json!({ "id": item })).await;
        follower.ready().await;
        both.push(follower);
    }
    change(app, &cast.owner, &item, json!({ "title": "Draft" })).await;
    for follower in &mut both {
        let event = next_is(follower, "SubjectChanged").await;
        let subject = (&event["subject"]["title"], &event["subject"]["publicationState"]);
        assert_eq!(subject, (&json!("Draft"), &json!("DRAFT")));
    }
    cast.show(&item, true).await;
    for follower in &mut both {
        let event = next_is(follower, "SubjectChanged").await;
        assert_eq!(event["subject"]["publicationState"], "PUBLISHED");
    }
    let refuse = "mutation($id: ID!) { collaborationAnswer(item: $id, accept: false) { userErrors { code path } } }";
    cast.show(&item, false).await;
    for follower in &mut both {
        next_is(follower, "SubjectChanged").await;
    }
    app.run_with(&cast.collaborator, refuse, json!({ "id": item })).await.done();
    let [hers, theirs] = both.as_mut_slice() else { panic!("two follow") };
    next_is(hers, "SubjectChanged").await;
    assert_eq!(next_is(theirs, "StreamReset").await["reason"], "ACCESS_CHANGED");
    theirs.ends().await;
}

#[tokio::test]
async fn an_event_cursor_is_where_the_stream_goes_on() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let item = published(&app, &ada, "PUBLIC").await;
    write_comment(&app, &ada, &item, "before").await;
    let query = "query($id: ID!) { portfolioItem(by: { id: $id }) { eventCursor comments { nodes { id } } } }";
    let run = app.run_with(&Guest, query, json!({ "id": item })).await.ok();
    let after = run.text("portfolioItem.eventCursor");
    let behind = write_comment(&app, &ada, &item, "behind").await;
    let mut follower = app.follow(&Guest, EVENTS, json!({ "id": item, "after": after })).await;
    assert_eq!(next_is(&mut follower, "CommentAdded").await["comment"]["id"], behind);
    follower.ready().await;
}
