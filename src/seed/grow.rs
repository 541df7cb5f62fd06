//! A community of any size: who joins, follows, writes, remarks and reacts, by chance. A few are known
//! by many, as it goes; the rest is spread over two years.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Community, Sizes,
    community::{Comment, Member, Post, Skill, Tally, Target},
    dice::{Dice, Popularity},
    hiring, names, planning, texts,
    words::{EMOJI, TOPICS},
    works::Work,
};
use crate::{
    check,
    entity::{
        account::Role,
        post::{Kind, Visibility},
        profile_open_to::OpenTo,
        profile_skill::Level,
    },
};

/// Different wordings of posts, of articles and of comments; more posts share them.
const NOTES: usize = 3_000;
const ARTICLES: usize = 300;
const REMARKS: usize = 2_000;
/// How deep comments answer each other here.
const DEEPEST: i32 = 5;
/// Picks of a popular one that was picked before, until any will do.
const PATIENCE: usize = 40;

pub(super) fn grow(sizes: &Sizes, seed: u64, now: DateTime<Utc>) -> Community {
    let begin = (now - TimeDelta::days(730)).timestamp_millis();
    // Answers come later than what they answer: leave them a minute.
    let end = (now - TimeDelta::minutes(1)).timestamp_millis();
    let mut grower = Grower { begin, end, dice: Dice::new(seed), of: Community::new() };
    grower.members(sizes.members);
    let known = Popularity::ranked(sizes.members, 20);
    let active = Popularity::shuffled(sizes.members, 50, &mut grower.dice);
    grower.follows(sizes.follows, &known, &active);
    grower.posts(sizes.posts, &known);
    let read = Popularity::shuffled(sizes.posts, 200, &mut grower.dice);
    grower.comments(sizes.comments, &read, &active);
    grower.reactions(sizes.reactions, &read, &active);
    grower.works(sizes.works(), &known);
    hiring::grow(&mut grower.of, sizes.jobs, begin, end, &mut grower.dice);
    let sizes = (sizes.boards, sizes.tasks);
    planning::grow(&mut grower.of, sizes, (begin, end), &mut grower.dice);
    grower.of
}

struct Grower {
    begin: i64,
    end: i64,
    dice: Dice,
    of: Community,
}

impl Grower {
    fn members(&mut self, count: usize) {
        let Self { begin, end, .. } = *self;
        for topic in TOPICS {
            self.of.tag(topic, begin, &mut self.dice);
        }
        let mut times: Vec<i64> =
            (1..count).map(|_| self.dice.time(begin + 60_000, end, false)).collect();
        times.push(begin + 60_000);
        times.sort_unstable();
        for (place, joined) in times.into_iter().enumerate() {
            let role = match place {
                0 => Role::Admin,
                1..=3 => Role::Moderator,
                _ => Role::Member,
            };
            let member = self.member(joined, role);
            self.of.join(member);
        }
    }

    fn member(&mut self, joined: i64, role: Role) -> Member {
        let dice = &mut self.dice;
        let name = names::name(dice);
        let handle = free_handle(&self.of, names::handle(&name, dice));
        let (location, country) = names::place(dice);
        let location = dice.chance(80).then(|| location.to_owned());
        let website = dice.chance(30).then(|| format!("https://{}.example", hyphens(&handle)));
        let links = if dice.chance(25) {
            vec![("Code".to_owned(), format!("https://code.example/{handle}"))]
        } else {
            Vec::new()
        };
        let topics: Vec<usize> = (0..TOPICS.len()).collect();
        let skill = |tag: &usize, dice: &mut Dice| Skill {
            tag: *tag,
            level: dice.pick(LEVELS).copied().flatten(),
            years: dice.chance(50).then(|| i32::try_from(dice.below(25)).unwrap_or_default()),
        };
        let picked: Vec<usize> = dice.some(&topics, 6).into_iter().copied().collect();
        Member {
            id: dice.key(joined),
            joined,
            seen_at: DateTime::from_timestamp_millis(dice.time(joined, self.end, false))
                .unwrap_or_default(),
            role,
            handle,
            name,
            pronouns: dice.chance(40).then(|| names::pronouns(dice).to_owned()),
            headline: dice.chance(85).then(|| names::headline(dice)),
            bio: if dice.chance(70) { names::bio(dice) } else { String::new() },
            country: location.as_ref().map(|_| country.to_owned()),
            location,
            website,
            links,
            skills: picked.iter().map(|tag| skill(tag, dice)).collect(),
            open_to: dice.some(OPEN_TO, 2).into_iter().copied().collect(),
            followers: 0,
            following: 0,
            posts: 0,
        }
    }

