//! Made-up communities: believable in their order of time, exact in their counts.

use std::collections::{HashMap, HashSet};

use guildhall::{
    Actor,
    clock::made_at,
    cx::{Means, Member},
    entity::{
        account, collaborator, comment, conversation, follow, job, job_tag, message, organization,
        portfolio_item, portfolio_item_tag, post, post_tag, profile, profile_skill, reaction, tag,
        task,
    },
    seed::{self, Community, Sizes},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::kit::TestApp;

pub const SIZES: Sizes = Sizes {
    members: 40,
    posts: 150,
    comments: 500,
    reactions: 800,
    follows: 250,
    jobs: 60,
    boards: 6,
    tasks: 300,
};

pub struct Rows {
    profiles: Vec<profile::Model>,
    follows: Vec<follow::Model>,
    posts: Vec<post::Model>,
    works: Vec<portfolio_item::Model>,
    comments: Vec<comment::Model>,
    reactions: Vec<reaction::Model>,
}

impl Rows {
    /// All of them, in the order of their keys.
    pub async fn of(app: &TestApp) -> Self {
        let db = &app.app.db.write;
        let profiles = profile::Entity::find().order_by_asc(profile::Column::Id);
        let follows = follow::Entity::find().order_by_asc(follow::Column::Id);
        let posts = post::Entity::find().order_by_asc(post::Column::Id);
        let works = portfolio_item::Entity::find().order_by_asc(portfolio_item::Column::Id);
        let comments = comment::Entity::find().order_by_asc(comment::Column::Id);
        let reactions = reaction::Entity::find().order_by_asc(reaction::Column::Id);
        Self {
            profiles: profiles.all(db).await.unwrap(),
            follows: follows.all(db).await.unwrap(),
            posts: posts.all(db).await.unwrap(),
            works: works.all(db).await.unwrap(),
            comments: comments.all(db).await.unwrap(),
            reactions: reactions.all(db).await.unwrap(),
        }
    }
}

pub async fn write(app: &TestApp, community: &Community) -> usize {
    let written = std::sync::atomic::AtomicUsize::new(0);
    let on_rows = |count| {
        written.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
    };
    seed::write(&app.app, community, "!", &on_rows).await.unwrap();
    written.into_inner()
}

/// How often each key comes up.
pub fn counts(keys: impl Iterator<Item = Uuid>) -> HashMap<Uuid, i32> {
    keys.fold(HashMap::new(), |mut counts, key| {
        *counts.entry(key).or_default() += 1;
        counts
    })
}

pub fn of(counts: &HashMap<Uuid, i32>, key: Uuid) -> i32 {
    counts.get(&key).copied().unwrap_or_default()
}

/// The groups that a row keeps: most used first, as many as there are rows.
fn assert_groups(groups: &str, total: i32, emoji: &HashMap<(Uuid, String), i32>, key: Uuid) {
    let groups: Vec<(String, i32)> = serde_json::from_str(groups).unwrap();
    assert!(groups.is_sorted_by(|one, next| one.1 >= next.1));
    assert_eq!(groups.iter().map(|(_, count)| count).sum::<i32>(), total);
    for (sign, count) in groups {
        assert_eq!(emojis::get(&sign).map(emojis::Emoji::as_str), Some(&*sign));
        assert_eq!(emoji.get(&(key, sign)), Some(&count));
    }
}

pub async fn assert_counters(app: &TestApp, rows: &Rows) {
    let followers = counts(rows.follows.iter().map(|row| row.followed_id));
    let following = counts(rows.follows.iter().map(|row| row.follower_id));
    let posts = counts(rows.posts.iter().map(|row| row.author_id));
    for row in &rows.profiles {
        assert_eq!(row.follower_count, of(&followers, row.id), "{}", row.handle);
        assert_eq!(row.following_count, of(&following, row.id), "{}", row.handle);
        assert_eq!(row.post_count, of(&posts, row.id), "{}", row.handle);
    }
    let comments = counts(rows.comments.iter().map(on));
    let replies = counts(rows.comments.iter().filter_map(|row| row.parent_id));
    let target = |row: &reaction::Model| {
        row.post_id.or(row.comment_id).or(row.portfolio_item_id).or(row.task_id).unwrap()
    };
    let reactions = counts(rows.reactions.iter().map(target));
    let mut emoji = HashMap::new();
    for row in &rows.reactions {
        *emoji.entry((target(row), row.emoji.clone())).or_default() += 1;
    }
    for row in &rows.posts {
        assert_eq!(row.comment_count, of(&comments, row.id));
        assert_eq!(row.reaction_count, of(&reactions, row.id));
        assert_groups(&row.reactions, row.reaction_count, &emoji, row.id);
    }
    for row in &rows.works {
        assert_eq!(row.comment_count, of(&comments, row.id));
        assert_eq!(row.reaction_count, of(&reactions, row.id));
        assert_groups(&row.reactions, row.reaction_count, &emoji, row.id);
    }
    for row in task::Entity::find().all(&app.app.db.write).await.unwrap() {
        assert_eq!(row.comment_count, of(&comments, row.id), "{}", row.title);
        assert_eq!(row.reaction_count, of(&reactions, row.id), "{}", row.title);
        assert_groups(&row.reactions, row.reaction_count, &emoji, row.id);
    }
    for row in &rows.comments {
        assert_eq!(row.reply_count, of(&replies, row.id));
        assert_eq!(row.reaction_count, of(&reactions, row.id));
        assert_groups(&row.reactions, row.reaction_count, &emoji, row.id);
    }
    let db = &app.app.db.write;
    let tagged = post_tag::Entity::find().all(db).await.unwrap();
    let skills = profile_skill::Entity::find().all(db).await.unwrap();
    let shown = portfolio_item_tag::Entity::find().all(db).await.unwrap().into_iter();
    let published = |item| rows.works.iter().any(|w| w.id == item && w.publication.is_some());
    let shown = shown.filter(|row| published(row.portfolio_item_id)).map(|row| row.tag_id);
    let tagged = tagged.iter().map(|row| row.tag_id).chain(skills.iter().map(|row| row.tag_id));
    let jobs = job::Entity::find().all(db).await.unwrap();
    let open = jobs.iter().filter(|row| row.state == job::State::Open);
    let open = counts(open.map(|row| row.organization_id));
    for row in organization::Entity::find().all(db).await.unwrap() {
        assert_eq!(row.open_job_count, of(&open, row.id), "{}", row.name);
    }
    let posted: HashSet<Uuid> =
        jobs.iter().filter(|row| row.published_at.is_some()).map(|row| row.id).collect();
    let asked = job_tag::Entity::find().all(db).await.unwrap().into_iter();
    let asked = asked.filter(|row| posted.contains(&row.job_id)).map(|row| row.tag_id);
    let tagged = tagged.chain(shown).chain(asked);
    let uses = counts(tagged);
    for row in tag::Entity::find().all(db).await.unwrap() {
        assert_eq!(row.use_count, of(&uses, row.id), "{}", row.name);
    }
}

/// What a comment stands under.
fn on(row: &comment::Model) -> Uuid {
    row.post_id.or(row.portfolio_item_id).or(row.task_id).unwrap()
}

/// Nothing happens before what it answers, nobody acts before they join, nothing is yet to come.
fn assert_times(app: &TestApp, rows: &Rows) {
    let now = app.app.clock.now();
    let posts: HashMap<Uuid, &post::Model> = rows.posts.iter().map(|row| (row.id, row)).collect();
    let profiles: HashSet<Uuid> = rows.profiles.iter().map(|row| row.id).collect();
    for row in &rows.posts {
        assert!(row.author_id < row.id && made_at(row.id) < now);
        let named: Vec<Uuid> =
            row.mentions.as_deref().map_or(Vec::new(), |m| serde_json::from_str(m).unwrap());
        assert!(named.iter().all(|key| profiles.contains(key)));
    }
    for row in &rows.works {
        assert!(row.owner_id < row.id && row.publication.is_none_or(|key| row.id < key));
        assert!(made_at(row.publication.unwrap_or(row.id)) <= now);
    }
    for row in &rows.comments {
        assert!(on(row) < row.id && row.author_id < row.id && made_at(row.id) <= now);
        assert!(row.parent_id.is_none_or(|parent| parent < row.id));
        assert_eq!(row.depth > 0, row.parent_id.is_some());
    }
    for row in &rows.reactions {
        let target = row.post_id.or(row.comment_id).or(row.portfolio_item_id).unwrap();
        assert!(target < row.id && row.profile_id < row.id);
        assert!(made_at(row.id) <= now);
    }
    let follows: HashSet<(Uuid, Uuid)> =
        rows.follows.iter().map(|row| (row.follower_id, row.followed_id)).collect();
    for row in &rows.comments {
        let Some(post) = row.post_id.map(|post| posts[&post]) else { continue };
        if post.visibility == post::Visibility::Followers && row.author_id != post.author_id {
            assert!(follows.contains(&(row.author_id, post.author_id)));
        }
    }
}

#[tokio::test]
async fn a_community_of_any_size_counts_itself_right() {
    let app = TestApp::new().await;
    let community = seed::grow(&SIZES, 7, app.app.clock.now());
    assert!(seed::is_empty(&app.app).await.unwrap());
    assert_eq!(write(&app, &community).await, community.rows());
    assert!(!seed::is_empty(&app.app).await.unwrap());
    assert!(seed::has_admin(&app.app).await.unwrap());

    let rows = Rows::of(&app).await;
    assert_eq!(rows.profiles.len(), SIZES.members);
    assert_eq!(rows.posts.len(), SIZES.posts);
    assert_eq!(rows.works.len(), SIZES.posts / 20);
    assert_eq!(rows.comments.len(), SIZES.comments);
    assert_eq!(rows.reactions.len(), SIZES.reactions);
    assert_eq!(rows.follows.len(), SIZES.follows);
    let jobs = job::Entity::find().count(&app.app.db.write).await.unwrap();
    assert_eq!(usize::try_from(jobs).unwrap(), SIZES.jobs);
    assert!(rows.comments.iter().any(|row| row.depth > 1), "some answer answers");
    assert_counters(&app, &rows).await;
    assert_times(&app, &rows);
}

#[tokio::test]
async fn the_same_numbers_make_the_same_community_and_others_another() {
    let (one, same, other) = (TestApp::new().await, TestApp::new().await, TestApp::new().await);
    for (app, seed) in [(&one, 7), (&same, 7), (&other, 8)] {
        write(app, &seed::grow(&SIZES, seed, app.app.clock.now())).await;
    }
    let (one, same, other) = (Rows::of(&one).await, Rows::of(&same).await, Rows::of(&other).await);
    assert!(one.profiles == same.profiles && one.posts == same.posts);
    assert!(
        one.works == same.works && one.comments == same.comments && one.reactions == same.reactions
    );
    assert!(one.posts != other.posts);
}

#[tokio::test]
async fn the_demo_is_a_small_community_that_counts_itself_right() {
    let app = TestApp::new().await;
    let community = seed::demo(app.app.clock.now()).unwrap();
    assert_eq!(community.first_handle(), "ada");
    assert_eq!(write(&app, &community).await, community.rows());
    let rows = Rows::of(&app).await;
    assert_eq!((rows.profiles.len(), rows.posts.len()), (12, 40));
    assert!(rows.profiles.iter().all(|row| row.following_count > 0));
    let articles = rows.posts.iter().filter(|row| row.kind == post::Kind::Article);
    assert_eq!(articles.count(), 5);
    assert_counters(&app, &rows).await;
    assert_times(&app, &rows);
    let tags = tag::Entity::find().count(&app.app.db.write).await.unwrap();
    assert!(tags > 30, "{tags}");
}

#[tokio::test]
async fn nobody_is_told_of_what_was_made_up() {
    let app = TestApp::new().await;
    let community = seed::demo(app.app.clock.now()).unwrap();
    write(&app, &community).await;
    assert_eq!((app.notices().await, app.notifications().await), (0, 0));
}

#[tokio::test]
async fn the_demo_has_conversations_to_read() {
    let app = TestApp::new().await;
    write(&app, &seed::demo(app.app.clock.now()).unwrap()).await;
    let id = profile::Entity::find().filter(profile::Column::Handle.eq("ada"));
    let id = id.one(&app.app.db.write).await.unwrap().unwrap().id;
    let means = Means::Session { id: uuid::Uuid::nil(), proved_at: app.app.clock.now() };
    let ada = Actor::Member(Member { id, role: account::Role::Admin, means });
    let query =
        "{ viewer { unread { conversations mentions } conversations { nodes { conversationKind
        memberCount viewer { title unreadCount mentionCount } } } } }";
    let run = app.run(&ada, query).await.ok();
    let talk = |kind, members, title, unread, mentions| {
        json!({ "conversationKind": kind, "memberCount": members, "viewer": {
            "title": title, "unreadCount": unread, "mentionCount": mentions } })
    };
    let expected = json!([
        talk("CHANNEL", 12, "General", 2, 1),
        talk("CIRCLE", 3, "Release day", 1, 0),
        talk("DIRECT", 2, "Hana", 2, 0),
        talk("CHANNEL", 6, "Meet-ups", 1, 1),
    ]);
    let mut found = run.at("viewer.conversations.nodes").clone();
    let title = found[2]["viewer"]["title"].as_str().unwrap().to_owned();
    assert!(title.starts_with("Hana "), "{title}");
    found[2]["viewer"]["title"] = json!("Hana");
    assert_eq!(found, expected);
    assert_eq!(run.at("viewer.unread"), &json!({ "conversations": 4, "mentions": 2 }));
    for row in conversation::Entity::find().all(&app.app.db.write).await.unwrap() {
        let here = message::Column::ConversationId.eq(row.id);
        let said = app.count::<message::Entity>(here).await;
        assert_eq!(i32::try_from(said).unwrap(), row.last_position);
    }
}

