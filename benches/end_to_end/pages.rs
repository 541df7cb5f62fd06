//! The pages that are measured: the same thing asked of both sides.

use anyhow::{Context as _, Result, ensure};
use guildhall::page::Place;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    by_hand::NewComment,
    common::{
        http::{Connection, operation, request},
        side::Side,
    },
    stage::{Stage, public_id},
};

/// Different requests of a page.
const REQUESTS: usize = 1_000;
/// Answers that are compared before anything is timed.
const COMPARED: usize = 25;

/// Something that is asked for, and how to ask each side.
#[derive(Debug)]
pub(crate) struct Page {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    guildhall: Vec<String>,
    hand: Vec<String>,
    /// Paths of the answer that differ each time.
    passing: &'static [&'static str],
}

const FEED: &str = "query Feed($after: String) { feed(first: 20, after: $after) { nodes { \
    id createdAt body { html } author { id handle name headline } reactions { emoji count } \
    commentCount comments(first: 3) { nodes { id createdAt body { html } \
    author { id handle name } } } } } }";

const POST: &str = "query Post($id: ID!) { post(by: { id: $id }) { id createdAt body { html } \
    commentCount reactionCount author { id handle name headline } } }";

const PROFILE: &str = "query Profile($id: ID!) { profile(by: { id: $id }) { id handle name headline \
    bio { html } followerCount followingCount postCount posts(first: 10) { nodes { id createdAt \
    body { html } commentCount reactionCount comments(first: 2) { nodes { id createdAt \
    body { html } author { id handle name } } } } } } }";

const MEMBERS: &str = "query Members($after: String) { profiles(first: 100, after: $after) { nodes { \
    id handle name headline location joinedAt followerCount } } }";

const COMMENT: &str = "mutation Comment($input: CommentCreateInput!) { commentCreate(input: $input) { \
    comment { id createdAt body { html } author { id handle name } } \
    userErrors { code message path } } }";

impl Page {
    /// All pages, the one that writes last.
    pub(crate) async fn all(stage: &Stage) -> Result<Vec<Self>> {
        let of_posts = "SELECT id FROM post WHERE visibility = 'public' ORDER BY id";
        let posts = keys(stage, of_posts, 0).await?;
        let later_posts = keys(stage, of_posts, 40).await?;
        let later_members = keys(stage, "SELECT id FROM profile ORDER BY id", 100).await?;
        let writers = "SELECT author_id FROM post WHERE visibility = 'public' GROUP BY author_id \
                       HAVING count(*) >= 10 ORDER BY author_id";
        let writers = keys(stage, writers, 0).await?;
        let tokens: Vec<&str> = stage.tokens.iter().map(String::as_str).collect();
        let one_token = |place: usize| tokens.get(place % tokens.len().max(1)).copied();
        Ok(vec![
            Self::after("feed", "feed page, as a guest", FEED, "/feed", &later_posts, |_| None),
            Self::after(
                "member-feed",
                "feed page, as a member",
                FEED,
                "/feed",
                &later_posts,
                one_token,
            ),
            Self::one("post", "point lookup: post with author", POST, "/posts", &posts),
            Self::one("profile", "profile page", PROFILE, "/profiles", &writers),
            Self::after(
                "members",
                "list of 100 members",
                MEMBERS,
                "/members",
                &later_members,
                |_| None,
            ),
            Self::comment(&posts, one_token)?,
        ])
    }

