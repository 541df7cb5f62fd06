//! Writes a community into the tables, in the order of their foreign keys.

use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, DbErr, TransactionTrait as _, Value};
use uuid::Uuid;

use super::{
    Community,
    community::{Comment, Member, Post, Reaction, Target as To},
    hiring, planning,
    sheet::{Kind, Sheet, Target},
    talks, works,
};
use crate::{
    entity::{account, profile},
    infra::db::Db,
    markdown,
};

const PROFILE: Sheet = Sheet {
    table: "profile",
    columns: &[
        ("id", Kind::Uuid),
        ("handle", Kind::Text),
        ("name", Kind::Text),
        ("name_key", Kind::Text),
        ("kind", Kind::Text),
        ("pronouns", Kind::MaybeText),
        ("headline", Kind::MaybeText),
        ("bio_source", Kind::Text),
        ("bio_html", Kind::Text),
        ("location", Kind::MaybeText),
        ("country", Kind::MaybeText),
        ("website", Kind::MaybeText),
        ("links", Kind::Text),
        ("follower_count", Kind::Int),
        ("following_count", Kind::Int),
        ("post_count", Kind::Int),
    ],
};

const ACCOUNT: Sheet = Sheet {
    table: "account",
    columns: &[
        ("id", Kind::Uuid),
        ("email", Kind::Text),
        ("email_key", Kind::Text),
        ("password_hash", Kind::Text),
        ("role", Kind::Text),
        ("state", Kind::Text),
        ("last_seen_at", Kind::Time),
        ("email_verified_at", Kind::Time),
    ],
};

const TAG: Sheet = Sheet {
    table: "tag",
    columns: &[
        ("id", Kind::Uuid),
        ("name", Kind::Text),
        ("label", Kind::Text),
        ("use_count", Kind::Int),
    ],
};

const SKILL: Sheet = Sheet {
    table: "profile_skill",
    columns: &[
        ("profile_id", Kind::Uuid),
        ("tag_id", Kind::Uuid),
        ("position", Kind::Int),
        ("level", Kind::MaybeText),
        ("years", Kind::MaybeInt),
        ("endorsement_count", Kind::Int),
    ],
};

const OPEN_TO: Sheet = Sheet {
    table: "profile_open_to",
    columns: &[("profile_id", Kind::Uuid), ("open_to", Kind::Text)],
};

const FOLLOW: Sheet = Sheet {
    table: "follow",
    columns: &[("follower_id", Kind::Uuid), ("followed_id", Kind::Uuid), ("id", Kind::Uuid)],
};

const POST: Sheet = Sheet {
    table: "post",
    columns: &[
        ("id", Kind::Uuid),
        ("author_id", Kind::Uuid),
        ("kind", Kind::Text),
        ("title", Kind::MaybeText),
        ("body_source", Kind::Text),
        ("body_html", Kind::Text),
        ("mentions", Kind::MaybeText),
        ("visibility", Kind::Text),
        ("comment_count", Kind::Int),
        ("reaction_count", Kind::Int),
        ("reactions", Kind::Text),
        ("version", Kind::Int),
    ],
};

const POST_TAG: Sheet =
    Sheet { table: "post_tag", columns: &[("post_id", Kind::Uuid), ("tag_id", Kind::Uuid)] };

const COMMENT: Sheet = Sheet {
    table: "comment",
    columns: &[
        ("id", Kind::Uuid),
        ("post_id", Kind::MaybeUuid),
        ("portfolio_item_id", Kind::MaybeUuid),
        ("parent_id", Kind::MaybeUuid),
        ("author_id", Kind::Uuid),
        ("depth", Kind::Int),
        ("body_source", Kind::Text),
        ("body_html", Kind::Text),
        ("mentions", Kind::MaybeText),
        ("reply_count", Kind::Int),
        ("reaction_count", Kind::Int),
        ("reactions", Kind::Text),
    ],
};