    fn follows(&mut self, count: usize, known: &Popularity, active: &Popularity) {
        let mut tries = 0;
        while self.of.follows.len() < count {
            tries += 1;
            let (follower, followed) = if tries <= PATIENCE {
                (active.pick(&mut self.dice), known.pick(&mut self.dice))
            } else {
                (self.anybody(), self.anybody())
            };
            let met = self.joined(follower).max(self.joined(followed));
            let at = self.dice.time(met, self.end, false);
            let id = self.dice.key(at);
            if self.of.follow(follower, followed, id) {
                tries = 0;
            }
        }
    }

    fn posts(&mut self, count: usize, known: &Popularity) {
        let handles: Vec<String> =
            self.of.members.iter().take(500).map(|member| member.handle.clone()).collect();
        let notes = self.wordings(count.min(NOTES), |dice| texts::note(dice, &handles));
        let articles = self.wordings(count.min(ARTICLES), |dice| texts::article(dice, &handles));
        for _ in 0..count {
            let author = known.pick(&mut self.dice);
            let at = self.dice.time(self.joined(author), self.end, false);
            let dice = &mut self.dice;
            let (kind, title, wordings) = if dice.chance(8) {
                (Kind::Article, Some(texts::title(dice)), &articles)
            } else {
                (Kind::Note, None, &notes)
            };
            let visibility = match dice.below(100) {
                0..65 => Visibility::Public,
                // Nobody could comment on a post that nobody sees.
                95.. if self.of.followers(author).len() >= 3 => Visibility::Followers,
                _ => Visibility::Members,
            };
            let text = dice.pick(wordings).copied().unwrap_or_default();
            let (comments, reactions) = (0, Tally::default());
            let id = dice.key(at);
            let post = Post { id, at, author, kind, title, text, visibility, comments, reactions };
            self.of.publish(post);
        }
    }

    fn comments(&mut self, count: usize, read: &Popularity, active: &Popularity) {
        let handles: Vec<String> =
            self.of.members.iter().take(500).map(|member| member.handle.clone()).collect();
        let remarks = self.wordings(count.min(REMARKS), |dice| texts::remark(dice, &handles));
        let mut threads: Vec<Vec<usize>> = vec![Vec::new(); self.of.posts.len()];
        for place in 0..count {
            let post = read.pick(&mut self.dice);
            let author = self.reader(post, active);
            let Some(thread) = threads.get_mut(post) else { continue };
            let answers = self.dice.chance(35).then(|| self.dice.pick(thread).copied()).flatten();
            let parent = answers.and_then(|at| Some((at, self.of.comments.get(at)?)));
            let parent = parent.filter(|(_, parent)| parent.depth < DEEPEST);
            let about = match parent {
                Some((_, parent)) => parent.at,
                None => self.of.posts.get(post).map_or(self.begin, |post| post.at),
            };
            let depth = parent.map_or(0, |(_, parent)| parent.depth + 1);
            let parent = parent.map(|(at, _)| at);
            let from = about.max(self.joined(author)) + 1;
            let at = self.dice.time(from, self.end, true);
            let text = self.dice.pick(&remarks).copied().unwrap_or_default();
            let id = self.dice.key(at);
            let (replies, reactions) = (0, Tally::default());
            thread.push(place);
            self.of.comment(Comment {
                id,
                at,
                on: Target::Post(post),
                parent,
                author,
                depth,
                text,
                replies,
                reactions,
            });
        }
    }