    /// A page that begins after a key.
    fn after<'a>(
        name: &'static str,
        title: &'static str,
        query: &str,
        path: &str,
        keys: &[Uuid],
        token: impl Fn(usize) -> Option<&'a str>,
    ) -> Self {
        let (mut guildhall, mut hand) = (Vec::new(), Vec::new());
        for (place, key) in keys.iter().enumerate() {
            let variables = json!({ "after": Place::key(*key).encode() });
            guildhall.push(operation(token(place), query, &variables));
            hand.push(request("GET", &format!("{path}/{key}"), token(place), None));
        }
        Self { name, title, guildhall, hand, passing: &[] }
    }

    /// One thing by its key, for a guest.
    fn one(
        name: &'static str,
        title: &'static str,
        query: &str,
        path: &str,
        keys: &[Uuid],
    ) -> Self {
        let variables = |key: &Uuid| json!({ "id": public_id(name, *key) });
        Self {
            name,
            title,
            guildhall: keys.iter().map(|key| operation(None, query, &variables(key))).collect(),
            hand: keys
                .iter()
                .map(|key| request("GET", &format!("{path}/{key}"), None, None))
                .collect(),
            passing: &[],
        }
    }

    fn comment<'a>(posts: &[Uuid], token: impl Fn(usize) -> Option<&'a str>) -> Result<Self> {
        let (mut guildhall, mut hand) = (Vec::new(), Vec::new());
        for (place, post) in posts.iter().enumerate() {
            let body =
                format!("Well said, and **{place}** more would say so; see https://a.example.");
            let input = json!({ "subject": public_id("post", *post), "body": body });
            guildhall.push(operation(token(place), COMMENT, &json!({ "input": input })));
            let new = serde_json::to_string(&NewComment { post: *post, body })?;
            hand.push(request("POST", "/comments", token(place), Some(&new)));
        }
        Ok(Self {
            name: "comment",
            title: "add a comment, return it with its author",
            guildhall,
            hand,
            passing: &["/data/commentCreate/comment/id", "/data/commentCreate/comment/createdAt"],
        })
    }

    /// What to ask a side for.
    pub(crate) fn requests(&self, side: Side) -> &[String] {
        match side {
            Side::Guildhall => &self.guildhall,
            Side::Hand => &self.hand,
        }
    }

    /// Fails unless both sides answer the same; says how long the answers are.
    pub(crate) fn compare(&self, stage: &Stage) -> Result<usize> {
        ensure!(!self.guildhall.is_empty(), "there is nothing to ask for: take more posts");
        let mut ours = Connection::open(stage.address(Side::Guildhall))?;
        let mut theirs = Connection::open(stage.address(Side::Hand))?;
        let mut bytes = 0;
        let pairs = self.guildhall.iter().zip(&self.hand).take(COMPARED);
        for (guildhall, hand) in pairs {
            let our_answer = ours.ask(guildhall)?;
            bytes += our_answer.len();
            let our_answer = self.lasting(our_answer)?;
            let their_answer = self.lasting(theirs.ask(hand)?)?;
            ensure!(
                our_answer == their_answer,
                "{}: the answers differ.\n{guildhall}\n{our_answer:#}\n{hand}\n{their_answer:#}",
                self.name
            );
        }
        Ok(bytes / COMPARED.min(self.guildhall.len()))
    }

    fn lasting(&self, answer: &[u8]) -> Result<Value> {
        let mut answer: Value = serde_json::from_slice(answer).context("no JSON")?;
        for path in self.passing {
            let value = answer.pointer_mut(path).with_context(|| format!("nothing at {path}"))?;
            *value = Value::Null;
        }
        Ok(answer)
    }
}

/// Keys from all over a list, without its first `skip`, in an order that jumps about.
async fn keys(stage: &Stage, text: &str, skip: usize) -> Result<Vec<Uuid>> {
    let db = &stage.app.db;
    let rows = db.read.query_all_raw(Statement::from_string(db.backend(), text)).await?;
    let step = (rows.len().saturating_sub(skip) / REQUESTS).max(1);
    let rows = rows.iter().skip(skip).step_by(step).take(REQUESTS);
    let keys = rows.map(|row| row.try_get_by_index::<Uuid>(0));
    let mut keys: Vec<(usize, Uuid)> = keys
        .enumerate()
        .map(|(place, key)| Ok((place * 7_919 % 1_009, key?)))
        .collect::<Result<_>>()?;
    keys.sort_unstable();
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}
