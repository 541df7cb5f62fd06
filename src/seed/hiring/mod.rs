//! Organizations of a made-up community, and what they look for.

mod rows;

use chrono::TimeDelta;
pub(super) use rows::fill;
use uuid::Uuid;

use super::{
    Community,
    dice::{Dice, Popularity},
    names, texts,
    words::{COMPANIES, OFFERS, ROLES, TRADES},
};
use crate::entity::{
    job::{Employment, Seniority, State, Workplace},
    organization::Size,
};

/// Different wordings of postings; more postings share them.
const WORDINGS: usize = 400;
/// Postings for each organization, as it goes.
const EACH: usize = 25;

/// Who hires. Lists point into the community's by place.
#[derive(Debug)]
struct Organization {
    id: Uuid,
    slug: String,
    name: String,
    about: usize,
    at: i64,
    location: (&'static str, &'static str),
    size: Size,
    industry: &'static str,
    founded: i32,
    open: i32,
    /// Who owns it, and who hires for it.
    people: [usize; 2],
}

/// What is looked for.
#[derive(Debug)]
struct Job {
    id: Uuid,
    at: i64,
    published: Option<i64>,
    closes: Option<i64>,
    organization: usize,
    slug: String,
    title: String,
    state: State,
    description: usize,
    benefits: Vec<&'static str>,
    employment: i32,
    seniority: Seniority,
    workplace: Workplace,
    place: (&'static str, &'static str),
    /// Per year, in hundredths of a euro.
    salary: Option<(i64, i64)>,
    language: &'static str,
    openings: i32,
    skills: Vec<usize>,
    stages: [Uuid; 6],
}

/// Organizations and postings.
#[derive(Debug, Default)]
pub(super) struct Hiring {
    organizations: Vec<Organization>,
    jobs: Vec<Job>,
}

/// Makes `count` postings, written between `begin` and `end` (in milliseconds).
pub(super) fn grow(of: &mut Community, count: usize, begin: i64, end: i64, dice: &mut Dice) {
    let mut hiring = Hiring::default();
    if count == 0 {
        return;
    }
    let wordings: Vec<usize> =
        (0..count.min(WORDINGS)).map(|_| of.word(texts::posting(dice), begin, dice)).collect();
    for number in 0..count.div_ceil(EACH) {
        hiring.organizations.push(organization(of, number, &wordings, (begin, end), dice));
    }
    let known = Popularity::ranked(hiring.organizations.len(), 10);
    let skilled = Popularity::ranked(of.tags.len().min(60), 5);
    for number in 0..count {
        let place = known.pick(dice);
        let Some(organization) = hiring.organizations.get_mut(place) else { continue };
        let mut job = job(number, (organization.at, end), &wordings, dice);
        job.organization = place;
        if job.state == State::Open {
            organization.open += 1;
        }
        for _ in 0..3 + dice.below(4) {
            let tag = skilled.pick(dice);
            if !job.skills.contains(&tag) {
                job.skills.push(tag);
            }
        }
        if job.published.is_some() {
            for tag in &job.skills {
                if let Some(tag) = of.tags.get_mut(*tag) {
                    tag.uses += 1;
                }
            }
        }
        hiring.jobs.push(job);
    }
    of.hiring = hiring;
}

fn organization(
    of: &Community,
    number: usize,
    wordings: &[usize],
    (begin, end): (i64, i64),
    dice: &mut Dice,
) -> Organization {
    let at = dice.time(begin, begin + (end - begin) / 2, false);
    let name = format!("{} {}", dice.word(COMPANIES), dice.word(TRADES));
    Organization {
        id: dice.key(at),
        slug: format!("{}-{number}", name.to_lowercase().replace(' ', "-")),
        name,
        about: dice.pick(wordings).copied().unwrap_or_default(),
        at,
        location: names::place(dice),
        size: dice.pick(SIZES).copied().unwrap_or(Size::UpTo50),
        industry: dice.word(TRADES),
        founded: 1950 + i32::try_from(dice.below(75)).unwrap_or_default(),
        open: 0,
        people: [dice.place(of.members.len()), dice.place(of.members.len())],
    }
}

fn job(number: usize, (begin, end): (i64, i64), wordings: &[usize], dice: &mut Dice) -> Job {
    let at = dice.time(begin, end, false);
    let seniority = dice.pick(SENIORITIES).copied().unwrap_or(Seniority::Mid);
    let role = dice.word(ROLES);
    let title = match seniority {
        Seniority::Junior => format!("Junior {role}"),
        Seniority::Senior => format!("Senior {role}"),
        Seniority::Lead => format!("Lead {role}"),
        Seniority::Executive => format!("Head of {role}s"),
        Seniority::Entry | Seniority::Mid => role.to_owned(),
    };
    let state = dice.pick(STATES).copied().unwrap_or(State::Open);
    let month = TimeDelta::days(30).num_milliseconds();
    let closes = (state == State::Open && dice.chance(60))
        .then(|| dice.time(end + month / 10, end + 3 * month, false));
    let step = i64::try_from(dice.below(60)).unwrap_or_default();
    let floor = (28_000 + step * 1_500) * 100;
    Job {
        id: dice.key(at),
        at,
        published: (state != State::Draft).then_some(at + 1_000),
        closes,
        organization: 0,
        slug: format!("{}-{number}", title.to_lowercase().replace([' ', '/'], "-")),
        title,
        state,
        description: dice.pick(wordings).copied().unwrap_or_default(),
        benefits: dice.some(OFFERS, 4).into_iter().copied().collect(),
        employment: dice
            .pick(EMPLOYMENTS)
            .map_or(1, |kinds| kinds.iter().map(|kind| kind.bit()).sum()),
        seniority,
        workplace: dice.pick(WORKPLACES).copied().unwrap_or(Workplace::Hybrid),
        place: names::place(dice),
        salary: dice.chance(75).then_some((floor, floor + floor / 4)),
        language: if dice.chance(80) { "en" } else { "de" },
        openings: 1 + i32::from(dice.chance(15)),
        skills: Vec::new(),
        stages: std::array::from_fn(|_| dice.key(at)),
    }
}

/// Rows of all tables together.
pub(super) fn rows(of: &Community) -> usize {
    let jobs = of.hiring.jobs.iter().map(|job| 2 + job.skills.len() + job.stages.len());
    let people =
        of.hiring.organizations.iter().map(|one| 2 + usize::from(one.people[0] != one.people[1]));
    people.sum::<usize>() + jobs.sum::<usize>()
}

const SIZES: &[Size] = &[Size::UpTo10, Size::UpTo50, Size::UpTo50, Size::UpTo200, Size::UpTo1000];

const SENIORITIES: &[Seniority] = &[
    Seniority::Entry,
    Seniority::Junior,
    Seniority::Mid,
    Seniority::Mid,
    Seniority::Mid,
    Seniority::Senior,
    Seniority::Senior,
    Seniority::Lead,
    Seniority::Executive,
];

const STATES: &[State] = &[
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Open,
    State::Draft,
    State::Paused,
    State::Closed,
    State::Filled,
];

const WORKPLACES: &[Workplace] = &[
    Workplace::OnSite,
    Workplace::Hybrid,
    Workplace::Hybrid,
    Workplace::Remote,
    Workplace::Remote,
];

const EMPLOYMENTS: &[&[Employment]] = &[
    &[Employment::FullTime],
    &[Employment::FullTime],
    &[Employment::FullTime, Employment::PartTime],
    &[Employment::PartTime],
    &[Employment::Contract],
    &[Employment::Internship],
    &[Employment::Volunteer, Employment::PartTime],
];
