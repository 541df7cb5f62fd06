//! A community in memory. What is added counts itself, so that the counters are right by construction.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    careers::Careers,
    dice::Dice,
    hiring::{self, Hiring},
    planning::{self, Planning},
    talks::{self, Talk},
    works::{self, Work},
};
use crate::{
    entity::{
        account::Role,
        post::{Kind, Visibility},
        profile_open_to::OpenTo,
        profile_skill::Level,
    },
    markdown,
};

/// A community in memory, ready to be written. Lists point into each other by place.
#[derive(Debug)]
pub struct Community {
    pub(super) members: Vec<Member>,
    pub(super) tags: Vec<Tag>,
    pub(super) texts: Vec<Text>,
    pub(super) follows: Vec<Follow>,
    pub(super) posts: Vec<Post>,
    pub(super) comments: Vec<Comment>,
    pub(super) reactions: Vec<Reaction>,
    pub(super) talks: Vec<Talk>,
    pub(super) works: Vec<Work>,
    pub(super) careers: Careers,
    pub(super) hiring: Hiring,
    pub(super) planning: Planning,
    tag_places: HashMap<String, usize>,
    handles: HashMap<String, usize>,
    followers: Vec<Vec<usize>>,
    followed: HashSet<(usize, usize)>,
    reacted: HashSet<(Target, usize, &'static str)>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: Uuid,
    /// When they joined, in milliseconds.
    pub(super) joined: i64,
    pub(super) seen_at: DateTime<Utc>,
    pub(super) role: Role,
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) pronouns: Option<String>,
    pub(super) headline: Option<String>,
    pub(super) bio: String,
    pub(super) location: Option<String>,
    pub(super) country: Option<String>,
    pub(super) website: Option<String>,
    pub(super) links: Vec<(String, String)>,
    pub(super) skills: Vec<Skill>,
    pub(super) open_to: Vec<OpenTo>,
    pub(super) followers: i32,
    pub(super) following: i32,
    pub(super) posts: i32,
}

#[derive(Debug)]
pub(super) struct Skill {
    pub(super) tag: usize,
    pub(super) level: Option<Level>,
    pub(super) years: Option<i32>,
}

#[derive(Debug)]
pub(super) struct Tag {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) uses: i32,
}

/// A wording, rendered once and used by many.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) source: String,
    pub(super) html: String,
    /// JSON, as in the tables.
    pub(super) mentions: Option<String>,
    pub(super) tags: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Follow {
    pub(super) id: Uuid,
    pub(super) follower: usize,
    pub(super) followed: usize,
}

#[derive(Debug)]
pub(super) struct Post {
    pub(super) id: Uuid,
    /// When, in milliseconds.
    pub(super) at: i64,
    pub(super) author: usize,
    pub(super) kind: Kind,
    pub(super) title: Option<String>,
    pub(super) text: usize,
    pub(super) visibility: Visibility,
    pub(super) comments: i32,
    pub(super) reactions: Tally,
}

#[derive(Debug)]
pub(super) struct Comment {
    pub(super) id: Uuid,
    /// When, in milliseconds.
    pub(super) at: i64,
    /// A post, or a portfolio item.
    pub(super) on: Target,
    pub(super) parent: Option<usize>,
    pub(super) author: usize,
    pub(super) depth: i32,
    pub(super) text: usize,
    pub(super) replies: i32,
    pub(super) reactions: Tally,
}

#[derive(Debug)]
pub(super) struct Reaction {
    pub(super) id: Uuid,
    pub(super) who: usize,
    pub(super) emoji: &'static str,
    pub(super) target: Target,
}

/// What a reaction is to, or what a comment stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Post(usize),
    Comment(usize),
    Work(usize),
}

/// Reactions to one thing by emoji.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<(&'static str, i32)>);

impl Tally {
    fn add(&mut self, emoji: &'static str) {
        match self.0.iter_mut().find(|(known, _)| *known == emoji) {
            Some((_, count)) => *count += 1,
            None => self.0.push((emoji, 1)),
        }
    }

    /// Reactions of every kind.
    pub(super) fn total(&self) -> i32 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// `[[emoji, count], …]`, most used first, those used alike in the order of their coming.
    pub(super) fn json(&self) -> String {
        let mut counts = self.0.clone();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let counts: Vec<String> =
            counts.iter().map(|(emoji, count)| format!("[\"{emoji}\",{count}]")).collect();
        format!("[{}]", counts.join(","))
    }
}

impl Community {
    pub(super) fn new() -> Self {
        Self {
            members: Vec::new(),
            tags: Vec::new(),
            texts: Vec::new(),
            follows: Vec::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            reactions: Vec::new(),
            talks: Vec::new(),
            works: Vec::new(),
            careers: Careers::default(),
            hiring: Hiring::default(),
            planning: Planning::default(),
            tag_places: HashMap::new(),
            handles: HashMap::new(),
            followers: Vec::new(),
            followed: HashSet::new(),
            reacted: HashSet::new(),
        }
    }