    fn reactions(&mut self, count: usize, read: &Popularity, active: &Popularity) {
        let emoji = Popularity::ranked(EMOJI.len(), 1);
        let shown = Popularity::shuffled(self.of.comments.len(), 500, &mut self.dice);
        let mut tries = 0;
        while self.of.reactions.len() < count {
            tries += 1;
            let of_comment = !self.of.comments.is_empty() && self.dice.chance(35);
            let patient = tries <= PATIENCE;
            let target = match (of_comment, patient) {
                (true, true) => Target::Comment(shown.pick(&mut self.dice)),
                (true, false) => Target::Comment(self.dice.place(self.of.comments.len())),
                (false, true) => Target::Post(read.pick(&mut self.dice)),
                (false, false) => Target::Post(self.dice.place(self.of.posts.len())),
            };
            let (post, about) = match target {
                Target::Post(post) => (post, self.of.posts.get(post).map(|post| post.at)),
                Target::Comment(place) => {
                    let comment = self.of.comments.get(place);
                    let post = match comment.map(|comment| comment.on) {
                        Some(Target::Post(post)) => post,
                        _ => 0,
                    };
                    (post, comment.map(|comment| comment.at))
                }
                // Portfolio items come last here, and without.
                Target::Work(_) => (0, None),
            };
            let who = self.reader(post, active);
            let who =
                if patient || self.of.reserved(post).is_some() { who } else { self.anybody() };
            let from = about.unwrap_or(self.begin).max(self.joined(who)) + 1;
            let at = self.dice.time(from, self.end, true);
            let sign = EMOJI.get(emoji.pick(&mut self.dice)).copied().unwrap_or_default();
            let id = self.dice.key(at);
            if self.of.react(who, target, sign, id) {
                tries = 0;
            }
        }
    }

    fn works(&mut self, count: usize, known: &Popularity) {
        let handles: Vec<String> =
            self.of.members.iter().take(500).map(|member| member.handle.clone()).collect();
        let stories = self.wordings(count.min(ARTICLES), |dice| texts::story(dice, &handles));
        let topics: Vec<usize> = (0..TOPICS.len()).collect();
        let mut shown = vec![0; self.of.members.len()];
        for number in 0..count {
            let owner = known.pick(&mut self.dice);
            let Some(position) = shown.get_mut(owner).filter(|shown| **shown < 200) else {
                continue;
            };
            let begun = self.dice.time(self.joined(owner), self.end, false);
            let at = self.dice.time(begun, self.end, true);
            let dice = &mut self.dice;
            let title = texts::title(dice);
            let publication = (dice.key(at), at);
            let public = dice.chance(65);
            let work = Work {
                id: dice.key(begun),
                owner,
                slug: format!("work-{number}"),
                summary: dice.chance(60).then(|| texts::summary(dice)),
                title,
                story: dice.pick(&stories).copied().unwrap_or_default(),
                visibility: if public { Visibility::Public } else { Visibility::Members },
                client: None,
                role: None,
                from: Some(begun),
                to: dice.chance(70).then_some(at),
                links: Vec::new(),
                tags: dice.some(&topics, 5).into_iter().copied().collect(),
                position: *position,
                published: dice.chance(90).then_some(publication),
                credits: Vec::new(),
                comments: 0,
                reactions: Tally::default(),
            };
            *position += 1;
            self.of.show(work);
        }
    }

    /// Somebody who may read a post.
    fn reader(&mut self, post: usize, active: &Popularity) -> usize {
        match self.of.reserved(post) {
            Some(author) => {
                let readers = self.of.followers(author);
                self.dice.pick(readers).copied().unwrap_or(author)
            }
            None => active.pick(&mut self.dice),
        }
    }

    fn anybody(&mut self) -> usize {
        self.dice.place(self.of.members.len())
    }

    fn joined(&self, member: usize) -> i64 {
        self.of.members.get(member).map_or(self.begin, |member| member.joined)
    }

    fn wordings(&mut self, count: usize, write: impl Fn(&mut Dice) -> String) -> Vec<usize> {
        let word = |_| {
            let source = write(&mut self.dice);
            self.of.word(source, self.begin, &mut self.dice)
        };
        (0..count).map(word).collect()
    }
}

const LEVELS: &[Option<Level>] = &[
    None,
    Some(Level::Learning),
    Some(Level::Working),
    Some(Level::Working),
    Some(Level::Strong),
    Some(Level::Expert),
];

const OPEN_TO: &[OpenTo] = &[
    OpenTo::Work,
    OpenTo::Freelance,
    OpenTo::Mentoring,
    OpenTo::BeingMentored,
    OpenTo::Collaboration,
    OpenTo::Hiring,
    OpenTo::Speaking,
];

/// The handle, or with the first number behind it that nobody has.
fn free_handle(of: &Community, handle: String) -> String {
    let free = |handle: &String| of.member(handle).is_none() && check::handle(handle).is_ok();
    let numbered = (2..).map(|number: u32| format!("{handle}{number}"));
    std::iter::once(handle.clone()).chain(numbered).find(free).unwrap_or_default()
}

fn hyphens(handle: &str) -> String {
    handle.replace('_', "-")
}
