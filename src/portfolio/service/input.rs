use chrono::NaiveDate;
use sea_orm::ActiveValue;
use uuid::Uuid;

use crate::{
    Error, Result,
    check::{self, Check},
    entity::{
        portfolio_item::{ActiveModel, Model},
        post::Visibility,
    },
    error::{ErrorCode, Problem},
    markdown::{self, Rendered},
    members::service::{Link, checked_links},
    tags::{self, service::Name},
};

/// Characters of a story.
const STORY: usize = 50_000;
/// Tags of an item.
const TAGS: usize = 10;
/// Those credited on an item.
const COLLABORATORS: usize = 20;
/// Characters of a name in addresses.
pub(super) const SLUG: usize = 80;

/// What to change in an item, or to begin it with: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// A new title.
    pub title: Option<String>,
    /// A new name in addresses, or one made from the title.
    pub slug: Option<Option<String>>,
    /// Some lines about it, or none.
    pub summary: Option<Option<String>>,
    /// How it came about, in Markdown, or nothing.
    pub story: Option<Option<String>>,
    /// Who may see it once it is published.
    pub visibility: Option<Visibility>,
    /// The file that stands for it: one, or none.
    pub cover: Option<Vec<Option<Uuid>>>,
    /// All its pictures and films.
    pub media: Option<Vec<Option<Uuid>>>,
    /// All links.
    pub links: Option<Vec<Link>>,
    /// All tags, by name.
    pub tags: Option<Vec<String>>,
    /// Whom it was made for, or nobody.
    pub client: Option<Option<String>>,
    /// What its owner did in it, or nothing.
    pub role: Option<Option<String>>,
    /// When work began, or nothing.
    pub started_on: Option<Option<NaiveDate>>,
    /// When it was done, or nothing.
    pub finished_on: Option<Option<NaiveDate>>,
    /// All who are to be credited.
    pub collaborators: Option<Vec<Credit>>,
}

/// Somebody to be credited.
#[derive(Clone, Debug)]
pub struct Credit {
    /// Who: the key of a profile; `None` is an id that names none.
    pub profile: Option<Uuid>,
    /// For what.
    pub credit: String,
}

/// What was checked beside the columns of the row.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// The name in addresses; `Some(None)` is one made from the title.
    pub(super) slug: Option<Option<String>>,
    /// The story, if it is a new one.
    pub(super) story: Option<Rendered>,
    /// All tags.
    pub(super) tags: Option<Vec<Name>>,
    /// All who are to be credited.
    pub(super) credits: Option<Vec<Credit>>,
}

/// Checks what is to be changed, and sets it in the row of `old` (of a new item, if there is none).
pub(super) fn checked(
    changes: &Changes,
    old: Option<&Model>,
    row: &mut ActiveModel,
) -> Result<Checked> {
    let mut check = Check::new();
    let mut found = Checked::default();
    if changes.title.is_some() || old.is_none() {
        let title = changes.title.as_deref().unwrap_or_default();
        set(&mut row.title, check.line(&["title"], title, 1..=200));
    }
    if let Some(slug) = &changes.slug {
        let given = slug.as_deref().filter(|slug| !slug.trim().is_empty());
        found.slug = Some(given.map(|given| checked_slug(&mut check, given)));
    }
    if let Some(summary) = &changes.summary {
        let summary = check.text(&["summary"], summary.as_deref().unwrap_or_default(), 0..=500);
        set(&mut row.summary, Some(summary).filter(|summary| !check::is_blank(summary)));
    }
    if let Some(story) = &changes.story {
        let source = check.text(&["story"], story.as_deref().unwrap_or_default(), 0..=STORY);
        let rendered = markdown::render(&source);
        set(&mut row.story_html, rendered.html.clone());
        set(&mut row.story_source, source);
        found.story = Some(rendered);
    }
    if let Some(visibility) = changes.visibility {
        set(&mut row.visibility, visibility);
    }
    if let Some(links) = &changes.links {
        let links = checked_links(&mut check, links);
        set(&mut row.links, serde_json::to_string(&links).map_err(Error::internal)?);
    }
    let mut line = |path: &str, text: &Option<String>| {
        text.as_deref().and_then(|text| check.optional_line(&[path], text, 100))
    };
    if let Some(client) = &changes.client {
        set(&mut row.client, line("client", client));
    }
    if let Some(role) = &changes.role {
        set(&mut row.owner_role, line("role", role));
    }
    if let Some(day) = changes.started_on {
        set(&mut row.started_on, day);
    }
    if let Some(day) = changes.finished_on {
        set(&mut row.finished_on, day);
    }
    let day = |day: &ActiveValue<Option<NaiveDate>>| day.try_as_ref().copied().flatten();
    let (from, to) = (day(&row.started_on), day(&row.finished_on));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let message = "it can't be done before it was begun";
        check.problem(ErrorCode::OutOfRange, &["finishedOn"], message);
    }
    found.tags = changes.tags.as_ref().map(|tags| tag_names(&mut check, tags));
    found.credits = changes.collaborators.as_ref().map(|these| credits(&mut check, these));
    check.done()?;
    let title = row.title.try_as_ref().map(String::as_str).unwrap_or_default();
    let summary = row.summary.try_as_ref().and_then(Option::as_deref).unwrap_or_default();
    let text_key = format!("{title}\n{summary}").to_lowercase();
    set(&mut row.text_key, text_key);
    Ok(found)
}

/// Sets a column, if that changes it.
pub(super) fn set<T: Into<sea_orm::Value> + PartialEq>(column: &mut ActiveValue<T>, value: T) {
    column.set_if_not_equals(value);
}

fn checked_slug(check: &mut Check, text: &str) -> String {
    let slug = check.line(&["slug"], text, 1..=SLUG);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !slug.is_empty()
        && (!slug.chars().all(plain) || slug.starts_with('-') || slug.ends_with('-'))
    {
        let message = "use the letters a to z, digits, and - between them";
        check.problem(ErrorCode::Invalid, &["slug"], message);
    }
    slug
}

fn tag_names(check: &mut Check, named: &[String]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    // Far more than may be kept need not be told apart.
    for (at, text) in named.iter().take(10 * TAGS).enumerate() {
        match tags::service::name(text) {
            Some(name) if names.iter().any(|other| other.name == name.name) => {}
            Some(name) => names.push(name),
            None => {
                let message = "write 1 to 50 letters, digits or _ - + # .";
                check.problem(ErrorCode::Invalid, &["tags", &at.to_string()], message);
            }
        }
    }
    if names.len() > TAGS {
        let message = format!("a portfolio item has at most {TAGS} tags");
        let problem = Problem::at(ErrorCode::TooLong, ["input", "tags"], message);
        check.push(problem.with(check::limit(&(0..=TAGS), names.len())));
    }
    names
}

fn credits(check: &mut Check, these: &[Credit]) -> Vec<Credit> {
    check.list(&["collaborators"], these, COLLABORATORS);
    let mut kept: Vec<Credit> = Vec::new();
    for (at, Credit { profile, credit }) in these.iter().take(COLLABORATORS).enumerate() {
        let at = at.to_string();
        let credit = check.line(&["collaborators", &at, "credit"], credit, 1..=100);
        if profile.is_some() && kept.iter().any(|other| other.profile == *profile) {
            let path = ["collaborators", &at, "profile"];
            check.problem(ErrorCode::Duplicate, &path, "they are named twice");
        }
        kept.push(Credit { profile: *profile, credit });
    }
    kept
}