const REACTION: Sheet = Sheet {
    table: "reaction",
    columns: &[
        ("id", Kind::Uuid),
        ("profile_id", Kind::Uuid),
        ("emoji", Kind::Text),
        ("post_id", Kind::MaybeUuid),
        ("comment_id", Kind::MaybeUuid),
        ("portfolio_item_id", Kind::MaybeUuid),
    ],
};

pub(super) async fn write(
    db: &Db,
    community: &Community,
    password_hash: &str,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    if db.backend() == DbBackend::Sqlite {
        let transaction = db.begin().await?;
        let target = Target::Transaction(&transaction);
        fill(&target, community, password_hash, on_rows).await?;
        transaction.execute_unprepared("ANALYZE").await?;
        return transaction.commit().await;
    }
    fill(&Target::Pool(&db.write), community, password_hash, on_rows).await?;
    let transaction = db.write.begin().await?;
    transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    transaction.execute_unprepared("ANALYZE").await?;
    transaction.commit().await
}

async fn fill(
    target: &Target<'_>,
    of: &Community,
    password_hash: &str,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    let members = of.members.iter();
    PROFILE.fill(target, members.clone().map(profile_row), on_rows).await?;
    let accounts = members.clone().map(|member| account_row(member, password_hash));
    ACCOUNT.fill(target, accounts, on_rows).await?;
    let tags = of
        .tags
        .iter()
        .map(|tag| vec![tag.id.into(), text(&tag.name), text(&tag.label), tag.uses.into()]);
    TAG.fill(target, tags, on_rows).await?;
    SKILL.fill(target, members.clone().flat_map(|member| skill_rows(of, member)), on_rows).await?;
    let open_to = members
        .flat_map(|member| member.open_to.iter().map(|what| vec![member.id.into(), name(*what)]));
    OPEN_TO.fill(target, open_to, on_rows).await?;
    let follows = of.follows.iter().map(|follow| {
        vec![
            member(of, follow.follower).into(),
            member(of, follow.followed).into(),
            follow.id.into(),
        ]
    });
    FOLLOW.fill(target, follows, on_rows).await?;
    of.careers.fill(target, on_rows).await?;
    // In the order of their keys, which is how the indexes grow fastest.
    let mut posts: Vec<&Post> = of.posts.iter().collect();
    posts.sort_unstable_by_key(|post| post.id);
    POST.fill(target, posts.iter().map(|post| post_row(of, post)), on_rows).await?;
    POST_TAG.fill(target, posts.iter().flat_map(|post| tag_rows(of, post)), on_rows).await?;
    drop(posts);
    works::fill(target, of, on_rows).await?;
    let mut comments: Vec<&Comment> = of.comments.iter().collect();
    comments.sort_unstable_by_key(|comment| (comment.depth, comment.id));
    // A depth at a time: what is answered is there before the answer, though batches overtake.
    for level in comments.chunk_by(|one, next| one.depth == next.depth) {
        let rows = level.iter().map(|comment| comment_row(of, comment));
        COMMENT.fill(target, rows, on_rows).await?;
    }
    drop(comments);
    let mut reactions: Vec<&Reaction> = of.reactions.iter().collect();
    reactions.sort_unstable_by_key(|reaction| reaction.id);
    REACTION.fill(target, reactions.iter().map(|it| reaction_row(of, it)), on_rows).await?;
    talks::fill(target, of, on_rows).await?;
    hiring::fill(target, of, on_rows).await?;
    planning::fill(target, of, on_rows).await
}

fn profile_row(member: &Member) -> Vec<Value> {
    let links: Vec<serde_json::Value> = member
        .links
        .iter()
        .map(|(label, url)| serde_json::json!({ "label": label, "url": url }))
        .collect();
    vec![
        member.id.into(),
        text(&member.handle),
        text(&member.name),
        member.name.to_lowercase().into(),
        name(profile::Kind::Person),
        member.pronouns.clone().into(),
        member.headline.clone().into(),
        text(&member.bio),
        markdown::render(&member.bio).html.into(),
        member.location.clone().into(),
        member.country.clone().into(),
        member.website.clone().into(),
        serde_json::Value::Array(links).to_string().into(),
        member.followers.into(),
        member.following.into(),
        member.posts.into(),
    ]
}