    /// Rows of all tables together.
    pub fn rows(&self) -> usize {
        let per_member =
            self.members.iter().map(|member| 2 + member.skills.len() + member.open_to.len());
        let tagged = self.posts.iter().filter_map(|post| self.texts.get(post.text));
        per_member.sum::<usize>()
            + tagged.map(|text| 1 + text.tags.len()).sum::<usize>()
            + self.tags.len()
            + self.follows.len()
            + self.comments.len()
            + self.reactions.len()
            + talks::rows(self)
            + works::rows(self)
            + hiring::rows(self)
            + planning::rows(self)
            + self.careers.rows()
    }

    /// The handle of whoever joined first.
    pub fn first_handle(&self) -> &str {
        self.members.first().map_or("", |member| &member.handle)
    }

    /// The place of the member with this handle.
    pub(super) fn member(&self, handle: &str) -> Option<usize> {
        self.handles.get(handle).copied()
    }

    pub(super) fn join(&mut self, member: Member) {
        for skill in &member.skills {
            if let Some(tag) = self.tags.get_mut(skill.tag) {
                tag.uses += 1;
            }
        }
        self.handles.insert(member.handle.clone(), self.members.len());
        self.members.push(member);
        self.followers.push(Vec::new());
    }

    /// The place of a tag, which is made (at the time of `at`) if it is new.
    pub(super) fn tag(&mut self, label: &str, at: i64, dice: &mut Dice) -> usize {
        let name = label.to_lowercase();
        if let Some(place) = self.tag_places.get(&name) {
            return *place;
        }
        let place = self.tags.len();
        self.tags.push(Tag {
            id: dice.key(at),
            name: name.clone(),
            label: label.to_owned(),
            uses: 0,
        });
        self.tag_places.insert(name, place);
        place
    }

    /// Renders a wording; tags that are new are made at the time of `at`.
    pub(super) fn word(&mut self, source: String, at: i64, dice: &mut Dice) -> usize {
        let rendered = markdown::render(&source);
        let known = |handle: &String| self.handles.get(handle).copied();
        let named = rendered.mentions.iter().filter_map(known);
        let named: Vec<String> = named
            .filter_map(|place| self.members.get(place))
            .map(|member| format!("\"{}\"", member.id))
            .collect();
        let mentions = (!named.is_empty()).then(|| format!("[{}]", named.join(",")));
        let tags = rendered.tags.iter().map(|label| self.tag(label, at, dice)).collect();
        self.texts.push(Text { source, html: rendered.html, mentions, tags });
        self.texts.len() - 1
    }

    /// Those who follow a member.
    pub(super) fn followers(&self, member: usize) -> &[usize] {
        self.followers.get(member).map_or(&[], Vec::as_slice)
    }

    /// Follows, unless it is so already or they are the same.
    pub(super) fn follow(&mut self, follower: usize, followed: usize, id: Uuid) -> bool {
        if follower == followed || !self.followed.insert((follower, followed)) {
            return false;
        }
        if let Some(member) = self.members.get_mut(follower) {
            member.following += 1;
        }
        if let Some(member) = self.members.get_mut(followed) {
            member.followers += 1;
        }
        if let Some(followers) = self.followers.get_mut(followed) {
            followers.push(follower);
        }
        self.follows.push(Follow { id, follower, followed });
        true
    }

    pub(super) fn publish(&mut self, post: Post) {
        if let Some(member) = self.members.get_mut(post.author) {
            member.posts += 1;
        }
        let tags = self.texts.get(post.text).map_or(&[][..], |text| &text.tags);
        for tag in tags {
            if let Some(tag) = self.tags.get_mut(*tag) {
                tag.uses += 1;
            }
        }
        self.posts.push(post);
    }

    pub(super) fn show(&mut self, work: Work) {
        let tags = if work.published.is_some() { &work.tags[..] } else { &[] };
        for tag in tags {
            if let Some(tag) = self.tags.get_mut(*tag) {
                tag.uses += 1;
            }
        }
        self.works.push(work);
    }

    pub(super) fn comment(&mut self, comment: Comment) {
        let comments = match comment.on {
            Target::Post(post) => self.posts.get_mut(post).map(|post| &mut post.comments),
            Target::Work(work) => self.works.get_mut(work).map(|work| &mut work.comments),
            Target::Comment(_) => None,
        };
        if let Some(comments) = comments {
            *comments += 1;
        }
        if let Some(parent) = comment.parent.and_then(|parent| self.comments.get_mut(parent)) {
            parent.replies += 1;
        }
        self.comments.push(comment);
    }

    /// Reacts, unless the same member did so with the same emoji.
    pub(super) fn react(
        &mut self,
        who: usize,
        target: Target,
        emoji: &'static str,
        id: Uuid,
    ) -> bool {
        if !self.reacted.insert((target, who, emoji)) {
            return false;
        }
        let tally = match target {
            Target::Post(post) => self.posts.get_mut(post).map(|post| &mut post.reactions),
            Target::Comment(comment) => {
                self.comments.get_mut(comment).map(|comment| &mut comment.reactions)
            }
            Target::Work(work) => self.works.get_mut(work).map(|work| &mut work.reactions),
        };
        if let Some(tally) = tally {
            tally.add(emoji);
        }
        self.reactions.push(Reaction { id, who, emoji, target });
        true
    }

    /// Who wrote a post, if only those who follow them may read it.
    pub(super) fn reserved(&self, post: usize) -> Option<usize> {
        let post = self.posts.get(post)?;
        (post.visibility == Visibility::Followers).then_some(post.author)
    }
}