#[tokio::test]
async fn the_demo_has_portfolios_to_look_at() {
    let app = TestApp::new().await;
    write(&app, &seed::demo(app.app.clock.now()).unwrap()).await;
    let query = "{ portfolioItems(first: 100) { nodes { slug startedOn owner { handle }
        collaborators { profile { handle } } tags { name } reactionCount commentCount } } }";
    let run = app.run(&Actor::Guest, query).await.ok();
    let newest = [
        "ledger-figures",
        "harbour-sketches",
        "quiet-migrations",
        "tiny-charts",
        "planner-notebook",
        "audio-guide",
    ];
    assert_eq!(run.list("portfolioItems.nodes", "slug"), newest, "the others are for members");
    let shown = &run.at("portfolioItems.nodes")[3];
    let expected = json!({ "slug": "tiny-charts", "startedOn": "2025-02-08", "owner": { "handle": "elif" },
        "collaborators": [{ "profile": { "handle": "kofi" } }], "reactionCount": 7, "commentCount": 2,
        "tags": [{ "name": "frontend" }, { "name": "opensource" }, { "name": "typescript" }] });
    assert_eq!(shown, &expected);
    let id = profile::Entity::find().filter(profile::Column::Handle.eq("ada"));
    let id = id.one(&app.app.db.write).await.unwrap().unwrap().id;
    let means = Means::Session { id: uuid::Uuid::nil(), proved_at: app.app.clock.now() };
    let ada = Actor::Member(Member { id, role: account::Role::Admin, means });
    let query = "{ viewer { portfolio { nodes { slug position publicationState
        viewer { collaborators { state } } } } collaborations { nodes { slug } } } }";
    let run = app.run(&ada, query).await.ok();
    let expected = json!({ "portfolio": { "nodes": [
        { "slug": "quiet-migrations", "position": 0, "publicationState": "PUBLISHED",
            "viewer": { "collaborators": [{ "state": "AGREED" }] } },
        { "slug": "this-community", "position": 1, "publicationState": "DRAFT",
            "viewer": { "collaborators": [{ "state": "ASKED" }, { "state": "AGREED" }] } },
    ] }, "collaborations": { "nodes": [{ "slug": "tool-library" }] } });
    assert_eq!(run.at("viewer"), &expected);
    let credits = collaborator::Entity::find().count(&app.app.db.write).await.unwrap();
    assert_eq!(credits, 12);
}

#[test]
fn sizes_that_can_not_be_are_refused() {
    let problem = |sizes: Sizes| sizes.problem().unwrap_or_default();
    assert_eq!(problem(SIZES), "");
    assert_eq!(problem(Sizes { members: 1, ..SIZES }), "--members: at least 2");
    assert_eq!(
        problem(Sizes { posts: 0, ..SIZES }),
        "--comments: there are no posts to comment on"
    );
    assert_eq!(problem(Sizes { boards: 0, ..SIZES }), "--tasks: there are no boards for them");
    assert_eq!(problem(Sizes { boards: 0, tasks: 0, ..SIZES }), "");
    assert_eq!(problem(Sizes { follows: 781, ..SIZES }), "--follows: at most 780 among 40 members");
    assert_eq!(
        problem(Sizes { reactions: 26_001, ..SIZES }),
        "--reactions: at most 26000 by 40 members to 650 posts and comments"
    );
}