fn account_row(member: &Member, password_hash: &str) -> Vec<Value> {
    let email = format!("{}@example.org", member.handle);
    vec![
        member.id.into(),
        text(&email),
        email.into(),
        text(password_hash),
        name(member.role),
        name(account::State::Active),
        member.seen_at.into(),
        member.seen_at.into(),
    ]
}

fn skill_rows(of: &Community, member: &Member) -> impl Iterator<Item = Vec<Value>> {
    (0i32..).zip(&member.skills).filter_map(|(position, skill)| {
        let tag = of.tags.get(skill.tag)?.id;
        Some(vec![
            member.id.into(),
            tag.into(),
            position.into(),
            skill.level.map(|level| level.to_value()).into(),
            skill.years.into(),
            of.careers.endorsements(member.id, tag).into(),
        ])
    })
}

fn post_row(of: &Community, post: &Post) -> Vec<Value> {
    let [source, html, mentions] = words(of, post.text);
    vec![
        post.id.into(),
        member(of, post.author).into(),
        name(post.kind),
        post.title.clone().into(),
        source,
        html,
        mentions,
        name(post.visibility),
        post.comments.into(),
        post.reactions.total().into(),
        post.reactions.json().into(),
        1.into(),
    ]
}

fn tag_rows(of: &Community, post: &Post) -> impl Iterator<Item = Vec<Value>> {
    let tags = of.texts.get(post.text).map_or(&[][..], |text| &text.tags);
    let tags = tags.iter().filter_map(|tag| of.tags.get(*tag));
    tags.map(|tag| vec![post.id.into(), tag.id.into()])
}

fn comment_row(of: &Community, comment: &Comment) -> Vec<Value> {
    let [source, html, mentions] = words(of, comment.text);
    let (post, _, work) = keys(of, comment.on);
    vec![
        comment.id.into(),
        post.into(),
        work.into(),
        comment.parent.and_then(|parent| of.comments.get(parent)).map(|parent| parent.id).into(),
        member(of, comment.author).into(),
        comment.depth.into(),
        source,
        html,
        mentions,
        comment.replies.into(),
        comment.reactions.total().into(),
        comment.reactions.json().into(),
    ]
}

fn reaction_row(of: &Community, reaction: &Reaction) -> Vec<Value> {
    let (post, comment, work) = keys(of, reaction.target);
    vec![
        reaction.id.into(),
        member(of, reaction.who).into(),
        text(reaction.emoji),
        post.into(),
        comment.into(),
        work.into(),
    ]
}

/// What something is to: the key of a post, of a comment or of a portfolio item.
fn keys(of: &Community, to: To) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
    match to {
        To::Post(place) => (of.posts.get(place).map(|post| post.id), None, None),
        To::Comment(place) => (None, of.comments.get(place).map(|comment| comment.id), None),
        To::Work(place) => (None, None, of.works.get(place).map(|work| work.id)),
    }
}

/// The source, the HTML and the mentions of a wording.
fn words(of: &Community, place: usize) -> [Value; 3] {
    match of.texts.get(place) {
        Some(words) => [text(&words.source), text(&words.html), words.mentions.clone().into()],
        None => [text(""), text(""), None::<String>.into()],
    }
}

fn member(of: &Community, place: usize) -> Uuid {
    of.members.get(place).map(|member| member.id).unwrap_or_default()
}

fn text(text: &str) -> Value {
    text.to_owned().into()
}

/// How an enumeration's value stands in the tables.
fn name<E: ActiveEnum<Value = String>>(value: E) -> Value {
    value.to_value().into()
}
