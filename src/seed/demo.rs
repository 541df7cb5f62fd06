//! The hand-written community of `demo.toml`.

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveEnum as _;
use serde::Deserialize;

use super::{
    Community, careers,
    community::{Comment, Member, Post, Skill, Tally, Target},
    dice::Dice,
    talks::{Present, Said, Talk},
    words::EMOJI,
    works::{Credit, Work},
};
use crate::entity::{
    account::Role,
    collaborator::State,
    conversation, conversation_member,
    post::{Kind, Visibility},
    profile_open_to::OpenTo,
    profile_skill::Level,
};

const DEMO: &str = include_str!("demo.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    member: Vec<DemoMember>,
    post: Vec<DemoPost>,
    work: Vec<DemoWork>,
    talk: Vec<DemoTalk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoMember {
    handle: String,
    name: String,
    /// How many days ago they joined.
    joined: i64,
    role: Option<String>,
    pronouns: Option<String>,
    headline: String,
    bio: String,
    location: Option<String>,
    country: Option<String>,
    website: Option<String>,
    #[serde(default)]
    links: Vec<(String, String)>,
    /// Label, level, years.
    #[serde(default)]
    skills: Vec<(String, String, i32)>,
    #[serde(default)]
    open_to: Vec<String>,
    /// Handles.
    #[serde(default)]
    follows: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoPost {
    by: String,
    /// How many hours ago.
    ago: i64,
    title: Option<String>,
    visibility: Option<String>,
    body: String,
    #[serde(default)]
    reactions: Vec<(String, Vec<String>)>,
    #[serde(default)]
    comments: Vec<DemoComment>,
}

/// A portfolio item. Numbers are how many days ago.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoWork {
    by: String,
    slug: String,
    title: String,
    summary: String,
    story: String,
    begun: i64,
    /// A draft was not.
    published: Option<i64>,
    visibility: Option<String>,
    client: Option<String>,
    role: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    #[serde(default)]
    links: Vec<(String, String)>,
    tags: Vec<String>,
    /// A handle, for what, and what they said.
    #[serde(default)]
    credits: Vec<(String, String, String)>,
    #[serde(default)]
    reactions: Vec<(String, Vec<String>)>,
    #[serde(default)]
    comments: Vec<DemoComment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoComment {
    by: String,
    body: String,
    #[serde(default)]
    reactions: Vec<(String, Vec<String>)>,
    #[serde(default)]
    replies: Vec<DemoComment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoTalk {
    /// A channel's name.
    channel: Option<String>,
    title: Option<String>,
    topic: Option<String>,
    /// Handles; who opened it first.
    people: Vec<String>,
    /// Who has not read it to its end: a handle, and how many messages are unread.
    #[serde(default)]
    unread: Vec<(String, usize)>,
    /// How many minutes ago, a handle, what was said.
    said: Vec<(i64, String, String)>,
}

/// Builds the community as if it had lived until `now`.
pub(super) fn build(now: DateTime<Utc>) -> Result<Community> {
    let demo: Demo = toml::from_str(DEMO).context("demo.toml")?;
    let mut builder = Builder { now, dice: Dice::new(1), of: Community::new() };
    for member in &demo.member {
        builder.join(member)?;
    }
    for member in &demo.member {
        let follower = builder.place(&member.handle)?;
        for other in &member.follows {
            let followed = builder.place(other)?;
            let from = builder.joined(follower).max(builder.joined(followed));
            let at = builder.dice.time(from, now.timestamp_millis(), false);
            let id = builder.dice.key(at);
            builder.of.follow(follower, followed, id);
        }
    }
    for post in &demo.post {
        builder.publish(post)?;
    }
    for work in &demo.work {
        builder.show(work)?;
    }
    for talk in &demo.talk {
        builder.talk(talk)?;
    }
    builder.of.careers = careers::build(&builder.of, now)?;
    Ok(builder.of)
}

struct Builder {
    now: DateTime<Utc>,
    dice: Dice,
    of: Community,
}

impl Builder {
    fn join(&mut self, demo: &DemoMember) -> Result<()> {
        let joined = (self.now - TimeDelta::days(demo.joined)).timestamp_millis();
        let mut skills = Vec::new();
        for (label, level, years) in &demo.skills {
            let tag = self.of.tag(label, joined, &mut self.dice);
            let level = Some(Level::try_from_value(level)?);
            skills.push(Skill { tag, level, years: Some(*years) });
        }
        let role = demo.role.as_ref().map(Role::try_from_value).transpose()?;
        let open_to: Result<_, _> = demo.open_to.iter().map(OpenTo::try_from_value).collect();
        let member = Member {
            id: self.dice.key(joined),
            joined,
            seen_at: self.now - TimeDelta::minutes(7),
            role: role.unwrap_or(Role::Member),
            handle: demo.handle.clone(),
            name: demo.name.clone(),
            pronouns: demo.pronouns.clone(),
            headline: Some(demo.headline.clone()),
            bio: demo.bio.trim().to_owned(),
            location: demo.location.clone(),
            country: demo.country.clone(),
            website: demo.website.clone(),
            links: demo.links.clone(),
            skills,
            open_to: open_to?,
            followers: 0,
            following: 0,
            posts: 0,
        };
        self.of.join(member);
        Ok(())
    }

    fn publish(&mut self, demo: &DemoPost) -> Result<()> {
        let at = (self.now - TimeDelta::hours(demo.ago)).timestamp_millis();
        let visibility = demo.visibility.as_ref().map(Visibility::try_from_value).transpose()?;
        let place = self.of.posts.len();
        let post = Post {
            id: self.dice.key(at),
            at,
            author: self.place(&demo.by)?,
            kind: if demo.title.is_some() { Kind::Article } else { Kind::Note },
            title: demo.title.clone(),
            text: self.of.word(demo.body.trim().to_owned(), at, &mut self.dice),
            visibility: visibility.unwrap_or(Visibility::Public),
            comments: 0,
            reactions: Tally::default(),
        };
        self.of.publish(post);
        self.react(Target::Post(place), at, &demo.reactions)?;
        self.comment(Target::Post(place), None, at, &demo.comments)
    }

    fn show(&mut self, demo: &DemoWork) -> Result<()> {
        let ago = |days: i64| (self.now - TimeDelta::days(days)).timestamp_millis();
        let (begun, published) = (ago(demo.begun), demo.published.map(ago));
        let (from, to) = (demo.from.map(ago), demo.to.map(ago));
        let visibility = demo.visibility.as_ref().map(Visibility::try_from_value).transpose()?;
        let mut credits = Vec::new();
        for (handle, words, state) in &demo.credits {
            let (who, words) = (self.place(handle)?, words.clone());
            credits.push(Credit {
                id: self.dice.key(begun + 1),
                who,
                words,
                state: State::try_from_value(state)?,
            });
        }
        let owner = self.place(&demo.by)?;
        let position = self.of.works.iter().filter(|work| work.owner == owner).count();
        let tags = demo.tags.iter().map(|label| self.of.tag(label, begun, &mut self.dice));
        let work = Work {
            tags: tags.collect(),
            id: self.dice.key(begun),
            owner,
            slug: demo.slug.clone(),
            title: demo.title.clone(),
            summary: Some(demo.summary.clone()),
            story: self.of.word(demo.story.trim().to_owned(), begun, &mut self.dice),
            visibility: visibility.unwrap_or(Visibility::Public),
            client: demo.client.clone(),
            role: demo.role.clone(),
            from,
            to,
            links: demo.links.clone(),
            position: i32::try_from(position)?,
            published: published.map(|at| (self.dice.key(at), at)),
            credits,
            comments: 0,
            reactions: Tally::default(),
        };
        let on = Target::Work(self.of.works.len());
        self.of.show(work);
        let at = published.unwrap_or(begun);
        self.react(on, at, &demo.reactions)?;
        self.comment(on, None, at, &demo.comments)
    }

    fn talk(&mut self, demo: &DemoTalk) -> Result<()> {
        use conversation::Kind;
        let ago = |minutes: i64| (self.now - TimeDelta::minutes(minutes)).timestamp_millis();
        let opened = demo.said.first().map_or(0, |(minutes, ..)| ago(minutes + 60));
        let said: Vec<_> =
            demo.said.iter().map(|(minutes, by, body)| (ago(*minutes), by, body)).collect();
        let id = self.dice.key(opened);
        let mut lines = Vec::new();
        for (at, by, body) in said {
            let text = self.of.word(body.clone(), at, &mut self.dice);
            lines.push(Said { id: self.dice.key(at), at, by: self.place(by)?, text });
        }
        let mut people = Vec::new();
        for handle in &demo.people {
            let is_owner = demo.channel.is_some() && people.is_empty();
            let role = if is_owner {
                conversation_member::Role::Owner
            } else {
                conversation_member::Role::Member
            };
            let left =
                demo.unread.iter().find(|(who, _)| who == handle).map_or(0, |(_, left)| *left);
            people.push(Present {
                id: if people.is_empty() { id } else { self.dice.key(opened) },
                who: self.place(handle)?,
                role,
                read: lines.len().saturating_sub(left),
            });
        }
        let kind = match demo.people.len() {
            _ if demo.channel.is_some() => Kind::Channel,
            2 => Kind::Direct,
            _ => Kind::Circle,
        };
        let (slug, title, topic) = (demo.channel.clone(), demo.title.clone(), demo.topic.clone());
        self.of.talks.push(Talk { id, kind, slug, title, topic, people, lines });
        Ok(())
    }

    fn comment(
        &mut self,
        on: Target,
        parent: Option<(usize, i32)>,
        about: i64,
        comments: &[DemoComment],
    ) -> Result<()> {
        let mut after = about;
        for demo in comments {
            let author = self.place(&demo.by)?;
            after = self.later(after.max(self.joined(author)));
            let depth = parent.map_or(0, |(_, depth)| depth + 1);
            let place = self.of.comments.len();
            let comment = Comment {
                id: self.dice.key(after),
                at: after,
                on,
                parent: parent.map(|(place, _)| place),
                author,
                depth,
                text: self.of.word(demo.body.trim().to_owned(), after, &mut self.dice),
                replies: 0,
                reactions: Tally::default(),
            };
            self.of.comment(comment);
            self.react(Target::Comment(place), after, &demo.reactions)?;
            self.comment(on, Some((place, depth)), after, &demo.replies)?;
        }
        Ok(())
    }

    fn react(
        &mut self,
        target: Target,
        about: i64,
        reactions: &[(String, Vec<String>)],
    ) -> Result<()> {
        for (sign, who) in reactions {
            let emoji = EMOJI.iter().find(|emoji| *emoji == sign);
            let emoji = emoji.with_context(|| format!("{sign} is not among the reactions"))?;
            for handle in who {
                let who = self.place(handle)?;
                let at = self.later(about.max(self.joined(who)));
                let id = self.dice.key(at);
                self.of.react(who, target, emoji, id);
            }
        }
        Ok(())
    }

    /// A while after `about`, and before now.
    fn later(&mut self, about: i64) -> i64 {
        let end = self.now.timestamp_millis();
        let soon = about + TimeDelta::hours(9).num_milliseconds();
        self.dice.time(about + 1, soon.min(end).max(about + 2), false)
    }

    fn place(&self, handle: &str) -> Result<usize> {
        self.of.member(handle).with_context(|| format!("demo.toml: nobody is called {handle}"))
    }

    fn joined(&self, member: usize) -> i64 {
        self.of.members.get(member).map_or(0, |member| member.joined)
    }
}
